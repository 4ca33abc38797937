//! Configuration, without any database.

use std::collections::BTreeMap;
use std::fs;

use atriz_db::config::{ConfigError, Inputs, LogFormat, Scope, Target};
use atriz_db::{Catalog, Configuration, Descriptor, Engine, Environment};
use proptest::prelude::{ProptestConfig, Strategy, proptest};
use tempfile::TempDir;

/// A workspace with the databases `core` and `shop`.
struct Case {
    folder: TempDir,
    inputs: Inputs,
}

fn catalog() -> Catalog {
    let core = Descriptor::new("core", "atriz_shared", "crates/core").url_alias("SHARED_DATABASE_URL").schema("auth");
    let shop = Descriptor::new("shop", "shop_db", "apps/shop").after("core").schema("catalog").schema("sales");
    Catalog::new(vec![core, shop]).unwrap()
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for path in ["crates/core", "apps/shop"] {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        let root = Some(folder.path().to_path_buf());
        let inputs = Inputs { scope: Scope::Workspace, root, in_workspace: true, process: BTreeMap::new() };
        Self { folder, inputs }
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.inputs.process.insert(name.to_owned(), value.to_owned());
        self
    }

    fn file(self, path: &str, text: &str) -> Self {
        fs::write(self.folder.path().join(path), text).unwrap();
        self
    }

    fn app(mut self, name: &str) -> Self {
        self.inputs.scope = Scope::App(name.to_owned());
        self
    }

    fn outside(mut self) -> Self {
        self.inputs.in_workspace = false;
        self
    }

    fn load(&self) -> Result<Configuration, ConfigError> {
        Configuration::load(&catalog(), &self.inputs)
    }

    fn ok(&self) -> Configuration {
        self.load().unwrap_or_else(|error| panic!("{error}"))
    }

    fn error(&self) -> String {
        let error = self.load().expect_err("it should be refused");
        format!("{error} / {}", error.hint())
    }
}

/// `user@host:port/database` of the server, and whether the app takes its role.
fn place(configuration: &Configuration, name: &str) -> String {
    match configuration.target(name).unwrap() {
        Target::Postgres(target) => {
            let options = target.app.as_ref().or(target.server.as_ref()).unwrap();
            format!("{}@{}:{}/{}", options.get_username(), options.get_host(), options.get_port(), target.database)
        }
        Target::Sqlite(target) => target.path.display().to_string(),
    }
}

#[test]
fn nothing_given_means_sqlite_in_the_workspace() {
    let case = Case::new();
    let configuration = case.ok();
    assert_eq!(configuration.environment, Environment::Development);
    assert_eq!(place(&configuration, "core"), case.folder.path().join("data/atriz_shared.db").display().to_string());
    assert_eq!(configuration.target("shop").unwrap().engine(), Engine::Sqlite);
    assert_eq!(configuration.slow_query.as_millis(), 200);
    let error = Case::new().outside().error();
    assert!(error.contains("`DATA_DIR` is not set"), "{error}");
    let given = Case::new().outside().env("DATA_DIR", "/var/lib/shop").ok();
    assert_eq!(place(&given, "shop"), "/var/lib/shop/shop_db.db");
}

#[test]
fn the_first_source_wins() {
    let layered = |process: Option<&str>, owner: Option<&str>, root: Option<&str>| {
        let mut case = Case::new().env("PGHOST", "server").env("PGUSER", "u");
        if let Some(port) = process {
            case = case.env("PGPORT", port);
        }
        if let Some(port) = owner {
            case = case.file("apps/shop/.env", &format!("PGPORT={port}\n"));
        }
        if let Some(port) = root {
            case = case.file(".env", &format!("PGPORT={port}\n"));
        }
        let configuration = case.ok();
        (place(&configuration, "shop"), place(&configuration, "core"))
    };
    let at = |port: &str, name: &str| format!("u@server:{port}/{name}");
    assert_eq!(layered(None, None, None), (at("5432", "shop_db"), at("5432", "atriz_shared")));
    assert_eq!(layered(None, None, Some("1")), (at("1", "shop_db"), at("1", "atriz_shared")));
    assert_eq!(layered(None, Some("2"), Some("1")), (at("2", "shop_db"), at("1", "atriz_shared")));
    assert_eq!(layered(Some("3"), Some("2"), Some("1")), (at("3", "shop_db"), at("3", "atriz_shared")));
}

#[test]
fn other_spellings_mean_the_same() {
    let case = Case::new()
        .env("DB_HOST", "h")
        .env("DB_PORT", "7")
        .env("DB_USER", "u")
        .env("DB_PASSWORD", "p")
        .env("DB_SSL", "false");
    assert_eq!(place(&case.ok(), "core"), "u@h:7/atriz_shared");
    let shared = Case::new().env("SHARED_DATABASE_URL", "postgres://a@h/x");
    assert_eq!(place(&shared.ok(), "core"), "a@h:5432/x");
    let both = Case::new().env("PGHOST", "one").env("DB_HOST", "other").error();
    assert!(both.contains("`PGHOST`") && both.contains("`DB_HOST`") && both.contains("say different things"), "{both}");
    Case::new().env("PGHOST", "one").env("DB_HOST", "one").ok();
    // A file's spelling gives way to the environment's, whichever it is.
    let case = Case::new().env("PGHOST", "one").env("PGUSER", "u").file(".env", "DB_HOST=other\n");
    assert_eq!(place(&case.ok(), "core"), "u@one:5432/atriz_shared");
}

#[test]
fn a_word_that_nothing_reads_is_refused_in_a_file() {
    let error = Case::new().file(".env", "PGHSOT=a\n").error();
    assert_eq!(error, "`PGHSOT` in .env is not a variable that Atriz knows / did you mean `PGHOST`?");
    let error = Case::new().file("apps/shop/.env", "COLOUR=red\n").error();
    assert!(error.contains("`COLOUR` in apps/shop/.env") && error.contains(".env.example"), "{error}");
    Case::new().env("COLOUR", "red").env("HOME", "/").ok();
}

#[test]
fn a_url_for_a_database_that_there_is_not_is_refused() {
    let error = Case::new().env("SHOPP_DATABASE_URL", "postgres://a@h/x").error();
    assert!(error.contains("`SHOPP_DATABASE_URL` in the environment names no database"), "{error}");
    assert!(error.contains("did you mean `SHOP_DATABASE_URL`?"), "{error}");
    Case::new().env("OTHERPROGRAM_XYZ_URL", "x").ok();
    let error = Case::new().file(".env", "WAREHOUSE_DATABASE_URL=postgres://a@h/x\n").error();
    assert!(error.contains("names no database"), "{error}");
}

#[test]
fn two_files_that_disagree_on_core_are_refused() {
    let files = |second: &str| {
        let case = Case::new().file("apps/shop/.env", "SHARED_DATABASE_URL=postgres://a@h/one\n");
        case.file(".env", &format!("CORE_DATABASE_URL=postgres://a@h/{second}\n"))
    };
    let error = files("other").error();
    assert!(
        error.contains("`SHARED_DATABASE_URL` in apps/shop/.env") && error.contains("`CORE_DATABASE_URL` in .env"),
        "{error}"
    );
    assert_eq!(place(&files("one").ok(), "core"), "a@h:5432/one");
}

#[test]
fn database_url_is_one_apps_own() {
    let url = "postgres://a@h/mine";
    let error = Case::new().env("DATABASE_URL", url).error();
    assert!(error.contains("aim every database at one") && error.contains("CORE_DATABASE_URL"), "{error}");
    let app = Case::new().env("DATABASE_URL", url).app("shop").ok();
    assert_eq!(place(&app, "shop"), "a@h:5432/mine");
    assert_eq!(app.target("core").unwrap().engine(), Engine::Sqlite);
    let file = Case::new().file("apps/shop/.env", &format!("DATABASE_URL={url}\n")).ok();
    assert_eq!(place(&file, "shop"), "a@h:5432/mine");
    assert!(Case::new().file(".env", &format!("DATABASE_URL={url}\n")).error().contains("`DATABASE_URL` in .env"));
    let named = Case::new().env("DB_NAME", "till").env("PGHOST", "h").env("PGUSER", "a").app("shop").ok();
    assert_eq!(
        (place(&named, "shop"), place(&named, "core")),
        ("a@h:5432/till".into(), "a@h:5432/atriz_shared".into())
    );
}

#[test]
fn empty_values_count_as_not_given() {
    let case = Case::new().env("PGHOST", "").env("DATABASE_URL", "").env("APP_ENV", "").file(".env", "PGPORT=\n");
    assert_eq!(case.ok().target("core").unwrap().engine(), Engine::Sqlite);
}

#[test]
fn a_value_that_cannot_be_read_is_told_with_its_place() {
    for (name, value) in [
        ("PGPORT", "many"),
        ("PGPORT", "0"),
        ("PGPORT", "70000"),
        ("DB_POOL_SIZE", "-1"),
        ("SLOW_QUERY_MS", "soon"),
        ("APP_ENV", "live"),
        ("PGSSLMODE", "maybe"),
        ("BIND_ADDRESS", "localhost"),
        ("LOG_FORMAT", "xml"),
        ("CORE_DATABASE_URL", "mysql://a@h/x"),
        ("CORE_DATABASE_URL", "postgres://a@h:port/x"),
        ("SHOP_PORT", "http"),
    ] {
        let case = Case::new().env("PGHOST", "h").file(".env", &format!("{name}={value}\n"));
        let error = case.error();
        assert!(error.starts_with(&format!("`{name}` in .env cannot be read")), "{name}={value}: {error}");
        assert!(!error.contains(value), "{error}");
        let error = Case::new().env("PGHOST", "h").env(name, value).error();
        assert!(error.starts_with(&format!("`{name}` in the environment cannot be read")), "{name}={value}: {error}");
    }
    let error = Case::new().env("PORT", "http").app("shop").error();
    assert!(error.contains("`PORT` in the environment"), "{error}");
    let error = Case::new().file(".env", "PGPASSWORD=\"hush\n").error();
    assert!(error.starts_with(".env cannot be read") && !error.contains("hush"), "{error}");
}

#[test]
fn tls_words_are_libpqs() {
    use sea_orm::sqlx::postgres::PgSslMode;
    for (word, mode) in [
        ("disable", PgSslMode::Disable),
        ("allow", PgSslMode::Allow),
        ("prefer", PgSslMode::Prefer),
        ("require", PgSslMode::Require),
        ("verify-ca", PgSslMode::VerifyCa),
        ("verify-full", PgSslMode::VerifyFull),
        ("true", PgSslMode::Require),
        ("false", PgSslMode::Disable),
    ] {
        let configuration = Case::new().env("PGHOST", "h").env("DB_SSL", word).ok();
        let Target::Postgres(target) = configuration.target("core").unwrap() else { panic!("it has a host") };
        let found = target.server.as_ref().unwrap().get_ssl_mode();
        assert_eq!(format!("{found:?}"), format!("{mode:?}"), "{word}");
    }
}

#[test]
fn names_that_postgres_would_cut_off_are_refused() {
    let url = |length: usize| format!("postgres://a@h/{}", "n".repeat(length));
    Case::new().env("CORE_DATABASE_URL", &url(57)).ok();
    let error = Case::new().env("CORE_DATABASE_URL", &url(58)).error();
    assert!(error.contains("`CORE_DATABASE_URL`") && error.contains("1 to 57 bytes"), "{error}");
}

#[test]
fn the_app_takes_its_role_only_where_it_has_no_login() {
    let target = |case: Case| match case.ok().target("shop").unwrap() {
        Target::Postgres(target) => target.clone(),
        Target::Sqlite(_) => panic!("it has a host"),
    };
    let development = target(Case::new().env("PGHOST", "h"));
    assert!(development.assume_app_role && development.app.is_none() && development.app_role == "shop_db_app");
    assert_eq!(development.search_path, ["public", "catalog", "sales"]);
    let production = target(Case::new().env("PGHOST", "h").env("APP_ENV", "production"));
    assert!(!production.assume_app_role);
    let url = "postgres://app@h/x";
    let deployed = target(Case::new().env("SHOP_DATABASE_URL", url).env("APP_ENV", "production"));
    assert!(deployed.server.is_none() && deployed.migrate.is_none() && deployed.app.is_some());
    let migrating = target(Case::new().env("SHOP_DATABASE_URL", url).env("SHOP_MIGRATE_URL", "postgres://owner@h/x"));
    assert_eq!(migrating.migrate.as_ref().unwrap().get_username(), "owner");
}

#[test]
fn apps_have_ports_hosts_and_logs_of_their_own() {
    let case = Case::new().file("apps/shop/.env", "PORT=3002\n").env("CORE_PORT", "3000");
    let configuration = case.ok();
    assert_eq!((configuration.apps["shop"].port, configuration.apps["core"].port), (Some(3002), Some(3000)));
    assert_eq!(configuration.apps["shop"].log_format, LogFormat::Text);
    let production = Case::new().env("APP_ENV", "production").env("LOG_FILTER", "debug").ok();
    assert_eq!(production.apps["shop"].log_format, LogFormat::Json);
    assert_eq!(production.apps["shop"].log_filter, "debug");
}

#[test]
fn a_migrate_url_leads_to_the_same_database_and_server() {
    let error = Case::new()
        .env("CORE_DATABASE_URL", "postgres://app@h/one")
        .file(".env", "CORE_MIGRATE_URL=postgres://owner@h/other\n")
        .error();
    assert!(
        error.contains("`CORE_DATABASE_URL` in the environment and `CORE_MIGRATE_URL` in .env say different things"),
        "{error}"
    );
    // One that leads elsewhere than the server's variables speaks for creating and dropping too: what is looked at is
    // what is dropped.
    let server = |variables: &[(&str, &str)], url: &str| {
        let case = variables.iter().fold(Case::new(), |case, (name, value)| case.env(name, value));
        let configuration = case.env("SHOP_MIGRATE_URL", url).ok();
        let Target::Postgres(target) = configuration.target("shop").unwrap() else { panic!("it has a host") };
        let server = target.server.as_ref().unwrap();
        format!("{}@{}:{}", server.get_username(), server.get_host(), server.get_port())
    };
    let admin = [("DB_HOST", "h"), ("PGUSER", "admin")];
    assert_eq!(server(&admin, "postgres://owner@h/shop_db"), "admin@h:5432");
    assert_eq!(server(&admin, "postgres://owner@elsewhere/shop_db"), "owner@elsewhere:5432");
    assert_eq!(server(&admin, "postgresql://owner@H:5433/shop_db"), "owner@H:5433");
    // This machine has several names.
    assert_eq!(
        server(&[("PGHOST", "localhost"), ("PGUSER", "admin")], "postgres://o@127.0.0.1/x"),
        "admin@localhost:5432"
    );
    // An app may go through a pooler.
    let pooled = Case::new().env("PGHOST", "h").env("SHOP_DATABASE_URL", "postgres://app@pooler:6432/shop_db");
    pooled.env("SHOP_MIGRATE_URL", "postgres://owner@h/shop_db").ok();
    let error = Case::new().env("SHOP_MIGRATE_URL", "mysql://owner@h/shop_db").error();
    assert!(error.starts_with("`SHOP_MIGRATE_URL` in the environment cannot be read"), "{error}");
    let error = Case::new().env("SHOP_DATABASE_URL", "sqlite:x.db").env("SHOP_MIGRATE_URL", "postgres://o@h/x").error();
    assert!(error.contains("say different things"), "{error}");
}

#[test]
fn two_databases_are_never_in_one_place() {
    let url = "postgres://a@h/x";
    let error = Case::new().env("CORE_DATABASE_URL", url).env("SHOP_DATABASE_URL", "postgres://b@H:5432/x").error();
    assert!(error.starts_with("databases `core` and `shop` are both at x on "), "{error}");
    assert!(error.contains("`CORE_DATABASE_URL` or `SHOP_DATABASE_URL`"), "{error}");
    let error = Case::new().env("CORE_DATABASE_URL", "sqlite:data/shop_db.db").error();
    assert!(error.contains("are both at"), "{error}");
    Case::new().env("CORE_DATABASE_URL", url).env("SHOP_DATABASE_URL", "postgres://a@h:5433/x").ok();
}

#[test]
fn the_servers_own_databases_are_nobodys() {
    for name in ["postgres", "template0", "template1"] {
        let error = Case::new().env("CORE_DATABASE_URL", &format!("postgres://a@h/{name}")).error();
        assert!(
            error.starts_with("`CORE_DATABASE_URL` in the environment") && error.contains("own databases"),
            "{error}"
        );
    }
    let error = Case::new().env("PGHOST", "h").file("apps/shop/.env", "DB_NAME=postgres\n").error();
    assert!(error.starts_with("`DB_NAME` in apps/shop/.env"), "{error}");
}

#[test]
fn what_containers_tell_of_their_neighbours_is_not_for_us() {
    let links = |case: Case| {
        case.env("SHOP_PORT", "tcp://10.0.0.1:3002")
            .env("SHOP_PORT_3002_TCP", "tcp://10.0.0.1:3002")
            .env("SHOP_PORT_3002_TCP_ADDR", "10.0.0.1")
            .env("SHOP_SERVICE_HOST", "10.0.0.1")
            .env("SHOP_SERVICE_PORT_HTTP", "3002")
            .env("DB_PORT", "udp://10.0.0.2:5432")
    };
    assert_eq!(links(Case::new()).ok().apps["shop"].port, None);
    assert_eq!(links(Case::new().app("shop")).ok().apps["shop"].port, None);
    let given = links(Case::new().app("shop")).env("PORT", "3002").ok();
    assert_eq!(given.apps["shop"].port, Some(3002));
    for line in ["SHOP_PORT=tcp://10.0.0.1:3002\n", "SHOP_SERVICE_HOST=a\n"] {
        assert!(Case::new().file(".env", line).error().contains("in .env"));
    }
}

/// The drivers' own variables are read from the real environment, so this runs in a process that has them.
#[test]
fn only_our_own_variables_speak() {
    const CHILD: &str = "ATRIZ_TEST_DRIVER_VARIABLES";
    if std::env::var_os(CHILD).is_none() {
        let home = tempfile::tempdir().unwrap();
        let passwords = home.path().join("pgpass");
        fs::write(&passwords, "*:*:*:*:from-a-file\n").unwrap();
        #[cfg(unix)]
        fs::set_permissions(&passwords, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "config::only_our_own_variables_speak"]).env(CHILD, "1").env("PGPASSFILE", passwords);
        for (name, value) in [
            ("PGHOST", "elsewhere"),
            ("PGPORT", "9"),
            ("PGDATABASE", "theirs"),
            ("PGPASSWORD", "theirs"),
            ("PGSSLMODE", "verify-full"),
            ("PGHOSTADDR", "10.0.0.9"),
        ] {
            child.env(name, value);
        }
        let output = child.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let case = Case::new().env("PGHOST", "h").env("PGUSER", "u").env("SHOP_DATABASE_URL", "postgres://a@b");
    let configuration = case.ok();
    let Target::Postgres(core) = configuration.target("core").unwrap() else { panic!("it has a host") };
    let Target::Postgres(shop) = configuration.target("shop").unwrap() else { panic!("it has a URL") };
    let login = core.login_variables().unwrap();
    let expected = [("PGHOST", "h"), ("PGPORT", "5432"), ("PGUSER", "u"), ("PGDATABASE", "atriz_shared")];
    let expected = expected.into_iter().chain([("PGSSLMODE", "prefer")]);
    assert_eq!(login, expected.map(|(name, value)| (name, value.to_owned())).collect::<Vec<_>>());
    assert_eq!(shop.database, "shop_db");
    let app = sea_orm::sqlx::ConnectOptions::to_url_lossy(shop.app.as_ref().unwrap());
    assert_eq!((app.port(), app.password(), app.path()), (Some(5432), None, "/shop_db"));
    assert!(app.query().unwrap().contains("sslmode=prefer"), "{app}");
}

#[test]
fn what_would_speak_past_the_configuration_is_refused() {
    for name in ["PGOPTIONS", "PGSSLCERT", "PGSSLKEY"] {
        let error = Case::new().env("PGHOST", "h").env(name, "x").error();
        assert!(error.starts_with(&format!("`{name}` is set in the environment")), "{error}");
        Case::new().env(name, "x").ok();
    }
    for (url, part) in [("postgres://h/x", "user"), ("postgres:///x", "user"), ("postgres://a@/x", "host")] {
        let error = Case::new().env("CORE_DATABASE_URL", url).error();
        assert!(error.contains(&format!("names no {part}")), "{error}");
    }
    let socket = Case::new().env("CORE_DATABASE_URL", "postgres:///x?host=/run/postgresql&user=a").ok();
    assert!(socket.target("core").unwrap().describe().contains("/run/postgresql"));
}

#[test]
fn a_name_for_all_databases_is_refused() {
    let error = Case::new().env("DB_NAME", "till").error();
    assert!(error.contains("`DB_NAME` is set") && error.contains("unset DB_NAME"), "{error}");
    Case::new().env("DB_NAME", "").ok();
}

#[test]
fn files_may_begin_with_a_mark_and_hold_dollars() {
    for (written, meant) in [
        ("a$b", "a$b"),
        ("$PGUSER", "$PGUSER"),
        ("${PGUSER}x$", "${PGUSER}x$"),
        ("\"a$b c\"", "a$b c"),
        ("'a$b c'", "a$b c"),
        ("a\\$b", "a$b"),
        ("'a\\$b'", "a\\$b"),
        ("\"a\\\\$b\"", "a\\$b"),
    ] {
        let text = format!("\u{feff}PGUSER=u\nPGHOST=h\nPGPASSWORD={written}\n");
        let configuration = Case::new().file(".env", &text).ok();
        let Target::Postgres(target) = configuration.target("core").unwrap() else { panic!("it has a host") };
        let login = target.login_variables().unwrap();
        assert!(login.contains(&("PGPASSWORD", meant.to_owned())), "{written}: {login:?}");
    }
}

#[test]
fn other_programs_are_told_of_tls() {
    let case = Case::new().env("PGHOST", "h").env("PGSSLMODE", "verify-full").env("PGSSLROOTCERT", "/etc/ca file.pem");
    let login = |configuration: &Configuration, name| match configuration.target(name).unwrap() {
        Target::Postgres(target) => target.login_variables(),
        Target::Sqlite(_) => panic!("it has a host"),
    };
    let core = login(&case.ok(), "core").unwrap();
    assert!(core.contains(&("PGSSLMODE", "verify-full".to_owned())), "{core:?}");
    assert!(core.contains(&("PGSSLROOTCERT", "/etc/ca file.pem".to_owned())), "{core:?}");
}

#[test]
fn two_apps_on_one_port_are_told_by_both_variables() {
    let case = || Case::new().env("CORE_PORT", "3000").file("apps/shop/.env", "PORT=3000\n");
    let error = case().error();
    assert!(
        error.starts_with("`CORE_PORT` in the environment and `PORT` in apps/shop/.env are the same port, 3000"),
        "{error}"
    );
    // An app's own program serves alone.
    case().app("shop").ok();
    case().file("crates/core/.env", "BIND_ADDRESS=127.0.0.2\n").ok();
}

#[test]
fn a_log_filter_is_told_with_its_place() {
    let configuration = Case::new().file("apps/shop/.env", "LOG_FILTER=loud\n").ok();
    configuration.check_log_filters(|_| true).unwrap();
    let error = configuration.check_log_filters(|filter| filter == "info").unwrap_err();
    assert!(error.to_string().starts_with("`LOG_FILTER` in apps/shop/.env cannot be read"), "{error}");
}

/// Text that could break out of a URL, a quote or a message.
fn password() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 $'\"#@:/?%&=\\\\{}é]{6,24}".prop_map(|text| format!("pw-{text}-end"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn secrets_stay_out_of_messages(password in password()) {
        let encoded = percent_encoding::percent_encode(password.as_bytes(), percent_encoding::NON_ALPHANUMERIC).to_string();
        let url = format!("postgres://user:{encoded}@h/x");
        let case = Case::new().env("PGHOST", "h").env("PGPASSWORD", &password).env("CORE_DATABASE_URL", &url);
        let configuration = case.ok();
        let shown = format!("{configuration:?} {configuration:#?} {:?}", case.inputs);
        assert!(!shown.contains(&password) && !shown.contains(&encoded), "{shown}");
        let Target::Postgres(target) = configuration.target("core").unwrap() else { panic!("it has a host") };
        let variables = target.login_variables().unwrap();
        assert!(variables.contains(&("PGPASSWORD", password.clone())), "the password does not come back");
        assert!(!format!("{target:?} {}", target.describe()).contains(&password));
        for broken in [format!("postgres://user:{password}@h:port/x"), format!("mysql://user:{password}@h/x")] {
            let error = Case::new().env("CORE_DATABASE_URL", &broken).error();
            assert!(!error.contains(&password), "{error}");
        }
    }
}

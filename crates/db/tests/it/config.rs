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
        let shown = format!("{configuration:?} {configuration:#?}");
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

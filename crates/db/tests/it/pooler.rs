//! A pooler in transaction mode before the server: PgBouncer, where it is installed.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use atriz_db::config::Inputs;
use atriz_db::migrate::Limit;
use atriz_db::{Configuration, Database, Engine, Error, Fleet, LockError, MigrateReport, MigrateRequest, Target};
use atriz_testing::{Login, TestFleet, execute, number, server_variables, texts};
use sea_orm::sqlx::ConnectOptions as _;
use tempfile::TempDir;

use crate::support::{history, inner, thing, workspace};

/// Any number does: the socket stands in a folder of its own.
const PORT: u16 = 6432;

/// Ends the pooler when its standard input closes, however the test ends, and removes its folder.
const WATCHDOG: &str =
    r#"folder=$1; shift; "$@" </dev/null & pooler=$!; read -r _; kill "$pooler"; wait "$pooler"; rm -rf "$folder""#;

/// A running pooler.
struct Pooler {
    watchdog: Child,
    knows_prepared_statements: bool,
    folder: TempDir,
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // Its end is waited for, so that the next test finds the server without it; `wait` closes the pipe first.
        let _ = self.watchdog.wait();
    }
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders.map(|folder| folder.join("pgbouncer")).find(|program| program.is_file())
}

/// The two first numbers of `PgBouncer 1.21.0`.
fn version(program: &Path) -> (u32, u32) {
    let output = Command::new(program).arg("--version").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = text.split(|character: char| !character.is_ascii_digit()).filter_map(|word| word.parse().ok());
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
}

/// The user that PgBouncer, which refuses to be root, is to be: the one whom the server's socket belongs to, who may
/// surely reach it. Nothing where this process is no root.
fn user(host: &str) -> Option<String> {
    (fs::metadata("/proc/self").unwrap().uid() == 0).then_some(())?;
    let owner = fs::metadata(host).map_or(0, |folder| folder.uid());
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let named = users.lines().filter_map(|line| {
        let mut fields = line.split(':');
        Some((fields.next()?, fields.nth(1)?.parse::<u32>().ok()?))
    });
    let name = named.into_iter().find(|(_, uid)| *uid == owner && owner != 0).map(|(name, _)| name.to_owned());
    Some(name.unwrap_or_else(|| "nobody".to_owned()))
}

impl Pooler {
    /// Starts one before the tests' server that lets these logins in. Says so where there is none to start.
    fn start(test: &str, logins: &[(&str, &str)]) -> Option<Self> {
        let Some(program) = program() else {
            // Straight to the file: a test's captured output would be thrown away, and with it the only trace.
            let _ =
                writeln!(std::io::stderr(), "{test}: left out, PgBouncer is not installed: poolers were NOT tested");
            return None;
        };
        let knows_prepared_statements = version(&program) >= (1, 21);
        if !knows_prepared_statements {
            let _ = writeln!(
                std::io::stderr(),
                "{test}: PgBouncer is older than 1.21: prepared statements were NOT tested"
            );
        }
        let prepared = if knows_prepared_statements { "max_prepared_statements = 100\n" } else { "" };
        let server = server_variables();
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let path = |name: &str| folder.path().join(name);
        let users: Vec<_> = logins.iter().map(|(name, password)| format!("\"{name}\" \"{password}\"\n")).collect();
        fs::write(path("users.txt"), users.concat()).unwrap();
        let settings = format!(
            "[databases]\n* = host={} port={}\n[pgbouncer]\nlisten_addr =\nlisten_port = {PORT}\nunix_socket_dir = {}\n\
             auth_type = trust\nauth_file = {}\npool_mode = transaction\ndefault_pool_size = 4\n\
             ignore_startup_parameters = extra_float_digits\nadmin_users = nobody\n{prepared}",
            server["PGHOST"],
            server["PGPORT"],
            folder.path().display(),
            path("users.txt").display(),
        );
        fs::write(path("pgbouncer.ini"), settings).unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", WATCHDOG, "watchdog"]).arg(folder.path()).arg(program).arg(path("pgbouncer.ini"));
        if let Some(user) = user(&server["PGHOST"]) {
            command.args(["--user", &user]);
        }
        let log = File::create(path("log")).unwrap();
        command.stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
        let pooler = Self { watchdog: command.spawn().unwrap(), knows_prepared_statements, folder };
        pooler.wait_until_it_answers();
        Some(pooler)
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder().join("log")).unwrap_or_default()
    }

    fn wait_until_it_answers(&self) {
        let since = Instant::now();
        while UnixStream::connect(self.folder().join(format!(".s.PGSQL.{PORT}"))).is_err() {
            assert!(since.elapsed() < Duration::from_secs(10), "PgBouncer does not answer: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The inputs of `test`, with the server's host and port those of the pooler.
    fn inputs(&self, test: &TestFleet) -> Inputs {
        let mut inputs = test.inputs.clone();
        inputs.process.insert("PGHOST".to_owned(), self.folder().display().to_string());
        inputs.process.insert("PGPORT".to_owned(), PORT.to_string());
        inputs
    }
}

fn fleet(test: &TestFleet, inputs: &Inputs) -> Fleet {
    let configuration = Configuration::load(&test.fleet.catalog, inputs).unwrap();
    Fleet { catalog: test.fleet.catalog.clone(), configuration }
}

fn request(test: &TestFleet) -> MigrateRequest {
    MigrateRequest { plan: test.plan(), limit: Limit::All }
}

/// The server's own login, and its password.
fn superuser() -> (String, String) {
    let server = server_variables();
    (server["PGUSER"].clone(), server.get("PGPASSWORD").cloned().unwrap_or_default())
}

/// The rows of this query on the database of `test`, past the pooler.
async fn ask(test: &TestFleet, sql: &str) -> Vec<String> {
    texts(&test.session("core").await.connection, sql).await
}

/// What a run may have left on the server's side of the pooler.
async fn leavings(test: &TestFleet) -> Vec<String> {
    let database = "(SELECT oid FROM pg_database WHERE datname = current_database())";
    ask(test, &format!("SELECT 'lock of ' || pid FROM pg_locks WHERE locktype = 'advisory' AND database = {database}"))
        .await
}

fn is_refused(error: Error) {
    let error = inner(error);
    let refused = matches!(&error, Error::Lock(LockError::Pooler { .. }));
    assert!(refused, "{error} ({error:?})");
    assert!(error.hint().contains("CORE_MIGRATE_URL"), "{}", error.hint());
}

#[test]
fn migrating_through_it_is_refused_and_changes_nothing() {
    atriz_testing::run(Engine::Postgres, "pooler::refused", async |engine| {
        let (user, password) = superuser();
        let Some(pooler) = Pooler::start("pooler::refused", &[(&user, &password)]) else { return };
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let through_it = fleet(&test, &pooler.inputs(&test));
        // More than once: a run must not meet what the one before it left on the connections of the pooler.
        for _ in 0..3 {
            is_refused(through_it.migrate(&request(&test), &test.context).await.unwrap_err());
        }
        // So is making, whose lock the pooler would keep.
        let error = inner(through_it.create(&test.plan(), &test.context).await.unwrap_err());
        assert!(matches!(&error, Error::Lock(LockError::Pooler { .. })), "{error} ({error:?})");
        assert!(error.hint().contains("past the pooler"), "{}", error.hint());
        // At the same time as well, when the pooler hands several connections out.
        let all = errors_of_runs_at_once(&through_it, &test, 6).await;
        for error in all {
            is_refused(error);
        }
        assert_eq!(leavings(&test).await, [""; 0]);
        assert_eq!(
            ask(&test, "SELECT tablename::text FROM pg_tables WHERE schemaname IN ('public', 'app')").await,
            [""; 0]
        );
        let Target::Postgres(target) = through_it.configuration.target("core").unwrap() else { unreachable!() };
        let options = target.migrate.clone().unwrap();
        for _ in 0..4 {
            let mut connection = options.connect().await.unwrap();
            let role =
                sea_orm::sqlx::raw_sql("SELECT current_user::text = session_user::text, current_setting('role')");
            let row = role.fetch_one(&mut connection).await.unwrap();
            let plain: (bool, String) = sea_orm::sqlx::FromRow::from_row(&row).unwrap();
            assert_eq!(plain, (true, "none".to_owned()));
        }
        // Past the pooler the same database is migrated at once: nothing stands in the way.
        test.migrate_all().await;
    });
}

/// So many runs at once, each with its error.
async fn errors_of_runs_at_once(pooled: &Fleet, test: &TestFleet, count: usize) -> Vec<Error> {
    let runs = (0..count).map(|_| {
        let (pooled, request, context) = (pooled.clone(), request(test), test.context.clone());
        tokio::spawn(async move { pooled.migrate(&request, &context).await.expect_err("it should be refused") })
    });
    let runs: Vec<_> = runs.collect();
    let mut errors = Vec::new();
    for run in runs {
        errors.push(run.await.unwrap());
    }
    errors
}

#[test]
fn a_direct_way_for_migrations_lets_the_app_go_through_it() {
    atriz_testing::run(Engine::Postgres, "pooler::app", async |engine| {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let login = Login::of_app(&test, "core").await;
        let direct = login.options().to_url_lossy();
        let (name, password) = (direct.username().to_owned(), direct.password().unwrap().to_owned());
        let Some(pooler) = Pooler::start("pooler::app", &[(&name, &password)]) else { return };
        let mut inputs = pooler.inputs(&test);
        let Target::Postgres(target) = test.target("core") else { unreachable!() };
        let host = |folder: &Path| folder.display().to_string().replace('/', "%2F");
        let app = format!("postgres://{name}:{password}@{}:{PORT}/{}", host(pooler.folder()), target.database);
        inputs.process.insert("CORE_DATABASE_URL".into(), app);
        let migrate = target.migrate.as_ref().unwrap().to_url_lossy().to_string();
        inputs.process.insert("CORE_MIGRATE_URL".into(), migrate);
        let fleet = fleet(&test, &inputs);
        // It gives the login its rights, and its search path.
        fleet.create(&test.plan(), &test.context).await.unwrap();
        let reports = fleet.migrate(&request(&test), &test.context).await.unwrap();
        assert!(reports.iter().all(MigrateReport::is_done) && reports[0].applied.len() == 3, "{reports:#?}");
        let database =
            Database::open(fleet.configuration.target("core").unwrap(), Duration::from_secs(1)).await.unwrap();
        for number in 1..20 {
            execute(database.write(), &thing(engine, number)).await.unwrap();
        }
        if pooler.knows_prepared_statements {
            assert_eq!(number(database.read(), "SELECT count(*) FROM things").await, 19);
        }
        let pool = database.read().get_postgres_connection_pool();
        let read = "SELECT count(*), array_to_string(current_schemas(false), ' ') || ' ' || current_user FROM things";
        let row = sea_orm::sqlx::raw_sql(read).fetch_one(pool).await.unwrap();
        let found: (i64, String) = sea_orm::sqlx::FromRow::from_row(&row).unwrap();
        assert_eq!(found, (19, format!("public app {name}")));
        // The search path is the role's, not one that a session set before.
        let mut connection = login_through(&fleet).await;
        let path = sea_orm::sqlx::raw_sql("SHOW search_path").fetch_one(&mut connection).await.unwrap();
        let (path,): (String,) = sea_orm::sqlx::FromRow::from_row(&path).unwrap();
        assert_eq!(path.replace('"', ""), "public, app");
        assert_eq!(history(&test.session("core").await).await.len(), 3);
        assert_eq!(leavings(&test).await, [""; 0]);
    });
}

async fn login_through(fleet: &Fleet) -> sea_orm::sqlx::postgres::PgConnection {
    let Target::Postgres(target) = fleet.configuration.target("core").unwrap() else { unreachable!() };
    target.app.clone().unwrap().connect().await.unwrap()
}

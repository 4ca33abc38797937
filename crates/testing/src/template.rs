//! Databases that are migrated and seeded once and copied for each test.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

use atriz_db::config::PostgresTarget;
use atriz_db::migrate::RunContext;
use atriz_db::{Descriptor, Engine, Fleet, Target};
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, Executor};

use crate::clock::FixedClock;
use crate::fleet::fleet_of;
use crate::server;

/// A set of databases that are never written again.
pub(crate) struct Template {
    key: u64,
}

impl Template {
    /// The template of `databases`, made now if no test made it before.
    pub(crate) async fn of(engine: Engine, databases: &[Descriptor]) -> Self {
        let template = Self { key: key_of(engine, databases) };
        match engine {
            Engine::Postgres => template.ensure_postgres(databases).await,
            Engine::Sqlite => template.ensure_sqlite(databases).await,
        }
        template
    }

    fn name(&self, database: &str) -> String {
        format!("template_{:016x}_{database}", self.key)
    }

    /// Makes the copies that `fleet` is to work on, and tells it whose roles they have.
    pub(crate) async fn copy_into(&self, fleet: &mut Fleet) {
        for (name, target) in &mut fleet.configuration.targets {
            match target {
                Target::Postgres(target) => self.copy_postgres(name, target).await,
                Target::Sqlite(file) => {
                    let from = self.folder().join(format!("{name}.db"));
                    fs::copy(from, &file.path).expect("a template can be copied");
                }
            }
        }
    }

    async fn copy_postgres(&self, name: &str, target: &mut PostgresTarget) {
        let template = self.name(name);
        // The rows' rights are those of the template's roles; made once, they serve every copy.
        target.owner_role = format!("{template}_owner");
        target.app_role = format!("{template}_app");
        for role in &mut target.reader_roles {
            *role = role.replacen(&target.database, &template, 1);
        }
        let (database, owner, app) = (&target.database, &target.owner_role, &target.app_role);
        let mut server = server::connect().await;
        // Rights on a database itself are not part of a template.
        for sql in [
            format!("CREATE DATABASE \"{database}\" TEMPLATE \"{template}\" OWNER \"{owner}\" STRATEGY FILE_COPY"),
            format!("REVOKE ALL ON DATABASE \"{database}\" FROM PUBLIC"),
            format!("GRANT CONNECT ON DATABASE \"{database}\" TO \"{app}\""),
        ] {
            run(&mut server, sql).await;
        }
        for reader in &target.reader_roles {
            run(&mut server, format!("GRANT CONNECT ON DATABASE \"{database}\" TO \"{reader}\"")).await;
        }
        let _ = server.close().await;
    }

    async fn ensure_postgres(&self, databases: &[Descriptor]) {
        let mut server = server::connect().await;
        let key = i64::from_ne_bytes(self.key.to_ne_bytes());
        // Held until the connection closes; other processes wait here for the template.
        sqlx::query("SELECT pg_advisory_lock($1)").bind(key).execute(&mut server).await.expect("a lock can be taken");
        let last = databases.last().map(|database| self.name(&database.name)).unwrap_or_default();
        let ready = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate").bind(&last);
        if ready.fetch_optional(&mut server).await.expect("the catalogue can be read").is_none() {
            for database in databases {
                let name = self.name(&database.name);
                run(&mut server, format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await;
            }
            self.make(Engine::Postgres, databases, |name| self.name(name)).await;
            for database in databases {
                let name = self.name(&database.name);
                run(&mut server, format!("ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS false IS_TEMPLATE true")).await;
            }
        }
        let _ = server.close().await;
    }

    /// Beside the programs that the tests are: it belongs to whoever built them, and goes with them.
    fn folder(&self) -> PathBuf {
        let program = std::env::current_exe().expect("a test knows its program");
        program.with_file_name("templates").join(self.name("sqlite"))
    }

    async fn ensure_sqlite(&self, databases: &[Descriptor]) {
        let folder = self.folder();
        let templates = folder.parent().expect("a template stands in a folder");
        fs::create_dir_all(templates).expect("the folder of the tests' programs can be written");
        let lock = File::create(folder.with_extension("lock")).expect("the temporary folder can be written");
        let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock));
        let lock = lock.await.expect("the thread ends").expect("a file can be locked");
        let done = folder.join("done");
        if !done.exists() {
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).expect("the temporary folder can be written");
            self.make(Engine::Sqlite, databases, str::to_owned).await;
            fs::write(done, "").expect("the temporary folder can be written");
        }
        drop(lock);
    }

    /// Makes, migrates and seeds.
    async fn make(&self, engine: Engine, databases: &[Descriptor], name: impl Fn(&str) -> String) {
        let (fleet, _) = fleet_of(engine, databases.to_vec(), name, &self.folder());
        let context = RunContext::silent(fleet.configuration.environment, Arc::new(FixedClock::new()));
        let plan = fleet.catalog.plan(&[]).expect("a plan of everything");
        let report = fleet.prepare(&plan, &context).await.expect("a template can be made");
        assert!(report.is_complete(), "a template is not migrated: {:#?}", report.migrated);
    }
}

async fn run(server: &mut PgConnection, sql: String) {
    let done = server.execute(AssertSqlSafe(sql.clone())).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// A hash of everything that ends up in the copies.
fn key_of(engine: Engine, databases: &[Descriptor]) -> u64 {
    let mut hasher = DefaultHasher::new();
    engine.hash(&mut hasher);
    for database in databases {
        database.name.hash(&mut hasher);
        for migration in (database.rust_migrations)() {
            migration.name().hash(&mut hasher);
        }
        for files in [&database.migrations, &database.seeds] {
            for path in files.paths() {
                path.hash(&mut hasher);
                files.read(&path).hash(&mut hasher);
            }
        }
    }
    hasher.finish()
}

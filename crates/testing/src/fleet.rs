//! A fleet of databases of one test's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atriz_db::config::{Inputs, Scope};
use atriz_db::migrate::{Limit, OutOfOrder, RunContext};
use atriz_db::{
    Catalog, Configuration, Database, Descriptor, Engine, Error, Fleet, MigrateReport, MigrateRequest, Plan, Purpose,
    SeedReportOf, SeedRequest, Session, Target,
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::clock::FixedClock;
use crate::garbage::Garbage;
use crate::server::server_variables;
use crate::template::Template;

/// A fleet whose databases have random names, or stand in a folder of their own, and go away with it.
pub struct TestFleet {
    /// The engine of all its databases.
    pub engine: Engine,
    /// The fleet.
    pub fleet: Fleet,
    /// A run in the environment `test`, at the time of `clock`, that tells nobody.
    pub context: RunContext,
    /// The time of its runs.
    pub clock: Arc<FixedClock>,
    /// What its configuration was read from.
    pub inputs: Inputs,
    suffix: String,
    folder: Option<TempDir>,
    garbage: Option<Garbage>,
}

impl TestFleet {
    /// A fleet of `databases`, none of which is made yet.
    ///
    /// # Panics
    ///
    /// If the databases are no catalog; so do all the others here, whatever a test did not ask to fail.
    pub fn new(engine: Engine, databases: Vec<Descriptor>) -> Self {
        let folder = tempfile::tempdir().expect("tests have a temporary folder");
        let suffix = Uuid::new_v4().simple().to_string()[..12].to_owned();
        let mut test = Self::build(engine, databases, suffix, folder.path());
        test.folder = Some(folder);
        test.garbage = Some(test.leavings());
        test
    }

    /// As [`TestFleet::new`], with every database made.
    pub async fn created(engine: Engine, databases: Vec<Descriptor>) -> Self {
        let test = Self::new(engine, databases);
        test.fleet.create(&test.plan(), &test.context).await.expect("the databases can be made");
        test
    }

    /// As [`TestFleet::created`], with every migration applied.
    pub async fn migrated(engine: Engine, databases: Vec<Descriptor>) -> Self {
        let test = Self::created(engine, databases).await;
        test.migrate_all().await;
        test
    }

    /// As [`TestFleet::migrated`], with every seed loaded: a copy of a template that is made once for all tests with the
    /// same migrations and seeds.
    pub async fn prepared(engine: Engine, databases: Vec<Descriptor>) -> Self {
        let template = Template::of(engine, &databases).await;
        let mut test = Self::new(engine, databases);
        template.copy_into(&mut test.fleet).await;
        test
    }

    /// The fleet of another process, by what [`TestFleet::handle`] said there. It drops nothing at its end.
    pub fn attach(databases: Vec<Descriptor>, handle: &str) -> Self {
        let parts: Vec<&str> = handle.splitn(3, '|').collect();
        let engine = Engine::parse(parts[0]).expect("a handle names its engine");
        Self::build(engine, databases, parts[1].to_owned(), Path::new(parts[2]))
    }

    /// What a child process needs to [`TestFleet::attach`].
    pub fn handle(&self) -> String {
        format!("{}|{}|{}", self.engine, self.suffix, self.folder().display())
    }

    fn build(engine: Engine, databases: Vec<Descriptor>, suffix: String, folder: &Path) -> Self {
        let (mut fleet, inputs) = fleet_of(engine, databases, |name| format!("{name}_{suffix}"), folder);
        // Keys and messages are files on both engines.
        fleet.configuration.data_dir = Some(folder.to_path_buf());
        let clock = Arc::new(FixedClock::new());
        let mut context = RunContext::silent(fleet.configuration.environment, Arc::clone(&clock) as Arc<_>);
        // Continuous integration refuses late migrations by itself; a test behaves the same wherever it runs.
        context.tolerance.out_of_order = OutOfOrder::Warn;
        Self { engine, fleet, context, clock, inputs, suffix, folder: None, garbage: None }
    }

    fn leavings(&self) -> Garbage {
        let mut garbage = Garbage::default();
        for target in self.fleet.configuration.targets.values() {
            if let Target::Postgres(target) = target {
                garbage.databases.push(target.database.clone());
                let login = format!("{}_login", target.database);
                garbage.roles.extend([login, target.owner_role.clone(), target.app_role.clone()]);
                garbage.roles.extend(target.reader_roles.clone());
            }
        }
        garbage
    }

    /// The folder of its own: SQLite's files stand here.
    pub fn folder(&self) -> PathBuf {
        self.inputs.root.clone().unwrap_or_default()
    }

    /// All its databases.
    pub fn plan(&self) -> Plan {
        self.plan_of(&[])
    }

    /// Some of its databases.
    pub fn plan_of(&self, names: &[&str]) -> Plan {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        self.fleet.catalog.plan(&names).expect("a test names its own databases")
    }

    /// Applies what is pending.
    ///
    /// # Errors
    ///
    /// As [`Fleet::migrate`].
    pub async fn migrate(&self) -> Result<Vec<MigrateReport>, Error> {
        self.migrate_to(&Limit::All).await
    }

    /// Applies what is pending up to `limit`.
    ///
    /// # Errors
    ///
    /// As [`Fleet::migrate`].
    pub async fn migrate_to(&self, limit: &Limit) -> Result<Vec<MigrateReport>, Error> {
        let request = MigrateRequest { plan: self.plan(), limit: limit.clone() };
        // A run that failed says so to the runs beside it, not to those behind it.
        let context = RunContext { stop: Arc::default(), ..self.context.clone() };
        self.fleet.migrate(&request, &context).await
    }

    /// Applies what is pending, and insists that all of it was.
    pub async fn migrate_all(&self) -> Vec<MigrateReport> {
        let reports = self.migrate().await.expect("nothing is wrong before the first change");
        assert!(reports.iter().all(MigrateReport::is_done), "not all is migrated: {reports:#?}");
        reports
    }

    /// Loads all seeds, row by row even where a file is known.
    ///
    /// # Errors
    ///
    /// As [`Fleet::seed`].
    pub async fn seed(&self) -> Result<Vec<SeedReportOf>, Error> {
        let request = SeedRequest { plan: self.plan(), sets: Vec::new(), skip_known: false };
        self.fleet.seed(&request, &self.context).await
    }

    /// Where a database is.
    pub fn target(&self, name: &str) -> &Target {
        self.fleet.configuration.target(name).expect("a test names its own databases")
    }

    /// A connection as the owner.
    pub async fn session(&self, name: &str) -> Session {
        Session::open(self.target(name), Purpose::Own).await.expect("the database is there")
    }

    /// The pools that an app serves from, with the rights of an app.
    pub async fn database(&self, name: &str) -> Database {
        let slow = self.fleet.configuration.slow_query;
        Database::open(self.target(name), slow).await.expect("the database is there")
    }
}

/// A fleet whose databases are called `name(…)` on the tests' server, or stand in `folder`.
pub(crate) fn fleet_of(
    engine: Engine,
    databases: Vec<Descriptor>,
    name: impl Fn(&str) -> String,
    folder: &Path,
) -> (Fleet, Inputs) {
    let named = databases.into_iter().map(|mut database| {
        database.default_database = name(&database.name);
        database
    });
    let catalog = Catalog::new(named.collect()).expect("the databases are a catalog");
    let mut process = BTreeMap::from([("APP_ENV".to_owned(), "test".to_owned())]);
    match engine {
        Engine::Postgres => process.extend(server_variables()),
        Engine::Sqlite => process.extend([("DATA_DIR".to_owned(), folder.display().to_string())]),
    }
    let inputs = Inputs { scope: Scope::Workspace, root: Some(folder.to_path_buf()), in_workspace: false, process };
    let configuration = Configuration::load(&catalog, &inputs).expect("the configuration of a test is right");
    (Fleet { catalog, configuration }, inputs)
}

//! What is wrong with the migrations of a database, and the ways out.

use std::time::Duration;

use serde::Serialize;

use super::concurrent::is_missing;
use super::executor::{Executor, Looked, Outcome};
use super::folder::{Body, Migration, Script};
use super::run_one::{Failed, One};
use super::state::Standing;
use super::{Direction, MigrationError};
use crate::destructive::DestructiveToken;
use crate::tracking::{Event, Steps, append};

/// One thing that is wrong, and what can be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The migration; nothing for what belongs to none.
    pub version: Option<String>,
    /// How it stands, or what it is.
    pub what: String,
    /// Whether the migration stands between its statements: on its way, where somebody is at work on it.
    pub in_the_middle: bool,
    /// The statements of the file, where it broke off between them.
    pub statements: Vec<StatementState>,
    /// The ways out.
    pub offers: Vec<Offer>,
}

/// How one statement of a migration that broke off stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementState {
    /// Its place in the file, from one.
    pub number: usize,
    /// Its line.
    pub line: usize,
    /// How it stands.
    pub progress: StatementProgress,
    /// Its text.
    pub sql: String,
}

/// Whether a statement ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementProgress {
    /// It ran.
    Ran,
    /// It ran, and has been edited since.
    Edited,
    /// It was begun, and nothing tells whether it ran.
    Undecided,
    /// It did not run.
    Open,
}

impl StatementProgress {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Edited => "ran, edited since",
            Self::Undecided => "in doubt",
            Self::Open => "did not run",
        }
    }
}

/// A way out, and the statements it would run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// What it does.
    pub what: &'static str,
    /// The arguments of `db repair` behind the database; nothing where another command does it.
    pub arguments: Option<String>,
    /// What it runs beside the bookkeeping.
    pub sql: Vec<String>,
}

/// A way out that somebody chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// Go on. A statement in doubt is run again, or, if `ran` is set, taken as done.
    Resume {
        /// Whether that statement ran.
        ran: bool,
    },
    /// Say that the migration is applied; what it would do has been done by hand.
    MarkApplied,
    /// Run the way back of a migration that broke off. What it drops and is not there counts as dropped.
    Revert,
    /// Take the changed file of an applied migration for the one that was applied.
    Accept {
        /// Why the change does not matter.
        reason: String,
    },
}

/// What the journal says, where errors stand, of statements that did not run.
const MARKED: &str = "repaired: marked as applied, and not run";

impl Executor<'_> {
    /// Everything that is wrong. Writes nothing.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn findings(&self, looked: &Looked) -> Result<Vec<Finding>, MigrationError> {
        let mut findings = Vec::new();
        if looked.lacks_tracking() {
            findings.push(Finding::plain(None, "it carries no mark, or not all tracking tables", Offer::MIGRATE));
        }
        for migration in looked.state.migrations.iter().filter(|one| one.standing.is_odd()) {
            findings.push(self.finding(&migration.version, migration.standing).await?);
        }
        findings.extend(self.invalid_indexes().await?);
        Ok(findings)
    }

    async fn finding(&self, version: &str, standing: Standing) -> Result<Finding, MigrationError> {
        let named = Some(version.to_owned());
        let direction = match standing {
            Standing::Edited => {
                let difference = self.first_difference(version).await.unwrap_or_default();
                let what = format!("{}{difference}", standing.words());
                return Ok(Finding {
                    version: named,
                    what,
                    in_the_middle: false,
                    statements: Vec::new(),
                    offers: vec![Offer::accept(version)],
                });
            }
            Standing::Unknown => {
                let offer =
                    Offer { what: "check out the revision that has the file", arguments: None, sql: Vec::new() };
                return Ok(Finding::plain(named, standing.words(), offer));
            }
            Standing::HalfReplaced => {
                let what = "check out the revision before the checkpoint, migrate there, then come back";
                let offer = Offer { what, arguments: None, sql: Vec::new() };
                return Ok(Finding::plain(named, standing.words(), offer));
            }
            Standing::PartlyReverted => Direction::Down,
            _ => Direction::Up,
        };
        let steps = Steps::read(&self.session.connection, self.session.engine, version).await;
        let steps = steps.map_err(|error| self.failed(&error))?;
        let migration = self.folder.get(version);
        let script = migration.and_then(|migration| migration.script(direction));
        let statements = script.map(|script| states(script, &steps, direction)).unwrap_or_default();
        let offers = offers(version, migration, direction, &statements);
        let (what, in_the_middle) = (standing.words().to_owned(), standing.is_in_the_middle());
        Ok(Finding { version: named, what, in_the_middle, statements, offers })
    }

    /// Takes the way out that somebody chose. The caller holds the lock, and looked under it.
    pub(crate) async fn repair(
        &self,
        looked: &Looked,
        version: &str,
        repair: &Repair,
        _: &DestructiveToken,
    ) -> Result<Outcome, MigrationError> {
        let database = &self.database.name;
        let standing = looked.state.migrations.iter().find(|one| one.version == version).map(|one| one.standing);
        let fits = match repair {
            Repair::Resume { .. } => matches!(standing, Some(Standing::Partial | Standing::PartlyReverted)),
            Repair::MarkApplied => {
                matches!(standing, Some(Standing::Partial | Standing::PartlyReverted | Standing::Pending))
            }
            Repair::Revert => standing == Some(Standing::Partial),
            Repair::Accept { .. } => standing == Some(Standing::Edited),
        };
        if !fits {
            let standing = standing.map_or("unknown", Standing::words).to_owned();
            let (database, version) = (database.clone(), version.to_owned());
            return Err(MigrationError::NothingToRepair { database, version, standing });
        }
        self.prepare(looked, true).await?;
        let back = standing == Some(Standing::PartlyReverted);
        let one = self.one(version, if back { Direction::Down } else { Direction::Up })?;
        let mut outcome = Outcome::default();
        match repair {
            Repair::Resume { ran } => {
                if *ran {
                    one.take_as_done().await?;
                } else {
                    one.take_as_open().await?;
                }
                let versions = [version.to_owned()];
                self.run_all(&versions, one.direction, &mut outcome).await?;
            }
            Repair::MarkApplied => self.one(version, Direction::Up)?.mark_applied().await?,
            Repair::Revert => {
                let back = One { of_a_part: true, ..self.one(version, Direction::Down)? };
                back.run_to_its_end().await?;
                outcome.versions.push(version.to_owned());
            }
            Repair::Accept { reason } => one.accept(reason).await?,
        }
        Ok(outcome)
    }

    fn one(&self, version: &str, direction: Direction) -> Result<One<'_>, MigrationError> {
        let (database, name) = (self.database.name.clone(), version.to_owned());
        let migration = self.folder.get(version).ok_or(MigrationError::Unknown { database, version: name })?;
        Ok(One::new(self, migration, direction))
    }
}

impl One<'_> {
    /// Says in the journal that the statement in doubt ran.
    async fn take_as_done(&self) -> Result<(), MigrationError> {
        let version = &self.migration.version;
        if self.settle_doubt(Event::Statement).await? {
            return Ok(());
        }
        let (database, version) = (self.executor.database.name.clone(), version.clone());
        Err(MigrationError::NothingInDoubt { database, version })
    }

    /// Says in the journal that the statement in doubt did not run.
    async fn take_as_open(&self) -> Result<(), MigrationError> {
        self.settle_doubt(Event::Failed).await.map(drop)
    }

    /// Whether there was a doubt. What the database itself knows better is refused.
    async fn settle_doubt(&self, event: Event) -> Result<bool, MigrationError> {
        let session = self.executor.session;
        let failed = |error| self.executor.failed(&error);
        let steps = Steps::read(&session.connection, session.engine, &self.migration.version).await.map_err(failed)?;
        let script = self.migration.script(self.direction);
        let (Some(number), Some(script)) = (steps.dangling(self.direction), script) else { return Ok(false) };
        let Some(statement) = script.statements.get(number - 1) else { return Ok(false) };
        if event == Event::Statement && is_missing(statement, session).await.map_err(failed)? {
            let (path, line, excerpt) = (script.path.clone(), statement.line, statement.excerpt());
            return Err(MigrationError::DidNotRun { path, line, number, excerpt });
        }
        let mut line = self.line(event, Some(number - 1), script.statements.len(), Some(statement), Duration::ZERO);
        line.error = (event == Event::Failed).then(|| "repaired: it did not run".to_owned());
        append(&session.connection, session.engine, &[line]).await.map_err(failed)?;
        Ok(true)
    }

    /// History and journal as if the migration had run; the statements of the file run nowhere.
    async fn mark_applied(&self) -> Result<(), MigrationError> {
        let applied = async {
            let transaction = self.begin().await?;
            let lines = |script: &Script| self.lines_of(Event::Statement, script);
            let mut steps = self.migration.script(Direction::Up).map(lines).unwrap_or_default();
            for line in &mut steps {
                line.error = Some(MARKED.to_owned());
            }
            self.finish_once_more(transaction, steps).await
        };
        applied.await.map_err(Failed::into_error)
    }

    async fn accept(&self, reason: &str) -> Result<(), MigrationError> {
        let session = self.executor.session;
        let count = self.migration.script(Direction::Up).map_or(1, |script| script.statements.len());
        let mut line = self.line(Event::Accepted, None, count, None, Duration::ZERO);
        if let Some((checksum, raw_hash)) = self.migration.checksum() {
            (line.checksum, line.raw_hash) = (Some(checksum.to_owned()), Some(raw_hash.to_owned()));
        }
        line.error = Some(reason.to_owned());
        let lines = |script: &Script| self.lines_of(Event::Accepted, script);
        let mut lines = self.migration.script(Direction::Up).map(lines).unwrap_or_default();
        lines.push(line);
        append(&session.connection, session.engine, &lines).await.map_err(|error| self.executor.failed(&error))
    }
}

impl Finding {
    fn plain(version: Option<String>, what: &str, offer: Offer) -> Self {
        Self { version, what: what.to_owned(), in_the_middle: false, statements: Vec::new(), offers: vec![offer] }
    }
}

impl Offer {
    const MIGRATE: Self = Self { what: "`db migrate` makes them", arguments: None, sql: Vec::new() };

    fn new(what: &'static str, arguments: String, sql: Vec<String>) -> Self {
        Self { what, arguments: Some(arguments), sql }
    }

    fn accept(version: &str) -> Self {
        Self::new("accept the file as it is now", format!("{version} --accept \"why\""), Vec::new())
    }
}

/// The statements of a file beside those that the journal says ran.
fn states(script: &Script, steps: &Steps, direction: Direction) -> Vec<StatementState> {
    let (done, dangling) = (steps.done(direction), steps.dangling(direction));
    let state = |(index, statement): (usize, &super::Statement)| {
        let progress = match done.get(index) {
            Some(checksum) if *checksum == statement.checksum() => StatementProgress::Ran,
            Some(_) => StatementProgress::Edited,
            None if dangling == Some(index + 1) => StatementProgress::Undecided,
            None => StatementProgress::Open,
        };
        StatementState { number: index + 1, line: statement.line, progress, sql: statement.text.clone() }
    };
    script.statements.iter().enumerate().map(state).collect()
}

fn offers(
    version: &str,
    migration: Option<&Migration>,
    direction: Direction,
    statements: &[StatementState],
) -> Vec<Offer> {
    let text = |wanted: &[StatementProgress]| -> Vec<String> {
        let wanted = statements.iter().filter(|statement| wanted.contains(&statement.progress));
        wanted.map(|statement| statement.sql.clone()).collect()
    };
    let open = text(&[StatementProgress::Undecided, StatementProgress::Open]);
    let in_doubt = statements.iter().any(|statement| statement.progress == StatementProgress::Undecided);
    let mut offers = vec![Offer::new("go on where it broke off", format!("{version} --resume"), open)];
    if in_doubt {
        let rest = text(&[StatementProgress::Open]);
        offers.push(Offer::new(
            "go on behind the statement in doubt: it ran",
            format!("{version} --resume --ran"),
            rest,
        ));
    }
    offers.push(Offer::new(
        "say that it is applied: the rest was done by hand, or is not wanted",
        format!("{version} --mark-applied"),
        Vec::new(),
    ));
    let back = migration.and_then(|migration| migration.script(Direction::Down));
    if let (Direction::Up, Some(script)) = (direction, back.filter(|script| script.directives.irreversible.is_none())) {
        let sql = script.statements.iter().map(|statement| statement.text.clone()).collect();
        offers.push(Offer::new("take back what it did", format!("{version} --revert"), sql));
    }
    offers
}

impl Migration {
    /// The file of one way; a migration in Rust has none.
    pub fn script(&self, direction: Direction) -> Option<&Script> {
        match (&self.body, direction) {
            (Body::Sql { up, .. }, Direction::Up) => Some(up),
            (Body::Sql { down, .. }, Direction::Down) => Some(down),
            (Body::Rust(_), _) => None,
        }
    }
}

//! What a statement does to those who use its tables meanwhile.

use atriz_db::Engine;
use atriz_db::migrate::Statement;
use serde::{Serialize, Serializer};

use super::known::{Known, NotNullCheck};
use super::name::Name;
use super::{postgres, sqlite};

/// The levels of PostgreSQL's table locks, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockLevel {
    /// What SELECT takes.
    AccessShare,
    /// What SELECT … FOR UPDATE takes, and a foreign key's check on the table referred to.
    RowShare,
    /// What INSERT, UPDATE, DELETE and MERGE take.
    RowExclusive,
    /// One schema change or VACUUM at a time; rows are read and written on.
    ShareUpdateExclusive,
    /// No writes: CREATE INDEX.
    Share,
    /// No writes, and one at a time: foreign keys and triggers.
    ShareRowExclusive,
    /// Reads alone go on.
    Exclusive,
    /// Nothing goes on.
    AccessExclusive,
}

/// What waits while a statement, and the transaction around it, runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocks {
    /// Nobody.
    #[default]
    Nothing,
    /// Other changes of the table's structure.
    SchemaChanges,
    /// Whoever writes to the table.
    Writes,
    /// Whoever uses the table at all.
    ReadsAndWrites,
}

/// A lock on one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableLock {
    /// The table.
    pub table: Name,
    /// How strong.
    pub level: LockLevel,
}

/// Reading or writing a whole table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Work {
    /// The table.
    pub table: Name,
    /// Under which condition, where the statement alone does not tell: "unless …" or "where …".
    pub condition: Option<String>,
}

/// What later statements of the same run have to know of this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It makes a table or a view.
    Makes(Name),
    /// It makes an index.
    Indexes {
        /// The index.
        index: Name,
        /// Its table.
        table: Name,
    },
    /// It drops a table or a view.
    Drops(Name),
    /// It gives a table another name.
    Renames {
        /// The name it had.
        from: Name,
        /// The name it has then.
        to: Name,
    },
    /// It adds a CHECK that a column holds no NULL.
    Checks(NotNullCheck),
    /// It proves a constraint for the rows that there are.
    Validates {
        /// The table.
        table: Name,
        /// The constraint.
        constraint: String,
    },
    /// It copies the rows of one table into another.
    Fills {
        /// The table that takes them.
        table: Name,
        /// The table that holds them.
        from: Name,
    },
}

/// What a statement does to those who use its tables meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Whether the statement is unknown here, so that nothing can be said of it.
    pub unknown: bool,
    /// The locks it takes on PostgreSQL, each table once; none on SQLite, which locks the file.
    pub locks: Vec<TableLock>,
    /// Tables that it works on without a lock of their own, on SQLite.
    pub touches: Vec<Name>,
    /// The table that it reads from end to end.
    pub scans: Option<Work>,
    /// The table that it writes anew from end to end.
    pub rewrites: Option<Work>,
    /// The table whose every row it changes; each row stays locked against other writers until the commit.
    pub changes_every_row: Option<Name>,
    /// What else there is to know.
    pub notes: Vec<String>,
    /// What later statements have to know.
    pub changes: Vec<Change>,
}

/// What `statement` does on `engine`, as far as its text tells.
pub fn effect(statement: &Statement, engine: Engine) -> Effect {
    effect_knowing(statement, engine, &Known::default())
}

/// As [`effect`], with what is known of the database: which table an index belongs to, the types of columns, the foreign
/// keys.
pub fn effect_knowing(statement: &Statement, engine: Engine, known: &Known) -> Effect {
    match engine {
        Engine::Postgres => postgres::effect(&statement.tokens, known),
        Engine::Sqlite => sqlite::effect(&statement.tokens, known),
    }
}

impl LockLevel {
    /// As PostgreSQL's documentation writes it.
    pub fn words(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// The level of these words.
    pub(super) fn of_words(words: &str) -> Option<Self> {
        const ALL: [LockLevel; 8] = [
            LockLevel::AccessShare,
            LockLevel::RowShare,
            LockLevel::RowExclusive,
            LockLevel::ShareUpdateExclusive,
            LockLevel::Share,
            LockLevel::ShareRowExclusive,
            LockLevel::Exclusive,
            LockLevel::AccessExclusive,
        ];
        ALL.into_iter().find(|level| level.words().eq_ignore_ascii_case(words))
    }

    /// What waits for it.
    pub fn blocks(self) -> Blocks {
        match self {
            Self::AccessShare | Self::RowShare | Self::RowExclusive | Self::ShareUpdateExclusive => {
                Blocks::SchemaChanges
            }
            Self::Share | Self::ShareRowExclusive | Self::Exclusive => Blocks::Writes,
            Self::AccessExclusive => Blocks::ReadsAndWrites,
        }
    }
}

impl Serialize for LockLevel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.words())
    }
}

impl Blocks {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Nothing => "blocks nothing",
            Self::SchemaChanges => "blocks other schema changes only",
            Self::Writes => "blocks writes",
            Self::ReadsAndWrites => "blocks reads and writes",
        }
    }

    /// Who waits, in words.
    pub(super) fn waiting(self) -> &'static str {
        match self {
            Self::Nothing => "nobody waits",
            Self::SchemaChanges => "other schema changes wait",
            Self::Writes => "writes wait",
            Self::ReadsAndWrites => "reads and writes wait",
        }
    }
}

impl Effect {
    pub(super) fn none() -> Self {
        Self::default()
    }

    pub(super) fn unknown() -> Self {
        Self { unknown: true, ..Self::default() }
    }

    pub(super) fn locking(table: &Name, level: LockLevel) -> Self {
        Self::none().lock(table, level)
    }

    /// Adds a lock; the strongest of several on one table counts.
    pub(super) fn lock(mut self, table: &Name, level: LockLevel) -> Self {
        match self.locks.iter_mut().find(|lock| lock.table.is(table)) {
            Some(lock) => lock.level = lock.level.max(level),
            None => self.locks.push(TableLock { table: table.clone(), level }),
        }
        self
    }

    pub(super) fn lock_all(self, tables: &[Name], level: LockLevel) -> Self {
        tables.iter().fold(self, |effect, table| effect.lock(table, level))
    }

    pub(super) fn touch(mut self, table: &Name) -> Self {
        self.touches.push(table.clone());
        self
    }

    pub(super) fn scan(self, table: &Name) -> Self {
        self.scan_if(table, None)
    }

    /// Adds a scan; one that is certain counts before one that is not.
    pub(super) fn scan_if(mut self, table: &Name, condition: Option<&str>) -> Self {
        if self.scans.as_ref().is_none_or(|work| work.condition.is_some()) {
            self.scans = Some(Work { table: table.clone(), condition: condition.map(str::to_owned) });
        }
        self
    }

    pub(super) fn rewrite(self, table: &Name) -> Self {
        self.rewrite_if(table, None)
    }

    pub(super) fn rewrite_if(mut self, table: &Name, condition: Option<&str>) -> Self {
        if self.rewrites.as_ref().is_none_or(|work| work.condition.is_some()) {
            self.rewrites = Some(Work { table: table.clone(), condition: condition.map(str::to_owned) });
        }
        self
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub(super) fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// What waits for its strongest lock.
    pub fn blocks(&self) -> Blocks {
        self.locks.iter().map(|lock| lock.level.blocks()).max().unwrap_or_default()
    }

    /// Every table that it touches, each once, the ones that it makes too.
    pub fn tables(&self) -> Vec<Name> {
        let mut tables: Vec<Name> = Vec::new();
        let made = self.changes.iter().map(|change| match change {
            Change::Makes(table)
            | Change::Drops(table)
            | Change::Indexes { table, .. }
            | Change::Checks(NotNullCheck { table, .. })
            | Change::Validates { table, .. }
            | Change::Fills { table, .. } => table,
            Change::Renames { from, .. } => from,
        });
        let locked = self.locks.iter().map(|lock| &lock.table);
        let worked = self.scans.iter().chain(&self.rewrites).map(|work| &work.table);
        for table in made.chain(&self.touches).chain(locked).chain(worked).chain(&self.changes_every_row) {
            if !tables.iter().any(|known| known.is(table)) {
                tables.push(table.clone());
            }
        }
        tables
    }
}

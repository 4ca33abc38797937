//! The words that engines and entities share.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

/// A schema in shared words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Logical {
    /// Who says so.
    pub source: Source,
    /// Tables by their bare name, which no two schemas of one database share.
    pub tables: BTreeMap<String, Table>,
    /// Views by their bare name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub views: BTreeMap<String, View>,
}

/// Who says what a schema is, and with that, what it can say at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The entities: tables, columns, primary and unique keys, foreign keys.
    #[default]
    Entities,
    /// A PostgreSQL database.
    Postgres,
    /// A SQLite database.
    Sqlite,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Entities => "entities",
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        })
    }
}

/// A view. What it asks is said by each engine in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct View {
    /// The PostgreSQL schema it stands in.
    pub schema: String,
    /// The names of its columns, in order.
    pub columns: Vec<String>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The PostgreSQL schema it stands in; empty where the source does not know (SQLite).
    pub schema: String,
    /// In the order of the table.
    pub columns: Vec<Column>,
    /// The primary key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<PrimaryKey>,
    /// Indexes by name, those behind unique constraints among them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub indexes: BTreeMap<String, Index>,
    /// Foreign keys by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign_keys: BTreeMap<String, ForeignKey>,
    /// CHECKs by name, without those that only say a column's type where the engine has no type for it (SQLite).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub checks: BTreeMap<String, Check>,
    /// Triggers by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub triggers: BTreeMap<String, Trigger>,
    /// Exclusion constraints by name, in PostgreSQL's words.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub exclusions: BTreeMap<String, String>,
    /// Whether its rows stand in the primary key (SQLite).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_rowid: bool,
    /// How rows are spread over partitions: `RANGE (recorded_at)` (PostgreSQL).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_key: Option<String>,
    /// What a comment says; the entity's documentation is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// What it was called before, where an entity says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The name.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Whether NULL may stand in it.
    pub nullable: bool,
    /// The default's expression in one form for both engines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// How it is computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated: Option<Generated>,
    /// Whether the database numbers it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub identity: bool,
    /// What tells its texts apart and sorts them, where that is not byte by byte (SQLite) or as the database does
    /// (PostgreSQL).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// What it was called before, where an entity says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
}

/// How a generated column is computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Generated {
    /// From what, in one form for both engines.
    pub expression: String,
    /// Whether it is stored, or computed when read.
    pub stored: bool,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// `boolean`; on SQLite INTEGER with a CHECK for 0 and 1.
    Boolean,
    /// `smallint`.
    SmallInteger,
    /// `integer`.
    Integer,
    /// `bigint`.
    BigInteger,
    /// An integer of any width: all that SQLite says.
    AnyInteger,
    /// `real`.
    Real,
    /// `double precision`.
    Double,
    /// `numeric` with its precision and scale.
    Decimal(Option<(u32, u32)>),
    /// `text`.
    Text,
    /// `character varying` with its length.
    Varchar(Option<u32>),
    /// `character` with its length.
    Char(Option<u32>),
    /// `bytea`; BLOB on SQLite.
    Bytes,
    /// `uuid`; on SQLite BLOB with a CHECK for 16 bytes.
    Uuid,
    /// `timestamptz`; on SQLite TEXT with a CHECK for the form that chrono writes.
    Timestamp,
    /// `timestamp` without a zone.
    LocalTimestamp,
    /// `date`.
    Date,
    /// `time`.
    Time,
    /// `interval`.
    Interval,
    /// `json`.
    Json,
    /// `jsonb`; on SQLite TEXT with a CHECK for valid JSON.
    JsonBinary,
    /// `inet`, `cidr` or `macaddr`.
    Network(String),
    /// An array of another type.
    Array(Box<ColumnType>),
    /// What only one engine knows, in its words: `tsvector`, `app.mood`.
    Other(String),
}

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrimaryKey {
    /// Its name where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The columns in the key's order.
    pub columns: Vec<String>,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Index {
    /// Whether it is unique.
    pub unique: bool,
    /// Whether it stands behind a unique constraint. To an entity, and to what may be stored, that is the same.
    pub constraint: bool,
    /// What is indexed, in order.
    pub keys: Vec<IndexKey>,
    /// The condition of a partial index, in one form for both engines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// The access method where it is not `btree` (PostgreSQL).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Columns stored beside the key (PostgreSQL).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Whether two NULLs count as the same (PostgreSQL).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
}

/// One key of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IndexKey {
    /// The column, or the expression in one form for both engines.
    pub key: String,
    /// Whether it is an expression.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub expression: bool,
    /// Whether it is sorted downwards.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
    /// Whether NULLs come where they do not by themselves: first upwards, last downwards (PostgreSQL).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nulls_moved: bool,
    /// The collation where it is not the column's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// The operator class where it is not the type's own (PostgreSQL).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_class: Option<String>,
}

impl IndexKey {
    /// A column as it is.
    pub fn column(name: &str) -> Self {
        Self { key: name.to_owned(), ..Self::default() }
    }
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ForeignKey {
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The table referred to, by its bare name.
    pub table: String,
    /// The columns referred to.
    pub referenced: Vec<String>,
    /// What becomes of a row when the one it refers to goes.
    pub on_delete: Action,
    /// What becomes of a row when the key it refers to changes.
    pub on_update: Action,
    /// `deferrable`, `initially deferred`, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<String>,
    /// `full`, where a key of several columns is to be NULL in all of them or in none (PostgreSQL).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching: Option<String>,
}

/// What a foreign key does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Refuses at the end of the statement. SQLite's folder says so where PostgreSQL's says `RESTRICT`.
    #[default]
    NoAction,
    /// Refuses at once.
    Restrict,
    /// Does the same to the row.
    Cascade,
    /// Empties the columns.
    SetNull,
    /// Sets the columns to their defaults.
    SetDefault,
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        })
    }
}

/// A CHECK.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The condition in one form for both engines.
    pub expression: String,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// What it is for, said alike on both engines, one for each event: `fills updated_at`, `refuses update`,
    /// `may refuse insert`; where only its body tells, its own name.
    pub purposes: BTreeSet<String>,
    /// The statement that makes it, in the engine's words.
    pub definition: String,
}

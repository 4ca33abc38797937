//! What went wrong in a database, told in one vocabulary for both engines.
//!
//! PostgreSQL answers with SQLSTATE codes (its manual, appendix A), SQLite with extended result codes; SQLite names no
//! constraint for unique and foreign keys, so the name is rebuilt from the naming convention (`uq_{table}_{columns}`).

use std::borrow::Cow;

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::postgres::{PgDatabaseError, PgErrorPosition};
use sea_orm::sqlx::sqlite::SqliteError;
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// The kinds of failure that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// A unique or primary key is taken.
    Unique,
    /// A referenced row is missing, or a row is still referred to.
    ForeignKey,
    /// A required column is empty.
    NotNull,
    /// A CHECK (or a trigger that raises) said no.
    Check,
    /// A value has the wrong type for its column.
    WrongType,
    /// The table does not exist.
    UndefinedTable,
    /// The column does not exist.
    UndefinedColumn,
    /// An index, schema, type, function or the like does not exist.
    UndefinedObject,
    /// A serialisable transaction has to be run again.
    SerializationFailure,
    /// The server broke a deadlock by ending this transaction.
    Deadlock,
    /// A cached plan no longer fits, since the schema changed beneath it.
    StalePlan,
    /// A prepared statement is not there, or is somebody else's: a pooler handed the server's connection on.
    Pooled,
    /// A lock was not granted in time.
    LockTimeout,
    /// A statement, or the wait for a connection, took too long.
    Timeout,
    /// SQLite is busy with another writer.
    Busy,
    /// The server cannot be reached, or the connection broke.
    Connection,
    /// The user name or password is wrong.
    Authentication,
    /// TLS was demanded and is not offered, or its check failed.
    Tls,
    /// The database does not exist.
    DatabaseMissing,
    /// The user may not do this.
    Privilege,
    /// The database is read-only.
    ReadOnly,
    /// The disk is full.
    DiskFull,
    /// Anything else.
    Other,
}

impl FailureKind {
    /// Whether what a statement names is not there.
    pub(crate) fn is_missing(self) -> bool {
        matches!(self, Self::UndefinedTable | Self::UndefinedColumn | Self::UndefinedObject)
    }

    /// What helps against failures that no file is to blame for.
    pub(crate) fn way_out(self) -> Option<&'static str> {
        Some(match self {
            Self::DiskFull => "make room on the disk, then run the same command again; nothing half-written stays",
            Self::ReadOnly => {
                "the database or its folder may not be written to; check its rights, or whether the server is a replica"
            }
            Self::Busy => "another process writes to the file; run the same command again when it is done",
            Self::LockTimeout | Self::Deadlock => {
                "others hold what it needs; run the same command again when they are done, or end them"
            }
            Self::Connection => {
                "the connection broke; run the same command again when the server is there, it goes on where it was"
            }
            Self::Privilege => {
                "the login lacks the right; migrations run as the owner that `cargo xtask db create` made"
            }
            _ => return None,
        })
    }
}

/// A database failure, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// The engine's own code: SQLSTATE, or SQLite's extended result code.
    pub code: Option<String>,
    /// The engine's message, without positions in its source code.
    pub message: String,
    /// What PostgreSQL adds to the message: the key that is there twice, what still depends on a thing, or what somebody
    /// raised. It may hold values of a row, so that it is for whoever looks on and for no log; a whole row is left out.
    pub detail: Option<String>,
    /// The constraint, where the engine or the naming convention tells it.
    pub constraint: Option<String>,
    /// The table, where known.
    pub table: Option<String>,
    /// The columns, where known.
    pub columns: Vec<String>,
    /// Where in the statement the engine stopped, as a character offset from zero.
    pub position: Option<usize>,
}

impl Failure {
    /// Takes a `SeaORM` error apart.
    pub fn of(error: &DbErr) -> Self {
        match error {
            DbErr::Conn(RuntimeErr::SqlxError(inner))
            | DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => Self::of_sqlx(inner),
            DbErr::ConnectionAcquire(_) => Self::plain(FailureKind::Timeout, error.to_string()),
            DbErr::Conn(_) => Self::plain(FailureKind::Connection, error.to_string()),
            _ => Self::plain(FailureKind::Other, error.to_string()),
        }
    }

    /// As [`Failure::of`], for a session: nobody else has its one connection, so that one which is not to be had is gone.
    pub(crate) fn of_session(error: &DbErr) -> Self {
        let is_missing = match error {
            DbErr::ConnectionAcquire(_) => true,
            DbErr::Conn(RuntimeErr::SqlxError(inner))
            | DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => matches!(**inner, sqlx::Error::PoolTimedOut),
            _ => false,
        };
        if is_missing {
            let message = "the connection broke, and no other could be made in its place in time";
            return Self::plain(FailureKind::Connection, message.to_owned());
        }
        Self::of(error)
    }

    /// Takes an error of the driver apart.
    pub fn of_sqlx(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(inner) => Self::of_database(inner.as_ref()),
            sqlx::Error::Io(inner) => Self::plain(FailureKind::Connection, inner.to_string()),
            sqlx::Error::PoolTimedOut => {
                Self::plain(FailureKind::Timeout, "no connection became free in time".to_owned())
            }
            sqlx::Error::Tls(inner) => Self::plain(FailureKind::Tls, inner.to_string()),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_) => {
                Self::plain(FailureKind::Connection, error.to_string())
            }
            _ => Self::plain(FailureKind::Other, error.to_string()),
        }
    }

    fn plain(kind: FailureKind, message: String) -> Self {
        Self {
            kind,
            code: None,
            message,
            detail: None,
            constraint: None,
            table: None,
            columns: Vec::new(),
            position: None,
        }
    }

    fn of_database(error: &dyn DatabaseError) -> Self {
        if let Some(postgres) = error.try_downcast_ref::<PgDatabaseError>() {
            Self::of_postgres(postgres)
        } else if let Some(sqlite) = error.try_downcast_ref::<SqliteError>() {
            Self::of_sqlite(sqlite)
        } else {
            Self::plain(FailureKind::Other, error.message().to_owned())
        }
    }

    fn of_postgres(error: &PgDatabaseError) -> Self {
        let kind = postgres_kind(error.code(), error.routine());
        Self {
            kind,
            code: Some(error.code().to_owned()),
            message: error.message().to_owned(),
            detail: error.detail().filter(|_| !WITH_A_ROW.contains(&error.code())).map(str::to_owned),
            constraint: error.constraint().map(str::to_owned),
            table: error.table().map(str::to_owned),
            columns: error.column().map(str::to_owned).into_iter().collect(),
            position: match error.position() {
                Some(PgErrorPosition::Original(offset)) => Some(offset.saturating_sub(1)),
                _ => None,
            },
        }
    }

    fn of_sqlite(error: &SqliteError) -> Self {
        let code = DatabaseError::code(error).unwrap_or(Cow::Borrowed(""));
        let message = DatabaseError::message(error).to_owned();
        let (kind, prefix) = sqlite_kind(&code, &message);
        let mut failure = Self { code: Some(code.into_owned()), ..Self::plain(kind, message) };
        failure.read_sqlite_names(prefix);
        failure
    }

    /// SQLite's message ends in `table.column, table.column`, or in a constraint's name.
    fn read_sqlite_names(&mut self, prefix: Option<&str>) {
        let Some(rest) = self.message.split_once("failed: ").map(|(_, rest)| rest.trim()) else { return };
        if self.kind == FailureKind::Check {
            self.constraint = Some(rest.to_owned());
            return;
        }
        if let Some(index) = rest.strip_prefix("index ") {
            self.constraint = Some(index.trim_matches('\'').to_owned());
            return;
        }
        for part in rest.split(", ") {
            if let Some((table, column)) = part.split_once('.') {
                self.table = Some(table.to_owned());
                self.columns.push(column.to_owned());
            }
        }
        if let (Some(prefix), Some(table)) = (prefix, &self.table) {
            self.constraint = Some(match prefix {
                "pk" => format!("pk_{table}"),
                _ => format!("uq_{table}_{}", self.columns.join("_")),
            });
        }
    }

    /// What stands for the message where it is kept, if it quotes a value: PostgreSQL does so in data exceptions, and where a
    /// value is read as a language of its own, in words that depend on the language of the server. What a migration raises
    /// by itself is its author's own text.
    pub(crate) fn without_value(&self) -> Option<String> {
        let code = self.code.as_deref().filter(|code| code.len() == SQLSTATE)?;
        if code.starts_with("22") {
            let name = DATA_EXCEPTIONS.iter().find(|(known, _)| *known == code).map(|(_, name)| format!(" {name}"));
            return Some(format!("data exception{} (SQLSTATE {code})", name.unwrap_or_default()));
        }
        // A mistake in the statement itself has a place in it.
        let is_of_a_value = self.position.is_none() && ["42601", "42602"].contains(&code);
        is_of_a_value.then(|| format!("a value that cannot be read (SQLSTATE {code})"))
    }

    /// Whether the database is away or overloaded, so that the same request may succeed later with nothing of ours mended.
    pub fn is_passing(&self) -> bool {
        self.is_transient()
            || matches!(
                self.kind,
                FailureKind::Connection
                    | FailureKind::Timeout
                    | FailureKind::LockTimeout
                    | FailureKind::Pooled
                    | FailureKind::Authentication
                    | FailureKind::Tls
                    | FailureKind::DatabaseMissing
                    | FailureKind::ReadOnly
                    | FailureKind::DiskFull
            )
    }

    /// Whether the same transaction, run again, may well succeed.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::SerializationFailure | FailureKind::Deadlock | FailureKind::StalePlan | FailureKind::Busy
        )
    }
}

/// The codes whose detail is the whole row: a column without its value, a CHECK or a table without a partition for it, and
/// the condition of a view.
const WITH_A_ROW: [&str; 3] = ["23502", "23514", "44000"];

/// How long the codes of PostgreSQL are; those of SQLite are numbers.
const SQLSTATE: usize = 5;

/// Data exceptions that values of rows lead to, by the names in PostgreSQL's manual.
const DATA_EXCEPTIONS: [(&str, &str); 8] = [
    ("22001", "string_data_right_truncation"),
    ("22003", "numeric_value_out_of_range"),
    ("22007", "invalid_datetime_format"),
    ("22008", "datetime_field_overflow"),
    ("22012", "division_by_zero"),
    ("22021", "character_not_in_repertoire"),
    ("22023", "invalid_parameter_value"),
    ("22P02", "invalid_text_representation"),
];

fn postgres_kind(code: &str, routine: Option<&str>) -> FailureKind {
    match code {
        "23505" => FailureKind::Unique,
        "23503" => FailureKind::ForeignKey,
        "23502" => FailureKind::NotNull,
        "23514" | "P0001" => FailureKind::Check,
        "22P02" | "22007" | "22008" | "22003" | "42804" => FailureKind::WrongType,
        "42P01" => FailureKind::UndefinedTable,
        "42703" => FailureKind::UndefinedColumn,
        "42704" | "42883" | "3F000" => FailureKind::UndefinedObject,
        "40001" => FailureKind::SerializationFailure,
        "40P01" => FailureKind::Deadlock,
        // The code says no more than "not supported"; this function of the server's is the one that checks cached plans, and
        // its name, unlike the message, is in no language.
        "0A000" if routine == Some("RevalidateCachedQuery") => FailureKind::StalePlan,
        "26000" | "42P05" => FailureKind::Pooled,
        "55P03" => FailureKind::LockTimeout,
        "57014" => FailureKind::Timeout,
        "28P01" | "28000" => FailureKind::Authentication,
        "3D000" => FailureKind::DatabaseMissing,
        "42501" => FailureKind::Privilege,
        "25006" => FailureKind::ReadOnly,
        "53100" => FailureKind::DiskFull,
        // A database that takes no connections. The code says as much of many other things; this function checks it.
        "55000" if routine == Some("CheckMyDatabase") => FailureKind::Connection,
        "53300" => FailureKind::Connection,
        _ if code.starts_with("08") || code.starts_with("57P") => FailureKind::Connection,
        _ => FailureKind::Other,
    }
}

/// The kind, and which key the column list in the message is of.
fn sqlite_kind(code: &str, message: &str) -> (FailureKind, Option<&'static str>) {
    match code {
        "2067" => (FailureKind::Unique, Some("uq")),
        "1555" => (FailureKind::Unique, Some("pk")),
        "787" => (FailureKind::ForeignKey, None),
        // RAISE in a trigger and ON DELETE RESTRICT share a code; only the latter speaks of foreign keys.
        "1811" if message.contains("FOREIGN KEY") => (FailureKind::ForeignKey, None),
        "275" | "1811" => (FailureKind::Check, None),
        "1299" => (FailureKind::NotNull, None),
        "3091" => (FailureKind::WrongType, None),
        // There was no room for a page of the file, or for the -shm file beside it (SQLITE_IOERR_WRITE, _SHMSIZE).
        "778" | "4874" => (FailureKind::DiskFull, None),
        _ if message.starts_with("no such table") => (FailureKind::UndefinedTable, None),
        _ if message.starts_with("no such column") => (FailureKind::UndefinedColumn, None),
        _ if ["no such index", "no such trigger", "no such view"].iter().any(|what| message.starts_with(what)) => {
            (FailureKind::UndefinedObject, None)
        }
        _ if message.contains("has no column named") => (FailureKind::UndefinedColumn, None),
        _ => (sqlite_family(code), None),
    }
}

/// The low byte of an extended code is the family it belongs to (SQLite, "Result and Error Codes").
fn sqlite_family(code: &str) -> FailureKind {
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(5 | 6) => FailureKind::Busy,
        Ok(8) => FailureKind::ReadOnly,
        Ok(13) => FailureKind::DiskFull,
        Ok(14) => FailureKind::Connection,
        _ => FailureKind::Other,
    }
}

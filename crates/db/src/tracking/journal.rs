//! `migration_history`: the append-only journal of every statement run.

use sea_orm::prelude::{ChronoDateTimeUtc, Uuid};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use super::record_applied;
use crate::Engine;
use crate::migrate::{ALGORITHM, Direction};
use crate::sql::{parameters, tracking_table};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A statement that runs alone is about to run.
    Intent,
    /// A statement ran.
    Statement,
    /// The migration is applied.
    Applied,
    /// The migration is taken back.
    Reverted,
    /// The migration failed; on the statement whose number is given.
    Failed,
    /// The changed file of an applied migration was accepted; the reason stands where errors do.
    Accepted,
}

impl Event {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Statement => "statement",
            Self::Applied => "applied",
            Self::Reverted => "reverted",
            Self::Failed => "failed",
            Self::Accepted => "accepted",
        }
    }
}

/// One line of the journal.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    pub(crate) run_id: Uuid,
    pub(crate) version: String,
    pub(crate) direction: Direction,
    pub(crate) event: Event,
    /// From one; nothing for lines about the migration as a whole.
    pub(crate) statement_number: Option<i32>,
    pub(crate) statement_count: i32,
    /// Of the migration, or of the one statement.
    pub(crate) checksum: Option<String>,
    pub(crate) raw_hash: Option<String>,
    pub(crate) happened_at: ChronoDateTimeUtc,
    pub(crate) duration_us: Option<i64>,
    pub(crate) error: Option<String>,
    pub(crate) operator: String,
}

const COLUMNS: [&str; 15] = [
    "run_id",
    "version",
    "name",
    "direction",
    "event",
    "statement_number",
    "statement_count",
    "checksum",
    "checksum_algorithm",
    "raw_hash",
    "happened_at",
    "duration_us",
    "error",
    "operator",
    "tool_version",
];

impl Journal {
    fn name(&self) -> &str {
        self.version.split_once('_').map_or(self.version.as_str(), |(_, name)| name)
    }

    fn document(&self) -> serde_json::Value {
        serde_json::json!({
            "run_id": self.run_id,
            "version": self.version,
            "name": self.name(),
            "direction": self.direction.name(),
            "event": self.event.name(),
            "statement_number": self.statement_number,
            "statement_count": self.statement_count,
            "checksum": self.checksum,
            "checksum_algorithm": self.checksum.as_ref().map(|_| ALGORITHM),
            "raw_hash": self.raw_hash,
            "happened_at": self.happened_at,
            "duration_us": self.duration_us,
            "error": self.error,
            "operator": self.operator,
            "tool_version": env!("CARGO_PKG_VERSION"),
        })
    }

    fn values(&self) -> [Value; 15] {
        let name = self.name();
        [
            self.run_id.into(),
            self.version.clone().into(),
            name.into(),
            self.direction.name().into(),
            self.event.name().into(),
            self.statement_number.into(),
            self.statement_count.into(),
            self.checksum.clone().into(),
            self.checksum.as_ref().map(|_| ALGORITHM.to_owned()).into(),
            self.raw_hash.clone().into(),
            self.happened_at.into(),
            self.duration_us.into(),
            self.error.clone().into(),
            self.operator.clone().into(),
            env!("CARGO_PKG_VERSION").into(),
        ]
    }
}

/// The lines as one document, and one text of SQL for any number of them: a plan that is made once a session.
const APPEND_APPLIED: &str = "WITH line AS (SELECT * FROM pg_catalog.json_to_recordset($1::text::json) AS line (run_id uuid, \
    version text, name text, direction text, event text, statement_number integer, statement_count integer, checksum text, \
    checksum_algorithm text, raw_hash text, happened_at timestamptz, duration_us bigint, error text, operator text, \
    tool_version text)), \
    applied AS (INSERT INTO public.seaql_migrations (version, applied_at) SELECT version, \
    pg_catalog.floor(pg_catalog.date_part('epoch', happened_at))::bigint FROM line WHERE event = 'applied') \
    INSERT INTO public.migration_history (run_id, version, name, direction, event, statement_number, statement_count, \
    checksum, checksum_algorithm, raw_hash, happened_at, duration_us, error, operator, tool_version) \
    SELECT run_id, version, name, direction, event, statement_number, statement_count, checksum, checksum_algorithm, raw_hash, \
    happened_at, duration_us, error, operator, tool_version FROM line";

/// Appends lines, and writes those that say a migration is applied into the history, too. On PostgreSQL that is one
/// statement, and so one round trip.
pub(crate) async fn append_applied(
    connection: &impl ConnectionTrait,
    engine: Engine,
    lines: &[Journal],
) -> Result<(), DbErr> {
    if engine == Engine::Sqlite {
        for line in lines.iter().filter(|line| line.event == Event::Applied) {
            record_applied(connection, engine, &line.version, line.happened_at.timestamp()).await?;
        }
        return append(connection, engine, lines).await;
    }
    let document = serde_json::Value::Array(lines.iter().map(Journal::document).collect()).to_string();
    let statement = Statement::from_sql_and_values(engine.backend(), APPEND_APPLIED, [document.into()]);
    connection.execute_raw(statement).await.map(drop)
}

/// Appends lines in as few statements as the engines' limits on parameters allow.
pub(crate) async fn append(connection: &impl ConnectionTrait, engine: Engine, lines: &[Journal]) -> Result<(), DbErr> {
    let table = tracking_table(engine, "migration_history");
    for chunk in lines.chunks(1_000) {
        let rows =
            (0..chunk.len()).map(|row| format!("({})", parameters(engine, row * COLUMNS.len() + 1, COLUMNS.len())));
        let rows = rows.collect::<Vec<_>>().join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES {rows}", COLUMNS.join(", "));
        let values: Vec<Value> = chunk.iter().flat_map(Journal::values).collect();
        connection.execute_raw(Statement::from_sql_and_values(engine.backend(), sql, values)).await?;
    }
    Ok(())
}

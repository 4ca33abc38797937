//! `migration_history`: the append-only journal of every statement run.

use sea_orm::prelude::{ChronoDateTimeUtc, Uuid};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use serde::Serialize;

use super::history::insert_applied;
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

/// Lines of one run about migrations on their way there, as one document, and one text of SQL for any number of them: a plan
/// that is made once a session. What all lines or all of a migration share stands there once, for reading it is most of what
/// a journal costs.
const APPEND_APPLIED: &str = "WITH line AS (SELECT * FROM pg_catalog.json_to_recordset($1::text::json) \
    AS migration (version text, name text, count integer, steps json) \
    CROSS JOIN LATERAL pg_catalog.json_to_recordset(steps) AS step (event text, number integer, checksum text, raw_hash text, \
    at timestamptz, took bigint, error text)), \
    applied AS (INSERT INTO public.seaql_migrations (version, applied_at) SELECT version, \
    pg_catalog.floor(pg_catalog.date_part('epoch', at))::bigint FROM line WHERE event = 'applied') \
    INSERT INTO public.migration_history (run_id, version, name, direction, event, statement_number, statement_count, \
    checksum, checksum_algorithm, raw_hash, happened_at, duration_us, error, operator, tool_version) \
    SELECT $2::uuid, version, name, 'up', event, number, count, checksum, CASE WHEN checksum IS NOT NULL THEN $3 END, raw_hash, \
    at, took, error, $4, $5 FROM line";

/// The lines of one migration.
#[derive(Serialize)]
struct Lines<'a> {
    version: &'a str,
    name: &'a str,
    count: i32,
    steps: Vec<Step<'a>>,
}

/// What a line says that others do not.
#[derive(Serialize)]
struct Step<'a> {
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_hash: Option<&'a str>,
    at: ChronoDateTimeUtc,
    took: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

impl<'a> From<&'a Journal> for Step<'a> {
    fn from(line: &'a Journal) -> Self {
        Self {
            event: line.event.name(),
            number: line.statement_number,
            checksum: line.checksum.as_deref(),
            raw_hash: line.raw_hash.as_deref(),
            at: line.happened_at,
            took: line.duration_us,
            error: line.error.as_deref(),
        }
    }
}

fn document(lines: &[Journal]) -> Result<String, DbErr> {
    let migrations = lines.chunk_by(|one, next| one.version == next.version).map(|lines| Lines {
        version: &lines[0].version,
        name: lines[0].name(),
        count: lines[0].statement_count,
        steps: lines.iter().map(Step::from).collect(),
    });
    serde_json::to_string(&migrations.collect::<Vec<_>>()).map_err(|error| DbErr::Custom(error.to_string()))
}

/// Appends the lines of one run, and writes those that say a migration is applied into the history, too: in one message.
pub(crate) async fn append_applied(
    connection: &impl ConnectionTrait,
    engine: Engine,
    lines: &[Journal],
) -> Result<(), DbErr> {
    let Some(first) = lines.first() else { return Ok(()) };
    if engine == Engine::Sqlite {
        return append_with(connection, engine, lines, also_applied).await;
    }
    let values: [Value; 5] = [
        document(lines)?.into(),
        first.run_id.into(),
        ALGORITHM.into(),
        first.operator.clone().into(),
        env!("CARGO_PKG_VERSION").into(),
    ];
    let statement = Statement::from_sql_and_values(engine.backend(), APPEND_APPLIED, values);
    connection.execute_raw(statement).await.map(drop)
}

/// Appends lines in as few statements as the engines' limits on parameters allow.
pub(crate) async fn append(connection: &impl ConnectionTrait, engine: Engine, lines: &[Journal]) -> Result<(), DbErr> {
    append_with(connection, engine, lines, |_, _, _| {}).await
}

/// As [`append`], with what `more` adds to each message for the lines that are in it.
async fn append_with(
    connection: &impl ConnectionTrait,
    engine: Engine,
    lines: &[Journal],
    more: impl Fn(&[Journal], &mut String, &mut Vec<Value>) + Send,
) -> Result<(), DbErr> {
    let table = tracking_table(engine, "migration_history");
    for chunk in lines.chunks(1_000) {
        let rows =
            (0..chunk.len()).map(|row| format!("({})", parameters(engine, row * COLUMNS.len() + 1, COLUMNS.len())));
        let rows = rows.collect::<Vec<_>>().join(", ");
        let mut sql = format!("INSERT INTO {table} ({}) VALUES {rows}", COLUMNS.join(", "));
        let mut values: Vec<Value> = chunk.iter().flat_map(Journal::values).collect();
        more(chunk, &mut sql, &mut values);
        connection.execute_raw(Statement::from_sql_and_values(engine.backend(), sql, values)).await?;
    }
    Ok(())
}

/// What SQLite takes in the same message, whose parameters count on.
fn also_applied(lines: &[Journal], sql: &mut String, values: &mut Vec<Value>) {
    for line in lines.iter().filter(|line| line.event == Event::Applied) {
        sql.push_str(";\n");
        sql.push_str(&insert_applied(Engine::Sqlite, values.len() + 1));
        values.extend::<[Value; 2]>([line.version.clone().into(), line.happened_at.timestamp().into()]);
    }
}

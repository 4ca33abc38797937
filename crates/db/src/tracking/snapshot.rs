//! What a database says of itself, read in one round trip.

use std::collections::{BTreeMap, HashSet};

use sea_orm::prelude::ChronoDateTimeUtc;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde::Deserialize;

use super::{Event, Identity, IdentityError};
use crate::failure::{Failure, FailureKind};
use crate::migrate::{Direction, Folder};
use crate::{Engine, Environment};

/// What a database says of itself.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Its mark.
    pub identity: Option<Identity>,
    /// The applied migrations by version.
    pub applied: BTreeMap<String, AppliedRecord>,
    /// Migrations of statements that run alone which broke off, and the way they were going.
    pub partial: BTreeMap<String, Direction>,
    /// Whether the tracking tables are all there.
    pub tracked: bool,
    /// Whether there are tables beside the tracking tables; known only where there is no mark.
    pub foreign_tables: bool,
}

/// What is known of an applied migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedRecord {
    /// Seconds since 1970, from the history.
    pub applied_at: i64,
    /// From the journal; nothing for history written by another tool.
    pub checksum: Option<String>,
    /// The name of the checksum's algorithm.
    pub algorithm: Option<String>,
    /// The place in the journal, which orders rollback.
    pub sequence: Option<i64>,
}

/// Times come as text of either engine and are parsed as RFC 3339.
#[derive(Deserialize)]
struct IdentityRow {
    id: String,
    name: String,
    environment: String,
    created_at: ChronoDateTimeUtc,
}

#[derive(Deserialize)]
struct HistoryRow {
    version: String,
    applied_at: i64,
}

/// A line of the journal that says of a migration that it is applied or taken back, or that its changed file is accepted.
#[derive(Deserialize)]
struct JournalRow {
    id: i64,
    version: String,
    event: String,
    checksum: Option<String>,
    checksum_algorithm: Option<String>,
}

#[derive(Deserialize)]
struct PartialRow {
    version: String,
    direction: Direction,
}

/// A migration broke off where the last thing the journal says of it is a step: what runs as one transaction writes its
/// steps together with its end.
macro_rules! partial {
    ($table:literal) => {
        concat!(
            "SELECT h.version, h.direction FROM ",
            $table,
            " h JOIN (SELECT max(id) AS id FROM ",
            $table,
            " WHERE event IN ('intent', 'statement', 'applied', 'reverted') GROUP BY version) l ON l.id = h.id \
             WHERE h.event IN ('intent', 'statement')"
        )
    };
}

const POSTGRES: &str = concat!(
    "SELECT \
    (SELECT pg_catalog.json_agg(i)::text FROM public.database_identity i) AS identity, \
    (SELECT pg_catalog.json_agg(h)::text FROM (SELECT version, applied_at FROM public.seaql_migrations) h) AS history, \
    (SELECT pg_catalog.json_agg(j)::text FROM (SELECT id, version, event, checksum, checksum_algorithm \
        FROM public.migration_history WHERE event IN ('applied', 'accepted', 'reverted') ORDER BY id) j) AS journal, \
    (SELECT pg_catalog.json_agg(p)::text FROM (",
    partial!("public.migration_history"),
    ") p) AS partial"
);

const SQLITE: &str = concat!(
    "SELECT \
    (SELECT json_group_array(json_object('id', hex(id), 'name', name, 'environment', environment, \
        'created_at', created_at)) FROM database_identity) AS identity, \
    (SELECT json_group_array(json_object('version', version, 'applied_at', applied_at)) FROM seaql_migrations) AS history, \
    (SELECT json_group_array(json_object('id', id, 'version', version, 'event', event, 'checksum', checksum, \
        'checksum_algorithm', checksum_algorithm)) FROM (SELECT id, version, event, checksum, checksum_algorithm \
        FROM migration_history WHERE event IN ('applied', 'accepted', 'reverted') ORDER BY id)) AS journal, \
    (SELECT json_group_array(json_object('version', version, 'direction', direction)) FROM (",
    partial!("migration_history"),
    ")) AS partial"
);

/// An app's role may not read the journal; it needs the mark and the history alone.
const POSTGRES_WITHOUT_JOURNAL: &str = "SELECT \
    (SELECT pg_catalog.json_agg(i)::text FROM public.database_identity i) AS identity, \
    (SELECT pg_catalog.json_agg(h)::text FROM (SELECT version, applied_at FROM public.seaql_migrations) h) AS history, \
    NULL::text AS journal, NULL::text AS partial";

impl Snapshot {
    /// Reads a database. One round trip where it is ours, two more where it is new.
    ///
    /// # Errors
    ///
    /// What the engine says, a missing table aside.
    pub async fn read(connection: &impl ConnectionTrait, engine: Engine) -> Result<Self, DbErr> {
        let snapshot = Self::read_once(connection, engine).await?;
        if snapshot.may_be_mixed() { Self::read_once(connection, engine).await } else { Ok(snapshot) }
    }

    /// The applied versions, the one that was applied first in front. Those of the journal stand as it has them, whatever
    /// the clock said; one that another tool applied stands by its time, and in the same second in front of them.
    pub(crate) fn in_order_of_application(&self) -> Vec<&str> {
        let mut applied: Vec<_> = self.applied.iter().collect();
        applied.sort_by_key(|(_, record)| record.sequence);
        let mut latest = i64::MIN;
        let mut placed = Vec::with_capacity(applied.len());
        for (version, record) in applied {
            let at = if record.sequence.is_some() { record.applied_at.max(latest) } else { record.applied_at };
            if record.sequence.is_some() {
                latest = at;
            }
            placed.push(((at, record.sequence), version.as_str()));
        }
        placed.sort();
        placed.into_iter().map(|(_, version)| version).collect()
    }

    /// Whether nothing of anybody's is in the database.
    pub(crate) fn is_empty(&self) -> bool {
        self.identity.is_none() && !self.foreign_tables && self.applied.is_empty() && self.partial.is_empty()
    }

    /// Whether another process may have made and filled the tables while they were looked for one after another: tables
    /// without a mark. Read once more, they have one, or are somebody else's.
    fn may_be_mixed(&self) -> bool {
        self.identity.is_none() && self.foreign_tables
    }

    async fn read_once(connection: &impl ConnectionTrait, engine: Engine) -> Result<Self, DbErr> {
        let query = match engine {
            Engine::Postgres => POSTGRES,
            Engine::Sqlite => SQLITE,
        };
        match read_tracked(connection, engine, query).await {
            Ok(snapshot) => Ok(snapshot),
            Err(error) => match Failure::of(&error).kind {
                FailureKind::UndefinedTable => read_partial(connection, engine).await,
                FailureKind::Privilege => read_tracked(connection, engine, POSTGRES_WITHOUT_JOURNAL).await,
                _ => Err(error),
            },
        }
    }

    /// Checks that this is database `name` of `environment`, or none yet.
    ///
    /// # Errors
    ///
    /// [`IdentityError`], except that no mark is none.
    pub(crate) fn check(
        &self,
        name: &str,
        environment: Environment,
        folder: &Folder,
        place: &str,
    ) -> Result<(), IdentityError> {
        match &self.identity {
            Some(identity) => identity.check(name, environment, place),
            // Without a mark, a database is ours if it is empty, or if SeaORM's own tools migrated it with our files.
            None if self.foreign_tables && !self.is_history_of(folder) => {
                Err(IdentityError::Foreign { place: place.to_owned() })
            }
            None => Ok(()),
        }
    }

    /// Whether something is applied, and all of it is known to the folder.
    fn is_history_of(&self, folder: &Folder) -> bool {
        let known: HashSet<&str> = folder.known().collect();
        !self.applied.is_empty() && self.applied.keys().all(|version| known.contains(version.as_str()))
    }

    /// As [`Snapshot::read`], without the journal, which an app's role may not read: every applied migration then looks
    /// like another tool's.
    ///
    /// # Errors
    ///
    /// As [`Snapshot::read`].
    pub async fn read_as_app(connection: &impl ConnectionTrait, engine: Engine) -> Result<Self, DbErr> {
        let snapshot = Self::read_as_app_once(connection, engine).await?;
        if snapshot.may_be_mixed() { Self::read_as_app_once(connection, engine).await } else { Ok(snapshot) }
    }

    async fn read_as_app_once(connection: &impl ConnectionTrait, engine: Engine) -> Result<Self, DbErr> {
        match engine {
            Engine::Sqlite => Self::read_once(connection, engine).await,
            Engine::Postgres => match read_tracked(connection, engine, POSTGRES_WITHOUT_JOURNAL).await {
                Err(error) if Failure::of(&error).kind == FailureKind::UndefinedTable => {
                    read_partial(connection, engine).await
                }
                other => other,
            },
        }
    }
}

async fn read_tracked(connection: &impl ConnectionTrait, engine: Engine, query: &str) -> Result<Snapshot, DbErr> {
    let row = connection.query_one_raw(Statement::from_string(engine.backend(), query)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the snapshot".to_owned()))?;
    let text =
        |column: &str| row.try_get::<Option<String>>("", column).map(|text| text.unwrap_or_else(|| "[]".to_owned()));
    let identity: Vec<IdentityRow> = parse(&text("identity")?)?;
    let history: Vec<HistoryRow> = parse(&text("history")?)?;
    let journal: Vec<JournalRow> = parse(&text("journal")?)?;
    let mut snapshot = Snapshot { tracked: true, applied: applied(history), ..Snapshot::default() };
    snapshot.identity = identity.into_iter().next().map(identity_of).transpose()?;
    for line in journal {
        if let Some(record) = snapshot.applied.get_mut(&line.version) {
            if line.event == Event::Reverted.name() {
                // Whoever applied it since wrote no line: another tool.
                (record.checksum, record.algorithm, record.sequence) = (None, None, None);
                continue;
            }
            record.checksum = line.checksum;
            record.algorithm = line.checksum_algorithm;
            // Accepting a changed file does not apply it anew: its place in the order stays.
            if line.event == Event::Applied.name() {
                record.sequence = Some(line.id);
            }
        }
    }
    let partial: Vec<PartialRow> = parse(&text("partial")?)?;
    snapshot.partial = partial.into_iter().map(|row| (row.version, row.direction)).collect();
    if snapshot.identity.is_none() {
        snapshot.foreign_tables = has_foreign_tables(connection, engine).await?;
    }
    Ok(snapshot)
}

/// A new database, or one that SeaORM's own tools have migrated.
async fn read_partial(connection: &impl ConnectionTrait, engine: Engine) -> Result<Snapshot, DbErr> {
    let (has_history, foreign_tables) = match engine {
        Engine::Postgres => look_around(connection).await?,
        Engine::Sqlite => (true, has_foreign_tables(connection, engine).await?),
    };
    let history = if has_history { read_history(connection, engine).await? } else { Vec::new() };
    Ok(Snapshot { applied: applied(history), foreign_tables, ..Snapshot::default() })
}

async fn read_history(connection: &impl ConnectionTrait, engine: Engine) -> Result<Vec<HistoryRow>, DbErr> {
    let table = crate::sql::tracking_table(engine, "seaql_migrations");
    let query = format!("SELECT version, CAST(applied_at AS bigint) AS applied_at FROM {table}");
    let rows = connection.query_all_raw(Statement::from_string(engine.backend(), query)).await;
    let rows = match rows {
        Err(error) if Failure::of(&error).kind == FailureKind::UndefinedTable => Vec::new(),
        other => other?,
    };
    rows.iter()
        .map(|row| Ok(HistoryRow { version: row.try_get("", "version")?, applied_at: row.try_get("", "applied_at")? }))
        .collect()
}

fn applied(history: Vec<HistoryRow>) -> BTreeMap<String, AppliedRecord> {
    let record = |applied_at| AppliedRecord { applied_at, checksum: None, algorithm: None, sequence: None };
    history.into_iter().map(|row| (row.version, record(row.applied_at))).collect()
}

fn identity_of(row: IdentityRow) -> Result<Identity, DbErr> {
    let corrupt = |what: &str| DbErr::Custom(format!("database_identity.{what} cannot be read"));
    Ok(Identity {
        id: row.id.parse().map_err(|_| corrupt("id"))?,
        name: row.name,
        environment: Environment::parse(&row.environment).ok_or_else(|| corrupt("environment"))?,
        created_at: row.created_at,
    })
}

/// Whether there is a history, and whether there are tables of others. One round trip where there are no tables at all;
/// whose they are is asked behind it, since that costs a new connection more.
async fn look_around(connection: &impl ConnectionTrait) -> Result<(bool, bool), DbErr> {
    let query = format!(
        "SELECT pg_catalog.to_regclass('public.seaql_migrations') IS NOT NULL AS history, EXISTS ({}) AS tables",
        tables_not_ours()
    );
    let row = connection.query_one_raw(Statement::from_string(Engine::Postgres.backend(), query)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the look around".to_owned()))?;
    let are_foreign = row.try_get("", "tables")? && has_foreign_tables(connection, Engine::Postgres).await?;
    Ok((row.try_get("", "history")?, are_foreign))
}

async fn has_foreign_tables(connection: &impl ConnectionTrait, engine: Engine) -> Result<bool, DbErr> {
    let query = match engine {
        Engine::Postgres => format!("SELECT count(*) AS tables FROM ({}) AS found", foreign_tables()),
        Engine::Sqlite => format!(
            "SELECT count(*) AS tables FROM sqlite_schema \
             WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT IN ({})",
            ours()
        ),
    };
    let row = connection.query_one_raw(Statement::from_string(engine.backend(), query)).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "tables"))?;
    Ok(count > 0)
}

/// Tables and views of a PostgreSQL database that are neither ours, nor an extension's, nor the server's own.
fn foreign_tables() -> String {
    format!(
        "{} AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')",
        tables_not_ours()
    )
}

/// Those that are neither ours nor the server's own: what a server is made with has numbers below 16384
/// (`FirstNormalObjectId`).
fn tables_not_ours() -> String {
    format!(
        "SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm') \
         AND c.relpersistence <> 't' AND c.relname NOT IN ({})",
        ours()
    )
}

fn ours() -> String {
    super::TRACKING_TABLES.map(|table| format!("'{table}'")).join(", ")
}

fn parse<T: for<'a> Deserialize<'a>>(json: &str) -> Result<T, DbErr> {
    serde_json::from_str(json).map_err(|error| DbErr::Custom(format!("the tracking tables cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_applied_stands_by_its_time() {
        let snapshot = |rows: &[(&str, i64, Option<i64>)]| {
            let record = |(version, applied_at, sequence): &(&str, i64, Option<i64>)| {
                let record =
                    AppliedRecord { applied_at: *applied_at, checksum: None, algorithm: None, sequence: *sequence };
                ((*version).to_owned(), record)
            };
            Snapshot { applied: rows.iter().map(record).collect(), ..Snapshot::default() }
        };
        let order = |rows: &[(&str, i64, Option<i64>)]| {
            snapshot(rows).in_order_of_application().iter().map(ToString::to_string).collect::<String>()
        };
        assert_eq!(order(&[("a", 10, Some(1)), ("b", 20, None), ("c", 30, Some(2))]), "abc");
        assert_eq!(order(&[("a", 10, Some(1)), ("b", 20, Some(2)), ("c", 30, None), ("d", 5, None)]), "dabc");
        // A clock that was put back moves none of the journal's.
        assert_eq!(order(&[("a", 30, Some(1)), ("b", 10, Some(2)), ("c", 20, None)]), "cab");
        assert_eq!(order(&[("a", 10, Some(1)), ("b", 10, None), ("c", 10, Some(2))]), "bac");
    }
}

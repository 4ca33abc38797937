//! What the catalogues of a running database say. Nothing is locked but the catalogues, and those as any query does it.

use atriz_db::{Engine, Session};
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Statement};

use super::estimate::{Quality, Rows};
use super::known::{Column, Known, NotNullCheck, Reference};
use super::name::Name;

/// What the catalogues of a running database say.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// Indexes, foreign keys and columns.
    pub known: Known,
    /// Every table and how many rows it holds, where that is known.
    pub tables: Vec<(Name, Option<Rows>)>,
}

/// Counting stops here.
const ENOUGH: u64 = 1_000_000;

const USERS: &str = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

/// A partition counts for every table above it. Without statistics of either kind the size of the file tells whether the
/// table is empty; asking for it opens the table, so a table that somebody locks is left alone.
const ROWS: &str = "WITH RECURSIVE part(root, oid) AS ( \
       SELECT c.oid, c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
       WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND {users} \
       UNION ALL SELECT part.root, i.inhrelid FROM part JOIN pg_catalog.pg_inherits i ON i.inhparent = part.oid \
       JOIN pg_catalog.pg_class child ON child.oid = i.inhrelid AND child.relispartition), \
     held AS (SELECT part.root, CASE \
       WHEN c.relkind IN ('p', 'v') THEN 0 \
       WHEN c.reltuples > 0 THEN c.reltuples::bigint \
       WHEN c.reltuples = 0 OR pg_catalog.pg_stat_get_live_tuples(c.oid) > 0 THEN pg_catalog.pg_stat_get_live_tuples(c.oid) \
       WHEN EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.relation = c.oid AND l.mode = 'AccessExclusiveLock') THEN NULL \
       WHEN pg_catalog.pg_relation_size(c.oid) = 0 THEN 0 END AS number \
       FROM part JOIN pg_catalog.pg_class c ON c.oid = part.oid) \
     SELECT n.nspname::text, c.relname::text, \
       CASE WHEN pg_catalog.bool_and(held.number IS NOT NULL) THEN sum(held.number)::bigint END \
     FROM held JOIN pg_catalog.pg_class c ON c.oid = held.root JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     GROUP BY n.nspname, c.relname ORDER BY 1, 2";

const INDEXES: &str = "SELECT n.nspname::text, i.relname::text, tn.nspname::text, t.relname::text FROM pg_catalog.pg_index x \
     JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace \
     JOIN pg_catalog.pg_class t ON t.oid = x.indrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace WHERE {users}";

const REFERENCES: &str = "SELECT n.nspname::text, t.relname::text, k.conname::text, rn.nspname::text, r.relname::text, \
       pg_catalog.to_json(ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (k.conkey)))::text, \
       pg_catalog.to_json(ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = r.oid AND a.attnum = ANY (k.confkey)))::text \
     FROM pg_catalog.pg_constraint k \
     JOIN pg_catalog.pg_class t ON t.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace \
     JOIN pg_catalog.pg_class r ON r.oid = k.confrelid JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace \
     WHERE k.contype = 'f' AND NOT t.relispartition AND NOT r.relispartition AND {users}";

/// With whether it is NOT NULL, and whether a CHECK names it.
const COLUMNS: &str = "SELECT n.nspname::text, c.relname::text, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), \
     a.attnotnull, EXISTS (SELECT FROM pg_catalog.pg_constraint k \
       WHERE k.conrelid = c.oid AND k.contype = 'c' AND a.attnum = ANY (k.conkey)) \
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped AND {users}";

const CHECKS: &str = "SELECT n.nspname::text, c.relname::text, k.conname::text, a.attname::text, k.convalidated \
     FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND k.conkey = ARRAY[a.attnum] \
     WHERE k.contype = 'c' AND NOT c.relispartition AND {users} \
     AND pg_catalog.pg_get_constraintdef(k.oid) LIKE 'CHECK ((' || pg_catalog.quote_ident(a.attname) || ' IS NOT NULL))%'";

impl Live {
    /// Reads the catalogues.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn read(session: &Session) -> Result<Self, DbErr> {
        match session.engine {
            Engine::Postgres => Self::of_postgres(session).await,
            Engine::Sqlite => Self::of_sqlite(session).await,
        }
    }

    async fn of_postgres(session: &Session) -> Result<Self, DbErr> {
        let mut live = Self::default();
        for row in query(session, ROWS).await? {
            let rows = row.try_get_by_index::<Option<i64>>(2)?;
            let rows = rows.map(|number| Rows { number: number.unsigned_abs(), quality: Quality::Estimate });
            live.tables.push((name_at(&row, 0)?, rows));
        }
        for row in query(session, INDEXES).await? {
            live.known.indexes.push((name_at(&row, 0)?, name_at(&row, 2)?));
        }
        for row in query(session, REFERENCES).await? {
            live.known.references.push(Reference {
                constraint: row.try_get_by_index(2)?,
                table: name_at(&row, 0)?,
                columns: list_at(&row, 5)?,
                referenced: name_at(&row, 3)?,
                referenced_columns: list_at(&row, 6)?,
            });
        }
        for row in query(session, COLUMNS).await? {
            live.known.columns.push(Column {
                table: name_at(&row, 0)?,
                name: row.try_get_by_index(2)?,
                kind: row.try_get_by_index(3)?,
                not_null: row.try_get_by_index(4)?,
                checked: row.try_get_by_index(5)?,
            });
        }
        for row in query(session, CHECKS).await? {
            live.known.checks.push(NotNullCheck {
                table: name_at(&row, 0)?,
                constraint: row.try_get_by_index(2)?,
                column: row.try_get_by_index(3)?,
                valid: row.try_get_by_index(4)?,
            });
        }
        Ok(live)
    }

    async fn of_sqlite(session: &Session) -> Result<Self, DbErr> {
        let mut live = Self::default();
        let schema = "SELECT type, name, tbl_name FROM sqlite_schema WHERE type IN ('table', 'index') ORDER BY name";
        for row in query(session, schema).await? {
            let (kind, name, table): (String, String, String) =
                (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            if kind == "index" {
                live.known.indexes.push((Name::new(None, &name), Name::new(None, &table)));
            } else {
                live.tables.push((Name::new(None, &name), None));
            }
        }
        Ok(live)
    }

    /// How many rows the table holds; nothing where that is not known.
    pub fn rows(&self, table: &Name) -> Option<Rows> {
        self.tables.iter().find(|(known, _)| known.is(table)).and_then(|(_, rows)| *rows)
    }

    /// Whether there is such a table.
    pub fn has(&self, table: &Name) -> bool {
        self.tables.iter().any(|(known, _)| known.is(table))
    }

    /// Learns how many rows this table of SQLite holds: from its statistics, or by counting up to a million.
    pub(super) async fn count(&mut self, session: &Session, table: &Name) -> Result<(), DbErr> {
        let Some((name, rows)) = self.tables.iter_mut().find(|(known, _)| known.is(table)) else { return Ok(()) };
        if session.engine != Engine::Sqlite || rows.is_some() {
            return Ok(());
        }
        let literal = name.name.replace('\'', "''");
        let statistics = format!("SELECT stat FROM sqlite_stat1 WHERE tbl = '{literal}' AND stat <> '' LIMIT 1");
        // A file that was never analysed has no such table, which is as good as no line in it.
        let said = query(session, &statistics).await.unwrap_or_default();
        let said = said.first().and_then(|row| row.try_get_by_index::<String>(0).ok());
        let estimate = said.and_then(|stat| stat.split(' ').next()?.parse().ok());
        *rows = Some(match estimate {
            Some(number) => Rows { number, quality: Quality::Estimate },
            None => counted(session, &name.name).await?,
        });
        Ok(())
    }
}

async fn counted(session: &Session, table: &str) -> Result<Rows, DbErr> {
    let quoted = table.replace('"', "\"\"");
    let sql = format!("SELECT count(*) FROM (SELECT 1 FROM \"{quoted}\" LIMIT {})", ENOUGH + 1);
    let row = query(session, &sql).await?.into_iter().next();
    let number = row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))?.unsigned_abs();
    let quality = if number > ENOUGH { Quality::AtLeast } else { Quality::Counted };
    Ok(Rows { number: number.min(ENOUGH), quality })
}

async fn query(session: &Session, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
    let sql = sql.replace("{users}", USERS);
    session.connection.query_all_raw(Statement::from_string(session.engine.backend(), sql)).await
}

/// Schema and name from two columns.
fn name_at(row: &QueryResult, index: usize) -> Result<Name, DbErr> {
    let (schema, name): (String, String) = (row.try_get_by_index(index)?, row.try_get_by_index(index + 1)?);
    Ok(Name { schema: Some(schema), name })
}

/// A list of names as JSON.
fn list_at(row: &QueryResult, index: usize) -> Result<Vec<String>, DbErr> {
    let json: String = row.try_get_by_index(index)?;
    serde_json::from_str(&json).map_err(|error| DbErr::Custom(format!("the names of columns cannot be read: {error}")))
}

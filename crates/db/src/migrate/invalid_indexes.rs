//! Indexes that a concurrent build left behind when it broke off.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::MigrationError;
use super::executor::Executor;
use super::repair::{Finding, Offer};
use crate::Engine;
use crate::sql::quote;

const INVALID: &str = "SELECT n.nspname::text AS schema, c.relname::text AS name, t.relname::text AS indexed \
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
    JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE NOT i.indisvalid AND c.relkind = 'i' AND NOT EXISTS \
        (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index p \
        WHERE p.datname = current_database() AND p.index_relid = i.indexrelid) ORDER BY 1, 2";

impl Executor<'_> {
    /// Indexes that no query can use and that nobody is building: what a concurrent build leaves when it breaks off.
    pub(super) async fn invalid_indexes(&self) -> Result<Vec<Finding>, MigrationError> {
        if self.session.engine != Engine::Postgres {
            return Ok(Vec::new());
        }
        let query = Statement::from_string(DbBackend::Postgres, INVALID);
        let rows = self.session.connection.query_all_raw(query).await.map_err(|error| self.failed(&error))?;
        let read = |row: &QueryResult| {
            let text = |column| row.try_get::<String>("", column);
            Ok((text("schema")?, text("name")?, text("indexed")?))
        };
        let found = rows.iter().map(read).collect::<Result<Vec<_>, _>>().map_err(|error| self.failed(&error))?;
        Ok(found.into_iter().map(|(schema, name, table)| finding(&schema, &name, &table)).collect())
    }
}

fn finding(schema: &str, name: &str, table: &str) -> Finding {
    let index = format!("{}.{}", quote(schema), quote(name));
    let offer = |what, sql| Offer { what, arguments: None, sql: vec![sql] };
    Finding {
        version: None,
        in_the_middle: false,
        what: format!("index `{schema}.{name}` of `{table}` is not valid: it slows writes and serves no query"),
        statements: Vec::new(),
        offers: [
            // The one that it was to take the place of is whole.
            (!is_of_reindex(name)).then(|| offer("build it again", format!("REINDEX INDEX CONCURRENTLY {index}"))),
            Some(offer("drop it", format!("DROP INDEX CONCURRENTLY {index}"))),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

/// Whether a `REINDEX CONCURRENTLY` that broke off has left an index of this name (PostgreSQL's manual, REINDEX).
fn is_of_reindex(name: &str) -> bool {
    let name = name.trim_end_matches(|last: char| last.is_ascii_digit());
    name.ends_with("_ccnew") || name.ends_with("_ccold")
}

//! Whether anybody changed a row beyond what its file says.

use sea_orm::sqlx;

use super::raw::Raw;
use super::stage::StageSql;
use crate::Engine;
use crate::sql::{literal, quote};

/// The columns of a table that are filled in by nobody but whoever writes the row, each with its default. Types that
/// cannot be compared are left out.
const POSTGRES: &str = "SELECT a.attname || chr(10) || coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), 'NULL') \
    FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum) \
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = '' \
    AND a.atttypid NOT IN ('json'::regtype, 'xml'::regtype, 'point'::regtype) AND a.attrelid = ";

/// `hidden` is zero for columns that are stored as they are written.
const SQLITE: &str =
    "SELECT name || char(10) || coalesce(dflt_value, 'NULL') FROM pragma_table_xinfo WHERE hidden = 0 AND arg = ";

/// The conditions under which the row `t` is as it was inserted, aside from what the file says: its other columns hold
/// their defaults, where these are constants.
pub(super) async fn untouched(raw: &mut Raw, sql: &StageSql<'_>) -> Result<Vec<String>, sqlx::Error> {
    let query = match sql.engine {
        Engine::Postgres => format!("{POSTGRES} {}::regclass", literal(&sql.table())),
        Engine::Sqlite => format!("{SQLITE} {}", literal(&sql.shape.table.name)),
    };
    let columns = raw.texts(&query, &[]).await?;
    let pairs = columns.iter().filter_map(|column| column.split_once('\n'));
    let others = pairs.filter(|(name, default)| !is_written(sql, name) && is_constant(default));
    Ok(others.map(|(name, default)| format!("t.{} IS NOT DISTINCT FROM {default}", quote(name))).collect())
}

/// Whether the loader writes a column.
fn is_written(sql: &StageSql<'_>, name: &str) -> bool {
    let shape = sql.shape;
    shape.names().contains(&name) || shape.stamps.contains(&name) || (shape.draws_version && name == "version")
}

/// Whether a default is the same at all times: it calls nothing, asks no clock and names nothing.
fn is_constant(default: &str) -> bool {
    let upper = default.to_uppercase();
    !default.contains(['(', '"']) && !upper.starts_with("CURRENT_") && !upper.starts_with("LOCALTIME")
}

//! The tables in which tools keep their history, and how each is read.

use atriz_db::Engine;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};

/// The names that are looked for.
pub(super) const NAMES: [&str; 7] = [
    "schema_migrations",
    "_sqlx_migrations",
    "goose_db_version",
    "gorp_migrations",
    "pgmigrations",
    "__diesel_schema_migrations",
    "flyway_schema_history",
];

/// A tool whose table was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) tool: Tool,
    /// With its schema on PostgreSQL.
    pub(super) name: String,
    /// As SQL writes it.
    quoted: String,
}

/// A tool by its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    GolangMigrate,
    /// dbmate, Rails and whoever else keeps one row a version.
    Versions,
    Sqlx,
    Goose,
    SqlMigrate,
    NodePgMigrate,
    Diesel,
    Flyway,
}

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// This version is applied.
    Applied(String),
    /// The file or migration of this name is applied.
    Named(String),
    /// This version and all before it are applied; whether it has to have a file.
    UpTo(String, bool),
    /// This version is taken back.
    Reverted(String),
    /// This version failed in the middle.
    Failed(String),
}

/// A row, and when it was written, in seconds since 1970.
pub(super) type Row = (Said, Option<i64>);

impl Tool {
    /// Its name for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::GolangMigrate => "golang-migrate",
            Self::Versions => "dbmate",
            Self::Sqlx => "sqlx",
            Self::Goose => "goose",
            Self::SqlMigrate => "sql-migrate",
            Self::NodePgMigrate => "node-pg-migrate",
            Self::Diesel => "diesel",
            Self::Flyway => "flyway",
        }
    }

    /// Whether it reads folders of this layout.
    pub(super) fn reads(self, layout: &str) -> bool {
        match self {
            Self::GolangMigrate => matches!(layout, "up-down" | "engine-in-name"),
            Self::Sqlx => matches!(layout, "up-down" | "simple"),
            other => layout == other.name(),
        }
    }

    fn of(table: &str, columns: &str) -> Option<Self> {
        let has = |name: &str| columns.split(',').any(|column| column == name);
        Some(match table {
            "schema_migrations" if has("dirty") => Self::GolangMigrate,
            "schema_migrations" if has("version") => Self::Versions,
            "_sqlx_migrations" => Self::Sqlx,
            "goose_db_version" => Self::Goose,
            "gorp_migrations" => Self::SqlMigrate,
            "pgmigrations" => Self::NodePgMigrate,
            "__diesel_schema_migrations" => Self::Diesel,
            "flyway_schema_history" => Self::Flyway,
            _ => return None,
        })
    }
}

impl Table {
    /// The tables of tools in a database; on PostgreSQL those of other schemas only where `search_path` leads to none.
    pub(super) async fn find(connection: &impl ConnectionTrait, engine: Engine) -> Result<Vec<Self>, DbErr> {
        let names = NAMES.map(|name| format!("'{name}'")).join(", ");
        let sql = match engine {
            Engine::Postgres => format!(
                "SELECT n.nspname::text AS place, c.relname::text AS name, pg_catalog.pg_table_is_visible(c.oid) AS visible, \
                 pg_catalog.string_agg(a.attname::text, ',') AS columns \
                 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
                 WHERE c.relkind IN ('r', 'p') AND c.relname IN ({names}) GROUP BY 1, 2, 3 ORDER BY 1, 2"
            ),
            Engine::Sqlite => format!(
                "SELECT '' AS place, m.name AS name, 1 AS visible, group_concat(p.name) AS columns \
                 FROM sqlite_schema m, pragma_table_info(m.name) p \
                 WHERE m.type = 'table' AND m.name IN ({names}) GROUP BY m.name ORDER BY m.name"
            ),
        };
        let rows = connection.query_all_raw(Statement::from_string(engine.backend(), sql)).await?;
        let found = rows.iter().map(Self::of_row).collect::<Result<Vec<_>, _>>()?;
        let found: Vec<_> = found.into_iter().flatten().collect();
        let any_visible = found.iter().any(|(_, visible)| *visible);
        Ok(found.into_iter().filter(|(_, visible)| *visible || !any_visible).map(|(table, _)| table).collect())
    }

    fn of_row(row: &QueryResult) -> Result<Option<(Self, bool)>, DbErr> {
        let text = |column: &str| row.try_get::<String>("", column);
        let (place, table, columns) = (text("place")?, text("name")?, text("columns")?);
        let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let (name, quoted) = match place.as_str() {
            "" => (table.clone(), quote(&table)),
            place => (format!("{place}.{table}"), format!("{}.{}", quote(place), quote(&table))),
        };
        let visible = row.try_get::<bool>("", "visible")?;
        Ok(Tool::of(&table, &columns).map(|tool| (Self { tool, name, quoted }, visible)))
    }

    /// The rows, oldest first.
    pub(super) async fn rows(&self, connection: &impl ConnectionTrait, engine: Engine) -> Result<Vec<Row>, DbErr> {
        let sql = self.query(engine);
        let rows = connection.query_all_raw(Statement::from_string(engine.backend(), sql)).await?;
        let read = rows.iter().map(|row| {
            let version: Option<String> = row.try_get("", "version")?;
            let (good, at): (i64, Option<i64>) = (row.try_get("", "good")?, row.try_get("", "at")?);
            let kind: String = row.try_get("", "kind")?;
            Ok(version.and_then(|version| self.said(version, good != 0, &kind)).map(|said| (said, at)))
        });
        Ok(read.collect::<Result<Vec<_>, DbErr>>()?.into_iter().flatten().collect())
    }

    fn query(&self, engine: Engine) -> String {
        let table = &self.quoted;
        let time = |column: &str| match engine {
            Engine::Postgres => format!("CAST(extract(epoch FROM {column}) AS bigint)"),
            Engine::Sqlite => format!("CAST(strftime('%s', {column}) AS integer)"),
        };
        // SQLite has no booleans: drivers write numbers or words.
        let flag = |column: &str| match engine {
            Engine::Postgres => format!("CAST({column} AS integer)"),
            Engine::Sqlite => format!("(lower(CAST({column} AS text)) IN ('1', 'true', 't'))"),
        };
        let (version, good, at, kind, order) = match self.tool {
            Tool::GolangMigrate => ("version", format!("1 - {}", flag("dirty")), None, "''", "version"),
            Tool::Versions => ("version", "1".to_owned(), None, "''", "version"),
            Tool::Sqlx => ("version", flag("success"), Some(time("installed_on")), "''", "version"),
            Tool::Goose => ("version_id", flag("is_applied"), Some(time("tstamp")), "''", "id"),
            Tool::SqlMigrate => ("id", "1".to_owned(), Some(time("applied_at")), "''", "id"),
            Tool::NodePgMigrate => ("name", "1".to_owned(), Some(time("run_on")), "''", "id"),
            Tool::Diesel => ("version", "1".to_owned(), Some(time("run_on")), "''", "version"),
            Tool::Flyway => ("version", flag("success"), Some(time("installed_on")), "type", "installed_rank"),
        };
        let at = at.unwrap_or_else(|| "CAST(NULL AS bigint)".to_owned());
        format!(
            "SELECT CAST({version} AS text) AS version, CAST({good} AS bigint) AS good, {at} AS at, \
             CAST({kind} AS text) AS kind FROM {table} ORDER BY {order}"
        )
    }

    /// What a row means; nothing where it is about no version.
    fn said(&self, version: String, good: bool, kind: &str) -> Option<Said> {
        Some(match self.tool {
            // Before the first version the row says -1, or 0.
            Tool::GolangMigrate if version.starts_with('-') => return None,
            Tool::Goose if version == "0" => return None,
            Tool::Goose if !good => Said::Reverted(version),
            _ if !good => Said::Failed(version),
            Tool::GolangMigrate => Said::UpTo(version, true),
            Tool::SqlMigrate | Tool::NodePgMigrate => Said::Named(version.trim_end_matches(".sql").to_owned()),
            Tool::Flyway if kind.contains("BASELINE") => Said::UpTo(version, false),
            Tool::Flyway if kind.starts_with("UNDO") || kind == "DELETE" => Said::Reverted(version),
            _ => Said::Applied(version),
        })
    }
}

//! The SQL between the staged rows and their table. It is nearly the same text on both engines.

use super::shape::Shape;
use crate::Engine;
use crate::catalog::ScopeRule;
use crate::sql::{literal, quote, quote_list};

/// Where rows wait before they are compared with their table.
pub(super) const STAGE: &str = "seed_stage";

/// The statements for one file.
pub(super) struct StageSql<'a> {
    pub(super) engine: Engine,
    pub(super) shape: &'a Shape,
    pub(super) scope: Option<&'a ScopeRule>,
    /// The time of the run, as SQL text.
    pub(super) now: String,
}

impl StageSql<'_> {
    /// The table's name as SQL writes it.
    pub(super) fn table(&self) -> String {
        self.shape.table.sql_name(self.engine)
    }

    /// The table with the columns that are staged, and those of time that the loader fills in.
    pub(super) fn target(&self) -> String {
        let columns = self.shape.names().into_iter().chain(self.shape.stamps.iter().copied());
        format!("{} ({})", self.table(), quote_list(columns))
    }

    /// One if the table holds a row, else zero.
    pub(super) fn count_any(&self) -> String {
        count_any(&self.table())
    }

    /// Makes the stage: the columns of the file, with the types of the table and none of its constraints.
    pub(super) fn create(&self) -> String {
        let (table, columns) = (self.table(), quote_list(self.shape.names()));
        match self.engine {
            Engine::Postgres => {
                format!("CREATE TEMPORARY TABLE {STAGE} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA")
            }
            Engine::Sqlite => format!("CREATE TEMPORARY TABLE {STAGE} AS SELECT {columns} FROM {table} WHERE false"),
        }
    }

    /// Lets the table's rows find theirs in the stage. PostgreSQL joins the two by hash; SQLite would read the whole stage
    /// once a row.
    pub(super) fn index(&self) -> Option<String> {
        let key = quote_list(self.shape.table.primary_key.iter().map(String::as_str));
        (self.engine == Engine::Sqlite).then(|| format!("CREATE INDEX temp.{STAGE}_key ON {STAGE} ({key})"))
    }

    /// Drops the stage; PostgreSQL does so at commit.
    pub(super) fn drop(&self) -> Option<String> {
        (self.engine == Engine::Sqlite).then(|| format!("DROP TABLE temp.{STAGE}"))
    }

    /// `t.a = s.a AND …` over the primary key.
    pub(super) fn same_key(&self) -> String {
        let pair = |key: &String| format!("t.{0} = s.{0}", quote(key));
        self.shape.table.primary_key.iter().map(pair).collect::<Vec<_>>().join(" AND ")
    }

    /// How many staged rows are in the table already.
    pub(super) fn count_found(&self) -> String {
        format!("SELECT count(*) FROM {STAGE} s JOIN {} t ON {}", self.table(), self.same_key())
    }

    /// The numbers, from zero, of the staged rows `s` for which `condition` holds; `t` is their row in the table, or NULL.
    pub(super) fn numbers_where(&self, condition: &str) -> String {
        format!(
            "SELECT CAST(s.n AS text) FROM {} s LEFT JOIN {} t ON {} WHERE {condition} ORDER BY s.n",
            self.numbered(),
            self.table(),
            self.same_key()
        )
    }

    /// Staged rows that are not in the table.
    pub(super) fn is_missing(&self) -> String {
        format!("t.{} IS NULL", quote(&self.shape.table.primary_key[0]))
    }

    /// Staged rows that are.
    pub(super) fn is_there(&self) -> String {
        format!("t.{} IS NOT NULL", quote(&self.shape.table.primary_key[0]))
    }

    /// Whether a row was written by somebody else after the file was loaded at `happened_at`; nothing for tables that do
    /// not say when, and for files that say it themselves.
    pub(super) fn is_changed_since(&self, happened_at: &str) -> Option<String> {
        let stamped = self.shape.stamps.contains(&"updated_at");
        stamped.then(|| format!("t.\"updated_at\" > {}", time_literal(self.engine, happened_at)))
    }

    /// The stage with the number of each row, `n`.
    fn numbered(&self) -> String {
        let place = match self.engine {
            Engine::Postgres => "ctid",
            Engine::Sqlite => "rowid",
        };
        format!("(SELECT x.*, row_number() OVER (ORDER BY x.{place}) - 1 AS n FROM {STAGE} x)")
    }

    /// Whether the data of `t` differs from that of `other`.
    pub(super) fn differs(&self, other: &str) -> String {
        let data = self.shape.data();
        if data.is_empty() {
            return "false".to_owned();
        }
        let side =
            |alias: &str| data.iter().map(|name| format!("{alias}.{}", quote(name))).collect::<Vec<_>>().join(", ");
        match data.len() {
            1 => format!("{} IS DISTINCT FROM {}", side("t"), side(other)),
            _ => format!("({}) IS DISTINCT FROM ({})", side("t"), side(other)),
        }
    }

    /// Whose counter the version of a staged row is drawn from.
    fn scope(&self) -> String {
        let nil = match self.engine {
            Engine::Postgres => "'00000000-0000-0000-0000-000000000000'::uuid".to_owned(),
            Engine::Sqlite => "zeroblob(16)".to_owned(),
        };
        let staged = |name: &str| self.shape.columns.iter().any(|column| column.name == name);
        match self.scope {
            Some(rule) if staged(&rule.column) => format!("s.{}", quote(&rule.column)),
            Some(rule) if self.shape.table.name == rule.root_table && staged("id") => format!("s.{}", quote("id")),
            _ => nil,
        }
    }

    /// The scopes' table: in the schema of its own on PostgreSQL, which `search_path` finds.
    const SCOPES: &'static str = "sync_scopes";

    /// Draws one version for every scope in which a row is new or changed.
    pub(super) fn draw_versions(&self) -> String {
        let (scopes, scope, table) = (Self::SCOPES, self.scope(), self.table());
        let first = quote(&self.shape.table.primary_key[0]);
        format!(
            "INSERT INTO {scopes} (scope_id, version, min_version) \
             SELECT DISTINCT {scope}, 1, 0 FROM {STAGE} s LEFT JOIN {table} t ON {key} \
             WHERE t.{first} IS NULL OR {differs} \
             ON CONFLICT (scope_id) DO UPDATE SET version = {scopes}.version + 1",
            key = self.same_key(),
            differs = self.differs("s"),
        )
    }

    /// Inserts what is new and changes what differs; answers as many rows.
    pub(super) fn upsert(&self) -> String {
        self.upsert_from(STAGE)
    }

    /// As [`StageSql::upsert`], of the rows from `first` to before `end`, numbered from zero.
    pub(super) fn upsert_of(&self, first: usize, end: usize) -> String {
        self.upsert_from(&format!("(SELECT r.* FROM {} r WHERE r.n >= {first} AND r.n < {end})", self.numbered()))
    }

    fn upsert_from(&self, stage: &str) -> String {
        let shape = self.shape;
        let mut columns: Vec<String> = shape.names().into_iter().map(quote).collect();
        let mut values: Vec<String> = columns.iter().map(|column| format!("s.{column}")).collect();
        let mut updates: Vec<String> =
            shape.data().into_iter().map(quote).map(|name| format!("{name} = excluded.{name}")).collect();
        let mut from = format!("{stage} s");
        if shape.draws_version {
            columns.push(quote("version"));
            values.push("coalesce(v.version, 1)".to_owned());
            updates.push("\"version\" = excluded.\"version\"".to_owned());
            from = format!("{from} LEFT JOIN {} v ON v.scope_id = {}", Self::SCOPES, self.scope());
        }
        for stamp in &shape.stamps {
            columns.push(quote(stamp));
            values.push(self.now.clone());
            if *stamp == "updated_at" {
                updates.push("\"updated_at\" = excluded.\"updated_at\"".to_owned());
            }
        }
        let key = quote_list(shape.table.primary_key.iter().map(String::as_str));
        let action = if shape.data().is_empty() {
            "DO NOTHING".to_owned()
        } else {
            format!("DO UPDATE SET {} WHERE {}", updates.join(", "), self.differs("excluded"))
        };
        // Only scopes with a new or changed row have drawn a version for sure; an unchanged row keeps its own, whatever
        // stands in its place here.
        format!(
            "INSERT INTO {table} AS t ({columns}) SELECT {values} FROM {from} WHERE true ON CONFLICT ({key}) {action}",
            table = self.table(),
            columns = columns.join(", "),
            values = values.join(", "),
        )
    }

    /// The staged rows, by number from zero, whose parent in `table` is missing.
    pub(super) fn missing_parents(&self, column: &str, parent: &str) -> String {
        let column = quote(column);
        format!(
            "SELECT CAST(s.n AS text) FROM {} s LEFT JOIN {parent} p ON p.id = s.{column} \
             WHERE s.{column} IS NOT NULL AND p.id IS NULL ORDER BY s.n LIMIT 1",
            self.numbered()
        )
    }
}

/// One if `table` holds a row, else zero.
pub(super) fn count_any(table: &str) -> String {
    format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1) held")
}

/// The time of the run as a literal of the engine.
pub(super) fn time_literal(engine: Engine, text: &str) -> String {
    match engine {
        Engine::Postgres => format!("{}::timestamptz", literal(text)),
        Engine::Sqlite => literal(text),
    }
}

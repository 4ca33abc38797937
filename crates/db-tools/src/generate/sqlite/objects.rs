//! What a SQLite database holds, in the words that made it.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::full_text;
use super::text::{mentions, tokens};
use crate::generate::names::quoted;
use crate::introspect::IntrospectError;

/// A table, index, trigger or view.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) table: String,
    pub(super) sql: String,
}

impl Object {
    pub(super) fn dropped(&self) -> String {
        format!("DROP {} {}", self.kind.to_uppercase(), quoted(&self.name))
    }

    /// As [`Object::dropped`], where somebody may have written it anew or not.
    pub(super) fn dropped_if_there(&self) -> String {
        format!("DROP {} IF EXISTS {}", self.kind.to_uppercase(), quoted(&self.name))
    }

    pub(super) fn is_full_text(&self) -> bool {
        let tokens = tokens(&self.sql);
        self.kind == "table" && tokens.get(1).is_some_and(|token| token.is("virtual"))
    }

    /// Whether it is a full-text index that keeps no copy of what it indexes in this table.
    pub(super) fn is_full_text_of(&self, table: &str) -> bool {
        self.is_full_text() && full_text::is_of(&self.sql, table)
    }

    /// The same under another name.
    pub(super) fn renamed(&self, to: &str) -> Self {
        let mut renamed = Self { name: to.to_owned(), ..self.clone() };
        if let Some(token) =
            tokens(&self.sql).into_iter().find(|token| token.names(&self.name)).filter(|_| to != self.name)
        {
            renamed.sql.replace_range(token.from..token.to, &quoted(to));
        }
        renamed
    }

    /// What fills a full-text index again from the rows.
    pub(super) fn refilled(&self) -> String {
        let search = quoted(&self.name);
        format!("INSERT INTO {search} ({search}) VALUES ('rebuild')")
    }
}

/// All of them, in the order they were made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Objects(Vec<Object>);

/// A table with what hangs on it.
#[derive(Clone, Debug)]
pub(super) struct TableTexts {
    pub(super) sql: String,
    /// By name.
    pub(super) indexes: Vec<(String, String)>,
    pub(super) triggers: Vec<(String, String)>,
}

impl Objects {
    /// Reads them.
    pub(crate) async fn read(connection: &impl ConnectionTrait) -> Result<Self, IntrospectError> {
        let failed = |error: sea_orm::DbErr| IntrospectError::Engine { what: "statements", reason: error.to_string() };
        let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid";
        let rows = connection.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.map_err(failed)?;
        let mut objects = Vec::new();
        for row in rows {
            let text = |column: &str| row.try_get::<String>("", column).map_err(failed);
            let (kind, name, table, sql) = (text("type")?, text("name")?, text("tbl_name")?, text("sql")?);
            objects.push(Object { kind, name, table, sql });
        }
        Ok(Self(objects))
    }

    pub(super) fn table(&self, name: &str) -> Option<TableTexts> {
        let is = |kind: &str, object: &&Object| object.kind == kind && object.table.eq_ignore_ascii_case(name);
        let of = |kind: &'static str| {
            let objects = self.0.iter().filter(move |object| is(kind, object));
            objects.map(|object| (object.name.clone(), object.sql.clone())).collect()
        };
        let sql = self.0.iter().find(|object| is("table", object))?.sql.clone();
        Some(TableTexts { sql, indexes: of("index"), triggers: of("trigger") })
    }

    /// Those that are gone, in the order they were made, and the others.
    pub(super) fn without(&self, gone: impl Fn(&Object) -> bool) -> (Vec<Object>, Self) {
        let (gone, left) = self.0.iter().cloned().partition(gone);
        (gone, Self(left))
    }

    /// Views and triggers of others that name a table: no table can be renamed while they name one that is not there.
    pub(super) fn dependants(&self, table: &str) -> Vec<Object> {
        let mut found: Vec<Object> = Vec::new();
        for object in &self.0 {
            let own = object.table.eq_ignore_ascii_case(table) && object.kind != "view";
            let views: Vec<String> =
                found.iter().filter(|one| one.kind == "view").map(|one| one.name.clone()).collect();
            let names = |name: &str| mentions(&object.sql, name);
            let kind = object.kind == "view" || object.kind == "trigger";
            if kind && !own && (names(table) || views.iter().any(|view| names(view))) {
                found.push(object.clone());
            }
        }
        // A trigger of a view goes with it.
        let views: Vec<String> = found.iter().filter(|one| one.kind == "view").map(|one| one.name.clone()).collect();
        let (with_view, rest): (Vec<Object>, Vec<Object>) =
            found.into_iter().partition(|one| one.kind == "trigger" && views.contains(&one.table));
        rest.into_iter().chain(with_view).collect()
    }

    /// Full-text indexes that keep no copy of what they index in this table.
    pub(super) fn full_text_of(&self, table: &str) -> impl Iterator<Item = &Object> {
        self.0.iter().filter(move |object| object.is_full_text_of(table))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Object> {
        self.0.iter()
    }

    /// A name for the new table until it takes the place of the old one.
    pub(super) fn free_name(&self, table: &str) -> String {
        let taken = |name: &str| self.0.iter().any(|object| object.name.eq_ignore_ascii_case(name));
        let mut name = format!("{table}_new");
        while taken(&name) {
            name.push('_');
        }
        name
    }
}

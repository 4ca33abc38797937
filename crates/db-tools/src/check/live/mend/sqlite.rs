//! What mends a database of SQLite: its own statements, and a rebuild where ALTER cannot.

use super::table::{guess, renamed};
use super::table_sql::{list, parsed};
use super::{LOSES, Mender, by_hand};
use crate::check::full_text;
use crate::introspect::{Column, Table, TableKind};
use crate::scratch::quote;

impl Mender<'_> {
    pub(super) fn on_sqlite(&self, kind: &str, name: &str, rest: &[&str]) -> Vec<String> {
        let key = parsed(name);
        let quoted = quote(&key.name);
        if kind == "views" {
            let there = self.live.views.contains_key(&key);
            return self.anew("VIEW", &key.name, there);
        }
        let (folder, live) = (self.folder.schema.tables.get(&key), self.live.tables.get(&key));
        match (folder, live, rest) {
            (None, Some(_), _) => vec![LOSES.to_owned(), format!("DROP TABLE {quoted}")],
            (Some(folder), None, _) => self.whole(&key.name, folder),
            (Some(_), Some(live), ["indexes", index, ..]) if !self.rebuilt.contains(name) => {
                self.anew("INDEX", index, live.indexes.contains_key(*index))
            }
            (Some(_), Some(live), ["triggers", trigger, ..]) if !self.rebuilt.contains(name) => {
                self.anew("TRIGGER", trigger, live.triggers.contains_key(*trigger))
            }
            (Some(folder), Some(_), _) if folder.kind == TableKind::Virtual => {
                let mut statements = vec![format!("DROP TABLE {quoted}")];
                statements.extend(self.whole(&key.name, folder));
                statements
            }
            (Some(folder), Some(live), _) => self.rebuild(&key.name, folder, live),
            (None, None, _) => by_hand(),
        }
    }

    fn statement(&self, name: &str) -> Option<String> {
        self.folder.statements.get(name).map(|sql| sql.trim().to_owned())
    }

    /// Drops what is there and makes what should be.
    fn anew(&self, kind: &str, name: &str, there: bool) -> Vec<String> {
        let gone = there.then(|| format!("DROP {kind} {}", quote(name)));
        gone.into_iter().chain(self.statement(name)).collect()
    }

    /// A table with what hangs on it.
    fn whole(&self, name: &str, table: &Table) -> Vec<String> {
        let filled = full_text::refilled(name, table);
        self.statement(name).into_iter().chain(self.hanging(table)).chain(filled).collect()
    }

    fn hanging(&self, table: &Table) -> Vec<String> {
        table.indexes.keys().chain(table.triggers.keys()).filter_map(|name| self.statement(name)).collect()
    }

    /// Foreign keys are off around it, for dropping a table would else delete what refers to it.
    fn rebuild(&self, name: &str, folder: &Table, live: &Table) -> Vec<String> {
        let Some(body) = self.statement(name).and_then(|sql| body(&sql).map(str::to_owned)) else { return by_hand() };
        let stored = |column: &&Column| column.generated.is_none();
        let renamed = renamed(folder, live);
        let (mut to, mut from) = (Vec::new(), Vec::new());
        for column in folder.columns.iter().filter(stored) {
            let old = renamed.filter(|(new, _)| new.name == column.name).map_or(column, |(_, old)| old);
            if live.column(&old.name).as_ref().is_some_and(stored) {
                to.push(column.name.clone());
                // A row without a value gets the one that a new row would get.
                let fills = |live: &Column| live.nullable && !column.nullable;
                from.push(match column.default.as_ref().filter(|_| live.column(&old.name).is_some_and(fills)) {
                    Some(default) => format!("coalesce({}, {default})", quote(&old.name)),
                    None => quote(&old.name),
                });
            }
        }
        let (to, from) = (list(&to), from.join(", "));
        let (new, quoted) = (quote(&format!("new_{name}")), quote(name));
        let guess = renamed.map(|(new, old)| guess(&old.name, &new.name));
        let mut statements: Vec<String> = guess.into_iter().collect();
        let gone = live.columns.iter().filter(|column| folder.column(&column.name).is_none() && renamed.is_none());
        statements.extend(gone.map(|column| format!("-- what stands in column `{}` is lost", column.name)));
        statements.extend([
            "PRAGMA foreign_keys = OFF".to_owned(),
            "PRAGMA legacy_alter_table = ON".to_owned(),
            "BEGIN IMMEDIATE".to_owned(),
            format!("CREATE TABLE {new} {body}"),
            format!("INSERT INTO {new} ({to}) SELECT {from} FROM {quoted}"),
            format!("DROP TABLE {quoted}"),
            format!("ALTER TABLE {new} RENAME TO {quoted}"),
        ]);
        statements.extend(self.hanging(folder));
        statements.extend(full_text::refills(self.live, name));
        statements.extend(
            ["PRAGMA foreign_key_check", "COMMIT", "PRAGMA legacy_alter_table = OFF", "PRAGMA foreign_keys = ON"]
                .map(str::to_owned),
        );
        statements
    }
}

/// A statement from its first parenthesis outside of quotes: the name of the table may hold one too.
fn body(sql: &str) -> Option<&str> {
    let mut quote = None;
    let at = sql.char_indices().find(|(_, character)| {
        match (quote, character) {
            (None, '"' | '`' | '\'') => quote = Some(*character),
            (None, '[') => quote = Some(']'),
            (Some(end), character) if end == *character => quote = None,
            _ => {}
        }
        quote.is_none() && *character == '('
    });
    at.and_then(|(at, _)| sql.get(at..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_begins_behind_the_name() {
        assert_eq!(body("CREATE TABLE \"a (b)\" (c INT) STRICT"), Some("(c INT) STRICT"));
        assert_eq!(body("CREATE TABLE [a (b](c)"), Some("(c)"));
        assert_eq!(body("CREATE TABLE"), None);
    }
}

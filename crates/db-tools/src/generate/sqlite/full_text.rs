//! Full-text indexes follow the tables and columns that they index: SQLite renames nothing in what makes them.

use std::collections::BTreeMap;

use super::objects::{Object, Objects};
use super::text::{Token, mentions, tokens};
use crate::generate::change::Change;
use crate::generate::names::{literal, quoted};
use crate::introspect::Schema;

/// Lines around a rename.
#[derive(Debug, Default)]
pub(in crate::generate) struct Followed {
    /// Behind the rename.
    pub(in crate::generate) there: Vec<String>,
    /// The way back, ahead of the rename's.
    pub(in crate::generate) ahead: Vec<String>,
    /// The way back, behind the rename's.
    pub(in crate::generate) behind: Vec<String>,
}

/// What makes the full-text indexes follow a rename, with the triggers that fill them.
pub(in crate::generate) fn followed(change: &Change, before: &Objects, behind: &Objects) -> Followed {
    let mut found = Followed::default();
    for search in before.full_text_of(&change.table().name) {
        let Some(sql) = renamed(&search.sql, change) else { continue };
        let fills = |object: &&Object| object.kind == "trigger" && mentions(&object.sql, &search.name);
        let new = Object { sql, ..search.clone() };
        let drops: Vec<String> = behind.iter().filter(fills).map(Object::dropped).collect();
        found.there.extend(drops.iter().cloned());
        found.there.extend([search.dropped(), new.sql.clone(), new.refilled()]);
        found.there.extend(behind.iter().filter(fills).map(|trigger| filled(&trigger.sql, &search.name, change)));
        found.ahead.extend(drops);
        found.behind.extend([search.dropped(), search.sql.clone(), search.refilled()]);
        found.behind.extend(before.iter().filter(fills).map(|trigger| trigger.sql.clone()));
    }
    found
}

/// The statement that makes a full-text index under the new name; nothing where it does not use the old one.
fn renamed(sql: &str, change: &Change) -> Option<String> {
    let tokens = tokens(sql);
    let value_of = |place: usize, option: &str| place > 1 && tokens[place - 1].is("=") && tokens[place - 2].is(option);
    let mut new = sql.to_owned();
    for (place, token) in tokens.iter().enumerate().rev() {
        let text = match change {
            Change::RenameTable { table, to } if value_of(place, "content") && says(token, &table.name) => literal(to),
            Change::RenameColumn { column, to, .. } if value_of(place, "content_rowid") && says(token, column) => {
                literal(to)
            }
            Change::RenameColumn { column, to, .. } => {
                if !is_column(&tokens, place) || !token.names(column) {
                    continue;
                }
                quoted(to)
            }
            _ => continue,
        };
        new.replace_range(token.from..token.to, &text);
    }
    (new != sql).then_some(new)
}

/// Whether a column stands here in what makes a full-text index, rather than an option, which is followed by its value.
fn is_column(tokens: &[Token], place: usize) -> bool {
    let begins = place > 0 && (tokens[place - 1].is("(") || tokens[place - 1].is(","));
    begins && !tokens.get(place + 1).is_some_and(|next| next.is("="))
}

/// Whether what makes a full-text index says that it keeps no copy of what it indexes in this table.
pub(super) fn is_of(sql: &str, table: &str) -> bool {
    let content = |three: &[Token]| three[0].is("content") && three[1].is("=") && says(&three[2], table);
    tokens(sql).windows(3).any(content)
}

/// The full-text indexes that go with a table, or that somebody has to write anew without a column, and why what reads them
/// reads nothing. PostgreSQL has none.
pub(in crate::generate) fn lost(schema: &Schema, changes: &[Change]) -> BTreeMap<String, String> {
    let made = |change: &Change, sql: &str| match change {
        Change::DropTable { table } => is_of(sql, &table.name),
        Change::DropColumn { table, column } => is_of(sql, &table.name) && is_over(sql, column),
        _ => false,
    };
    let searches = schema.tables.iter().filter_map(|(name, is)| Some((&name.name, is.definition.as_deref()?)));
    let lost = searches.filter(|(_, sql)| changes.iter().any(|change| made(change, sql)));
    lost.map(|(name, _)| (name.clone(), format!("full-text index {name} goes"))).collect()
}

/// Whether a full-text index is over a column, or finds its rows by it.
pub(super) fn is_over(sql: &str, column: &str) -> bool {
    let tokens = tokens(sql);
    tokens.iter().enumerate().any(|(place, token)| {
        let rows = place > 1 && tokens[place - 1].is("=") && tokens[place - 2].is("content_rowid");
        (is_column(&tokens, place) && token.names(column)) || (rows && says(token, column))
    })
}

/// Whether the value of an option, which may stand in quotes, is this name.
fn says(token: &Token, name: &str) -> bool {
    token.text.trim_matches('\'').eq_ignore_ascii_case(name)
}

/// A trigger that speaks of a full-text index by its new columns. What it reads of the table has its new name already.
fn filled(sql: &str, search: &str, change: &Change) -> String {
    let Change::RenameColumn { column, to, .. } = change else { return sql.to_owned() };
    let tokens = tokens(sql);
    let mut new = sql.to_owned();
    for (place, token) in tokens.iter().enumerate().rev() {
        let start = tokens[..place].iter().rposition(|one| one.is(";") || one.is("begin")).unwrap_or_default();
        let end = tokens[place..].iter().position(|one| one.is(";")).map_or(tokens.len(), |length| place + length);
        let about = tokens[start..end]
            .windows(2)
            .any(|two| (two[0].is("into") || two[0].is("update") || two[0].is("from")) && two[1].names(search));
        if about && token.names(column) && !tokens[place - 1].is(".") {
            new.replace_range(token.from..token.to, &quoted(to));
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::introspect::Name;

    #[test]
    fn columns_and_the_table_are_found_among_the_options() {
        let sql = "CREATE VIRTUAL TABLE s USING fts5 (code, \"note\" UNINDEXED, content='things', content_rowid=id)";
        let table = Name::bare("things");
        let column = |from: &str, to: &str| Change::RenameColumn {
            table: table.clone(),
            column: from.to_owned(),
            to: to.to_owned(),
        };
        let said = |change: &Change| renamed(sql, change);
        assert!(said(&column("note", "remark")).unwrap().contains("(code, remark UNINDEXED,"));
        assert!(said(&column("id", "number")).unwrap().ends_with("content_rowid='number')"));
        assert_eq!(said(&column("things", "others")), None);
        let sql = "CREATE VIRTUAL TABLE s USING fts5(title, content, content='posts', content_rowid='id')";
        let told = "CREATE VIRTUAL TABLE s USING fts5(title, body, content='posts', content_rowid='id')";
        assert_eq!(renamed(sql, &column("content", "body")).as_deref(), Some(told));
        assert!(is_over(sql, "content") && is_over(sql, "ID") && !is_over(sql, "posts"));
        assert!(!is_over("CREATE VIRTUAL TABLE s USING fts5(title, content='posts')", "content"));
        assert!(is_of(sql, "Posts") && !is_of(sql, "content"));
        let change = Change::RenameTable { table: table.clone(), to: "items".to_owned() };
        assert!(said(&change).unwrap().contains("content='items'"));
    }

    #[test]
    fn a_trigger_names_the_columns_of_the_index_anew() {
        let change = Change::RenameColumn { table: Name::bare("things"), column: "code".into(), to: "title".into() };
        let sql = "CREATE TRIGGER t AFTER UPDATE ON things BEGIN INSERT INTO s (s, rowid, code) VALUES ('delete', OLD.id, \
                   OLD.title); UPDATE others SET code = 1; UPDATE s SET code = NEW.title; END";
        assert_eq!(
            filled(sql, "s", &change),
            "CREATE TRIGGER t AFTER UPDATE ON things BEGIN INSERT INTO s (s, rowid, title) VALUES ('delete', OLD.id, \
             OLD.title); UPDATE others SET code = 1; UPDATE s SET title = NEW.title; END"
        );
    }
}

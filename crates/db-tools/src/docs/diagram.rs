//! Entity-relationship diagrams in Mermaid.
//!
//! Its grammar takes few names as they are: those of tables stand in quotes unless they are plain, those of columns and
//! types are spelt with letters, digits and underscores, and the true name stands beside them as a comment.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::page::PageOf;
use super::words;
use crate::introspect::{Column, ForeignKey, Name, Table};

/// Beyond so many tables a database gets a diagram for each schema.
const WHOLE: usize = 20;
/// Mermaid draws no text beyond 50,000 characters.
const LONGEST: usize = 45_000;
/// Mermaid draws no more than 500 edges; a picture of half of them is hard enough to read.
const MOST_EDGES: usize = 250;

/// How much a diagram says of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    Columns,
    Keys,
    Names,
}

type Tables<'a> = [(&'a Name, &'a Table)];

/// The diagrams of a page with their headings.
pub(super) fn of(page: &PageOf<'_>) -> Vec<(String, String)> {
    let schemas = page.by_schema();
    let all: Vec<(&Name, &Table)> = schemas.values().flatten().copied().collect();
    if all.is_empty() {
        return Vec::new();
    }
    if all.len() <= WHOLE || schemas.len() == 1 {
        return titled("Diagram", pictures(page, &all));
    }
    let each =
        schemas.iter().flat_map(|(schema, tables)| titled(&format!("Diagram of {schema}"), pictures(page, tables)));
    each.collect()
}

fn titled(title: &str, pictures: Vec<String>) -> Vec<(String, String)> {
    let count = pictures.len();
    let number =
        |place: usize| if count == 1 { title.to_owned() } else { format!("{title}, {} of {count}", place + 1) };
    pictures.into_iter().enumerate().map(|(place, picture)| (number(place), picture)).collect()
}

/// As much detail as one picture bears; what bears none is cut in halves.
fn pictures(page: &PageOf<'_>, tables: &Tables<'_>) -> Vec<String> {
    for detail in [Detail::Columns, Detail::Keys, Detail::Names] {
        let (text, edges) = Drawing::new(page, tables).draw(detail);
        if (text.len() <= LONGEST && edges <= MOST_EDGES) || tables.len() == 1 && detail == Detail::Names {
            return vec![text];
        }
    }
    let (left, right) = tables.split_at(tables.len() / 2);
    let mut both = pictures(page, left);
    both.extend(pictures(page, right));
    both
}

struct Drawing<'a> {
    page: &'a PageOf<'a>,
    tables: &'a Tables<'a>,
    /// How tables are called here: those of another schema, or of another database, with its name.
    called: BTreeMap<Name, String>,
}

impl<'a> Drawing<'a> {
    fn new(page: &'a PageOf<'a>, tables: &'a Tables<'a>) -> Self {
        let schemas: BTreeSet<&str> = tables.iter().map(|(name, _)| name.schema.as_str()).collect();
        let of_one = schemas.len() == 1;
        let targets = tables.iter().flat_map(|(_, table)| table.foreign_keys.values().map(|key| &key.table));
        let mut taken = BTreeSet::new();
        let mut called = BTreeMap::new();
        for name in tables.iter().map(|(name, _)| *name).chain(targets) {
            if called.contains_key(name) {
                continue;
            }
            let bare = of_one && schemas.contains(name.schema.as_str());
            let mut entity = label(&if bare { name.name.clone() } else { name.to_string() });
            while !taken.insert(entity.clone()) {
                entity.push('\'');
            }
            called.insert(name.clone(), entity);
        }
        Self { page, tables, called }
    }

    fn draw(&self, detail: Detail) -> (String, usize) {
        let mut text = "erDiagram\n".to_owned();
        for (name, table) in self.tables {
            self.entity(&mut text, name, table, detail);
        }
        let mut edges = 0;
        for (name, table) in self.tables {
            for key in table.foreign_keys.values() {
                self.edge(&mut text, name, table, key);
                edges += 1;
            }
            for reference in self.page.references_from(name) {
                let other = label(&format!("{}.{}", reference.database, reference.referenced_table));
                let nullable = table.column(&reference.column).is_none_or(|column| column.nullable);
                let (one, many) =
                    (if nullable { "|o" } else { "||" }, many(table, std::slice::from_ref(&reference.column)));
                let (from, to) = (quoted(&other), quoted(&self.called[*name]));
                line(&mut text, &format!("    {from} {one}..{many} {to} : \"{}\"", label(&reference.column)));
                edges += 1;
            }
        }
        (text, edges)
    }

    fn entity(&self, text: &mut String, name: &Name, table: &Table, detail: Detail) {
        let entity = quoted(&self.called[name]);
        let shown: Vec<&Column> = match detail {
            Detail::Columns => table.columns.iter().collect(),
            Detail::Keys => {
                table.columns.iter().filter(|column| !marks(self.page, name, table, column).is_empty()).collect()
            }
            Detail::Names => Vec::new(),
        };
        if shown.is_empty() {
            return line(text, &format!("    {entity}"));
        }
        line(text, &format!("    {entity} {{"));
        let mut taken = BTreeSet::new();
        for column in shown {
            let mut spelt = word(&column.name);
            while !taken.insert(spelt.clone()) {
                spelt.push('_');
            }
            let note = if spelt == column.name { String::new() } else { format!(" \"{}\"", label(&column.name)) };
            let marks = marks(self.page, name, table, column);
            let marks = if marks.is_empty() { String::new() } else { format!(" {}", marks.join(", ")) };
            line(text, &format!("        {} {spelt}{marks}{note}", word(&words::type_name(&column.type_name))));
        }
        line(text, "    }");
    }

    fn edge(&self, text: &mut String, name: &Name, table: &Table, key: &ForeignKey) {
        let nullable = key.columns.iter().any(|column| table.column(column).is_some_and(|column| column.nullable));
        let one = if nullable { "|o" } else { "||" };
        let (from, to) = (quoted(&self.called[&key.table]), quoted(&self.called[name]));
        let columns = label(&key.columns.join(", "));
        line(text, &format!("    {from} {one}--{} {to} : \"{columns}\"", many(table, &key.columns)));
    }
}

/// Whether several rows may have the same in these columns.
fn many(table: &Table, columns: &[String]) -> &'static str {
    let within = |key: &[String]| key.iter().all(|column| columns.contains(column));
    let primary = table.primary_key.as_ref().is_some_and(|key| within(&key.columns));
    if primary || table.uniques.values().any(|unique| within(&unique.columns)) { "o|" } else { "o{" }
}

/// `PK`, `FK`, `UK`: what a column is part of.
fn marks(page: &PageOf<'_>, name: &Name, table: &Table, column: &Column) -> Vec<&'static str> {
    let here = &column.name;
    let primary = table.primary_key.as_ref().is_some_and(|key| key.columns.contains(here));
    let foreign = table.foreign_keys.values().any(|key| key.columns.contains(here))
        || page.references_from(name).any(|reference| reference.column == *here);
    let unique = table.uniques.values().any(|unique| unique.columns.as_slice() == std::slice::from_ref(here));
    [(primary, "PK"), (foreign, "FK"), (unique, "UK")].into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect()
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string can be written to");
}

/// What may stand between double quotes: no such quote, and nothing that Mermaid or the HTML around it reads.
pub(super) fn label(text: &str) -> String {
    let shown = text.chars().map(|character| match character {
        '"' | '`' => '\'',
        '%' | '\\' | '<' | '>' | '#' | ';' | '&' | '{' | '}' | '|' => '_',
        other if other.is_control() => ' ',
        other => other,
    });
    let shown: String = shown.collect();
    if shown.trim().is_empty() { "_".to_owned() } else { shown }
}

/// The name of an entity. A plain one of several parts cannot be a word of the grammar; any other stands in quotes.
fn quoted(label: &str) -> String {
    let plain =
        label.contains('_') && label.chars().all(|character| character.is_ascii_lowercase() || character == '_');
    let plain = plain && label.starts_with(|character: char| character.is_ascii_lowercase());
    if plain { label.to_owned() } else { format!("\"{label}\"") }
}

/// The name of a column or type: letters, digits, underscores, not a digit first, and no word of the grammar.
fn word(text: &str) -> String {
    let spelt = text.chars().map(|character| match character {
        '[' | ']' | '(' | ')' | '-' | '_' => character,
        other
            if other.is_ascii_alphanumeric()
                || (other.is_alphanumeric() && ('\u{c0}'..='\u{ffff}').contains(&other)) =>
        {
            other
        }
        _ => '_',
    });
    let mut spelt: String = spelt.collect();
    let begins = spelt.starts_with(|first: char| first.is_alphabetic() || first == '_');
    if !begins || ["PK", "FK", "UK"].contains(&spelt.as_str()) {
        spelt.insert(0, '_');
    }
    spelt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_grammar_takes() {
        assert_eq!(quoted("user_roles"), "user_roles");
        assert_eq!(quoted("one"), "\"one\"");
        assert_eq!(quoted(&label("say \"hi\" | 100%")), "\"say 'hi' _ 100_\"");
        assert_eq!(word("numeric(12,2)"), "numeric(12_2)");
        assert_eq!(word("double precision"), "double_precision");
        assert_eq!(word("2nd"), "_2nd");
        assert_eq!(word("PK"), "_PK");
        assert_eq!(word("名前"), "名前");
        assert_eq!(word(""), "_");
    }
}

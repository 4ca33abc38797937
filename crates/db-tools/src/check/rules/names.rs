//! Names: `idx_{table}_{columns}` and so on.

use super::super::mend;
use super::{Broken, Subject};
use crate::logical::{ForeignKey, Index};

const NAME: &str = "name_rule";
const LONG: &str = "name_too_long";
/// PostgreSQL cuts longer names off without a word (`NAMEDATALEN` less one).
const LIMIT: usize = 63;

pub(super) fn of<'a>(subject: &Subject<'a>) -> Vec<Broken<'a>> {
    let mut found = Vec::new();
    let name = subject.name;
    if !is_snake(name) {
        found.push(broken(subject, "table", None, NAME, "is not snake_case".to_owned(), snake(name)));
    } else if !is_plural(name) {
        found.push(broken(subject, "table", None, NAME, "is singular".to_owned(), plural(name)));
    }
    for column in &subject.table.columns {
        let name = &column.name;
        let (is, should) = match singular(name) {
            _ if !is_snake(name) => ("is not snake_case", snake(name)),
            Some(singular) => ("is plural", singular),
            None => continue,
        };
        found.push(broken(subject, "column", Some(name), NAME, is.to_owned(), should));
    }
    hanging(subject, &mut found);
    let columns = subject.table.columns.iter().map(|column| ("column", column.name.as_str()));
    let long = std::iter::once(("table", name)).chain(columns).chain(hanging_names(subject));
    for (sort, long) in long.filter(|(_, name)| name.len() > LIMIT) {
        let own = (sort != "table").then_some(long);
        found.push(broken(subject, sort, own, LONG, format!("has {} bytes", long.len()), shortened(long)));
    }
    found
}

fn broken<'a>(
    subject: &Subject<'a>,
    sort: &'static str,
    name: Option<&str>,
    kind: &'static str,
    is: String,
    should: String,
) -> Broken<'a> {
    // A table has one primary key, which needs no name to be told.
    let object = subject.object(sort, name.filter(|_| sort != "primary key"));
    if kind == NAME && matches!(sort, "table" | "column") && !is_snake(&should) {
        let should = "letters from a to z, digits and single underscores".to_owned();
        return Broken { object, kind, is, mend: mend::renamed_by_hand(subject.side), should };
    }
    let mend = mend::rename(subject.side, subject.name, sort, name.unwrap_or(subject.name), &should);
    Broken { object, kind, is, should, mend }
}

fn hanging_names<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = (&'static str, &'a str)> {
    let table = subject.table;
    let indexes = table.indexes.keys().map(|name| ("index", name.as_str()));
    let keys = table.foreign_keys.keys().map(|name| ("foreign key", name.as_str()));
    let checks = table.checks.keys().map(|name| ("check", name.as_str()));
    let triggers = table.triggers.keys().map(|name| ("trigger", name.as_str()));
    indexes.chain(keys).chain(checks).chain(triggers)
}

/// Indexes, constraints and triggers.
fn hanging<'a>(subject: &Subject<'a>, found: &mut Vec<Broken<'a>>) {
    let table = subject.name;
    let mut told = |sort: &'static str, name: &str, should: String| {
        if name.starts_with('(') || name.is_empty() {
            found.push(broken(subject, sort, Some(name), NAME, "has no name".to_owned(), should));
        } else if !follows(name, &should) {
            found.push(broken(subject, sort, Some(name), NAME, name.to_owned(), should));
        }
    };
    if let Some(key) = &subject.table.primary_key {
        told("primary key", key.name.as_deref().unwrap_or_default(), format!("pk_{table}"));
    }
    for (name, index) in &subject.table.indexes {
        told("index", name, index_name(table, index));
    }
    for (name, key) in &subject.table.foreign_keys {
        let starts = format!("fk_{table}_{}", key.table);
        let named = key.columns.iter().any(|column| *name == format!("{starts}_{column}"));
        if !named && *name != starts {
            told("foreign key", name, foreign_key_name(subject, key));
        }
    }
    for name in subject.table.checks.keys() {
        told("check", name, format!("ck_{table}"));
    }
    for name in subject.table.triggers.keys() {
        told("trigger", name, format!("trg_{table}"));
    }
}

/// The name, or it with something behind it: what an index is for, what a CHECK says. A name that would be too long may
/// be cut off.
fn follows(name: &str, should: &str) -> bool {
    let rest = name.strip_prefix(should);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        || (should.len() > LIMIT && name.len() > LIMIT / 2 && should.starts_with(&name[..LIMIT / 2]))
}

/// By the rule. An expression is called by nothing but its table.
pub(super) fn index_name(table: &str, index: &Index) -> String {
    let start = if index.unique { "uq" } else { "idx" };
    let columns = index.keys.iter().take_while(|key| !key.expression).map(|key| format!("_{}", key.key));
    format!("{start}_{table}{}", columns.collect::<String>())
}

/// With its column, where another foreign key has the plain name.
fn foreign_key_name(subject: &Subject<'_>, key: &ForeignKey) -> String {
    let plain = format!("fk_{}_{}", subject.name, key.table);
    match key.columns.last() {
        Some(column) if subject.table.foreign_keys.contains_key(&plain) => format!("{plain}_{column}"),
        _ => plain,
    }
}

fn is_snake(name: &str) -> bool {
    let first = name.chars().next().is_some_and(|first| first.is_ascii_lowercase());
    first
        && !name.contains("__")
        && !name.ends_with('_')
        && name.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_')
}

/// `UserName` and `user name` as `user_name`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut before_lower = false;
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            if letter.is_uppercase() && before_lower {
                snake.push('_');
            }
            snake.extend(letter.to_lowercase());
            before_lower = letter.is_lowercase() || letter.is_ascii_digit();
        } else if !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
            before_lower = false;
        }
    }
    snake.trim_end_matches('_').to_owned()
}

/// Plurals that do not end in `s`.
const PLURALS: [&str; 9] = ["people", "children", "data", "media", "criteria", "indices", "men", "women", "series"];

fn is_plural(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name);
    PLURALS.contains(&last) || (last.ends_with('s') && !last.ends_with("ss") && !last.ends_with("us"))
}

/// The singular of a plural. What ends in `ss`, `us`, `sis` or `os` is none, nor is a unit such as `_ms`.
fn singular(name: &str) -> Option<String> {
    const NONE: [&str; 10] = ["ss", "us", "sis", "os", "_ms", "_cms", "_ns", "_bps", "series", "news"];
    let last = name.rsplit('_').next().unwrap_or(name);
    if last.len() < 4 || NONE.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    match name.strip_suffix("ies") {
        Some(stem) => Some(format!("{stem}y")),
        None => name.strip_suffix('s').map(str::to_owned),
    }
}

fn plural(name: &str) -> String {
    let vowel_before_y = ["ay", "ey", "oy", "uy"].iter().any(|end| name.ends_with(end));
    match name {
        name if name.ends_with('y') && !vowel_before_y => format!("{}ies", &name[..name.len() - 1]),
        name if ["s", "x", "z", "ch", "sh"].iter().any(|end| name.ends_with(end)) => format!("{name}es"),
        name => format!("{name}s"),
    }
}

fn shortened(name: &str) -> String {
    let end = (0..=LIMIT).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    name[..end].trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        assert_eq!(singular("redirect_uris").as_deref(), Some("redirect_uri"));
        assert_eq!(singular("entries").as_deref(), Some("entry"));
        assert!(["status", "address", "speed_cms", "pos", "is_good"].iter().all(|name| singular(name).is_none()));
        assert!(is_plural("users") && is_plural("tracking_data") && is_plural("people"));
        assert!(!is_plural("inventory") && !is_plural("status") && !is_plural("address"));
        assert_eq!(snake("UserName"), "user_name");
        assert_eq!(snake("user name"), "user_name");
        assert!(is_snake("user_2") && !is_snake("User") && !is_snake("_user") && !is_snake("größe"));
    }

    #[test]
    fn a_name_may_say_more_but_not_less() {
        assert!(follows("idx_items_user_id_open", "idx_items_user_id"));
        assert!(!follows("idx_items_user", "idx_items_user_id"));
        assert!(!follows("items_user_id_idx", "idx_items_user_id"));
    }
}

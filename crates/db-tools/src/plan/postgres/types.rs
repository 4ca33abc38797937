//! ALTER COLUMN … TYPE: which changes leave the rows as they are.

use super::super::cursor::{find, fold, has};
use super::super::effect::Effect;
use super::super::known::Known;
use super::super::name::Name;

/// A type with its numbers, `character varying(50)` as `("varchar", [50])`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kind {
    base: String,
    numbers: Vec<i64>,
}

/// Whether the word is one of the types that bring a sequence along.
pub(super) fn is_serial(word: &str) -> bool {
    const SERIAL: &[&str] = &["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"];
    SERIAL.contains(&word.to_lowercase().as_str())
}

/// What follows from the new type; `tokens` begin with it.
pub(super) fn change(effect: Effect, tokens: &[String], table: &Name, column: &str, known: &Known) -> Effect {
    let end = ["collate", "using"].iter().filter_map(|word| find(tokens, word)).min().unwrap_or(tokens.len());
    if has(tokens, "using") && !is_plain_cast(&tokens[end..], column, &tokens[..end]) {
        return effect.rewrite(table);
    }
    let new = kind(&tokens[..end].join(" "));
    let Some(old) = known.column(table, column) else {
        return effect.rewrite_if(table, unless(&new).as_deref());
    };
    match (keeps(&kind(&old.kind), &new), old.checked) {
        (false, _) => effect.rewrite(table),
        // What a CHECK says of the column is proven anew.
        (true, true) => effect.scan(table),
        (true, false) => effect,
    }
}

/// `USING column` and `USING column::type` say no more than the type itself.
fn is_plain_cast(using: &[String], column: &str, kind: &[String]) -> bool {
    let Some((name, cast)) = find(using, "using").and_then(|at| using[at + 1..].split_first()) else { return true };
    let cast: Vec<&String> = cast.iter().filter(|token| !token.starts_with(':')).collect();
    fold(name).as_deref() == Some(column) && (cast.is_empty() || cast.into_iter().eq(kind))
}

/// The type that these words name, under one name for each.
fn kind(words: &str) -> Kind {
    let words = words.to_lowercase().replace("pg_catalog .", "").replace("pg_catalog.", "");
    let (base, rest) = words.split_once('(').unwrap_or((&words, ""));
    let (inner, tail) = rest.split_once(')').unwrap_or((rest, ""));
    let base = format!("{} {}", base.trim(), tail.trim());
    let base = match base.trim() {
        "character varying" => "varchar",
        "character" | "bpchar" => "char",
        "decimal" => "numeric",
        "bit varying" => "varbit",
        "timestamp with time zone" => "timestamptz",
        "timestamp" | "timestamp without time zone" => "timestamp",
        "time" | "time without time zone" => "time",
        "time with time zone" => "timetz",
        "int" | "int4" => "integer",
        "int8" => "bigint",
        "int2" => "smallint",
        other => other,
    };
    let numbers = inner.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    Kind { base: base.to_owned(), numbers }
}

/// Whether rows of the old type are rows of the new one, byte for byte, and known to fit.
fn keeps(old: &Kind, new: &Kind) -> bool {
    let wider = |old: &[i64], new: &[i64]| match (old, new) {
        (_, []) => true,
        ([old, ..], [new, ..]) => old <= new,
        ([], _) => false,
    };
    match (old.base.as_str(), new.base.as_str()) {
        ("varchar" | "text", "text") | ("cidr", "inet") | ("xml", "text" | "varchar") => true,
        ("text", "varchar") => new.numbers.is_empty(),
        ("varchar", "varchar") | ("varbit", "varbit") => wider(&old.numbers, &new.numbers),
        ("timestamp", "timestamp") | ("timestamptz", "timestamptz") | ("time", "time") | ("timetz", "timetz") => {
            new.numbers.first().is_none_or(|new| *new >= 6 || old.numbers.first().is_some_and(|old| old <= new))
        }
        ("numeric", "numeric") => match (old.numbers.as_slice(), new.numbers.as_slice()) {
            (_, []) => true,
            ([], _) => false,
            (old, new) => old[0] <= new[0] && old.get(1).unwrap_or(&0) == new.get(1).unwrap_or(&0),
        },
        _ => old == new,
    }
}

/// From which types nothing has to be rewritten; nothing where there is none but the type itself.
fn unless(new: &Kind) -> Option<String> {
    let from = match (new.base.as_str(), new.numbers.as_slice()) {
        ("text", _) | ("varchar", []) => "varchar or text".to_owned(),
        ("varchar", [length, ..]) => format!("varchar of at most {length}"),
        ("varbit", []) => "varbit".to_owned(),
        ("varbit", [length, ..]) => format!("varbit of at most {length}"),
        ("numeric", []) => "numeric".to_owned(),
        ("numeric", [precision, rest @ ..]) => {
            format!("numeric of at most {precision} digits with {} behind the point", rest.first().unwrap_or(&0))
        }
        ("inet", _) => "cidr".to_owned(),
        (base @ ("timestamp" | "timestamptz" | "time" | "timetz"), _) => format!("{base} of no finer precision"),
        _ => return None,
    };
    Some(format!("unless it was {from}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widening_keeps_the_rows() {
        let keeps = |old, new| keeps(&kind(old), &kind(new));
        assert!(keeps("character varying(50)", "varchar ( 100 )"));
        assert!(!keeps("character varying(50)", "varchar ( 10 )"));
        assert!(keeps("character varying(50)", "text"));
        assert!(keeps("text", "varchar") && !keeps("text", "varchar ( 10 )"));
        assert!(keeps("numeric(8,2)", "numeric ( 10 , 2 )") && !keeps("numeric(8,2)", "numeric ( 10 , 3 )"));
        assert!(keeps("timestamp(3) with time zone", "timestamptz") && !keeps("timestamptz", "timestamptz ( 3 )"));
        assert!(!keeps("integer", "bigint") && keeps("integer", "int"));
        assert!(!keeps("character(3)", "text"));
    }
}

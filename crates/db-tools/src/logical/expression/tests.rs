//! What says the same has one form; what does not has two.

use std::collections::HashMap;

use atriz_db::Engine;

use super::{Context, condition, ordered};
use crate::logical::ColumnType;

fn form(engine: Engine, text: &str) -> String {
    let columns = HashMap::from([
        ("name".to_owned(), ColumnType::Text),
        ("amount".to_owned(), ColumnType::BigInteger),
        ("is_open".to_owned(), ColumnType::Boolean),
        ("hash".to_owned(), ColumnType::Bytes),
        ("isGood".to_owned(), ColumnType::Boolean),
        ("code".to_owned(), ColumnType::Varchar(Some(9))),
    ]);
    condition(text, Context { engine, columns: &columns })
}

#[test]
fn both_engines_say_it_in_one_form() {
    for (postgres, sqlite, shared) in [
        ("((amount >= 1) AND (amount <= 5))", "amount BETWEEN 1 AND 5", "amount >= 1 and amount <= 5"),
        ("(name = ANY (ARRAY['a'::text, 'b'::text]))", "name IN ('b', 'a')", "name in ('a', 'b')"),
        ("(name <> ALL (ARRAY['a'::text, 'b'::text]))", "NOT name IN ('a', 'b')", "name not in ('a', 'b')"),
        (
            "(name = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
            "name in ('a','b')",
            "name in ('a', 'b')",
        ),
        ("(amount >= '-900'::integer)", "amount >= -900", "amount >= -900"),
        ("(amount <> 0)", "amount != 0", "amount <> 0"),
        ("is_open", "is_open = 1", "is_open"),
        ("\"isGood\"", "isgood = 1", "\"isGood\""),
        ("(NOT is_open)", "is_open = 0", "not is_open"),
        ("(is_open = false)", "is_open <> 1", "not is_open"),
        ("(length(TRIM(BOTH FROM name)) > 0)", "length(trim(name)) > 0", "length(trim(name)) > 0"),
        ("(octet_length(hash) = 32)", "length(hash) = 32", "length(hash) = 32"),
        ("((code)::text ~~ '$%'::text)", "code LIKE '$%'", "code like '$%'"),
        ("((code)::text ~~* 'a%'::text)", "code LIKE 'a%'", "code ilike 'a%'"),
        ("(POSITION(('@'::text) IN (name)) > 1)", "instr(name, '@') > 1", "instr(name, '@') > 1"),
        (
            "((name IS NULL) OR ((amount > 1) AND (amount IS NOT NULL)))",
            "\"name\" IS NULL OR amount > 1 AND NOT amount IS NULL",
            "name is null or amount > 1 and amount is not null",
        ),
        (
            "((name = 'x'::text) = (amount IS NOT NULL))",
            "(name = 'x') = (amount IS NOT NULL)",
            "(name = 'x') = (amount is not null)",
        ),
        ("(\"substring\"(name, 1, 1) = '+'::text)", "substr(name, 1, 1) = '+'", "substr(name, 1, 1) = '+'"),
        (
            "(ltrim(\"substring\"(name, 2), '01'::text) = ''::text)",
            "ltrim(substr(name, 2), '01') = ''",
            "ltrim(substr(name, 2), '01') = ''",
        ),
        ("(NOT (amount < 0))", "0 <= amount", "amount >= 0"),
        ("(amount = (amount + (amount * 2)))", "amount = amount + amount * 2", "amount = amount + (amount * 2)"),
        ("(name > now())", "name > strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'", "name > current_timestamp"),
    ] {
        assert_eq!(form(Engine::Postgres, postgres), shared, "{postgres}");
        assert_eq!(form(Engine::Sqlite, sqlite), shared, "{sqlite}");
    }
}

#[test]
fn what_says_another_thing_stays_another() {
    for (postgres, sqlite) in [
        ("(name ~~ 'a%'::text)", "name LIKE 'a%'"),
        ("(name ~ '^a'::text)", "name GLOB 'a*'"),
        ("((amount > 1) OR (amount < 0))", "amount > 1 AND amount < 0"),
        ("(octet_length(name) = 3)", "length(name) = 3"),
        ("(((amount > 1) OR is_open) AND (name = 'x'))", "amount > 1 OR is_open AND name = 'x'"),
        ("(amount = 1)", "is_open = 1"),
    ] {
        assert_ne!(form(Engine::Postgres, postgres), form(Engine::Sqlite, sqlite), "{postgres}");
    }
}

#[test]
fn the_order_of_parts_is_no_difference() {
    for (one, other) in [
        ("amount > 1 and is_open", "is_open and amount > 1"),
        ("name is null or (amount > 1 and is_open)", "(is_open and amount > 1) or name is null"),
        ("amount = length(name)", "length(name) = amount"),
        ("amount < length(name)", "length(name) > amount"),
        ("not (is_open and name is null)", "not (name is null and is_open)"),
    ] {
        assert_eq!(ordered(one), ordered(other), "{one}");
    }
    for (one, other) in [
        ("amount > 1 and is_open", "amount > 1 or is_open"),
        ("amount < length(name)", "length(name) < amount"),
        ("amount - 1 > 0", "1 - amount > 0"),
        ("case when is_open then 1 else 2 end = 1", "case when is_open then 2 else 1 end = 1"),
    ] {
        assert_ne!(ordered(one), ordered(other), "{one}");
    }
}

#[test]
fn what_cannot_be_parsed_is_compared_by_its_tokens() {
    assert_eq!(form(Engine::Postgres, "amount @@@ ! ( 1"), form(Engine::Sqlite, "Amount   @@@ !(1"));
}

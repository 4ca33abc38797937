//! Whether a default is one value for all rows that there are, or one for each of them.

use super::super::cursor::{Cursor, fold};

/// How often a default has to be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Volatility {
    /// It is NULL, so that nothing is stored.
    Null,
    /// Once: the value is kept in the catalogue, and rows that there are stay as they are.
    Constant,
    /// For each row.
    Volatile,
    /// That depends on how this function was declared.
    Unknown(String),
}

const STEADY: &[&str] = &[
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "date_trunc",
    "to_timestamp",
    "make_date",
    "make_interval",
    "make_timestamptz",
    "timezone",
    "coalesce",
    "lower",
    "upper",
    "md5",
    "nullif",
    "greatest",
    "least",
    "array",
    "row",
    "jsonb_build_object",
    "jsonb_build_array",
    "json_build_object",
    "to_jsonb",
    "current_setting",
    "decode",
    "encode",
    "abs",
    "round",
    "floor",
    "ceil",
    "length",
    "concat",
    "repeat",
    "substring",
    "replace",
    "extract",
    "cast",
    "sha256",
    "varchar",
    "char",
    "numeric",
    "decimal",
    "bit",
    "interval",
    "time",
    "timestamp",
    "timestamptz",
    "float",
];

const VOLATILE: &[&str] = &[
    "random",
    "gen_random_uuid",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "clock_timestamp",
    "timeofday",
    "nextval",
    "setval",
    "currval",
    "lastval",
    "gen_random_bytes",
    "random_normal",
    "gen_salt",
];

/// Reads the expression that begins here and goes up to the next clause of the column.
pub(super) fn of_default(tokens: &[String]) -> Volatility {
    const ENDS: &[&str] =
        &["constraint", "check", "references", "unique", "primary", "collate", "generated", "deferrable", "initially"];
    let ends = |index: usize| {
        let here = Cursor::new(&tokens[index..]);
        here.sees("not null") || (index > 0 && here.sees("null")) || ENDS.iter().any(|word| here.sees(word))
    };
    let end = (0..tokens.len()).find(|index| ends(*index)).unwrap_or(tokens.len());
    let expression = &tokens[..end];
    if expression.first().is_some_and(|token| token.eq_ignore_ascii_case("null")) {
        return Volatility::Null;
    }
    let mut found = Volatility::Constant;
    for (index, pair) in expression.windows(2).enumerate() {
        let (Some(function), "(") = (fold(&pair[0]), pair[1].as_str()) else { continue };
        let qualified = index > 0 && expression[index - 1] == ".";
        let built_in =
            !qualified || expression[..index].iter().rev().nth(1).is_some_and(|schema| schema == "pg_catalog");
        if VOLATILE.contains(&function.as_str()) {
            return Volatility::Volatile;
        }
        if !(built_in && STEADY.contains(&function.as_str())) {
            found = Volatility::Unknown(function);
        }
    }
    found
}

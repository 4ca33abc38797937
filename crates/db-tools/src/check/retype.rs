//! A column of PostgreSQL under another type, and which of its values would lose something on the way.

use crate::generate::postgres_cast;

/// Types that PostgreSQL refuses to cut as long as no cast is written.
const REFUSED: [&str; 9] =
    ["text", "character varying", "varchar", "character", "char", "bpchar", "bit", "bit varying", "varbit"];
/// Types that nothing can be compared with.
const INCOMPARABLE: [&str; 2] = ["json", "xml"];

/// How the values of a column become those of another type.
pub(super) struct Retype<'a> {
    /// The column, quoted.
    pub(super) column: &'a str,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
}

impl Retype<'_> {
    /// The expression behind `USING`; nothing where PostgreSQL converts by itself, and refuses what it would have to cut.
    pub(super) fn using(&self) -> Option<String> {
        match postgres_cast(self.column, self.from, self.to) {
            Some(cast) => cast.expression,
            None if self.is_of_one_family() => None,
            None => Some(format!("{}::{}", self.column, self.to)),
        }
    }

    /// What values lose in general.
    pub(super) fn loses(&self) -> Option<&'static str> {
        postgres_cast(self.column, self.from, self.to)?.loses
    }

    /// The condition that holds for rows whose value would be another one; nothing where PostgreSQL keeps or refuses each.
    pub(super) fn changes(&self) -> Option<String> {
        let (from, to) = (bare(self.from), bare(self.to));
        let cast = postgres_cast(self.column, self.from, self.to);
        let is_written = match &cast {
            Some(cast) => cast.loses.is_some(),
            None => !self.is_of_one_family(),
        };
        let is_cut = to != self.to && !REFUSED.contains(&element(&to));
        let mut conditions = Vec::new();
        if is_cut {
            let whole = Retype { to: &to, ..*self }.using().unwrap_or_else(|| self.column.to_owned());
            conditions.push(format!("({whole})::{to} IS DISTINCT FROM ({whole})::{}", self.to));
        }
        // Digits of a text are written in many ways, so that it is another one is no loss.
        let is_number_in_text = is_cut && REFUSED.contains(&from.as_str());
        if is_written && from != to && !is_number_in_text {
            conditions.push(self.differs_behind());
        }
        (!conditions.is_empty()).then(|| conditions.join(" OR "))
    }

    /// Whether a value that became one of the new type and came back is another one.
    fn differs_behind(&self) -> String {
        let Self { column, from, to } = self;
        let there = self.using().unwrap_or_else(|| format!("{column}::{to}"));
        let there = format!("({there})");
        let back = Retype { column: &there, from: to, to: from };
        let back = back.using().unwrap_or_else(|| format!("{there}::{from}"));
        if INCOMPARABLE.contains(from) {
            return format!("{column}::text IS DISTINCT FROM ({back})::text");
        }
        format!("{column} IS DISTINCT FROM {back}")
    }

    /// Whether no more than how long a value may be differs, in the types or in those of an array's elements.
    fn is_of_one_family(&self) -> bool {
        let (from, to) = (bare(self.from), bare(self.to));
        let of = |kind: &str| match element(kind) {
            "bit" | "bit varying" | "varbit" => "bit".to_owned(),
            text if REFUSED.contains(&text) => "text".to_owned(),
            other => other.to_owned(),
        };
        from.ends_with("[]") == to.ends_with("[]") && of(&from) == of(&to)
    }
}

/// A type without its lengths and fields: `timestamp(0) with time zone`, `numeric(8,2)[]`, `interval day to second(3)`.
fn bare(kind: &str) -> String {
    let array = if kind.ends_with("[]") { "[]" } else { "" };
    if kind.starts_with("interval") {
        return format!("interval{array}");
    }
    let Some((before, rest)) = kind.split_once('(') else { return kind.to_owned() };
    format!("{before}{}", rest.split_once(')').map_or("", |(_, behind)| behind))
}

fn element(kind: &str) -> &str {
    kind.trim_end_matches("[]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retype<'a>(from: &'a str, to: &'a str) -> Retype<'a> {
        Retype { column: "c", from, to }
    }

    #[test]
    fn what_postgres_refuses_to_cut_is_not_cast() {
        for (from, to) in [
            ("bit(8)", "bit(4)"),
            ("bit varying", "bit varying(4)"),
            ("character varying(9)[]", "character varying(3)[]"),
            ("text[]", "character varying(3)[]"),
            ("text", "character varying(3)"),
            ("varchar(9)[]", "char(3)[]"),
        ] {
            assert_eq!(retype(from, to).using(), None, "{from} to {to}");
            assert_eq!(retype(from, to).changes(), None, "{from} to {to}");
        }
        assert_eq!(retype("uuid", "bytea").using().as_deref(), Some("c::bytea"));
    }

    #[test]
    fn what_postgres_rounds_is_looked_for() {
        for (from, to, expected) in [
            (
                "timestamp with time zone",
                "timestamp(0) with time zone",
                "(c)::timestamp with time zone IS DISTINCT FROM (c)::timestamp(0) with time zone",
            ),
            ("interval", "interval day to minute", "(c)::interval IS DISTINCT FROM (c)::interval day to minute"),
            ("numeric[]", "numeric(8,1)[]", "(c)::numeric[] IS DISTINCT FROM (c)::numeric(8,1)[]"),
            ("text", "numeric(8,2)", "(c::numeric)::numeric IS DISTINCT FROM (c::numeric)::numeric(8,2)"),
            ("double precision", "real", "c IS DISTINCT FROM (c::real)::double precision"),
            ("text[]", "bit(3)[]", "c IS DISTINCT FROM (c::bit(3)[])::text[]"),
            (
                "timestamp with time zone",
                "date",
                "c IS DISTINCT FROM ((c AT TIME ZONE 'UTC')::date)::timestamp AT TIME ZONE 'UTC'",
            ),
        ] {
            assert_eq!(retype(from, to).changes().as_deref(), Some(expected), "{from} to {to}");
        }
        for (from, to) in [("integer", "bigint"), ("timestamp(0) with time zone", "timestamp with time zone")] {
            assert_eq!(retype(from, to).changes(), None, "{from} to {to}");
        }
    }
}

//! What the catalogue says, in words.

use atriz_db::catalog::OnErase;
use atriz_db::migrate::split;

use super::markdown::{code, prose};
use crate::introspect::{Column, Index, IndexColumn, Table, Trigger};

/// Types as people write them.
pub(super) fn type_name(name: &str) -> String {
    const SHORT: &[(&str, &str)] = &[
        ("timestamp with time zone", "timestamptz"),
        ("timestamp without time zone", "timestamp"),
        ("time without time zone", "time"),
        ("character varying", "varchar"),
        ("character(", "char("),
    ];
    let long = SHORT.iter().find(|(long, _)| name.starts_with(long));
    long.map_or_else(|| name.to_owned(), |(long, short)| name.replacen(long, short, 1))
}

/// What a column holds where nobody says otherwise.
pub(super) fn default_of(column: &Column) -> String {
    match (&column.generated, &column.identity, &column.default) {
        (Some(generated), _, _) => format!("computed: {}", generated.expression),
        (None, Some(identity), _) => format!("identity, {identity}"),
        (None, None, Some(default)) => default.clone(),
        (None, None, None) => String::new(),
    }
}

/// The type on SQLite, where the one on PostgreSQL does not tell it.
pub(super) fn sqlite_type(column: &Column, table: Option<&Table>) -> String {
    let Some(table) = table else { return String::new() };
    let Some(there) = table.column(&column.name) else { return "not there".to_owned() };
    let kind = type_name(&column.type_name);
    let plain = kind.split('(').next().unwrap_or_default();
    let usual = match plain {
        "text" | "varchar" | "char" => "TEXT",
        "smallint" | "integer" | "bigint" => "INTEGER",
        "double precision" | "real" => "REAL",
        "bytea" => "BLOB",
        _ => "",
    };
    if there.type_name.eq_ignore_ascii_case(usual) { String::new() } else { there.type_name.clone() }
}

/// `partial`, `brin`, what is sorted downwards: whatever an index is beside its columns.
pub(super) fn index_notes(index: &Index) -> String {
    let mut notes = Vec::new();
    notes.extend(index.unique.then(|| "unique".to_owned()));
    notes.extend(index.method.clone());
    notes.extend(index.nulls_not_distinct.then(|| "NULLs are the same".to_owned()));
    if !index.include.is_empty() {
        notes.push(format!("with {}", super::markdown::codes(&index.include)));
    }
    notes.extend(index.predicate.as_ref().map(|predicate| format!("where {}", code(predicate))));
    notes.join("; ")
}

/// The columns of an index.
pub(super) fn index_columns(index: &Index) -> String {
    index.columns.iter().map(index_column).collect::<Vec<_>>().join(", ")
}

fn index_column(column: &IndexColumn) -> String {
    let way = if column.descending { " descending" } else { "" };
    let nulls = match (column.nulls_moved, column.descending) {
        (false, _) => "",
        (true, true) => ", NULLs last",
        (true, false) => ", NULLs first",
    };
    let collation = column.collation.as_ref().map(|name| format!(", collation {}", code(name))).unwrap_or_default();
    format!("{}{way}{nulls}{collation}", code(&column.key))
}

/// When a trigger fires and what it calls: ``before update, for each row: `auth.set_updated_at()` ``.
pub(super) fn trigger(trigger: &Trigger) -> String {
    let told = told(&trigger.definition).unwrap_or_else(|| code(&trigger.definition));
    match &trigger.state {
        Some(state) => format!("{told} ({state})"),
        None => told,
    }
}

/// Nothing where the statement is not of the form that PostgreSQL prints.
fn told(definition: &str) -> Option<String> {
    let statements = split(definition).ok()?;
    let tokens = &statements.first()?.tokens;
    let find = |word: &str, from: usize| {
        tokens.iter().skip(from).position(|token| token.eq_ignore_ascii_case(word)).map(|place| place + from)
    };
    let named = find("trigger", 0)? + 2;
    let on = find("on", named)?;
    let execute = find("execute", on)?;
    let each = find("each", on).filter(|each| *each < execute)?;
    let event = tokens[named..on].join(" ").replace(" ,", ",").to_lowercase();
    let each = tokens.get(each + 1)?.to_lowercase();
    let when = definition.find(" WHEN (").zip(definition.rfind(" EXECUTE "));
    let when = when.and_then(|(from, to)| definition.get(from + 6..to));
    let calls = definition.get(definition.rfind(" EXECUTE ")? + 9..)?;
    let calls = calls.trim_start_matches("FUNCTION ").trim_start_matches("PROCEDURE ");
    let when = when.map(|when| format!(", when {}", code(when))).unwrap_or_default();
    Some(format!("{}, for each {each}{when}: {}", prose(&event), code(calls)))
}

/// `RANGE (recorded_at)` as `by range of recorded_at`, and whether there is a partition for all the rest. Partitions
/// themselves come and go while the database runs.
pub(super) fn partitioning(table: &Table) -> Option<String> {
    let key = table.partition_key.as_ref()?;
    let (way, columns) = key.split_once(' ').unwrap_or((key, ""));
    let columns = columns.strip_prefix('(').and_then(|columns| columns.strip_suffix(')')).unwrap_or(columns);
    let rest = table.partitions.values().any(|partition| partition.bound.eq_ignore_ascii_case("default"));
    let rest = if rest { ", with a partition for all the rest" } else { "" };
    Some(format!("by {} of {}{rest}", way.to_lowercase(), code(columns)))
}

/// What happens to a row when the one it points to is erased.
pub(super) fn on_erase(rule: &OnErase) -> String {
    match rule {
        OnErase::Anonymise => "the column is emptied".to_owned(),
        OnErase::Erase => "the row goes".to_owned(),
        OnErase::Retain(why) => format!("the row stays: {}", prose(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(definition: &str) -> String {
        trigger(&Trigger { definition: definition.to_owned(), function: None, state: None, comment: None })
    }

    #[test]
    fn triggers_in_words() {
        let plain = "CREATE TRIGGER trg BEFORE UPDATE ON auth.users FOR EACH ROW EXECUTE FUNCTION auth.touch()";
        assert_eq!(of(plain), "before update, for each row: `auth.touch()`");
        let long = "CREATE CONSTRAINT TRIGGER \"on x\" AFTER INSERT OR UPDATE OF a, b ON s.t DEFERRABLE INITIALLY \
                    DEFERRED FOR EACH ROW WHEN ((new.a IS DISTINCT FROM old.a)) EXECUTE FUNCTION s.f('x')";
        let told = "after insert or update of a, b, for each row, when `((new.a IS DISTINCT FROM old.a))`: `s.f('x')`";
        assert_eq!(of(long), told);
        assert_eq!(of("whatever"), "`whatever`");
    }

    #[test]
    fn types_are_short() {
        assert_eq!(type_name("timestamp with time zone"), "timestamptz");
        assert_eq!(type_name("character varying(40)"), "varchar(40)");
        assert_eq!(type_name("character varying(40)[]"), "varchar(40)[]");
        assert_eq!(type_name("double precision"), "double precision");
    }
}

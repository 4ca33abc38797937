//! The rights on a table, view or column that is made anew.

use std::collections::{BTreeMap, BTreeSet};

use super::{roles, write};
use crate::generate::names::quoted;
use crate::introspect::{Column, Name, Schema, Table, View};

const WHY: &str = "it gives rights and touches no row";

/// What stands behind a right that may be given on.
const OPTION: &str = " WITH GRANT OPTION";

/// Whether a right is given or taken beside the usual ones, whom, and which one.
type Given = BTreeSet<(bool, String, String)>;

/// The statements that give a view the rights that it had.
pub(super) fn of_view(schema: &Schema, name: &Name, view: &View) -> Vec<String> {
    of_relation(schema, name, &view.grants, &view.columns)
}

/// The statements that give a table the rights that it had.
pub(super) fn of_table(schema: &Schema, name: &Name, table: &Table) -> Vec<String> {
    of_relation(schema, name, &table.grants, &table.columns)
}

/// The statements that give a column the rights that it had of its own.
pub(super) fn of_column(name: &Name, column: &Column) -> Vec<String> {
    let has = given(column.grants.iter().map(String::as_str));
    statements(&has, &Given::new(), &write::table_name(name), Some(&column.name))
}

/// What all new tables of its schema get it has by itself.
fn of_relation(schema: &Schema, name: &Name, grants: &[String], columns: &[Column]) -> Vec<String> {
    let written = write::table_name(name);
    let of_schema = schema.namespaces.get(&name.schema).into_iter().flat_map(|namespace| &namespace.default_grants);
    let of_database = schema.others.iter().filter(|(kind, _)| kind.starts_with("default right ")).map(|(_, line)| line);
    let usual = of_schema.chain(of_database).filter_map(|line| line.strip_prefix("<owner> table: "));
    let mut lines = statements(&given(grants.iter().map(String::as_str)), &given(usual), &written, None);
    lines.extend(columns.iter().flat_map(|column| of_column(name, column)));
    lines
}

/// Rights that the catalogue tells as `role INSERT, SELECT WITH GRANT OPTION`, with a minus before what was taken.
fn given<'a>(lines: impl Iterator<Item = &'a str>) -> Given {
    let mut given = Given::new();
    for line in lines {
        let (plus, line) = line.strip_prefix('-').map_or((true, line), |line| (false, line));
        // The name of a role may have spaces and commas in it, and a right has none but those of its option.
        let mut rights: Vec<&str> = line.split(", ").collect();
        let first = rights.iter().rposition(|right| right.trim_end_matches(OPTION).contains(' ')).unwrap_or(0);
        let named = rights.drain(..=first).collect::<Vec<_>>().join(", ");
        let (named, option) = named.strip_suffix(OPTION).map_or((named.as_str(), ""), |named| (named, OPTION));
        let Some((role, right)) = named.rsplit_once(' ') else { continue };
        let first = format!("{right}{option}");
        let rights = std::iter::once(first).chain(rights.into_iter().map(str::to_owned));
        given.extend(rights.map(|right| (plus, role.to_owned(), right)));
    }
    given
}

/// What makes of the usual rights those that there were, on all of a view or on one column.
fn statements(has: &Given, usual: &Given, written: &str, column: Option<&str>) -> Vec<String> {
    // What is taken comes first: a right that may be given on is another one than the same that may not.
    let mut changes: BTreeMap<(bool, &str, bool), Vec<String>> = BTreeMap::new();
    let less = usual.difference(has).map(|(plus, role, right)| (!plus, role, right));
    let more = has.difference(usual).map(|(plus, role, right)| (*plus, role, right));
    for (gives, role, right) in less.chain(more) {
        let (right, option) = right.strip_suffix(OPTION).map_or((right.as_str(), false), |one| (one, true));
        let column = column.map(|column| format!(" ({})", quoted(column))).unwrap_or_default();
        changes.entry((gives, role.as_str(), option)).or_default().push(format!("{right}{column}"));
    }
    let line = |((gives, role, option), rights): ((bool, &str, bool), Vec<String>)| {
        let rights = rights.join(", ");
        if gives {
            let option = if option { OPTION } else { "" };
            roles::statement(&format!("GRANT {rights} ON {written} TO "), &[role], option, WHY)
        } else {
            roles::statement(&format!("REVOKE {rights} ON {written} FROM "), &[role], "", WHY)
        }
    };
    changes.into_iter().flat_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(has: &[&str], usual: &[&str], column: Option<&str>) -> Vec<String> {
        statements(&given(has.iter().copied()), &given(usual.iter().copied()), "app.codes", column)
    }

    #[test]
    fn rights_are_given_and_taken_as_they_were() {
        assert_eq!(said(&["reader SELECT, UPDATE"], &[], None), ["GRANT SELECT, UPDATE ON app.codes TO reader"]);
        assert_eq!(said(&["public SELECT"], &[], None), ["GRANT SELECT ON app.codes TO PUBLIC"]);
        assert_eq!(
            said(&["the odd, one INSERT WITH GRANT OPTION, SELECT"], &[], None),
            [
                "GRANT SELECT ON app.codes TO \"the odd, one\"",
                "GRANT INSERT ON app.codes TO \"the odd, one\" WITH GRANT OPTION"
            ]
        );
        assert_eq!(said(&["-owner DELETE"], &[], None), ["REVOKE DELETE ON app.codes FROM owner"]);
        assert_eq!(said(&["-<owner> DELETE"], &[], None), ["REVOKE DELETE ON app.codes FROM CURRENT_USER"]);
        assert_eq!(
            said(&["reader INSERT, SELECT WITH GRANT OPTION"], &[], None),
            ["GRANT INSERT ON app.codes TO reader", "GRANT SELECT ON app.codes TO reader WITH GRANT OPTION"]
        );
        assert_eq!(
            said(&["public SELECT, UPDATE"], &[], Some("order")),
            ["GRANT SELECT (\"order\"), UPDATE (\"order\") ON app.codes TO PUBLIC"]
        );
    }

    #[test]
    fn rights_of_all_new_tables_come_by_themselves() {
        assert!(said(&["<app> INSERT, SELECT"], &["<app> INSERT, SELECT"], None).is_empty());
        let taken = said(&["<app> SELECT", "<verifier> SELECT"], &["<app> INSERT, SELECT"], None);
        assert_eq!(taken.len(), 4, "{taken:?}");
        assert!(
            taken[1].contains("format('REVOKE INSERT ON app.codes FROM %I', current_database() || '_app')"),
            "{taken:?}"
        );
        assert!(
            taken[3].contains("format('GRANT SELECT ON app.codes TO %I', current_database() || '_verifier')"),
            "{taken:?}"
        );
    }
}

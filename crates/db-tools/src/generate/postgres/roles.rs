//! Statements about roles. Those that are made with a database are called after it, so no statement can name them.

use crate::generate::names::{literal, quoted};

/// How the word to lint begins that stands above a block.
pub(super) const UNREAD: &str = "-- atriz: lint-ignore unread-block";

/// A statement with roles between two pieces, which runs on a database of any name. `why` says why nobody has to read it.
pub(super) fn statement(before: &str, roles: &[&str], behind: &str, why: &str) -> Vec<String> {
    statements([before, behind], roles, &[], why)
}

/// As [`statement`], with others that mean something only where the first was run.
pub(super) fn statements([before, behind]: [&str; 2], roles: &[&str], others: &[String], why: &str) -> Vec<String> {
    let Some(there) = there(roles) else {
        let list: Vec<String> = roles.iter().map(|role| written(role)).collect();
        let first = format!("{before}{}{behind}", list.join(", "));
        return std::iter::once(first).chain(others.iter().cloned()).collect();
    };
    let escaped = |text: &str| text.replace('%', "%%").replace('\'', "''");
    let placed = |role: &&str| if of_database(role).is_some() { "%I".to_owned() } else { escaped(&written(role)) };
    let list = roles.iter().map(placed).collect::<Vec<_>>().join(", ");
    let names: Vec<String> = roles.iter().filter_map(|role| name(role)).collect();
    let (sql, names) = (format!("{}{list}{}", escaped(before), escaped(behind)), names.join(", "));
    let others: String = others.iter().flat_map(|line| ["        ", line, ";\n"]).collect();
    // Where a database has other roles, rights are given by hand.
    block(&format!("    IF {there} THEN\n        EXECUTE format('{sql}', {names});\n{others}    END IF;"), why)
}

/// Statements in a block that nobody has to read.
pub(super) fn block(statements: &str, why: &str) -> Vec<String> {
    let mut tag = "$$".to_owned();
    let mut number = 0;
    while statements.contains(&tag) {
        number += 1;
        tag = format!("$block{number}$");
    }
    vec![format!("{UNREAD} \"{why}\""), format!("DO {tag}\nBEGIN\n{statements}\nEND;\n{tag}")]
}

/// The condition that all of these roles are there which are called after the database; nothing where none is.
pub(super) fn there(roles: &[&str]) -> Option<String> {
    let there = |name: String| format!("EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {name})");
    let there: Vec<String> = roles.iter().filter_map(|role| name(role)).map(there).collect();
    (!there.is_empty()).then(|| there.join(" AND "))
}

/// What a role is called on the database at hand, as an expression.
fn name(role: &str) -> Option<String> {
    of_database(role).map(|name| format!("current_database() || {}", literal(&format!("_{name}"))))
}

/// What a role of the database at hand is called behind the database's name: that of its app, and those of its readers.
fn of_database(role: &str) -> Option<&str> {
    role.strip_prefix('<')?.strip_suffix('>').filter(|name| *name != "owner")
}

fn written(role: &str) -> String {
    match role {
        "public" => "PUBLIC".to_owned(),
        // Whoever migrates is the owner.
        "<owner>" => "CURRENT_USER".to_owned(),
        role => quoted(role),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_of_the_database_are_put_together_where_it_runs() {
        let said = |roles: &[&str]| statement("CREATE POLICY p ON app.a TO ", roles, " USING (code LIKE 'a%')", "why");
        assert_eq!(
            said(&["public", "<owner>", "Odd"]),
            ["CREATE POLICY p ON app.a TO PUBLIC, CURRENT_USER, \"Odd\" USING (code LIKE 'a%')"]
        );
        assert_eq!(
            said(&["<app>", "public"]),
            [
                "-- atriz: lint-ignore unread-block \"why\"",
                "DO $$\nBEGIN\n    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = current_database() || '_app') \
                 THEN\n        EXECUTE format('CREATE POLICY p ON app.a TO %I, PUBLIC USING (code LIKE ''a%%'')', \
                 current_database() || '_app');\n    END IF;\nEND;\n$$"
            ]
        );
    }
}

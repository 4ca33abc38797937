//! Statements about roles. Those that are made with a database are called after it, so no statement can name them.

use crate::generate::names::{literal, quoted};

/// How the word to lint begins that stands above a block; in a way back nobody asks what blocks do.
pub(super) const UNREAD: &str = "-- atriz: lint-ignore unread-block";

/// A statement with roles between two pieces, which runs on a database of any name. `why` says why nobody has to read it.
pub(super) fn statement(before: &str, roles: &[&str], behind: &str, why: &str) -> Vec<String> {
    let own: Vec<&str> = roles.iter().filter_map(|role| of_database(role)).collect();
    if own.is_empty() {
        let list: Vec<String> = roles.iter().map(|role| written(role)).collect();
        return vec![format!("{before}{}{behind}", list.join(", "))];
    }
    let escaped = |text: &str| text.replace('%', "%%").replace('\'', "''");
    let placed = |role: &&str| if of_database(role).is_some() { "%I".to_owned() } else { escaped(&written(role)) };
    let list = roles.iter().map(placed).collect::<Vec<_>>().join(", ");
    let name = |role: &&str| format!("current_database() || {}", literal(&format!("_{role}")));
    let names: Vec<String> = own.iter().map(name).collect();
    let there = |name: &String| format!("EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {name})");
    let there: Vec<String> = names.iter().map(there).collect();
    let (sql, names) = (format!("{}{list}{}", escaped(before), escaped(behind)), names.join(", "));
    let tag = if sql.contains("$$") { "$block$" } else { "$$" };
    // Where a database has other roles, rights are given by hand.
    let block = format!(
        "DO {tag}\nBEGIN\n    IF {} THEN\n        EXECUTE format('{sql}', {names});\n    END IF;\nEND;\n{tag}",
        there.join(" AND ")
    );
    vec![format!("{UNREAD} \"{why}\""), block]
}

/// What a role of the database at hand is called behind the database's name: that of its app, and those of its readers.
pub(super) fn of_database(role: &str) -> Option<&str> {
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

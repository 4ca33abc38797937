//! Owners, rights and comments.

use std::collections::{BTreeMap, BTreeSet};

use crate::scratch::quote;

/// How the roles of a database are really called.
#[derive(Clone, Copy)]
pub(super) struct Rights<'a> {
    pub(super) owner: &'a str,
    pub(super) app: &'a str,
}

/// Whom a right is given, which one, and whether it is given or taken beside the usual ones.
type Given = BTreeSet<(bool, String, String)>;

impl Rights<'_> {
    /// A role in SQL.
    pub(super) fn role(&self, name: &str) -> String {
        match name {
            "<owner>" => quote(self.owner),
            "<app>" => quote(self.app),
            "public" => "PUBLIC".to_owned(),
            // A reader's role is called after the database, as the app's is.
            other => match other.strip_prefix('<').and_then(|reader| reader.strip_suffix('>')) {
                Some(reader) => quote(&format!("{}{reader}", self.app.trim_end_matches("app"))),
                None => quote(other),
            },
        }
    }

    /// Makes the rights on an object what the folder says: `on` is `ON TABLE "app"."things"`, `column` the one they are
    /// about, in parentheses.
    pub(super) fn grants(&self, folder: &[String], live: &[String], on: &str, column: &str) -> Vec<String> {
        let (folder, live) = (given(folder), given(live));
        let mut statements = Vec::new();
        for (plus, role, right) in live.difference(&folder) {
            statements.push(self.right(!plus, role, right, on, column));
        }
        for (plus, role, right) in folder.difference(&live) {
            statements.push(self.right(*plus, role, right, on, column));
        }
        statements
    }

    fn right(&self, give: bool, role: &str, right: &str, on: &str, column: &str) -> String {
        let (right, option) = match right.strip_suffix(" WITH GRANT OPTION") {
            Some(right) => (right, " WITH GRANT OPTION"),
            None => (right, ""),
        };
        let role = self.role(role);
        if give {
            format!("GRANT {right}{column} {on} TO {role}{option}")
        } else {
            format!("REVOKE {right}{column} {on} FROM {role}")
        }
    }

    /// Rights on what will be made, of lines such as `<owner> table: <app> SELECT`.
    pub(super) fn defaults(&self, folder: &[String], live: &[String], schema: &str) -> Vec<String> {
        let by_kind = |lines: &[String]| {
            let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for line in lines {
                if let Some((kind, grant)) = line.split_once(": ") {
                    kinds.entry(kind.to_owned()).or_default().push(grant.to_owned());
                }
            }
            kinds
        };
        let (folder, live) = (by_kind(folder), by_kind(live));
        let kinds: BTreeSet<&String> = folder.keys().chain(live.keys()).collect();
        let mut statements = Vec::new();
        for kind in kinds {
            let Some((role, what)) = kind.rsplit_once(' ') else { continue };
            let none = Vec::new();
            let (one, other) = (folder.get(kind).unwrap_or(&none), live.get(kind).unwrap_or(&none));
            let on = format!("ON {}S", what.to_uppercase());
            let begin = format!("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA {}", self.role(role), quote(schema));
            statements.extend(self.grants(one, other, &on, "").into_iter().map(|grant| format!("{begin} {grant}")));
        }
        statements
    }

    /// Gives an object to whom the folder gives it.
    pub(super) fn owner(&self, object: &str, owner: Option<&String>) -> Vec<String> {
        owner.map(|owner| format!("ALTER {object} OWNER TO {}", self.role(owner))).into_iter().collect()
    }
}

fn given(lines: &[String]) -> Given {
    let mut given = Given::new();
    for line in lines {
        let (plus, line) = line.strip_prefix('-').map_or((true, line.as_str()), |line| (false, line));
        let Some((role, rights)) = line.split_once(' ') else { continue };
        given.extend(rights.split(", ").map(|right| (plus, role.to_owned(), right.to_owned())));
    }
    given
}

/// Says about an object what the folder says; `object` is `TABLE "app"."things"`.
pub(super) fn comment(object: &str, comment: Option<&String>) -> String {
    let text = comment.map_or_else(|| "NULL".to_owned(), |text| literal(text));
    format!("COMMENT ON {object} IS {text}")
}

pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

//! What mends that which is no table of PostgreSQL.

use super::rights::{comment, literal};
use super::table_sql::sql_name;
use super::{Mender, both};
use crate::introspect::{Function, Name, Type, View};
use crate::scratch::quote;

impl Mender<'_> {
    /// A view is made anew: replacing one cannot take a column away.
    pub(super) fn view(&self, name: &Name) -> Vec<String> {
        let (folder, live) = both(&self.folder.schema.views, &self.live.views, name);
        let place = sql_name(name);
        let kind = |view: &View| if view.materialised { "MATERIALIZED VIEW" } else { "VIEW" };
        let mut statements: Vec<String> = live.map(|live| format!("DROP {} {place}", kind(live))).into_iter().collect();
        let Some(folder) = folder else { return statements };
        let options = folder.options.join(", ");
        let options = if options.is_empty() { options } else { format!(" WITH ({options})") };
        let definition = folder.definition.trim().trim_end_matches(';');
        statements.push(format!("CREATE {} {place}{options} AS {definition}", kind(folder)));
        statements.extend(folder.indexes.values().filter_map(|index| index.definition.clone()));
        statements.extend(folder.triggers.values().map(|trigger| trigger.definition.clone()));
        statements.extend(self.rights().owner(&format!("{} {place}", kind(folder)), folder.owner.as_ref()));
        statements.extend(self.rights().grants(&folder.grants, &[], &format!("ON TABLE {place}"), ""));
        let said = folder.comment.as_ref();
        statements.extend(said.map(|said| comment(&format!("{} {place}", kind(folder)), Some(said))));
        statements
    }

    pub(super) fn function(&self, name: &str, rest: &[&str]) -> Vec<String> {
        let (folder, live) = (self.folder.schema.functions.get(name), self.live.functions.get(name));
        let kind = |function: &Function| match function.kind.as_str() {
            "procedure" => "PROCEDURE",
            "aggregate" => "AGGREGATE",
            _ => "FUNCTION",
        };
        let (folder, live) = match (folder, live) {
            (None, Some(live)) => return vec![format!("DROP {} {name}", kind(live))],
            (Some(folder), live) => (folder, live),
            (None, None) => return Vec::new(),
        };
        let object = format!("{} {name}", kind(folder));
        let rights = |live: &[String]| self.rights().grants(&folder.grants, live, &format!("ON {object}"), "");
        match (rest, live) {
            (["comment"], _) => vec![comment(&object, folder.comment.as_ref())],
            (["grants"], Some(live)) => rights(&live.grants),
            (["owner"], _) => self.rights().owner(&object, Some(&folder.owner)),
            _ if folder.kind == "aggregate" => Vec::new(),
            (_, Some(_)) => vec![folder.definition.trim_end().to_owned()],
            (_, None) => {
                let mut made = vec![folder.definition.trim_end().to_owned()];
                made.extend(self.rights().owner(&object, Some(&folder.owner)));
                made.extend(rights(&[]));
                made.extend(folder.comment.as_ref().map(|said| comment(&object, Some(said))));
                made
            }
        }
    }

    pub(super) fn sequence(&self, name: &Name, rest: &[&str]) -> Vec<String> {
        let (folder, live) = both(&self.folder.schema.sequences, &self.live.sequences, name);
        let place = sql_name(name);
        let (folder, live) = match (folder, live) {
            (None, Some(_)) => return vec![format!("DROP SEQUENCE {place}")],
            (Some(folder), live) => (folder, live),
            (None, None) => return Vec::new(),
        };
        match (rest, live) {
            (["comment"], _) => vec![comment(&format!("SEQUENCE {place}"), folder.comment.as_ref())],
            (["owner"], _) => self.rights().owner(&format!("SEQUENCE {place}"), Some(&folder.owner)),
            (["grants"], Some(live)) => {
                self.rights().grants(&folder.grants, &live.grants, &format!("ON SEQUENCE {place}"), "")
            }
            (["owned_by"], _) => {
                vec![format!("ALTER SEQUENCE {place} OWNED BY {}", folder.owned_by.as_deref().unwrap_or("NONE"))]
            }
            (_, live) => {
                let word = if live.is_some() { "ALTER" } else { "CREATE" };
                vec![format!("{word} SEQUENCE {place} AS {}", spelt(&folder.definition))]
            }
        }
    }

    pub(super) fn named_type(&self, name: &Name, rest: &[&str]) -> Vec<String> {
        let (folder, live) = both(&self.folder.schema.types, &self.live.types, name);
        let place = sql_name(name);
        let word = |one: &Type| if one.kind == "domain" { "DOMAIN" } else { "TYPE" };
        let (folder, live) = match (folder, live) {
            (None, Some(live)) => return vec![format!("DROP {} {place}", word(live))],
            (Some(folder), None) => return vec![made(&place, folder)],
            (Some(folder), Some(live)) => (folder, live),
            (None, None) => return Vec::new(),
        };
        let object = format!("{} {place}", word(folder));
        match rest {
            ["comment"] => vec![comment(&object, folder.comment.as_ref())],
            ["owner"] => self.rights().owner(&object, Some(&folder.owner)),
            ["grants"] => self.rights().grants(&folder.grants, &live.grants, &format!("ON TYPE {place}"), ""),
            ["members"] if folder.kind == "enum" => labels(&place, &folder.members, &live.members),
            ["checks", check, ..] => {
                let check_name = quote(check);
                let gone =
                    live.checks.get(*check).map(|_| format!("ALTER DOMAIN {place} DROP CONSTRAINT {check_name}"));
                let made = folder.checks.get(*check);
                let made = made.map(|text| format!("ALTER DOMAIN {place} ADD CONSTRAINT {check_name} {text}"));
                gone.into_iter().chain(made).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn namespace(&self, name: &str, rest: &[&str]) -> Vec<String> {
        let (folder, live) = (self.folder.schema.namespaces.get(name), self.live.namespaces.get(name));
        let place = quote(name);
        let (folder, live) = match (folder, live) {
            (None, Some(_)) => return vec![format!("DROP SCHEMA {place}")],
            (Some(folder), None) => {
                let mut made =
                    vec![format!("CREATE SCHEMA {place} AUTHORIZATION {}", self.rights().role(&folder.owner))];
                made.extend(self.rights().grants(&folder.grants, &[], &format!("ON SCHEMA {place}"), ""));
                made.extend(self.rights().defaults(&folder.default_grants, &[], name));
                return made;
            }
            (Some(folder), Some(live)) => (folder, live),
            (None, None) => return Vec::new(),
        };
        match rest {
            ["comment"] => vec![comment(&format!("SCHEMA {place}"), folder.comment.as_ref())],
            ["owner"] => self.rights().owner(&format!("SCHEMA {place}"), Some(&folder.owner)),
            ["default_grants"] => self.rights().defaults(&folder.default_grants, &live.default_grants, name),
            _ => self.rights().grants(&folder.grants, &live.grants, &format!("ON SCHEMA {place}"), ""),
        }
    }

    pub(super) fn extension(&self, name: &str) -> Vec<String> {
        let (folder, live) = (self.folder.schema.extensions.get(name), self.live.extensions.get(name));
        let place = quote(name);
        match (folder, live) {
            // What tables it owns goes with it, and their rows.
            (None, _) => vec![format!("-- once nothing that it owns is needed: DROP EXTENSION {place};")],
            (Some(folder), None) => vec![format!("CREATE EXTENSION {place} SCHEMA {}", quote(&folder.namespace))],
            (Some(folder), Some(live)) if folder.namespace != live.namespace => {
                vec![format!("ALTER EXTENSION {place} SET SCHEMA {}", quote(&folder.namespace))]
            }
            (Some(folder), Some(_)) => vec![format!("ALTER EXTENSION {place} UPDATE TO {}", literal(&folder.version))],
        }
    }

    /// `rule r on t`, `statistics s`, `event trigger e`.
    pub(super) fn other(&self, name: &str) -> Vec<String> {
        let made = self.folder.schema.others.get(name);
        let there = self.live.others.contains_key(name);
        if name.starts_with("default right ") || (made.is_some() && name.starts_with("event trigger ")) {
            return Vec::new();
        }
        let mut statements = Vec::new();
        if there {
            let (kind, rest) = match name.strip_prefix("event trigger ") {
                Some(trigger) => ("event trigger", trigger),
                None => name.split_once(' ').unwrap_or((name, "")),
            };
            statements.push(format!("DROP {} {}", kind.to_uppercase(), rest.replacen(" on ", " ON ", 1)));
        }
        statements.extend(made.map(|made| made.trim_end_matches(';').to_owned()));
        statements
    }
}

/// `bigint start 1 from 1 to 9 by 1 cache 1 cycle` as SQL.
fn spelt(definition: &str) -> String {
    let words = definition.split(' ').map(|word| match word {
        "start" => "START",
        "from" => "MINVALUE",
        "to" => "MAXVALUE",
        "by" => "INCREMENT",
        "cache" => "CACHE",
        "cycle" => "CYCLE",
        other => other,
    });
    words.collect::<Vec<_>>().join(" ")
}

fn made(place: &str, one: &Type) -> String {
    let base = one.base.as_deref().unwrap_or_default();
    match one.kind.as_str() {
        "enum" => {
            let labels = one.members.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ");
            format!("CREATE TYPE {place} AS ENUM ({labels})")
        }
        "domain" => {
            let checks = one.checks.iter().map(|(name, check)| format!(" CONSTRAINT {} {check}", quote(name)));
            format!("CREATE DOMAIN {place} AS {base}{}", checks.collect::<String>())
        }
        "composite" => format!("CREATE TYPE {place} AS ({})", one.members.join(", ")),
        _ => format!("CREATE TYPE {place} AS RANGE (SUBTYPE = {base})"),
    }
}

/// Labels can be added, never taken away or moved.
fn labels(place: &str, folder: &[String], live: &[String]) -> Vec<String> {
    let kept: Vec<&String> = folder.iter().filter(|label| live.contains(label)).collect();
    if kept != live.iter().collect::<Vec<_>>() {
        return Vec::new();
    }
    let mut statements = Vec::new();
    for (at, label) in folder.iter().enumerate().filter(|(_, label)| !live.contains(label)) {
        let next = folder[at + 1..].iter().find(|label| live.contains(label));
        let before = next.map(|next| format!(" BEFORE {}", literal(next))).unwrap_or_default();
        statements.push(format!("ALTER TYPE {place} ADD VALUE {}{before}", literal(label)));
    }
    statements
}

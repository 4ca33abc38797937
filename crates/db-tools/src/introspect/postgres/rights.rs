//! Roles, and rights as they differ from the usual ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::rows::{DefaultRights, Right, Rights, Role};

/// What roles are called.
pub(super) struct Roles {
    names: HashMap<i64, String>,
}

impl Roles {
    pub(super) fn new(roles: Vec<Role>) -> Self {
        Self { names: roles.into_iter().map(|role| (role.id, role.name)).collect() }
    }

    /// The role of this number; 0 is everybody.
    pub(super) fn name(&self, id: i64) -> String {
        match id {
            0 => "public".to_owned(),
            id => self.names.get(&id).cloned().unwrap_or_else(|| format!("role {id}")),
        }
    }

    /// One line for each role that has more, and each that has less, than usual.
    pub(super) fn grants(&self, rights: Option<&Rights>) -> Vec<String> {
        let Some(rights) = rights else { return Vec::new() };
        let has: BTreeSet<&Right> = rights.has.iter().collect();
        let usual: BTreeSet<&Right> = rights.usual.iter().collect();
        let mut lines: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut add = |sign: &str, (grantee, privilege, grantable): &Right| {
            let privilege = if *grantable { format!("{privilege} WITH GRANT OPTION") } else { privilege.clone() };
            lines.entry(format!("{sign}{}", self.name(*grantee))).or_default().insert(privilege);
        };
        has.difference(&usual).for_each(|right| add("", right));
        usual.difference(&has).for_each(|right| add("-", right));
        let line = |(role, privileges): (String, BTreeSet<String>)| {
            format!("{role} {}", privileges.into_iter().collect::<Vec<_>>().join(", "))
        };
        lines.into_iter().map(line).collect()
    }

    /// Rights on what will be made: `<owner> table: <app> SELECT`.
    pub(super) fn default_grants(&self, rights: &DefaultRights) -> Vec<String> {
        let kind = match rights.kind.as_str() {
            "r" => "table",
            "S" => "sequence",
            "f" => "function",
            "T" => "type",
            "n" => "schema",
            other => other,
        };
        let role = self.name(rights.role);
        self.grants(rights.rights.as_ref()).into_iter().map(|grant| format!("{role} {kind}: {grant}")).collect()
    }
}

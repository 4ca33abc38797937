//! What is named after a table or column that is called otherwise.

use super::change::Change;
use super::names;
use super::want::Names;
use crate::introspect::Table;

/// An index, constraint or trigger that gets another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Renamed {
    /// `index`, `constraint` or `trigger`.
    pub(super) kind: &'static str,
    pub(super) from: String,
    pub(super) to: String,
}

/// The objects of a table, as it was, whose names follow a rename.
pub(super) fn renamed_objects(change: &Change, is: &Table) -> Vec<Renamed> {
    let key = is.primary_key.iter().filter_map(|key| key.constraint.as_ref());
    let constraints = key.chain(is.uniques.keys()).chain(is.foreign_keys.keys()).chain(is.checks.keys());
    let all = constraints.map(|name| ("constraint", name)).chain(is.indexes.keys().map(|name| ("index", name)));
    let all = all.chain(is.triggers.keys().map(|name| ("trigger", name)));
    all.filter_map(|(kind, name)| Some(Renamed { kind, from: name.clone(), to: follow(change, is, name)? })).collect()
}

fn follow(change: &Change, is: &Table, name: &str) -> Option<String> {
    let prefix =
        ["pk", "uq", "fk", "ck", "idx", "trg"].into_iter().find(|prefix| name.starts_with(&format!("{prefix}_")))?;
    match change {
        Change::RenameTable { table, to } => {
            let rest = name[prefix.len() + 1..].strip_prefix(table.name.as_str())?;
            let what = match rest.strip_prefix('_') {
                Some(what) => vec![to.as_str(), what],
                None if rest.is_empty() => vec![to.as_str()],
                None => return None,
            };
            Some(names::made(prefix, &what))
        }
        Change::RenameColumn { table, column, to } => {
            let bare = table.name.as_str();
            let columns = columns_of(is, name);
            if columns.contains(column) && name == made(prefix, bare, &columns) {
                let columns: Vec<String> =
                    columns.iter().map(|one| if one == column { to.clone() } else { one.clone() }).collect();
                return Some(made(prefix, bare, &columns));
            }
            if name == Names::type_check(bare, column) {
                return Some(Names::type_check(bare, to));
            }
            if name == names::made("ck", &[bare, column]) {
                return Some(names::made("ck", &[bare, to]));
            }
            let key = is.foreign_keys.get(name)?;
            let named = names::made("fk", &[bare, &key.table.name, column]);
            (key.columns.contains(column) && name == named).then(|| names::made("fk", &[bare, &key.table.name, to]))
        }
        _ => None,
    }
}

fn made(prefix: &str, table: &str, columns: &[String]) -> String {
    let parts: Vec<&str> = std::iter::once(table).chain(columns.iter().map(String::as_str)).collect();
    names::made(prefix, &parts)
}

fn columns_of(is: &Table, name: &str) -> Vec<String> {
    let unique = is.uniques.get(name).map(|unique| unique.columns.clone());
    let index = || is.indexes.get(name).map(|index| index.columns.iter().map(|column| column.key.clone()).collect());
    unique.or_else(index).unwrap_or_default()
}

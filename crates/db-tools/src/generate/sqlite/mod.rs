//! Changes as statements of SQLite: by ALTER where that can, else by a table made anew.

mod aside;
mod computed;
mod converted;
mod create;
mod edit;
mod full_text;
mod objects;
mod rebuild;
mod text;

use std::collections::BTreeMap;

use atriz_db::Engine;

use super::GenerateError;
use super::asked::Asked;
use super::change::Change;
use super::names::{list, quoted};
use super::rename::Renamed;
use super::step::{Step, comment};
use super::want::{self, Names};
use crate::introspect::{Name, Schema};
use crate::logical::Logical;
use edit::Edited;
pub(super) use full_text::{followed, lost};
use objects::Object;
pub(super) use objects::Objects;
pub(super) use text::{Token, mentions, tokens};

/// The pieces that make `changes`, in order, and whether foreign keys have to be off for them.
pub(super) struct Pieces {
    pub(super) steps: Vec<Step>,
    pub(super) rebuild: bool,
}

/// What there is.
#[derive(Clone, Copy)]
pub(super) struct Standing<'a> {
    pub(super) schema: &'a Schema,
    /// The same in shared words.
    pub(super) said: &'a Logical,
    pub(super) objects: &'a Objects,
    pub(super) wanted: &'a Logical,
    /// What is named after something that was renamed, by table.
    pub(super) renamed: &'a BTreeMap<String, Vec<Renamed>>,
}

impl Standing<'_> {
    /// What an object is called once all that is renamed has its new name.
    fn called(&self, object: &Object) -> String {
        let of = |(table, _): &(&String, &Vec<Renamed>)| table.eq_ignore_ascii_case(&object.table);
        let renamed = self.renamed.iter().filter(of).flat_map(|(_, renamed)| renamed);
        renamed
            .filter(|one| one.kind == object.kind)
            .fold(object.name.clone(), |name, one| if one.from == name { one.to.clone() } else { name })
    }
}

pub(super) fn pieces(
    standing: Standing<'_>,
    changes: &[Change],
    asked: &Asked,
    names: &mut Names,
) -> Result<Pieces, GenerateError> {
    let (before, behind, objects) = aside::steps(standing, changes, asked);
    let standing = Standing { objects: &objects, ..standing };
    let mut pieces = Pieces { steps: Vec::from_iter(before), rebuild: false };
    create_tables(standing, changes, names, &mut pieces)?;
    let mut by_table: BTreeMap<&Name, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        if !matches!(change, Change::CreateTable { .. } | Change::DropTable { .. }) {
            by_table.entry(change.table()).or_default().push(change);
        }
    }
    for table in standing.renamed.keys() {
        if let Some((name, _)) = super::change::find(standing.schema, table) {
            by_table.entry(name).or_default();
        }
    }
    for (name, changes) in by_table {
        let edited = Edited::of(standing, name, &changes, names)?;
        pieces.rebuild |= edited.rebuilds();
        pieces.steps.extend(edited.steps(standing.objects));
    }
    drop_tables(standing, changes, &mut pieces);
    pieces.steps.extend(behind);
    Ok(pieces)
}

fn create_tables(
    standing: Standing<'_>,
    changes: &[Change],
    names: &mut Names,
    pieces: &mut Pieces,
) -> Result<(), GenerateError> {
    let new: Vec<String> = changes
        .iter()
        .filter_map(|change| match change {
            Change::CreateTable { table } => Some(table.name.clone()),
            _ => None,
        })
        .collect();
    for name in want::ordered(standing.wanted, &new).0 {
        let table = &standing.wanted.tables[&name];
        for column in &table.columns {
            want::check_column(Engine::Sqlite, &name, column)?;
        }
        let up = create::table(&name, table, names);
        pieces.steps.push(Step::new(super::step::Stage::Main, up, vec![format!("DROP TABLE {}", quoted(&name))]));
    }
    Ok(())
}

fn drop_tables(standing: Standing<'_>, changes: &[Change], pieces: &mut Pieces) {
    let dropped = changes.iter().filter_map(|change| match change {
        Change::DropTable { table } => Some(table.clone()),
        _ => None,
    });
    let mut left: Vec<Name> = dropped.collect();
    while !left.is_empty() {
        let refers = |from: &Name, to: &Name| {
            from != to && standing.schema.tables[from].foreign_keys.values().any(|key| key.table == *to)
        };
        let free = left.iter().position(|name| !left.iter().any(|other| refers(other, name)));
        // Within a circle each refers to one that is gone before it, which foreign keys would not let go.
        pieces.rebuild |= free.is_none();
        let name = left.remove(free.unwrap_or(0));
        let Some(texts) = standing.objects.table(&name.name) else { continue };
        let columns: Vec<String> =
            standing.schema.tables[&name].columns.iter().map(|column| column.name.clone()).collect();
        let table = quoted(&name.name);
        let up = vec![
            comment(&format!("All rows of {table} are lost, with {}.", list(&columns))),
            format!("DROP TABLE {table}"),
        ];
        let indexes = texts.indexes.into_iter().chain(texts.triggers).map(|(_, sql)| sql);
        let down = std::iter::once(texts.sql).chain(indexes).collect();
        pieces.steps.push(Step::new(super::step::Stage::Main, up, down));
    }
}

const RENAMED: &str = "An app that runs meanwhile knows the old name only.";

/// The piece that makes one rename.
pub(super) fn renamed(change: &Change) -> Option<Step> {
    let (up, down) = match change {
        // To SQLite the new name is the old one, which is taken: a third one stands between.
        Change::RenameTable { table, to } if table.name.eq_ignore_ascii_case(to) => {
            let (old, new, between) = (quoted(&table.name), quoted(to), quoted(&format!("{to}_renamed")));
            let by_way = |from: &str, to: &str| {
                vec![format!("ALTER TABLE {from} RENAME TO {between}"), format!("ALTER TABLE {between} RENAME TO {to}")]
            };
            let step = Step::new(super::step::Stage::Main, by_way(&old, &new), by_way(&new, &old));
            return Some(step.remark(RENAMED));
        }
        Change::RenameTable { table, to } => (
            format!("ALTER TABLE {} RENAME TO {}", quoted(&table.name), quoted(to)),
            format!("ALTER TABLE {} RENAME TO {}", quoted(to), quoted(&table.name)),
        ),
        Change::RenameColumn { table, column, to } => {
            let (table, column, to) = (quoted(&table.name), quoted(column), quoted(to));
            (
                format!("ALTER TABLE {table} RENAME COLUMN {column} TO {to}"),
                format!("ALTER TABLE {table} RENAME COLUMN {to} TO {column}"),
            )
        }
        _ => return None,
    };
    Some(Step::main(up, down).remark(RENAMED))
}

//! The SQL that would mend a difference.
//!
//! A mend is what a new migration would hold: a comment that names the engine, and statements. What no statement can do,
//! such as writing the body of a trigger, a comment says.

mod apply;
mod entity;
mod part;
mod postgres;
mod rule;
mod spell;
mod sqlite;

use atriz_db::Engine;

use crate::introspect::{self, Name, Schema};
use crate::logical::{Difference, DifferenceKind, Logical, Table};

pub(super) use entity::entity;
pub(super) use part::{Draft, Part, said, written};
pub(super) use rule::{anew, drop_index, fill, index_for, primary_key, rename, renamed_by_hand, stated, twice};
pub(super) use sqlite::wants_no_rowid;

/// What the folder of one engine makes.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    /// In the engine's words.
    pub(super) schema: &'a Schema,
    /// In shared words.
    pub(super) logical: &'a Logical,
    /// The tables that are to be made there, in this order, where the order matters.
    pub(super) new_tables: &'a [String],
}

impl<'a> Side<'a> {
    fn engine(&self) -> Engine {
        self.schema.engine
    }

    fn table(&self, name: &str) -> Option<&'a Table> {
        self.logical.tables.get(name)
    }

    /// Where a table stands among those that are to be made.
    pub(super) fn place(&self, table: &str) -> Option<usize> {
        self.new_tables.iter().position(|one| one == table)
    }

    /// The table in the engine's words.
    fn own(&self, name: &str) -> Option<&'a introspect::Table> {
        let schema = &self.table(name)?.schema;
        self.schema.tables.get(&Name::new(schema.clone(), name))
    }

    /// A comment that says where the statements behind it run.
    fn head(&self) -> String {
        format!("-- {}", self.engine())
    }
}

/// What a difference is mended to.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    /// In shared words.
    logical: &'a Logical,
    /// The other engine, where it is what the other engine has.
    twin: Option<Side<'a>>,
}

/// Whether PostgreSQL has a statement for it.
pub(super) fn can_postgres(kind: DifferenceKind) -> bool {
    kind != DifferenceKind::OrderDiffers
}

/// What makes `side` what `wanted` is.
pub(super) fn parts<'a>(
    one: &Difference,
    side: &Side<'a>,
    wanted: &'a Logical,
    twin: Option<&Side<'a>>,
) -> Vec<Part<'a>> {
    let wanted = Wanted { logical: wanted, twin: twin.copied() };
    let parts = match side.engine() {
        Engine::Postgres => said(postgres::statements(one, side, wanted)),
        Engine::Sqlite => sqlite::parts(one, *side, wanted),
    };
    std::iter::once(Part::Said(side.head())).chain(parts).collect()
}

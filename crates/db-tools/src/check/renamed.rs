//! Tables that the two folders call by different names.

use crate::logical::{Column, Difference, DifferenceKind, Logical, Object, Source, Table};

/// A table under two names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Renamed {
    pub(super) on_postgres: String,
    pub(super) on_sqlite: String,
}

impl Renamed {
    /// Whether the table is called so on one of the engines.
    pub(super) fn is(&self, table: &str) -> bool {
        self.on_postgres == table || self.on_sqlite == table
    }

    /// The difference of names, in the place of two tables that are missing.
    pub(super) fn difference(&self, goal: &str) -> Difference {
        Difference {
            kind: DifferenceKind::NameDiffers,
            object: Object::table(goal),
            left: Some(self.on_postgres.clone()),
            right: Some(self.on_sqlite.clone()),
        }
    }

    /// Whether a difference says no more than that.
    pub(super) fn says(&self, one: &Difference) -> bool {
        match one.kind {
            DifferenceKind::TableMissing => self.is(&one.object.table),
            DifferenceKind::ForeignKeyDiffers => {
                let (here, there) =
                    (format!(" references {} ", self.on_postgres), format!(" references {} ", self.on_sqlite));
                one.left.as_ref().map(|words| words.replace(&here, &there)) == one.right
            }
            _ => false,
        }
    }
}

/// The tables that each folder alone has, and that have the same columns: to make the one and to drop the other would lose
/// its rows. Where several are alike, nobody can tell which is which.
pub(super) fn renamed(postgres: &Logical, sqlite: &Logical) -> Vec<Renamed> {
    let alone = |one: &Logical, other: &Logical| -> Vec<String> {
        one.tables.keys().filter(|name| !other.tables.contains_key(*name)).cloned().collect()
    };
    let (here, there) = (alone(postgres, sqlite), alone(sqlite, postgres));
    let is_like = |one: &String, other: &String| is_like(&postgres.tables[one], &sqlite.tables[other]);
    let pairs = here.iter().filter_map(|one| {
        let mut twins = there.iter().filter(|other| is_like(one, other));
        let twin = twins.next().filter(|_| twins.next().is_none())?;
        let alone = here.iter().filter(|one| is_like(one, twin)).count() == 1;
        alone.then(|| Renamed { on_postgres: one.clone(), on_sqlite: twin.clone() })
    });
    pairs.collect()
}

fn is_like(postgres: &Table, sqlite: &Table) -> bool {
    let has = |column: &Column| {
        let kind = |other: &Column| column.kind.is_like(Source::Postgres, &other.kind, Source::Sqlite);
        sqlite.column(&column.name).is_some_and(kind)
    };
    !postgres.columns.is_empty() && postgres.columns.len() == sqlite.columns.len() && postgres.columns.iter().all(has)
}

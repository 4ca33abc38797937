//! Tables and columns that the two folders call by different names.

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

/// A column under two names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RenamedColumn {
    pub(super) table: String,
    pub(super) on_postgres: String,
    pub(super) on_sqlite: String,
}

impl RenamedColumn {
    /// The difference of names, in the place of two columns that are missing.
    pub(super) fn difference(&self, goal: &str) -> Difference {
        Difference {
            kind: DifferenceKind::NameDiffers,
            object: Object::of("column", &self.table, goal),
            left: Some(self.on_postgres.clone()),
            right: Some(self.on_sqlite.clone()),
        }
    }

    /// Whether a difference says no more than that, or can wait: what would mend the table would still name the column as it
    /// was called before.
    pub(super) fn says(&self, one: &Difference) -> bool {
        if one.object.table == self.table && one.object.sort != "view" {
            return true;
        }
        let (left, right) = (one.left.as_deref(), one.right.as_deref());
        let same = left
            .zip(right)
            .is_some_and(|(left, right)| self.on_sqlite(left).is_some_and(|left| Some(left) == self.on_sqlite(right)));
        one.kind == DifferenceKind::ForeignKeyDiffers && same
    }

    /// The words of a foreign key to the table, with the column as SQLite calls it.
    fn on_sqlite(&self, words: &str) -> Option<String> {
        let refers = format!(" references {} (", self.table);
        let (own, behind) = words.split_once(&refers)?;
        let (columns, rest) = behind.split_once(')')?;
        let renamed = columns.split(", ").map(|name| if name == self.on_postgres { &self.on_sqlite } else { name });
        Some(format!("{own}{refers}{}){rest}", renamed.collect::<Vec<_>>().join(", ")))
    }
}

/// The one column of a table that each folder alone has, where the two are alike: to add both to both would leave the rows
/// divided between them. One that the entities, or a declared difference, know beside the other is no other name for it.
pub(super) fn columns(
    postgres: &Logical,
    sqlite: &Logical,
    entities: &Logical,
    is_declared: impl Fn(&Object) -> bool,
) -> Vec<RenamedColumn> {
    let of_both = postgres.tables.iter().filter_map(|(name, here)| Some((name, here, sqlite.tables.get(name)?)));
    let pairs = of_both.filter_map(|(table, here, there)| {
        let (one, other) = (alone(here, there)?, alone(there, here)?);
        let is_alike = one.kind.is_like(Source::Postgres, &other.kind, Source::Sqlite)
            && one.nullable == other.nullable
            && one.generated.is_some() == other.generated.is_some();
        let known = |column: &Column| {
            is_declared(&Object::of("column", table, &column.name))
                || entities.tables.get(table).is_some_and(|own| own.column(&column.name).is_some())
        };
        let (on_postgres, on_sqlite) = (one.name.clone(), other.name.clone());
        let pair = RenamedColumn { table: table.clone(), on_postgres, on_sqlite };
        (is_alike && !(known(one) && known(other))).then_some(pair)
    });
    pairs.collect()
}

/// The one column that the other table does not have.
fn alone<'a>(own: &'a Table, other: &Table) -> Option<&'a Column> {
    let mut alone = own.columns.iter().filter(|column| other.column(&column.name).is_none());
    alone.next().filter(|_| alone.next().is_none())
}

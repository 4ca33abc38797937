//! Holds entities and folders against each other, three ways at once.

use std::collections::BTreeSet;

use atriz_db::Engine;

use super::Finding;
use super::declared::Declared;
use super::mend::{self, Draft, Part, Side, said};
use super::renamed::{self, Renamed, RenamedColumn, renamed};
use crate::logical::{Difference, DifferenceKind, Logical, Object, Source, difference};

/// What is known of one database.
pub(super) struct Known<'a> {
    pub(super) database: &'a str,
    pub(super) entities: &'a Logical,
    pub(super) postgres: Option<Side<'a>>,
    pub(super) sqlite: Option<Side<'a>>,
    /// The schemas that the database says it has (PostgreSQL).
    pub(super) schemas: &'a [String],
    pub(super) declared: &'a [Declared],
}

impl<'a> Known<'a> {
    fn side(&self, engine: Engine) -> Option<&Side<'a>> {
        match engine {
            Engine::Postgres => self.postgres.as_ref(),
            Engine::Sqlite => self.sqlite.as_ref(),
        }
    }

    /// Where the engines differ, the entities say which one is right: what they agree on with the one is mended in the
    /// other, and told once.
    pub(super) fn findings(&self) -> Vec<Draft<'a>> {
        match (&self.postgres, &self.sqlite) {
            (Some(postgres), Some(sqlite)) => self.of_both(postgres, sqlite),
            (Some(one), None) | (None, Some(one)) => {
                let found = difference(self.entities, one.logical);
                let mut found: Vec<Draft<'a>> = found.iter().map(|found| self.of_entities(found, &[one])).collect();
                found.sort_by_key(|draft| self.rank(draft));
                found
            }
            (None, None) => Vec::new(),
        }
    }

    fn of_both(&self, postgres: &Side<'a>, sqlite: &Side<'a>) -> Vec<Draft<'a>> {
        let twice = twice(postgres);
        let differences = |left: &Logical, right: &Logical| {
            let found = difference(left, right);
            let kept = found.iter().filter(|one| !twice.contains(&one.object.table) && !is_told_as_type(one, &found));
            kept.cloned().collect::<Vec<_>>()
        };
        let between = differences(postgres.logical, sqlite.logical);
        let (renamed, columns) = (self.renamed(), self.renamed_columns());
        let of_entities = |side: &Side<'_>| {
            let mut found = differences(self.entities, side.logical);
            found.retain(|one| !columns.iter().any(|renamed| renamed.says(one)));
            found
        };
        let (by_postgres, by_sqlite) = (of_entities(postgres), of_entities(sqlite));
        let (unlike_postgres, unlike_sqlite) = (keys(&by_postgres), keys(&by_sqlite));
        let mut found: Vec<Draft<'a>> = renamed.iter().map(|one| self.of_names(one, postgres, sqlite)).collect();
        found.extend(columns.iter().map(|one| self.of_column_names(one, postgres, sqlite)));
        let says = |one: &&Difference| {
            renamed.iter().any(|renamed| renamed.says(one)) || columns.iter().any(|renamed| renamed.says(one))
        };
        for one in between.iter().filter(|one| !says(one)) {
            let postgres_is_odd = unlike_postgres.contains(&one.key()) && !unlike_sqlite.contains(&one.key());
            found.push(self.of_engines(one, postgres, sqlite, postgres_is_odd));
        }
        let told = keys(&between);
        for one in by_postgres.iter().filter(|one| !told.contains(&one.key()) || unlike_sqlite.contains(&one.key())) {
            let both = unlike_sqlite.contains(&one.key());
            let sides = if both { vec![postgres, sqlite] } else { vec![postgres] };
            found.push(self.of_entities(one, &sides));
        }
        // Where the engines differ in an object, more words on it from one side would say nothing new.
        let objects: BTreeSet<&Object> = between.iter().map(|one| &one.object).collect();
        let untold = |one: &&Difference| !objects.contains(&one.object) && !unlike_postgres.contains(&one.key());
        found.extend(by_sqlite.iter().filter(untold).map(|one| self.of_entities(one, &[sqlite])));
        found.sort_by(|one, other| {
            (self.rank(one), &one.finding.object).cmp(&(self.rank(other), &other.finding.object))
        });
        found
    }

    /// What hangs on a column, or refers to a table, is mended behind it.
    fn rank(&self, draft: &Draft<'_>) -> (usize, Option<usize>) {
        let (kind, object) = (draft.finding.kind.as_str(), draft.finding.object.as_str());
        match object.split_once(' ') {
            Some(("column", _)) => (0, None),
            Some(("table", name)) if kind == DifferenceKind::TableMissing.name() => {
                (1, self.postgres.as_ref().and_then(|side| side.place(name)))
            }
            _ => (2, None),
        }
    }

    /// The tables that have a name on each engine.
    pub(super) fn renamed(&self) -> Vec<Renamed> {
        let both = self.postgres.as_ref().zip(self.sqlite.as_ref());
        both.map_or_else(Vec::new, |(postgres, sqlite)| renamed(postgres.logical, sqlite.logical))
    }

    /// The columns that have a name on each engine.
    pub(super) fn renamed_columns(&self) -> Vec<RenamedColumn> {
        let both = self.postgres.as_ref().zip(self.sqlite.as_ref());
        both.map_or_else(Vec::new, |(postgres, sqlite)| {
            let twice = twice(postgres);
            let missing = DifferenceKind::ColumnMissing.name();
            let is_declared = |object: &Object| {
                self.declared.iter().any(|one| one.kind == missing && one.object == object.to_string())
            };
            let mut columns = renamed::columns(postgres.logical, sqlite.logical, self.entities, is_declared);
            columns.retain(|one| !twice.contains(&one.table));
            columns
        })
    }

    /// A column under two names gets the one that the entity says, else that on PostgreSQL.
    fn of_column_names(&self, one: &RenamedColumn, postgres: &Side<'a>, sqlite: &Side<'a>) -> Draft<'a> {
        let (here, there) = (&one.on_postgres, &one.on_sqlite);
        let entity = self.entities.tables.get(&one.table);
        let has = |name: &str| entity.is_some_and(|entity| entity.column(name).is_some());
        let (odd, from, to) = if has(there) && !has(here) { (postgres, here, there) } else { (sqlite, there, here) };
        let mut mend = mend::rename(odd, &one.table, "column", from, to);
        let guess = format!("-- taking `{from}` for `{to}` under another name; if it is not, add the one on each side");
        mend.insert(1, Part::Said(guess));
        self.finding(&one.difference(to), "postgres", "sqlite", mend)
    }

    /// A table under two names gets the one that the entities say, else that on PostgreSQL.
    fn of_names(&self, one: &Renamed, postgres: &Side<'a>, sqlite: &Side<'a>) -> Draft<'a> {
        let (here, there) = (&one.on_postgres, &one.on_sqlite);
        let keeps_sqlite = self.entities.tables.contains_key(there) && !self.entities.tables.contains_key(here);
        let (odd, from, to) = if keeps_sqlite { (postgres, here, there) } else { (sqlite, there, here) };
        let mend = mend::rename(odd, from, "table", from, to);
        self.finding(&one.difference(to), "postgres", "sqlite", mend)
    }

    fn of_engines(&self, one: &Difference, postgres: &Side<'a>, sqlite: &Side<'a>, postgres_is_odd: bool) -> Draft<'a> {
        let postgres_is_odd = postgres_is_odd || is_unclear(one);
        let lacks_postgres = one.left.is_none() && one.right.is_some() && one.kind.is_absence();
        let lacks_sqlite = one.right.is_none() && one.kind.is_absence();
        let mend_postgres = lacks_postgres || (postgres_is_odd && !lacks_sqlite);
        let mend = if mend_postgres && mend::can_postgres(one.kind) {
            mend::parts(one, postgres, sqlite.logical, Some(sqlite))
        } else {
            mend::parts(one, sqlite, postgres.logical, Some(postgres))
        };
        self.finding(one, "postgres", "sqlite", mend)
    }

    fn of_entities(&self, one: &Difference, sides: &[&Side<'a>]) -> Draft<'a> {
        let name = match sides {
            [one] => one.schema.engine.name(),
            _ => "folders",
        };
        let mend = if one.left.is_none() && one.kind.is_absence() {
            said(mend::entity(one, sides.first().map(|side| side.logical)))
        } else {
            sides.iter().flat_map(|side| mend::parts(one, side, self.entities, None)).collect()
        };
        self.finding(one, &Source::Entities.to_string(), name, mend)
    }

    fn finding(&self, one: &Difference, left: &str, right: &str, parts: Vec<Part<'a>>) -> Draft<'a> {
        let finding = Finding {
            database: self.database.to_owned(),
            object: one.object.to_string(),
            kind: one.kind.name().to_owned(),
            left_name: left.to_owned(),
            left: one.left.clone(),
            right_name: right.to_owned(),
            right: one.right.clone(),
            mend: Vec::new(),
        };
        Draft { finding, parts }
    }

    /// The engines that were looked at.
    pub(super) fn sides(&self) -> impl Iterator<Item = &Side<'a>> {
        Engine::ALL.into_iter().filter_map(|engine| self.side(engine))
    }
}

/// Whether SQLite's trigger of this name has a purpose that every table's has, and PostgreSQL's has not.
fn is_unclear(one: &Difference) -> bool {
    let clear = |side: &Option<String>| {
        side.as_deref().is_some_and(|words| words == "fills updated_at" || words.contains("refuse"))
    };
    one.kind == DifferenceKind::TriggerDiffers && !clear(&one.left) && clear(&one.right)
}

/// Whether a CHECK on a type, of SQLite alone, is told with the type: PostgreSQL can have no such CHECK.
fn is_told_as_type(one: &Difference, found: &[Difference]) -> bool {
    let column = |name: &str| {
        let rest = name.strip_prefix(&format!("ck_{}_", one.object.table))?;
        rest.strip_suffix("_type").map(str::to_owned)
    };
    let Some(column) = one.object.name.as_deref().and_then(column) else { return false };
    let object = Object::of("column", &one.object.table, &column);
    one.kind == DifferenceKind::CheckMissing
        && one.left.is_none()
        && found.iter().any(|found| found.kind == DifferenceKind::TypeDiffers && found.object == object)
}

/// The tables whose name two schemas have. That is told by itself; which of the two was compared is chance.
fn twice(postgres: &Side<'_>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let names = postgres.schema.tables.keys().map(|name| name.name.clone());
    names.filter(|name| !seen.insert(name.clone())).collect()
}

fn keys(found: &[Difference]) -> BTreeSet<(DifferenceKind, &Object)> {
    found.iter().map(Difference::key).collect()
}

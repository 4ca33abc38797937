//! What there is: both folders, replayed on scratch databases. And what is to be done about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use atriz_db::migrate::Limit;
use atriz_db::progress::Silent;
use atriz_db::{Descriptor, Engine, Fleet, MigrateRequest, Phase};
use sea_orm::ConnectionTrait;

use super::asked::Asked;
use super::careful;
use super::change::{Change, Keep, Sides, find, renames};
use super::compare::changes;
use super::dropped::shared_checks;
use super::postgres;
use super::rename::{Renamed, renamed_objects};
use super::sqlite::{self, Objects, Standing};
use super::step::Step;
use super::types;
use super::want::Names;
use super::{EngineChanges, GenerateError};
use crate::introspect::{Schema, Table, read};
use crate::logical::{self, ColumnType, Logical, from_schema};
use crate::scratch::{Saved, Scratch, Server};

/// One engine's scratch database with all migrations that there are.
pub(super) struct Replay {
    pub(super) scratch: Scratch,
    pub(super) schema: Schema,
    pub(super) start: Saved,
}

/// What is to be done.
pub(super) struct Planned {
    pub(super) steps: Vec<(Engine, Vec<Step>)>,
    changes: Vec<(Engine, Vec<Change>)>,
    pub(super) notes: Vec<String>,
    /// Whether a table of SQLite is made anew.
    pub(super) rebuild: bool,
    /// PostgreSQL behind the renames.
    pub(super) standing: Schema,
    /// Both schemas behind the renames, PostgreSQL's first.
    pub(super) behind_renames: [Logical; 2],
}

impl Planned {
    pub(super) fn changes(&self) -> Vec<EngineChanges> {
        let words = |changes: &Vec<Change>| changes.iter().map(ToString::to_string).collect();
        self.changes
            .iter()
            .map(|(engine, changes)| EngineChanges { engine: *engine, changes: words(changes) })
            .collect()
    }
}

/// Replays both folders at once.
pub(super) async fn both(database: &Descriptor, server: &Arc<Server>) -> Result<[Replay; 2], GenerateError> {
    let (postgres, sqlite) =
        tokio::join!(one(database, Engine::Postgres, Some(server)), one(database, Engine::Sqlite, None));
    Ok([postgres?, sqlite?])
}

async fn one(database: &Descriptor, engine: Engine, server: Option<&Arc<Server>>) -> Result<Replay, GenerateError> {
    let scratch = Scratch::create(database, server).await?;
    if !database.migrations.paths().is_empty() {
        let done = migrate(&scratch, scratch.fleet()).await?;
        done.map_err(|reason| GenerateError::Replay { engine, reason })?;
    }
    let schema = schema(&scratch).await?;
    let start = scratch.save("start").await?;
    Ok(Replay { scratch, schema, start })
}

/// Applies all that is pending in the folder that `fleet` sees; answers the versions, or why one failed.
pub(super) async fn migrate(scratch: &Scratch, fleet: &Fleet) -> Result<Result<Vec<String>, String>, GenerateError> {
    let plan = fleet.catalog.plan(&[]).map_err(atriz_db::Error::from)?;
    let request = MigrateRequest { plan, limit: Limit::All };
    let reports = fleet.migrate(&request, &scratch.context(Arc::new(Silent))).await?;
    let Some(report) = reports.into_iter().next() else { return Ok(Ok(Vec::new())) };
    Ok(match report.phase {
        Phase::Failed { error, .. } => Err(error),
        _ => Ok(report.applied),
    })
}

/// The schema as it is.
pub(super) async fn schema(scratch: &Scratch) -> Result<Schema, GenerateError> {
    let session = scratch.session().await?;
    let schema = read(&session.connection).await;
    session.close().await;
    Ok(schema?)
}

/// A schema behind the renames, and the renames.
struct Renaming {
    schema: Schema,
    objects: Objects,
    changes: Vec<Change>,
    steps: Vec<Step>,
    /// What is named after them and has its old name still, by table (SQLite).
    renamed: BTreeMap<String, Vec<Renamed>>,
}

/// What makes the folders hold what the entities want.
pub(super) async fn planned(
    [postgres, sqlite]: &[Replay; 2],
    wanted: &Logical,
    keep: &Keep,
) -> Result<Planned, GenerateError> {
    let mut other = renaming(sqlite, postgres, wanted, keep, None).await?;
    let mut one = renaming(postgres, sqlite, wanted, keep, Some(&other.schema)).await?;
    let behind_renames = [from_schema(&one.schema), from_schema(&other.schema)];
    let mut names = Names::of(&[&one.schema, &other.schema]);
    let (one_said, other_said) = (from_schema(&one.schema), from_schema(&other.schema));
    let sides = Sides { is: &one.schema, said: &one_said, other: &other.schema, wanted, keep };
    let found = changes(sides);
    let mut notes = notes(&found, sides);
    notes.extend(careful::notes(&found, wanted));
    let sides = Sides { is: &other.schema, said: &other_said, other: &one.schema, wanted, keep };
    let other_found = changes(sides);
    let asked = Asked::of(&[(&one.schema, &found), (&other.schema, &other_found)]);
    let pieces = postgres::pieces(&one.schema, wanted, &found, &asked, &mut names)?;
    one.changes.extend(found);
    one.steps.extend(pieces.steps);
    notes.extend(pieces.notes);
    let (schema, objects, renamed) = (&other.schema, &other.objects, &other.renamed);
    let standing = Standing { schema, said: &other_said, objects, wanted, renamed };
    let pieces = sqlite::pieces(standing, &other_found, &asked, &mut names)?;
    other.changes.extend(other_found);
    other.steps.extend(pieces.steps);
    let (postgres, sqlite) = (Engine::Postgres, Engine::Sqlite);
    Ok(Planned {
        steps: vec![(postgres, one.steps), (sqlite, other.steps)],
        changes: vec![(postgres, one.changes), (sqlite, other.changes)],
        notes,
        rebuild: pieces.rebuild,
        standing: one.schema,
        behind_renames,
    })
}

/// Makes the renames on the scratch database, since the engine knows best what else they change, and goes back.
/// `twin` is SQLite behind its renames, which the columns of views follow.
async fn renaming(
    replay: &Replay,
    other: &Replay,
    wanted: &Logical,
    keep: &Keep,
    twin: Option<&Schema>,
) -> Result<Renaming, GenerateError> {
    let said = from_schema(&replay.schema);
    let found = renames(Sides { is: &replay.schema, said: &said, other: &other.schema, wanted, keep });
    let engine = replay.schema.engine;
    let session = replay.scratch.session().await?;
    let (mut schema, mut steps) = (replay.schema.clone(), Vec::new());
    let mut renamed: BTreeMap<String, Vec<Renamed>> = BTreeMap::new();
    for change in &found {
        let Some((_, is)) = find(&schema, &change.table().name) else { continue };
        let objects = renamed_objects(change, is);
        let step =
            if engine == Engine::Postgres { postgres::renamed(change, is, &schema) } else { sqlite::renamed(change) };
        let Some(mut step) = step else { continue };
        let before = objects_of(engine, &session.connection).await?;
        run(&session.connection, engine, &step.up).await?;
        let followed = sqlite::followed(change, &before, &objects_of(engine, &session.connection).await?);
        run(&session.connection, engine, &followed.there).await?;
        step.up.extend(followed.there);
        step.down = followed.ahead.into_iter().chain(step.down).chain(followed.behind).collect();
        steps.push(step);
        schema = read(&session.connection).await?;
        if engine == Engine::Sqlite {
            follow(change, objects, &mut renamed);
            for (table, objects) in &renamed {
                let own = schema.tables.iter_mut().find(|(name, _)| name.name == *table);
                if let Some((_, table)) = own {
                    for object in objects {
                        rename(table, object);
                    }
                }
            }
        }
    }
    if let Some(twin) = twin.filter(|_| !found.is_empty()) {
        let (before, behind) = ((&replay.schema, &other.schema), (&schema, twin));
        for step in postgres::renamed_in_views(before, behind) {
            run(&session.connection, engine, &step.up).await?;
            steps.push(step);
        }
        schema = read(&session.connection).await?;
    }
    let objects = objects_of(engine, &session.connection).await?;
    session.close().await;
    if !found.is_empty() {
        replay.scratch.restore(&replay.start).await?;
    }
    Ok(Renaming { schema, objects, changes: found, steps, renamed })
}

/// What a SQLite database holds, in its words; of PostgreSQL nothing.
async fn objects_of(engine: Engine, connection: &impl ConnectionTrait) -> Result<Objects, GenerateError> {
    Ok(if engine == Engine::Sqlite { Objects::read(connection).await? } else { Objects::default() })
}

/// Runs the lines of a piece.
async fn run(connection: &impl ConnectionTrait, engine: Engine, lines: &[String]) -> Result<(), GenerateError> {
    for line in lines.iter().filter(|line| !line.starts_with("--")) {
        let done = connection.execute_unprepared(line).await;
        let reason = |error: sea_orm::DbErr| format!("{line}: {error}");
        done.map_err(|error| GenerateError::Unproved { engine, reason: reason(error), differences: Vec::new() })?;
    }
    Ok(())
}

/// Remembers what a rename leaves to be called otherwise.
fn follow(change: &Change, objects: Vec<Renamed>, renamed: &mut BTreeMap<String, Vec<Renamed>>) {
    let table = match change {
        Change::RenameTable { table, to } => {
            if let Some(earlier) = renamed.remove(&table.name) {
                renamed.insert(to.clone(), earlier);
            }
            to
        }
        other => &other.table().name,
    };
    if !objects.is_empty() {
        renamed.entry(table.clone()).or_default().extend(objects);
    }
}

/// The table as it will be once `object` has its new name.
fn rename(table: &mut Table, object: &Renamed) {
    fn moved<T>(map: &mut BTreeMap<String, T>, object: &Renamed) {
        if let Some(value) = map.remove(&object.from) {
            map.insert(object.to.clone(), value);
        }
    }
    moved(&mut table.uniques, object);
    moved(&mut table.indexes, object);
    moved(&mut table.foreign_keys, object);
    moved(&mut table.checks, object);
    moved(&mut table.triggers, object);
    if let Some(key) = table.primary_key.as_mut().filter(|key| key.constraint.as_deref() == Some(&object.from)) {
        key.constraint = Some(object.to.clone());
    }
}

/// What somebody should know of the changes.
fn notes(changes: &[Change], sides: Sides<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for change in changes {
        let Change::DropColumn { table, column } = change else { continue };
        let said = sides.said.tables.get(&table.name).and_then(|said| said.column(column));
        let like = |kind: &ColumnType| said.is_some_and(|said| said.kind == *kind);
        let added = changes.iter().find_map(|other| match other {
            Change::AddColumn { table: same, column } if same == table && like(&column.kind) => Some(&column.name),
            _ => None,
        });
        if let (Some(added), Some(said)) = (added, said) {
            let kind = types::short(&said.kind.to_string());
            notes.push(format!(
                "{table}.{column} goes and {table}.{added} comes, both {kind}. Not a rename? If it is one, say \
                 `renamed_from = \"{column}\"` on `{added}` in the entity"
            ));
        }
    }
    let dropped =
        changes.iter().filter(|change| matches!(change, Change::DropTable { .. } | Change::DropColumn { .. }));
    notes.extend(dropped.map(|change| format!("{change}: what it holds is lost")));
    for change in changes {
        match change {
            Change::DropColumn { table, column } => {
                let shared = sides.is.tables.get(table).map(|is| shared_checks(is, column)).unwrap_or_default();
                notes.extend(shared.iter().map(|check| format!("{change}: {}", check.words())));
            }
            Change::AddColumn { table, column } => {
                let hint = column.renamed_from.as_ref();
                notes.extend(hint.map(|before| {
                    format!("{change}: `renamed_from = \"{before}\"` names no column of {table} that is free to be it")
                }));
            }
            Change::CreateTable { table } => {
                let hint = sides.wanted.tables.get(&table.name).and_then(|wanted| wanted.renamed_from.as_ref());
                notes.extend(hint.map(|before| format!("{change}: `renamed_from = \"{before}\"` names no table")));
            }
            _ => {}
        }
    }
    for (name, table) in &sides.wanted.tables {
        notes.extend(swapped(name, table));
        if let Some((is, _)) = find(sides.is, name).filter(|(is, _)| is.schema != table.schema) {
            notes.push(format!(
                "{is} stands in schema {}, and its entity in {}: move it by hand",
                is.schema, table.schema
            ));
        }
        let unsaid = postgres::unsaid(table);
        notes.extend(
            unsaid.map(|index| {
                format!("index {index} of {name} is over an expression or over some rows: write it by hand")
            }),
        );
    }
    notes
}

/// Columns that say that each was the other before: whether that was done already, nothing tells.
fn swapped(name: &str, table: &logical::Table) -> Vec<String> {
    let was = |column: &logical::Column, before: &str| column.renamed_from.as_deref() == Some(before);
    let pairs = table.columns.iter().filter_map(|one| {
        let other = table.column(one.renamed_from.as_deref()?)?;
        (was(other, &one.name) && one.name < other.name).then_some((&one.name, &other.name))
    });
    let note = |(one, other): (&String, &String)| {
        format!(
            "{name}.{one} and {name}.{other} each say that they were the other: a schema looks the same before and behind \
             that. Rename one to a third name, generate, then both to what they should be, generate, and take the hints out"
        )
    };
    pairs.map(note).collect()
}

//! The proof that what was generated does what the entities want, and that its way back undoes it.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use atriz_db::migrate::Limit;
use atriz_db::progress::Silent;
use atriz_db::{Catalog, Consent, Engine, FileSet, Fleet, Phase};
use tempfile::TempDir;

use super::change::{Sides, renames};
use super::compare::changes;
use super::files::{GeneratedFile, closed};
use super::kept::lost;
use super::replay::{self, Planned, Replay};
use super::{GenerateError, GenerateRequest};
use crate::introspect::{Schema, difference};
use crate::logical::{self, Logical, from_schema};
use crate::scratch::Scratch;

/// Runs the new files on both scratch databases: there, back, and there again.
pub(super) async fn all(
    request: &GenerateRequest,
    replays: &[Replay; 2],
    planned: &Planned,
    files: &[GeneratedFile],
) -> Result<(), GenerateError> {
    names_no_scratch(&replays[0].scratch, files)?;
    let home = TempDir::new().map_err(|error| GenerateError::file(&std::env::temp_dir(), &error))?;
    stage(request, files, &home)?;
    let versions: BTreeSet<&str> = files.iter().map(|file| file.version.as_str()).collect();
    let back = closed(files).is_empty();
    let set = FileSet::folder(home.path());
    let [postgres, sqlite] = replays;
    let (one, other) = tokio::join!(run(postgres, &set, versions.len(), back), run(sqlite, &set, versions.len(), back));
    let (one, other) = (one?, other?);
    let differences = lost(&planned.standing, &one, files);
    if !differences.is_empty() {
        let reason = "behind it something that stays has lost what it had".to_owned();
        return Err(GenerateError::Unproved { engine: Engine::Postgres, reason, differences });
    }
    let (one_said, other_said) = (from_schema(&one), from_schema(&other));
    let keep = &request.keep;
    let wanted = &request.wanted;
    as_wanted(Sides { is: &one, said: &one_said, other: &other, wanted, keep })?;
    as_wanted(Sides { is: &other, said: &other_said, other: &one, wanted, keep })?;
    let before = replays.each_ref().map(|replay| from_schema(&replay.schema));
    no_worse(&before, &planned.behind_renames, [&one_said, &other_said], wanted)
}

/// What is called after a scratch database is nowhere else: a role, or a text that a migration put together.
fn names_no_scratch(scratch: &Scratch, files: &[GeneratedFile]) -> Result<(), GenerateError> {
    let name = scratch.database();
    let naming = files.iter().flat_map(|file| file.text.lines().map(move |line| (&file.path, line)));
    let differences: Vec<String> = naming
        .filter(|(_, line)| line.contains(&name))
        .map(|(path, line)| format!("{path}: {}", line.trim().replace(&name, "<database>")))
        .collect();
    if differences.is_empty() {
        return Ok(());
    }
    let reason = "it would name what is called after the database it was generated on".to_owned();
    Err(GenerateError::Unproved { engine: scratch.engine(), reason, differences })
}

/// The folder as it would be.
fn stage(request: &GenerateRequest, files: &[GeneratedFile], home: &TempDir) -> Result<(), GenerateError> {
    let migrations = &request.database.migrations;
    let write = |path: &str, bytes: &[u8]| {
        let path = home.path().join(path);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes));
        written.map_err(|error| GenerateError::file(&path, &error))
    };
    for path in migrations.paths() {
        write(&path, &migrations.read(&path).unwrap_or_default())?;
    }
    files.iter().try_for_each(|file| write(&file.path, file.decided().as_bytes()))
}

/// There, back and there again; answers the schema behind it.
async fn run(replay: &Replay, files: &FileSet, count: usize, back: bool) -> Result<Schema, GenerateError> {
    let engine = replay.schema.engine;
    let unproved = |reason: String, differences: Vec<String>| GenerateError::Unproved { engine, reason, differences };
    let scratch = &replay.scratch;
    let fleet = on(scratch, files)?;
    let applied = replay::migrate(scratch, &fleet).await?.map_err(|reason| unproved(reason, Vec::new()))?;
    if applied.len() != count {
        return Err(unproved(format!("{count} migrations should run, and {} did", applied.len()), Vec::new()));
    }
    let after = replay::schema(scratch).await?;
    if !back {
        return Ok(after);
    }
    let consent = Consent { yes: true, ..Consent::default() };
    let context = scratch.context(Arc::new(Silent));
    let reverted = fleet.rollback(scratch.name(), &Limit::Count(count), &consent, &context).await;
    let stuck = |error: String| unproved(format!("it cannot be taken back: {error}"), Vec::new());
    if let Phase::Failed { error, .. } = reverted.map_err(|error| stuck(error.to_string()))?.phase {
        return Err(stuck(error));
    }
    let lines = |left: &Schema, right: &Schema, names: (&str, &str)| -> Vec<String> {
        difference(left, right).iter().map(|one| one.line(names.0, names.1)).collect()
    };
    let found = lines(&replay.schema, &replay::schema(scratch).await?, ("before", "behind the way back"));
    if !found.is_empty() {
        return Err(unproved("the way back does not lead to the schema before".to_owned(), found));
    }
    let again = replay::migrate(scratch, &fleet).await?;
    again
        .map_err(|reason| unproved(format!("behind its way back it cannot be applied again: {reason}"), Vec::new()))?;
    let found = lines(&after, &replay::schema(scratch).await?, ("at first", "again"));
    if found.is_empty() { Ok(after) } else { Err(unproved("applied again it gives another schema".to_owned(), found)) }
}

/// The scratch database with another folder.
fn on(scratch: &Scratch, files: &FileSet) -> Result<Fleet, GenerateError> {
    let mut fleet = scratch.fleet().clone();
    let databases =
        fleet.catalog.databases().iter().map(|one| one.as_ref().clone().migrations(files.clone())).collect();
    fleet.catalog = Catalog::new(databases).map_err(atriz_db::Error::from)?;
    Ok(fleet)
}

/// Nothing is left to change.
fn as_wanted(sides: Sides<'_>) -> Result<(), GenerateError> {
    let left: Vec<String> =
        renames(sides).iter().chain(&changes(sides)).map(|one| format!("still to do: {one}")).collect();
    if left.is_empty() {
        return Ok(());
    }
    let reason = "behind it the schema is not what the entities want".to_owned();
    Err(GenerateError::Unproved { engine: sides.is.engine, reason, differences: left })
}

/// What the entities and each engine, and the engines among themselves, did not agree on before is all that they may not
/// agree on now. It was told under the old names, or is under the new ones.
fn no_worse(
    before: &[Logical; 2],
    renamed: &[Logical; 2],
    [one, other]: [&Logical; 2],
    wanted: &Logical,
) -> Result<(), GenerateError> {
    let pairs = [
        (Engine::Postgres, [(wanted, &before[0]), (wanted, &renamed[0])], (wanted, one)),
        (Engine::Sqlite, [(wanted, &before[1]), (wanted, &renamed[1])], (wanted, other)),
        (Engine::Sqlite, [(&before[0], &before[1]), (&renamed[0], &renamed[1])], (one, other)),
    ];
    for (engine, old, new) in pairs {
        let known: BTreeSet<String> =
            old.iter().flat_map(|(left, right)| told(left, right)).map(|(object, _)| object).collect();
        let differences: Vec<String> = told(new.0, new.1)
            .into_iter()
            .filter(|(object, _)| !known.contains(object))
            .map(|(_, line)| line)
            .collect();
        if !differences.is_empty() {
            let reason = format!("behind it {} and {} do not agree", new.0.source, new.1.source);
            return Err(GenerateError::Unproved { engine, reason, differences });
        }
    }
    Ok(())
}

fn told(left: &Logical, right: &Logical) -> Vec<(String, String)> {
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let one = |one: logical::Difference| {
        let (object, kind) = (one.object.to_string(), one.kind.name().replace('_', " "));
        let line =
            format!("{object}, {kind}: {} {}, {} {}", left.source, side(&one.left), right.source, side(&one.right));
        (format!("{object} {kind}"), line)
    };
    logical::difference(left, right).into_iter().map(one).collect()
}

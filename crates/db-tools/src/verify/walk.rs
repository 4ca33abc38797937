//! Walks through the migrations of one database on one engine.

use std::sync::Arc;
use std::time::Instant;

use atriz_db::migrate::{Direction, Folder, Migration};
use atriz_db::progress::{Event, SharedObserver};
use atriz_db::{Descriptor, Engine};

use super::crash;
use super::strike::Killer;
use super::subject::{Known, Subject};
use super::{Fault, MigrationVerdict, Proof, Verified, VerifyError};
use crate::introspect::Schema;
use crate::scratch::{Scratch, Server};

pub(super) async fn all(
    database: &Descriptor,
    engine: Engine,
    server: Option<Arc<Server>>,
    observer: &SharedObserver,
) -> Result<Verified, VerifyError> {
    let started = Instant::now();
    let folder = Folder::read(database, engine).map_err(atriz_db::Error::from)?;
    let killer = server.as_ref().map(|server| Killer::start(server.options().clone()));
    let scratch = Scratch::create(database, server.as_ref()).await?;
    let (label, count) = (format!("{} {engine}", database.name), folder.migrations.len());
    let mut migrations = Vec::new();
    let mut before: Option<Known> = None;
    for (place, migration) in folder.migrations.iter().enumerate() {
        let version = &migration.version;
        observer.event(&Event::MigrationStarted { database: &label, version, number: place + 1, count });
        let began = Instant::now();
        let (verdict, after) = one(&scratch, migration, before, place, killer.as_ref()).await?;
        migrations.push(verdict);
        observer.event(&Event::MigrationFinished { database: &label, version, took: began.elapsed() });
        before = after;
        if before.is_none() {
            break;
        }
    }
    Ok(Verified { database: database.name.clone(), engine, migrations, count, took: started.elapsed() })
}

/// Proves one migration. Answers the state behind it; nothing where it cannot be applied at all.
async fn one(
    scratch: &Scratch,
    migration: &Migration,
    before: Option<Known>,
    place: usize,
    killer: Option<&Killer>,
) -> Result<(MigrationVerdict, Option<Known>), VerifyError> {
    let subject = Subject { scratch, migration };
    let before = match before {
        Some(before) => before,
        None => Known { schema: subject.schema().await?, saved: scratch.save("start").await? },
    };
    let irreversible = subject.irreversible();
    let mut verdict =
        MigrationVerdict { version: migration.version.clone(), crashes: 0, irreversible, faults: Vec::new() };
    if let Err(reason) = subject.run(Direction::Up).await? {
        verdict.faults.push(subject.fault(
            Proof::ThereAndBack,
            Direction::Up,
            format!("it cannot be applied: {reason}"),
        ));
        return Ok((verdict, None));
    }
    let schema = subject.schema().await?;
    // Two labels in turn, so that the state before is there as long as it is needed.
    let after = Known { schema, saved: scratch.save(["even", "odd"][place % 2]).await? };
    let reversible = verdict.irreversible.is_none();
    if reversible {
        verdict.faults.extend(there_and_back(&subject, &before.schema, &after.schema).await?);
        if !verdict.faults.is_empty() {
            scratch.restore(&after.saved).await?;
        }
    }
    verdict.faults.extend(twice(&subject, &after.schema).await?);
    let crashes = crash::Crashes { subject: &subject, before: &before, after: &after, killer };
    crashes.all(Direction::Up, &mut verdict).await?;
    // A way back that does not lead back without a crash does not lead there with one.
    if reversible && !verdict.faults.iter().any(|fault| fault.proof == Proof::ThereAndBack) {
        crashes.all(Direction::Down, &mut verdict).await?;
    }
    scratch.restore(&after.saved).await?;
    Ok((verdict, Some(after)))
}

/// Down and up again, from behind the migration.
async fn there_and_back(subject: &Subject<'_>, before: &Schema, after: &Schema) -> Result<Option<Fault>, VerifyError> {
    let proof = Proof::ThereAndBack;
    if let Err(reason) = subject.run(Direction::Down).await? {
        return Ok(Some(subject.fault(proof, Direction::Down, format!("it cannot be taken back: {reason}"))));
    }
    let back = subject.schema().await?;
    let told = "the schema behind the way back is not the one before the migration";
    if let Some(fault) = subject.compare(proof, Direction::Down, before, &back, told) {
        return Ok(Some(fault));
    }
    if let Err(reason) = subject.run(Direction::Up).await? {
        let reason = format!("behind its way back it cannot be applied again: {reason}");
        return Ok(Some(subject.fault(proof, Direction::Up, reason)));
    }
    let again = subject.schema().await?;
    let told = "applied again behind its way back, it does not give the same schema";
    Ok(subject.compare(proof, Direction::Up, after, &again, told))
}

/// A second run of what is finished.
async fn twice(subject: &Subject<'_>, after: &Schema) -> Result<Option<Fault>, VerifyError> {
    let (_, lines) = subject.schema_and_journal().await?;
    let fault = |reason| Some(subject.fault(Proof::Twice, Direction::Up, reason));
    match subject.run(Direction::Up).await? {
        Err(reason) => return Ok(fault(format!("a run over the finished migration fails: {reason}"))),
        Ok(applied) if !applied.is_empty() => {
            return Ok(fault(format!("a run over the finished migration applies {}", applied.join(", "))));
        }
        Ok(_) => {}
    }
    let (schema, lines_now) = subject.schema_and_journal().await?;
    if lines_now != lines {
        return Ok(fault(format!("a run over the finished migration adds {} lines to the journal", lines_now - lines)));
    }
    let told = "a run over the finished migration changes the schema";
    Ok(subject.compare(Proof::Twice, Direction::Up, after, &schema, told))
}

//! A crash behind each statement, and a second run.

use std::path::Path;
use std::sync::Arc;

use atriz_db::Fleet;
use atriz_db::migrate::Direction;

use super::strike::{Killer, Photographer, Strike, Victim};
use super::subject::{Known, Ran, Subject};
use super::{Fault, MigrationVerdict, Proof, VerifyError};
use crate::introspect::{Schema, difference, read};

/// The crashes of one migration.
pub(super) struct Crashes<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) before: &'a Known,
    pub(super) after: &'a Known,
    /// Nothing on SQLite.
    pub(super) killer: Option<&'a Killer>,
}

impl Crashes<'_> {
    /// Where a way begins and where it leads.
    fn ends(&self, direction: Direction) -> (&Known, &Known) {
        match direction {
            Direction::Up => (self.before, self.after),
            Direction::Down => (self.after, self.before),
        }
    }

    /// A crash behind each statement of one way; stops at the first fault.
    pub(super) async fn all(&self, direction: Direction, verdict: &mut MigrationVerdict) -> Result<(), VerifyError> {
        match self.killer {
            Some(killer) if self.subject.is_one_transaction(direction) => {
                self.kill_in_a_row(direction, killer, verdict).await
            }
            Some(killer) => self.kill_each(direction, killer, verdict).await,
            None => self.photograph(direction, verdict).await,
        }
    }

    /// PostgreSQL, one transaction: whatever the crash, nothing may stay, so each run is the second one of the crash
    /// before it, and the last one goes through.
    async fn kill_in_a_row(
        &self,
        direction: Direction,
        killer: &Killer,
        verdict: &mut MigrationVerdict,
    ) -> Result<(), VerifyError> {
        let (start, end) = self.ends(direction);
        let (scratch, subject) = (self.subject.scratch, self.subject);
        let count = subject.statements(direction);
        if count == 0 {
            return Ok(());
        }
        self.begin_from(start).await?;
        let reader = subject.reader().await?;
        for number in 1..=count {
            self.kill_once(direction, killer, number, reader.process).await?;
            verdict.crashes += 1;
            let differences = difference(&start.schema, &read(&reader.session.connection).await?);
            if !differences.is_empty() {
                let reason = format!("{} something of it stays", self.behind(direction, number));
                verdict.faults.push(self.fault(direction, number, reason, differences));
                return Ok(());
            }
        }
        reader.session.close().await;
        verdict.faults.extend(self.recovers(scratch.fleet(), direction, count, &end.schema).await?);
        Ok(())
    }

    /// PostgreSQL, each statement alone: what ran stays, so each crash begins from a copy of the state before.
    async fn kill_each(
        &self,
        direction: Direction,
        killer: &Killer,
        verdict: &mut MigrationVerdict,
    ) -> Result<(), VerifyError> {
        let (start, end) = self.ends(direction);
        for number in 1..=self.subject.statements(direction) {
            self.begin_from(start).await?;
            self.kill_once(direction, killer, number, 0).await?;
            verdict.crashes += 1;
            if let Some(fault) = self.recovers(self.subject.scratch.fleet(), direction, number, &end.schema).await? {
                verdict.faults.push(fault);
                break;
            }
        }
        Ok(())
    }

    async fn begin_from(&self, start: &Known) -> Result<(), VerifyError> {
        Ok(self.subject.scratch.restore(&start.saved).await?)
    }

    async fn kill_once(
        &self,
        direction: Direction,
        killer: &Killer,
        number: usize,
        spared: i32,
    ) -> Result<(), VerifyError> {
        let scratch = self.subject.scratch;
        let strike = Arc::new(Strike::new(killer, Victim { database: scratch.database(), spared }, number));
        let crashed = self.subject.run_on(scratch.fleet(), direction, Arc::clone(&strike) as Arc<_>).await?;
        scratch.admit().await?;
        match (strike.outcome(), crashed) {
            (Ok(()), Err(_)) => Ok(()),
            (Ok(()), Ok(_)) => {
                Err(self.no_strike(direction, number, "the migration was finished all the same".to_owned()))
            }
            (Err(reason), Err(failed)) => Err(self.no_strike(direction, number, format!("{reason}: {failed}"))),
            (Err(reason), Ok(_)) => Err(self.no_strike(direction, number, reason)),
        }
    }

    /// SQLite: one run is photographed behind each statement, and each picture has to recover.
    async fn photograph(&self, direction: Direction, verdict: &mut MigrationVerdict) -> Result<(), VerifyError> {
        let (start, end) = self.ends(direction);
        let (scratch, subject) = (self.subject.scratch, self.subject);
        let count = subject.statements(direction);
        if count == 0 {
            return Ok(());
        }
        scratch.restore(&start.saved).await?;
        let photographer = Arc::new(Photographer::new(&scratch.file(), scratch.folder()));
        let ran = subject.run_on(scratch.fleet(), direction, Arc::clone(&photographer) as Arc<_>).await?;
        if let Err(reason) = ran {
            verdict.faults.push(subject.fault(
                Proof::Crash,
                direction,
                format!("it runs once and then no more: {reason}"),
            ));
            return Ok(());
        }
        let pictures = photographer.outcome().map_err(|reason| self.no_strike(direction, 1, reason))?;
        if pictures.len() != count {
            let reason = format!("{} of {count} statements were reached", pictures.len());
            return Err(self.no_strike(direction, pictures.len() + 1, reason));
        }
        for (number, path) in pictures {
            verdict.crashes += 1;
            let fleet = scratch.on_file(Path::new(&path));
            if let Some(fault) = self.recovers(&fleet, direction, number, &end.schema).await? {
                verdict.faults.push(fault);
                break;
            }
        }
        Ok(())
    }

    fn no_strike(&self, direction: Direction, number: usize, reason: String) -> VerifyError {
        VerifyError::Strike { file: self.subject.file(direction), number, reason }
    }

    /// Whether a second run leads where the first should have.
    async fn recovers(
        &self,
        fleet: &Fleet,
        direction: Direction,
        number: usize,
        should: &Schema,
    ) -> Result<Option<Fault>, VerifyError> {
        let again: Ran = self.subject.run_on(fleet, direction, Arc::new(atriz_db::progress::Silent)).await?;
        if let Err(reason) = again {
            let reason = format!("{} a second run fails: {reason}", self.behind(direction, number));
            return Ok(Some(self.fault(direction, number, reason, Vec::new())));
        }
        let schema = self.subject.schema_on(fleet).await?;
        let differences = difference(should, &schema);
        if differences.is_empty() {
            return Ok(None);
        }
        let reason = format!("{} a second run gives another schema", self.behind(direction, number));
        Ok(Some(self.fault(direction, number, reason, differences)))
    }

    /// "behind a crash after statement 2 of 4 (CREATE TABLE …)".
    fn behind(&self, direction: Direction, number: usize) -> String {
        let statement = self.subject.script(direction).and_then(|script| script.statements.get(number - 1));
        let excerpt = statement.map(|statement| format!(" ({})", statement.excerpt())).unwrap_or_default();
        format!("behind a crash after statement {number} of {}{excerpt}", self.subject.statements(direction))
    }

    fn fault(
        &self,
        direction: Direction,
        number: usize,
        reason: String,
        differences: Vec<crate::introspect::Difference>,
    ) -> Fault {
        let statement = self.subject.script(direction).and_then(|script| script.statements.get(number - 1));
        Fault {
            proof: Proof::Crash,
            file: self.subject.file(direction),
            line: statement.map(|statement| statement.line),
            reason,
            differences,
        }
    }
}

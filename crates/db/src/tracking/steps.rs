//! What the journal tells of the statements of one migration.

use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::Event;
use crate::Engine;
use crate::migrate::Direction;
use crate::sql::{parameters, tracking_table};

/// A line of the journal about one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) direction: String,
    pub(crate) event: String,
    /// From one; nothing for lines about the migration as a whole.
    pub(crate) number: Option<i32>,
    pub(crate) checksum: Option<String>,
}

/// A statement that was announced, and whether somebody saw it fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    /// Its place in the file, from one.
    pub(crate) number: usize,
    pub(crate) failed: bool,
}

/// The lines of one migration, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Steps(Vec<Line>);

impl Steps {
    /// Reads the journal of `version`.
    pub(crate) async fn read(connection: &impl ConnectionTrait, engine: Engine, version: &str) -> Result<Self, DbErr> {
        let (table, marker) = (tracking_table(engine, "migration_history"), parameters(engine, 1, 1));
        let sql = format!(
            "SELECT direction, event, statement_number, checksum FROM {table} WHERE version = {marker} ORDER BY id"
        );
        let query = Statement::from_sql_and_values(engine.backend(), sql, [version.into()]);
        let mut lines = Vec::new();
        for row in connection.query_all_raw(query).await? {
            lines.push(Line {
                direction: row.try_get("", "direction")?,
                event: row.try_get("", "event")?,
                number: row.try_get("", "statement_number")?,
                checksum: row.try_get("", "checksum")?,
            });
        }
        Ok(Self(lines))
    }

    /// The checksums of the statements that ran one way since the migration was last settled: each alone, and so each for
    /// good.
    pub(crate) fn done(&self, direction: Direction) -> Vec<&str> {
        of_statements(unsettled(&self.0), direction)
    }

    /// The statement that was begun one way, and whose end nobody saw.
    pub(crate) fn dangling(&self, direction: Direction) -> Option<usize> {
        self.begun(direction).filter(|begun| !begun.failed).map(|begun| begun.number)
    }

    /// The last statement that was announced one way and has no result; what it left may still be there.
    pub(crate) fn begun(&self, direction: Direction) -> Option<Begun> {
        let lines: Vec<_> = unsettled(&self.0).iter().filter(|line| line.direction == direction.name()).collect();
        let at = lines.iter().rposition(|line| line.event == Event::Intent.name())?;
        let behind = lines[at + 1..].iter().filter(|line| line.number == lines[at].number);
        let ends: Vec<&str> = behind.map(|line| line.event.as_str()).collect();
        if ends.contains(&Event::Statement.name()) {
            return None;
        }
        let number = lines[at].number.and_then(|number| usize::try_from(number).ok())?;
        Some(Begun { number, failed: ends.contains(&Event::Failed.name()) })
    }

    /// The checksums of the statements by which the migration was last applied, or of the file that was accepted for it
    /// since; none where the journal does not say.
    pub(crate) fn applied(&self) -> Vec<&str> {
        let Some(end) = self.0.iter().rposition(|line| line.event == Event::Applied.name()) else { return Vec::new() };
        let is_accepted = |line: &&Line| line.event == Event::Accepted.name();
        let behind = &self.0[end..];
        let Some(last) = behind.iter().rposition(|line| is_accepted(&line)) else {
            return of_statements(unsettled(&self.0[..end]), Direction::Up);
        };
        let mut accepted: Vec<&str> = behind[..last]
            .iter()
            .rev()
            .take_while(|line| is_accepted(line) && line.number.is_some())
            .map(checksum_of)
            .collect();
        accepted.reverse();
        accepted
    }
}

/// The lines since the migration was last applied or taken back as a whole.
fn unsettled(lines: &[Line]) -> &[Line] {
    let settled = |line: &Line| line.event == Event::Applied.name() || line.event == Event::Reverted.name();
    &lines[lines.iter().rposition(settled).map_or(0, |position| position + 1)..]
}

fn of_statements(lines: &[Line], direction: Direction) -> Vec<&str> {
    let steps = lines.iter().filter(|line| line.event == Event::Statement.name() && line.direction == direction.name());
    steps.map(checksum_of).collect()
}

fn checksum_of(line: &Line) -> &str {
    line.checksum.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(lines: &[(&str, &str, i32)]) -> Steps {
        let line = |(direction, event, number): &(&str, &str, i32)| Line {
            direction: (*direction).to_owned(),
            event: (*event).to_owned(),
            number: (*number > 0).then_some(*number),
            checksum: Some(format!("{event}{number}")),
        };
        Steps(lines.iter().map(line).collect())
    }

    #[test]
    fn what_ran_is_counted_from_the_last_end() {
        let steps = steps(&[
            ("up", "statement", 1),
            ("up", "statement", 2),
            ("up", "applied", 0),
            ("down", "statement", 1),
            ("down", "reverted", 0),
            ("up", "statement", 1),
            ("up", "failed", 2),
            ("up", "intent", 2),
        ]);
        assert_eq!(steps.done(Direction::Up), ["statement1"]);
        assert_eq!(steps.done(Direction::Down), [""; 0]);
        assert_eq!(steps.dangling(Direction::Up), Some(2));
        assert_eq!(steps.dangling(Direction::Down), None);
        assert_eq!(steps.applied(), ["statement1", "statement2"]);
    }

    #[test]
    fn an_accepted_file_is_the_applied_one_from_then_on() {
        let applied = [("up", "statement", 1), ("up", "applied", 0)];
        let first = [("up", "accepted", 1), ("up", "accepted", 2), ("up", "accepted", 0)];
        let second = [("up", "accepted", 3), ("up", "accepted", 0)];
        assert_eq!(steps(&[&applied[..], &first].concat()).applied(), ["accepted1", "accepted2"]);
        assert_eq!(steps(&[&applied[..], &first, &second].concat()).applied(), ["accepted3"]);
        // Accepted before statements were written down.
        assert_eq!(steps(&[&applied[..], &[("up", "accepted", 0)]].concat()).applied(), [""; 0]);
        assert_eq!(steps(&[&applied[..], &first, &applied].concat()).applied(), ["statement1"]);
    }

    #[test]
    fn a_failure_is_an_end_that_somebody_saw() {
        assert_eq!(steps(&[("up", "intent", 1), ("up", "failed", 1)]).dangling(Direction::Up), None);
        assert_eq!(steps(&[("up", "intent", 1), ("up", "failed", 0)]).dangling(Direction::Up), Some(1));
        assert_eq!(steps(&[]).dangling(Direction::Up), None);
    }
}

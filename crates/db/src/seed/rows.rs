//! The rows of a file, read from its text as often as they are needed.
//!
//! A large file is in memory as text, and a few hundred rows at a time; of the others a key and a line are kept. Another
//! thread takes rows apart while the engine takes in those before.

use std::sync::Arc;

use csv::StringRecord;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{JoinHandle, spawn_blocking};

use super::SeedError;
use super::convert::{Row, key_of, value_of};
use super::files::{SeedFile, SeedKind};
use super::keys::{Identity, identity};
use super::read::{Table, read_csv, read_json};
use super::shape::Shape;
use crate::catalog::Descriptor;

/// How many rows are handed over at once.
pub(super) const BATCH: usize = 500;

/// How many batches may wait to be taken.
const AHEAD: usize = 4;

/// A file of rows.
pub(super) struct SeedRows(Arc<Text>);

struct Text {
    /// What messages call the file.
    label: String,
    shape: Shape,
    table: Table,
}

impl SeedRows {
    /// Reads the heading, and what it means for the table that the file is named after.
    pub(super) fn open(database: &Descriptor, file: &SeedFile, label: &str, bytes: Vec<u8>) -> Result<Self, SeedError> {
        let table = match file.kind {
            SeedKind::Json => read_json(&bytes),
            _ => read_csv(bytes),
        };
        let table = table.map_err(|reason| SeedError::Format { file: label.to_owned(), reason })?;
        let shape = Shape::of(database, file.table(), label, &table.heading)?;
        Ok(Self(Arc::new(Text { label: label.to_owned(), shape, table })))
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.0.shape
    }

    /// Whether there is no row at all.
    pub(super) fn is_empty(&self) -> Result<bool, SeedError> {
        Ok(self.0.cells(0)?.is_none())
    }

    /// The cells of the row with this number, from zero.
    pub(super) fn cells(&self, number: usize) -> Result<StringRecord, SeedError> {
        Ok(self.0.cells(number)?.unwrap_or_default())
    }

    /// Begins to read the rows for which `keep` holds.
    pub(super) fn read(&self, keep: impl Fn(&Row) -> bool + Send + 'static) -> Batches {
        let (sender, ready) = channel(AHEAD);
        let text = Arc::clone(&self.0);
        let reading = spawn_blocking(move || text.send(keep, &sender));
        Batches { ready, reading, label: self.0.label.clone() }
    }
}

impl Text {
    fn each(&self, take: impl FnMut(u64, &StringRecord) -> Result<bool, SeedError>) -> Result<(), SeedError> {
        self.table.each(take, |reason| SeedError::Format { file: self.label.clone(), reason })
    }

    fn cells(&self, number: usize) -> Result<Option<StringRecord>, SeedError> {
        let (mut at, mut found) = (0, None);
        self.each(|_, cells| {
            if at == number {
                found = Some(cells.clone());
            }
            at += 1;
            Ok(found.is_none())
        })?;
        Ok(found)
    }

    /// Sends the rows that are kept; who takes no more of them ends it.
    fn send(&self, keep: impl Fn(&Row) -> bool, batches: &Sender<Vec<Row>>) -> Result<(), SeedError> {
        let mut batch = Vec::with_capacity(BATCH);
        self.each(|line, cells| {
            let row = self.row(line, cells)?;
            if keep(&row) {
                batch.push(row);
            }
            if batch.len() < BATCH {
                return Ok(true);
            }
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            Ok(batches.blocking_send(full).is_ok())
        })?;
        if !batch.is_empty() {
            // Nobody waits for it any more where this fails.
            let _ = batches.blocking_send(batch);
        }
        Ok(())
    }

    fn row(&self, line: u64, cells: &StringRecord) -> Result<Row, SeedError> {
        let shape = &self.shape;
        let bad = |column: &str, reason| SeedError::Value {
            file: self.label.clone(),
            row: line,
            column: column.to_owned(),
            reason,
        };
        let key = key_of(shape, cells).map_err(|(index, reason)| bad(&self.table.heading[index], reason))?;
        let value = |column| value_of(shape, column, cells, &key);
        let values = shape.columns.iter().map(|column| value(column).map_err(|reason| bad(&column.heading, reason)));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        Ok(Row { line, identity: identity(shape, &values), values })
    }
}

/// Rows on their way.
pub(super) struct Batches {
    ready: Receiver<Vec<Row>>,
    reading: JoinHandle<Result<(), SeedError>>,
    label: String,
}

impl Batches {
    /// The next rows; nothing behind the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Row>>, SeedError> {
        if let Some(batch) = self.ready.recv().await {
            return Ok(Some(batch));
        }
        // What broke off half way has handed over good rows; how it ended, only the thread itself knows.
        match (&mut self.reading).await {
            Ok(ended) => ended.map(|()| None),
            Err(broken) => Err(SeedError::Format { file: self.label.clone(), reason: broken.to_string() }),
        }
    }
}

/// What is kept of rows that were handed to the engine, in their order.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Of their primary keys.
    pub(super) identities: Vec<Identity>,
    /// Where they stand in the file.
    pub(super) lines: Vec<u64>,
}

impl Seen {
    pub(super) fn add(&mut self, rows: &[Row]) {
        self.identities.extend(rows.iter().map(|row| row.identity));
        self.lines.extend(rows.iter().map(|row| row.line));
    }

    pub(super) fn len(&self) -> usize {
        self.identities.len()
    }

    /// The identities of the rows of these numbers.
    pub(super) fn of(&self, numbers: Vec<usize>) -> impl Iterator<Item = Identity> {
        numbers.into_iter().filter_map(|number| self.identities.get(number).copied())
    }

    /// The first row whose key another one before it has, and that one: their numbers. They would be one row, whichever
    /// came last.
    pub(super) fn duplicate(&self) -> Option<(usize, usize)> {
        let mut numbers: Vec<usize> = (0..self.len()).collect();
        numbers.sort_unstable_by_key(|&number| (self.identities[number], number));
        let same = |pair: &&[usize]| self.identities[pair[0]] == self.identities[pair[1]];
        numbers.windows(2).filter(same).map(|pair| (pair[1], pair[0])).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_that_comes_again_is_told_with_the_one_before() {
        let seen = |keys: &[u8]| Seen { identities: keys.iter().map(|key| [*key; 16]).collect(), lines: Vec::new() };
        assert_eq!(seen(&[3, 1, 2]).duplicate(), None);
        assert_eq!(seen(&[3, 1, 2, 1, 3, 1]).duplicate(), Some((3, 1)));
        assert_eq!(seen(&[]).duplicate(), None);
    }
}

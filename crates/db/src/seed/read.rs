//! CSV and JSON to cells, which are text in either.

use csv::{Position, Reader, ReaderBuilder, StringRecord};

/// A file as it reads.
pub(super) struct Table {
    pub(super) heading: Vec<String>,
    cells: Cells,
}

enum Cells {
    /// The whole text. A large file is one of these, and its rows are never all taken apart at once.
    Csv(Vec<u8>),
    Json(Vec<StringRecord>),
}

impl Table {
    /// Hands every row to `take`, with where it stands: its line in a CSV, its number in a JSON array. It ends early where
    /// `take` fails or says that it wants no more; a row that is none fails with `malformed`.
    pub(super) fn each<E>(
        &self,
        mut take: impl FnMut(u64, &StringRecord) -> Result<bool, E>,
        malformed: impl Fn(String) -> E,
    ) -> Result<(), E> {
        let text = match &self.cells {
            Cells::Csv(text) => text,
            Cells::Json(rows) => {
                for (row, cells) in (1..).zip(rows) {
                    if !take(row, cells)? {
                        break;
                    }
                }
                return Ok(());
            }
        };
        let (mut reader, mut record) = (reader(text), StringRecord::new());
        while reader.read_record(&mut record).map_err(|error| malformed(error.to_string()))? {
            let line = record.position().map_or(0, Position::line);
            if record.len() != self.heading.len() {
                let counts = (count(record.len()), count(self.heading.len()));
                return Err(malformed(format!("row {line} has {}, and the heading {}", counts.0, counts.1)));
            }
            if !take(line, &record)? {
                break;
            }
        }
        Ok(())
    }
}

fn reader(text: &[u8]) -> Reader<&[u8]> {
    ReaderBuilder::new().flexible(true).from_reader(text)
}

/// A heading and its rows, each of as many cells.
pub(super) fn read_csv(mut bytes: Vec<u8>) -> Result<Table, String> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    // The reader takes an open quote for a cell that goes on to the end of the file, rows and all.
    if bytes.split(|byte| *byte == b'"').count() % 2 == 0 {
        return Err("a quote is not closed".to_owned());
    }
    let mut reader = reader(&bytes);
    let heading: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(|cell| cell.trim().to_owned()).collect();
    if heading.is_empty() {
        return Err("it has no heading".to_owned());
    }
    Ok(Table { heading, cells: Cells::Csv(bytes) })
}

fn count(cells: usize) -> String {
    crate::destructive::count(cells as u64, "cell")
}

/// An array of objects; the first one's names are the heading, and an empty array has none.
pub(super) fn read_json(bytes: &[u8]) -> Result<Table, String> {
    let rows: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let heading: Vec<String> = rows.first().map(|row| row.keys().cloned().collect()).unwrap_or_default();
    let mut cells = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        if row.len() != heading.len() {
            return Err(format!("object {} has other names than the first", index + 1));
        }
        let mut record = StringRecord::new();
        for name in &heading {
            match row.get(name) {
                Some(serde_json::Value::Null) => record.push_field(""),
                Some(serde_json::Value::String(text)) => record.push_field(text),
                Some(other) => record.push_field(&other.to_string()),
                None => return Err(format!("object {} lacks `{name}`", index + 1)),
            }
        }
        cells.push(record);
    }
    Ok(Table { heading, cells: Cells::Json(cells) })
}

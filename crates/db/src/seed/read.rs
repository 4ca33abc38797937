//! CSV and JSON to cells, which are text in either.

use csv::{Position, StringRecord};

/// A file as it reads.
pub(super) struct Table {
    pub(super) heading: Vec<String>,
    pub(super) cells: Vec<StringRecord>,
    /// Where each row stands: its line in a CSV, its number in a JSON array.
    pub(super) lines: Vec<u64>,
}

/// A heading and its rows, each of as many cells.
pub(super) fn read_csv(bytes: &[u8]) -> Result<Table, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // The reader takes an open quote for a cell that goes on to the end of the file, rows and all.
    if bytes.split(|byte| *byte == b'"').count() % 2 == 0 {
        return Err("a quote is not closed".to_owned());
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let heading: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(|cell| cell.trim().to_owned()).collect();
    if heading.is_empty() {
        return Err("it has no heading".to_owned());
    }
    let (mut cells, mut lines) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, Position::line);
        if record.len() != heading.len() {
            let counts = (count(record.len()), count(heading.len()));
            return Err(format!("row {line} has {}, and the heading {}", counts.0, counts.1));
        }
        lines.push(line);
        cells.push(record);
    }
    Ok(Table { heading, cells, lines })
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
    let lines = (1..=cells.len() as u64).collect();
    Ok(Table { heading, cells, lines })
}

//! The first page: the databases, and what points from one into another.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use atriz_db::{Catalog, Descriptor};

use super::diagram::label;
use super::folder::MARK;
use super::markdown::{cell_code, cell_codes, table as grid};
use super::words;

/// It follows from the descriptors alone, so it is the same whichever databases are asked for.
pub(super) fn text(catalog: &Catalog) -> String {
    let parts = [
        MARK.to_owned(),
        "# Databases".to_owned(),
        "Each is a database of its own, made by its own migrations. What a page says is read from a database that they \
         were replayed on."
            .to_owned(),
        databases(catalog),
        "```mermaid\n".to_owned() + &picture(catalog) + "```",
        references(catalog),
    ];
    let told: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}\n", told.join("\n\n"))
}

fn databases(catalog: &Catalog) -> String {
    let row = |database: &Descriptor| {
        vec![
            format!("[{}]({})", cell_code(&database.name), super::file_of(&database.name)),
            cell_code(&database.folder),
            cell_codes(&database.schemas),
            cell_codes(&database.after),
        ]
    };
    let rows: Vec<_> = catalog.databases().iter().map(|database| row(database)).collect();
    grid(&["database", "owner", "schemas", "comes after"], &rows).trim_end().to_owned()
}

/// An arrow for each pair of databases, with what points from the one into the other; a dotted one where nothing does and
/// the order alone is said.
fn picture(catalog: &Catalog) -> String {
    let mut text = "flowchart LR\n".to_owned();
    let number: BTreeMap<&str, usize> =
        catalog.databases().iter().enumerate().map(|(place, database)| (database.name.as_str(), place)).collect();
    for (name, place) in catalog.databases().iter().map(|database| (&database.name, number[database.name.as_str()])) {
        writeln!(text, "    d{place}[(\"{}\")]", label(name)).expect("a string can be written to");
    }
    for database in catalog.databases() {
        let from = number[database.name.as_str()];
        let mut to: BTreeMap<&str, Vec<String>> =
            database.after.iter().map(|name| (name.as_str(), Vec::new())).collect();
        for reference in &database.references {
            let columns = to.entry(reference.database.as_str()).or_default();
            columns.push(label(&format!("{}.{}", reference.table, reference.column)));
        }
        for (name, columns) in to {
            let Some(to) = number.get(name) else { continue };
            let arrow =
                if columns.is_empty() { "-.->".to_owned() } else { format!("-->|\"{}\"|", columns.join("<br>")) };
            writeln!(text, "    d{from} {arrow} d{to}").expect("a string can be written to");
        }
    }
    text
}

fn references(catalog: &Catalog) -> String {
    let mut rows = Vec::new();
    for database in catalog.databases() {
        for reference in &database.references {
            rows.push(vec![
                cell_code(&format!("{}.{}.{}", database.name, reference.table, reference.column)),
                cell_code(&format!("{}.{}.id", reference.database, reference.referenced_table)),
                words::on_erase(&reference.on_erase),
            ]);
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let grid = grid(&["column", "points to", "when that is erased"], &rows);
    format!(
        "## References across databases\n\nNo foreign key holds these; `cargo xtask db check --live` looks for rows that \
         point to nothing.\n\n{}",
        grid.trim_end()
    )
}

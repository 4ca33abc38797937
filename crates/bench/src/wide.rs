//! Databases of many tables, to see what a table more costs.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::generate::{Dialect, moment};
use crate::machine::BenchError;

/// How many tables a file makes.
pub(crate) const TABLES_OF_A_FILE: usize = 10;

/// How many tables the databases have.
pub(crate) fn sizes(quick: bool) -> &'static [usize] {
    if quick { &[10, 100] } else { &[10, 100, 1_000] }
}

/// Twin folders that make `count` tables of ten columns, with keys, checks and indexes, ten to a file.
pub(crate) fn write_tables(folder: &Path, count: usize) -> Result<(), BenchError> {
    for dialect in Dialect::ALL {
        let engine = folder.join(dialect.folder());
        fs::create_dir_all(&engine)?;
        for file in 0..count.div_ceil(TABLES_OF_A_FILE) {
            let (mut up, mut down) = (String::new(), String::new());
            if file == 0 && dialect == Dialect::Postgres {
                up.push_str("CREATE SCHEMA app;\n");
            }
            for table in file * TABLES_OF_A_FILE..((file + 1) * TABLES_OF_A_FILE).min(count) {
                up.push_str(&dialect.spell(&table_of_ten(table)));
                down.push_str(&dialect.spell(&format!("DROP TABLE {{app}}wides_{table};\n")));
            }
            let stem = format!("{}_create_wides_{file}", moment(file));
            fs::write(engine.join(format!("{stem}.up.sql")), up)?;
            fs::write(engine.join(format!("{stem}.down.sql")), down)?;
        }
    }
    Ok(())
}

fn table_of_ten(number: usize) -> String {
    let mut columns = String::new();
    for column in 1..=8 {
        let kind = ["{text}", "{big}"][column % 2];
        writeln!(columns, "    value_{column} {kind} NOT NULL,").expect("writing to a string cannot fail");
    }
    format!(
        "CREATE TABLE {{app}}wides_{number} (\n    id {{big}} NOT NULL,\n    code {{text}} NOT NULL,\n{columns}    \
         CONSTRAINT pk_wides_{number} PRIMARY KEY (id),\n    \
         CONSTRAINT ck_wides_{number}_value_1 CHECK (value_1 BETWEEN 0 AND 9)\n){{strict}};\n\
         CREATE INDEX idx_wides_{number}_code_value_1 ON {{app}}wides_{number} (code, value_1) WHERE value_3 > 0;\n"
    )
}

//! Migrations as projects write them, made up: the same number gives the same files.
//!
//! Each makes a table with keys and checks, an index and a comment; every third alters an earlier table too, every fourth
//! indexes one. That is three to six statements in a file. Once there are as many tables as wanted, those that are there
//! change: a column comes, with an index and values, and goes when its table's turn comes again.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clap::ValueEnum;

use crate::machine::BenchError;

/// An engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    /// PostgreSQL
    Postgres,
    /// SQLite
    Sqlite,
}

impl Dialect {
    pub(crate) const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// What folders are called.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    /// One text for both.
    pub(crate) fn spell(self, text: &str) -> String {
        let words = [
            ("{app}", "app.", ""),
            ("{uuid}", "uuid", "BLOB"),
            ("{text}", "text", "TEXT"),
            ("{big}", "bigint", "INTEGER"),
            ("{time}", "timestamptz", "TEXT"),
            ("{strict}", "", " STRICT"),
        ];
        words.into_iter().fold(text.to_owned(), |text, (word, postgres, sqlite)| {
            text.replace(word, if self == Self::Postgres { postgres } else { sqlite })
        })
    }
}

/// One made-up migration.
#[derive(Clone, Debug)]
pub(crate) struct Generated {
    /// `20200101000000_create_things_0`.
    pub(crate) version: String,
    pub(crate) up: String,
    pub(crate) down: String,
}

/// How many migrations, and how many tables they make.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) count: usize,
    /// At most one for each migration.
    pub(crate) tables: usize,
}

impl Size {
    /// A table more with each migration.
    pub(crate) fn growing(count: usize) -> Self {
        Self { count, tables: count }
    }
}

/// The first migrations.
pub(crate) fn migrations(size: Size, dialect: Dialect) -> Vec<Generated> {
    let made = |number| if number < size.tables { make(number, dialect) } else { change(number, size.tables, dialect) };
    (0..size.count).map(made).collect()
}

/// Writes the migrations of both engines to `root/migrations/<name>`, for every name.
pub(crate) fn write(root: &Path, names: &[String], size: Size) -> Result<(), BenchError> {
    for name in names {
        for dialect in Dialect::ALL {
            let folder = root.join("migrations").join(name).join(dialect.folder());
            fs::create_dir_all(&folder)?;
            for migration in migrations(size, dialect) {
                fs::write(folder.join(format!("{}.up.sql", migration.version)), &migration.up)?;
                fs::write(folder.join(format!("{}.down.sql", migration.version)), &migration.down)?;
            }
        }
    }
    Ok(())
}

/// A table, and something about an earlier one.
fn make(number: usize, dialect: Dialect) -> Generated {
    let mut up = String::new();
    if number == 0 && dialect == Dialect::Postgres {
        up.push_str("CREATE SCHEMA app;\n\n");
    }
    up.push_str(&create_table(number, dialect));
    up.push_str(
        &dialect
            .spell(&format!("CREATE INDEX idx_things_{number}_created_at ON {{app}}things_{number} (created_at);\n")),
    );
    match dialect {
        Dialect::Postgres => {
            add(&mut up, &format!("COMMENT ON TABLE app.things_{number} IS 'Things of kind {number}; one row each.';"));
        }
        // SQLite keeps no comments; a second index stands in.
        Dialect::Sqlite => {
            add(&mut up, &format!("CREATE UNIQUE INDEX uq_things_{number}_name ON things_{number} (name);"));
        }
    }
    if number > 0 && number.is_multiple_of(3) {
        let earlier = number / 2;
        let column = format!("ALTER TABLE {{app}}things_{earlier} ADD COLUMN extra_{number} {{text}};");
        add(&mut up, &dialect.spell(&column));
    }
    if number > 0 && number.is_multiple_of(4) {
        let earlier = number / 4;
        let index = format!("idx_things_{earlier}_amount_{number}");
        add(&mut up, &dialect.spell(&format!("CREATE INDEX {index} ON {{app}}things_{earlier} (amount_minor, code);")));
    }
    let down = dialect.spell(&format!("DROP TABLE {{app}}things_{number};\n"));
    Generated { version: format!("{}_create_things_{number}", moment(number)), up, down }
}

/// A column of a table that is there: it comes in one round, and goes in the next.
fn change(number: usize, tables: usize, dialect: Dialect) -> Generated {
    let (table, round) = (number % tables, number / tables);
    let comes = dialect.spell(&format!(
        "ALTER TABLE {{app}}things_{table} ADD COLUMN state {{text}};\n
CREATE INDEX idx_things_{table}_state ON {{app}}things_{table} (state);\n
UPDATE {{app}}things_{table} SET state = code;\n"
    ));
    let goes = dialect.spell(&format!(
        "DROP INDEX {{app}}idx_things_{table}_state;\n\nALTER TABLE {{app}}things_{table} DROP COLUMN state;\n"
    ));
    let (up, down, what) = if round % 2 == 1 { (comes, goes, "add") } else { (goes, comes, "drop") };
    Generated { version: format!("{}_{what}_state_of_things_{table}_{number}", moment(number)), up, down }
}

fn add(text: &mut String, statement: &str) {
    writeln!(text, "\n{statement}").expect("writing to a string cannot fail");
}

fn create_table(number: usize, dialect: Dialect) -> String {
    // Like children of a parent in real schemas, without a chain as long as the folder.
    let parent = number - number % 10;
    let reference = if parent == number {
        String::new()
    } else {
        format!(
            ",\n    CONSTRAINT fk_things_{number}_parent FOREIGN KEY (parent_id) REFERENCES {{app}}things_{parent} (id)"
        )
    };
    dialect.spell(&format!(
        "-- Things of kind {number}.\nCREATE TABLE {{app}}things_{number} (
    id {{uuid}} NOT NULL,
    code {{text}} NOT NULL,
    name {{text}} NOT NULL,
    parent_id {{uuid}},
    amount_minor {{big}} NOT NULL DEFAULT 0,
    version {{big}} NOT NULL,
    created_at {{time}} NOT NULL,
    updated_at {{time}} NOT NULL,
    CONSTRAINT pk_things_{number} PRIMARY KEY (id),
    CONSTRAINT uq_things_{number}_code UNIQUE (code),
    CONSTRAINT ck_things_{number}_name CHECK (length(name) BETWEEN 1 AND 200),
    CONSTRAINT ck_things_{number}_amount CHECK (amount_minor >= 0){reference}
){{strict}};\n\n"
    ))
}

/// A minute for each migration, from 2020 on, in months of 28 days.
pub(crate) fn moment(number: usize) -> String {
    let (days, minutes) = (number / 1_440, number % 1_440);
    let (month, day) = (days / 28 + 1, days % 28 + 1);
    format!("2020{month:02}{day:02}{:02}{:02}00", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_three_to_six_statements_and_rising_versions() {
        for dialect in Dialect::ALL {
            let made = migrations(Size::growing(3_000), dialect);
            assert!(made.windows(2).all(|pair| pair[0].version < pair[1].version));
            for migration in &made {
                let statements = migration.up.matches(';').count() - migration.up.matches("; one row").count();
                assert!((3..=6).contains(&statements), "{statements}: {}", migration.up);
            }
        }
    }
}

//! How many statements a second `db lint` reads, the whole process counted.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::generate::{Dialect, moment};
use crate::machine::{BenchError, Machine, program};
use crate::measure::{Measure, milliseconds, timed};
use crate::process::run as program_run;
use crate::wide::{TABLES_OF_A_FILE, write_tables};

/// How many tables the folder of tables makes; for each there is its CREATE, its index, and its DROP in the way back.
const TABLES: usize = 50_000;

/// How many tables the folder of all sorts of statements makes.
const SORTS: usize = 9_000;

/// What is asked.
const BOUND: &str = "100,000 or more";

/// Tables alone, and the statements of real folders.
pub(super) fn measures(machine: &Machine, pairs: usize) -> Result<[Measure; 2], BenchError> {
    let wide = machine.folder.path().join("lint");
    write_tables(&wide, TABLES)?;
    // One is the schema's.
    let tables = lint(machine, &wide.join(Dialect::Postgres.folder()), 3 * TABLES + 1, pairs)?;
    let sorts = machine.folder.path().join("lint_sorts");
    let written = write_sorts(&sorts)?;
    let mixed = lint(machine, &sorts, written, pairs)?;
    let name =
        |what: &str, count: usize| format!("`db lint` of {count} statements on PostgreSQL, {what}, the whole process");
    let measure = |name: String, values| Measure::alone(&name, values, "statements/s", BOUND);
    let measures = [
        measure(name("tables, indexes and their ways back", 3 * TABLES + 1), tables),
        measure(name("of all sorts", written), mixed),
    ];
    measures.iter().for_each(Measure::tell);
    Ok(measures)
}

/// Statements a second, one for each run but the first.
fn lint(machine: &Machine, folder: &Path, statements: usize, pairs: usize) -> Result<Vec<f64>, BenchError> {
    let program = program("xtask")?;
    let mut values = Vec::new();
    for pair in 0..=pairs {
        let mut command = machine.command(&program);
        command.args(["db", "lint", "--all", "--engine", "postgres", "--source"]).arg(folder);
        let cost = timed(|| program_run(command.current_dir(folder)))?;
        if pair > 0 {
            let count = u32::try_from(statements).map(f64::from).unwrap_or_default();
            values.push(count / milliseconds(cost.time) * 1_000.0);
        }
    }
    Ok(values)
}

/// Writes a folder whose statements are of the sorts, and about in the proportions, that the workspace's own migrations
/// have: comments most of all, then indexes, tables, ways back, triggers, functions, rights; with rows and ALTERs, which
/// folders get as they age. No two tables are alike in columns and checks. Answers how many statements there are.
fn write_sorts(folder: &Path) -> Result<usize, BenchError> {
    fs::create_dir_all(folder)?;
    let mut count = 0;
    for file in 0..SORTS.div_ceil(TABLES_OF_A_FILE) {
        let (mut up, mut down) = (Script::default(), Script::default());
        if file == 0 {
            up.add("CREATE SCHEMA app");
        }
        for number in file * TABLES_OF_A_FILE..((file + 1) * TABLES_OF_A_FILE).min(SORTS) {
            sorts_of(number, &mut up, &mut down);
        }
        let stem = format!("{}_create_things_{file}", moment(file));
        fs::write(folder.join(format!("{stem}.up.sql")), &up.text)?;
        fs::write(folder.join(format!("{stem}.down.sql")), &down.text)?;
        count += up.count + down.count;
    }
    Ok(count)
}

/// A text and how many statements it holds.
#[derive(Default)]
struct Script {
    text: String,
    count: usize,
}

impl Script {
    fn add(&mut self, statement: impl AsRef<str>) {
        writeln!(self.text, "{};\n", statement.as_ref()).expect("writing to a string cannot fail");
        self.count += 1;
    }
}

/// The types of columns, with a check of each.
const KINDS: [(&str, &str); 6] = [
    ("text", "length({}) BETWEEN 1 AND 200"),
    ("bigint", "{} >= 0"),
    ("timestamptz", "{} > '2000-01-01'"),
    ("boolean", "{} OR id IS NOT NULL"),
    ("numeric(12, 4)", "{} IS NULL OR {} <> 0"),
    ("jsonb", "jsonb_typeof({}) = 'object'"),
];

fn sorts_of(number: usize, up: &mut Script, down: &mut Script) {
    let table = format!("things_{number}");
    let columns = 3 + number % 11;
    up.add(table_of(number, columns));
    up.add(format!("COMMENT ON TABLE app.{table} IS 'Things of kind {number}; one row for each.'"));
    for column in 0..columns {
        let text = format!("What is known of value {column}, as the {number}th form has it.");
        up.add(format!("COMMENT ON COLUMN app.{table}.value_{column} IS '{text}'"));
    }
    up.add(format!("CREATE INDEX idx_{table}_value_0 ON app.{table} (value_0, id)"));
    if number.is_multiple_of(3) {
        up.add(format!("CREATE UNIQUE INDEX uq_{table}_value_1 ON app.{table} (value_1) WHERE value_0 IS NOT NULL"));
        up.add(format!("INSERT INTO app.{table} (id, value_0) VALUES ({number}, 'a'), ({columns}, 'it''s b')"));
        up.add(format!("REVOKE ALL ON app.{table} FROM PUBLIC"));
        up.add(format!("GRANT SELECT, INSERT ON app.{table} TO app_role"));
    }
    if number.is_multiple_of(4) {
        let body = "$$\nBEGIN\n    NEW.value_0 := coalesce(NEW.value_0, OLD.value_0);\n    RETURN NEW;\nEND;\n$$";
        up.add(format!("CREATE FUNCTION app.fill_{table}() RETURNS trigger LANGUAGE plpgsql AS {body}"));
        up.add(format!(
            "CREATE TRIGGER trg_{table}_fill BEFORE UPDATE ON app.{table} FOR EACH ROW EXECUTE FUNCTION app.fill_{table}()"
        ));
        down.add(format!("DROP TRIGGER trg_{table}_fill ON app.{table}"));
        down.add(format!("DROP FUNCTION app.fill_{table}()"));
    }
    if number.is_multiple_of(5) {
        let earlier = number / 2;
        up.add(format!("ALTER TABLE app.things_{earlier} ADD COLUMN later_{number} text"));
        up.add(format!(
            "ALTER TABLE app.things_{earlier} ADD CONSTRAINT ck_{earlier}_{number} CHECK (later_{number} <> '')"
        ));
        up.add(format!(
            "CREATE VIEW app.view_{number} AS SELECT id, value_0 FROM app.{table} WHERE value_0 IS NOT NULL"
        ));
        down.add(format!("DROP VIEW app.view_{number}"));
        down.add(format!("ALTER TABLE app.things_{earlier} DROP COLUMN later_{number}"));
    }
    down.add(format!("DROP TABLE app.{table}"));
}

fn table_of(number: usize, columns: usize) -> String {
    let mut text = format!("CREATE TABLE app.things_{number} (\n    id bigint NOT NULL,\n");
    let kind = |column: usize| KINDS[(number * 7 + column * (1 + number % 5)) % KINDS.len()];
    for column in 0..columns {
        let (name, _) = kind(column);
        let rest = ["", " NOT NULL", " DEFAULT NULL"][(number + column) % 3];
        writeln!(text, "    value_{column} {name}{rest},").expect("writing to a string cannot fail");
    }
    for column in (0..columns).step_by(1 + number % 3) {
        let check = kind(column).1.replace("{}", &format!("value_{column}"));
        writeln!(text, "    CONSTRAINT ck_things_{number}_value_{column} CHECK ({check}),")
            .expect("writing to a string cannot fail");
    }
    if number > 0 {
        let parent = number / 10;
        writeln!(
            text,
            "    parent_id bigint,\n    CONSTRAINT fk_things_{number} FOREIGN KEY (parent_id) REFERENCES app.things_{parent} (id) \
             ON DELETE CASCADE,\n    CONSTRAINT uq_things_{number}_parent UNIQUE (parent_id),"
        )
        .expect("writing to a string cannot fail");
    }
    text + &format!("    CONSTRAINT pk_things_{number} PRIMARY KEY (id)\n)")
}

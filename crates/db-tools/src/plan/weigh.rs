//! The statements of a migration, weighed with what the database holds by then.

use atriz_db::Engine;
use atriz_db::migrate::{Body, Folder, Mode, Statement};

use super::effect::{Blocks, Effect, LockLevel, effect_knowing};
use super::name::Name;
use super::report::{Grouping, PlannedMigration, PlannedStatement, PlannedTable};
use super::run::Run;

fn statements<'a>(folder: &'a Folder, version: &str) -> &'a [Statement] {
    match folder.get(version).map(|migration| &migration.body) {
        Some(Body::Sql { up, .. }) => &up.statements,
        _ => &[],
    }
}

/// The tables that a migration touches, by the names they have in the database before the run.
pub(super) fn old_tables(folder: &Folder, version: &str, run: &Run, engine: Engine) -> Vec<Name> {
    let effects = statements(folder, version).iter().map(|statement| effect_knowing(statement, engine, run.known()));
    effects.flat_map(|effect| effect.tables()).filter_map(|table| run.before(&table)).collect()
}

/// What is left of the migration of this version behind the first `ran` statements, and the run taken on behind it.
pub(super) fn migration(folder: &Folder, version: &str, ran: usize, run: &mut Run, engine: Engine) -> PlannedMigration {
    let grouping = match folder.get(version).map(|migration| &migration.body) {
        Some(Body::Sql { up, .. }) => match up.mode {
            Mode::Transaction => Grouping::Transaction,
            Mode::Alone => Grouping::Alone,
            Mode::Rebuild => Grouping::Rebuild,
        },
        _ => Grouping::Rust,
    };
    let statements = statements(folder, version).iter().enumerate().skip(ran);
    let mut statements: Vec<_> = statements.map(|(index, statement)| planned(index, statement, run, engine)).collect();
    if grouping != Grouping::Alone {
        // Locks are held until the commit.
        let mut held = Blocks::Nothing;
        for statement in &mut statements {
            held = held.max(statement.blocks);
            statement.waiting = held;
        }
    }
    PlannedMigration { version: version.to_owned(), grouping, ran, statements }
}

fn planned(index: usize, statement: &Statement, run: &mut Run, engine: Engine) -> PlannedStatement {
    let effect = effect_knowing(statement, engine, run.known());
    // Before anything is learnt: a table that the statement itself makes is new, one that it renames still has its rows.
    let tables: Vec<_> = effect.tables().iter().map(|table| planned_table(table, &effect, run)).collect();
    for change in &effect.changes {
        run.learn(change);
    }
    let blocks = match engine {
        Engine::Sqlite => Blocks::Writes,
        Engine::Postgres => {
            let held = tables.iter().filter(|table| !table.new).filter_map(|table| table.lock);
            held.map(LockLevel::blocks).max().unwrap_or_default()
        }
    };
    PlannedStatement {
        number: index + 1,
        line: statement.line,
        sql: statement.text.clone(),
        known: !effect.unknown,
        tables,
        blocks,
        waiting: blocks,
        scans: effect.scans,
        rewrites: effect.rewrites,
        changes_every_row: effect.changes_every_row,
        notes: effect.notes,
    }
}

fn planned_table(table: &Name, effect: &Effect, run: &Run) -> PlannedTable {
    let lock = effect.locks.iter().find(|lock| lock.table.is(table)).map(|lock| lock.level);
    let made = effect.changes.iter().any(|change| run.makes(change, table));
    PlannedTable { table: table.clone(), lock, new: made || run.is_new(table), rows: run.rows(table) }
}

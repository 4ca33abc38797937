//! Rows that point to nothing in another database.

use atriz_db::catalog::{LogicalReference, OnErase};
use atriz_db::migrate::{Executor, Folder, RunContext};
use atriz_db::{Engine, Error, Failure, Fleet, Session};
use sea_orm::DbErr;

use super::keys::Key;
use super::mend::table_sql::sql_name;
use super::probe::{self, Keys};
use super::report::LiveDatabase;
use super::session;
use crate::introspect::{Name, Schema, read};
use crate::scratch::quote;

/// So many stand in a message.
const EXAMPLES: usize = 5;
/// So many stand in a statement that mends.
const MENDED: usize = 100;

/// What points to nothing.
#[derive(Default)]
struct Orphans {
    rows: u64,
    keys: usize,
    first: Vec<Key>,
}

/// Follows one reference to its end and tells what it found, or why it could not.
pub(super) async fn follow(
    fleet: &Fleet,
    context: &RunContext,
    schema: &Schema,
    reference: &LogicalReference,
    report: &mut LiveDatabase,
) {
    let object = format!(
        "reference {}.{} to {}.{}",
        reference.table, reference.column, reference.database, reference.referenced_table
    );
    let ends = Ends { fleet, context, reference, from: &report.database };
    match ends.orphans(schema).await {
        Ok((_, orphans)) if orphans.keys == 0 => report.references += 1,
        Ok((table, orphans)) => {
            report.references += 1;
            let mend = mend(&table, schema, reference, &orphans);
            report.told(object, "orphans", told(&orphans, reference), mend);
        }
        Err(why) => {
            report.told(object, "not_looked_at", why.reason, vec![format!("-- {}", why.hint)]);
        }
    }
}

/// Why a reference could not be followed.
struct Why {
    reason: String,
    hint: String,
}

impl From<Error> for Why {
    fn from(error: Error) -> Self {
        Self { reason: error.to_string(), hint: error.hint() }
    }
}

impl From<atriz_db::config::ConfigError> for Why {
    fn from(error: atriz_db::config::ConfigError) -> Self {
        Error::from(error).into()
    }
}

fn refused(place: &str, error: &DbErr) -> Why {
    let hint = "give the login the right to read it, or look as the owner".to_owned();
    Why { reason: format!("{place}: {}", Failure::of(error).message), hint }
}

fn absent(database: &str, table: &str) -> Why {
    let reason = format!("{database} has no table `{table}`");
    Why { reason, hint: format!("`cargo xtask db migrate {database}` makes it") }
}

struct Ends<'a> {
    fleet: &'a Fleet,
    context: &'a RunContext,
    reference: &'a LogicalReference,
    /// The database that refers.
    from: &'a str,
}

impl Ends<'_> {
    async fn orphans(&self, schema: &Schema) -> Result<(Name, Orphans), Why> {
        let table = find(schema, &self.reference.table).ok_or_else(|| absent(self.from, &self.reference.table))?;
        let (target, other) = (self.target(self.from)?, self.target(&self.reference.database)?);
        let from = session::open(target).await?;
        let to = match session::open(other).await {
            Ok(to) => to,
            Err(error) => {
                from.close().await;
                return Err(error.into());
            }
        };
        let found = self.between(&from, &to, &table).await;
        from.close().await;
        to.close().await;
        Ok((table, found?))
    }

    fn target(&self, name: &str) -> Result<&atriz_db::Target, Why> {
        Ok(self.fleet.configuration.target(name)?)
    }

    /// What refers is read in one picture taken first, so that a row that both databases get meanwhile is no orphan.
    async fn between(&self, from: &Session, to: &Session, table: &Name) -> Result<Orphans, Why> {
        let (id, kind) = self.other_end(to).await?;
        let failed = |error: &DbErr| refused(&from.place, error);
        let reading = session::snapshot(from).await.map_err(|error| failed(&error))?;
        let keys = Keys::open(&reading, from.engine, table, &self.reference.column).await;
        let mut keys = keys.map_err(|error| failed(&error))?;
        let mut chunk = keys.next().await.map_err(|error| failed(&error))?;
        let probing = session::snapshot(to).await.map_err(|error| refused(&to.place, &error))?;
        let mut orphans = Orphans::default();
        while !chunk.is_empty() {
            let absent = probe::absent(&probing, to.engine, &id, &kind, &chunk).await;
            let absent = absent.map_err(|error| refused(&to.place, &error))?;
            for (key, rows) in chunk.into_iter().filter(|(key, _)| absent.contains(key)) {
                orphans.add(key, rows);
            }
            chunk = keys.next().await.map_err(|error| failed(&error))?;
        }
        Ok(orphans)
    }

    /// The table referred to and the type of its `id`, behind the check that it is the right database.
    async fn other_end(&self, to: &Session) -> Result<(Name, String), Why> {
        let database = self.fleet.catalog.get(&self.reference.database).map_err(Error::from)?;
        let folder = Folder::read(database, to.engine).map_err(Error::from)?;
        let executor = Executor { database, folder: &folder, session: to, context: self.context };
        executor.look().await.map_err(Error::from)?;
        let unread = |error: crate::introspect::IntrospectError| Why { reason: error.to_string(), hint: error.hint() };
        let schema = read(&to.connection).await.map_err(unread)?;
        let name = find(&schema, &self.reference.referenced_table);
        let name = name.ok_or_else(|| absent(&self.reference.database, &self.reference.referenced_table))?;
        let kind = schema.tables.get(&name).and_then(|table| table.column("id")).map(|id| id.type_name.clone());
        let kind = kind.ok_or_else(|| absent(&self.reference.database, &format!("{name}` with a column `id")))?;
        Ok((name, kind))
    }
}

impl Orphans {
    fn add(&mut self, key: Key, rows: u64) {
        self.rows += rows;
        self.keys += 1;
        if self.first.len() < MENDED {
            self.first.push(key);
        }
    }
}

/// The names of tables are unique in a database, whatever schemas it has.
fn find(schema: &Schema, table: &str) -> Option<Name> {
    schema.tables.keys().find(|name| name.name == table).cloned()
}

fn told(orphans: &Orphans, reference: &LogicalReference) -> String {
    let examples: Vec<String> = orphans.first.iter().take(EXAMPLES).map(Key::text).collect();
    let more = if orphans.keys > examples.len() { ", …" } else { "" };
    let plural = |one: bool| if one { "" } else { "s" };
    format!(
        "{} row{} point{} to {} id{} that {}.{} does not have: {}{more}",
        orphans.rows,
        plural(orphans.rows == 1),
        if orphans.rows == 1 { "s" } else { "" },
        orphans.keys,
        plural(orphans.keys == 1),
        reference.database,
        reference.referenced_table,
        examples.join(", ")
    )
}

/// A query for the rows, and what the rule of the reference does to them.
fn mend(table: &Name, schema: &Schema, reference: &LogicalReference, orphans: &Orphans) -> Vec<String> {
    let on_sqlite = schema.engine == Engine::Sqlite;
    let mut keys: Vec<&Key> = orphans.first.iter().collect();
    keys.sort();
    let keys: Vec<String> = keys.iter().map(|key| key.literal(on_sqlite)).collect();
    let (table, column) = (sql_name(table), quote(&reference.column));
    let these = format!("{column} IN ({})", keys.join(", "));
    let mut mend = vec![format!("SELECT * FROM {table} WHERE {these}")];
    match &reference.on_erase {
        OnErase::Anonymise => mend.push(format!("UPDATE {table} SET {column} = NULL WHERE {these}")),
        OnErase::Erase => mend.push(format!("DELETE FROM {table} WHERE {these}")),
        OnErase::Retain(why) => mend.push(format!(
            "-- the rule is that these rows stay ({}): bring back what they point to, from a backup of {}",
            why.split_whitespace().collect::<Vec<_>>().join(" "),
            reference.database
        )),
    }
    if orphans.keys > keys.len() {
        mend.push(format!("-- these are {} of {} ids; check again behind them", keys.len(), orphans.keys));
    }
    mend
}

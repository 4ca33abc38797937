//! What is said of the statements, against what a real server does: the locks it holds, the files it writes anew, the
//! tables it reads from end to end.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use atriz_db::migrate::split;
use atriz_db::{Engine, Session};
use atriz_db_tools::plan::{Effect, Known, Live, Name, effect_knowing};
use atriz_testing::{TestFleet, Workspace, execute, texts};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};

use super::shop::POSTGRES;

/// One of the shop's tables as the server sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    /// Its strongest lock of this transaction, as the documentation writes it.
    lock: String,
    /// The file that holds its rows.
    file: String,
    /// How often this transaction read it from end to end.
    scans: i64,
    /// Whether it is a partition, which goes with its table.
    partition: bool,
}

/// The tables of the shop by their identifiers, with the names they had at first.
type Tables = BTreeMap<i64, String>;

#[test]
fn a_server_agrees() {
    atriz_testing::run(Engine::Postgres, "plan::proof::a_server_agrees", |engine| async move {
        let workspace = Workspace::new();
        let test = TestFleet::created(engine, vec![workspace.descriptor("shop")]).await;
        let session = test.session("shop").await;
        execute(&session.connection, include_str!("shop.sql")).await.unwrap();
        execute(&session.connection, "ANALYZE").await.unwrap();
        let known = Live::read(&session).await.unwrap().known;
        let tables = tables(&session).await;
        let mut wrong = String::new();
        let mut proven = 0;
        for (sql, _) in POSTGRES {
            if let Some(differences) = differences(&session, &known, &tables, sql).await {
                proven += 1;
                wrong += &differences;
            }
        }
        assert!(wrong.is_empty(), "\n{wrong}");
        assert!(proven >= 100, "only {proven} statements ran in a transaction");
    });
}

/// Statements that run alone are caught while they wait for a transaction that writes.
#[test]
fn a_server_agrees_about_what_runs_alone() {
    atriz_testing::run(Engine::Postgres, "plan::proof::a_server_agrees_about_what_runs_alone", |engine| async move {
        let workspace = Workspace::new();
        let test = TestFleet::created(engine, vec![workspace.descriptor("shop")]).await;
        let session = test.session("shop").await;
        execute(&session.connection, include_str!("shop.sql")).await.unwrap();
        let known = Live::read(&session).await.unwrap().known;
        let alone: Vec<&str> =
            POSTGRES.iter().map(|(sql, _)| *sql).filter(|sql| sql.contains("CONCURRENTLY")).collect();
        assert_eq!(alone.len(), 3);
        for sql in alone {
            let said = effect_knowing(&split(sql).unwrap()[0], Engine::Postgres, &known);
            let worker = test.session("shop").await;
            let writer = session.begin().await.unwrap();
            execute(&writer, "LOCK TABLE shop.products IN ROW EXCLUSIVE MODE").await.unwrap();
            let work = tokio::spawn(async move { execute(&worker.connection, sql).await });
            assert_eq!(lock_of_others(&writer).await, said.locks[0].level.words(), "{sql}");
            writer.rollback().await.unwrap();
            work.await.unwrap().unwrap();
            execute(&session.connection, "CREATE INDEX IF NOT EXISTS idx_products_name ON shop.products (name)")
                .await
                .unwrap();
        }
    });
}

/// The lock that another session holds on the products, once it does.
async fn lock_of_others(connection: &DatabaseTransaction) -> String {
    let sql =
        "SELECT mode FROM pg_locks WHERE relation = 'shop.products'::regclass AND pid <> pg_backend_pid() AND granted";
    for _ in 0..500 {
        if let Some(mode) = texts(connection, sql).await.first() {
            return spelt(mode);
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    "none".to_owned()
}

/// The tables of the shop.
async fn tables(session: &Session) -> Tables {
    let sql = "SELECT c.oid::bigint, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
               WHERE n.nspname = 'shop' AND c.relkind IN ('r', 'p', 'v', 'm')";
    let rows = session.connection.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
}

/// Runs the statement in a transaction that is taken back, and answers where the server does not agree; nothing for a
/// statement of which nothing is said, or that runs in no transaction.
async fn differences(session: &Session, known: &Known, tables: &Tables, sql: &str) -> Option<String> {
    let said = effect_knowing(&split(sql).unwrap()[0], Engine::Postgres, known);
    if said.unknown || sql.contains("CONCURRENTLY") || sql.starts_with("VACUUM") {
        return None;
    }
    let transaction = session.begin().await.unwrap();
    let before = seen(&transaction, tables).await;
    if let Err(error) = execute(&transaction, sql).await {
        transaction.rollback().await.unwrap();
        return Some(format!("{sql}\n    {error}\n"));
    }
    let after = seen(&transaction, tables).await;
    transaction.rollback().await.unwrap();
    let mut wrong = String::new();
    for (table, name) in tables {
        let (Some(before), Some(after)) = (&before.get(table), after.get(table)) else { continue };
        compare(&said, &Name::new(Some("shop"), name), before, after, sql, &mut wrong);
    }
    Some(wrong)
}

fn compare(said: &Effect, table: &Name, before: &Seen, after: &Seen, sql: &str, wrong: &mut String) {
    let lock = said.locks.iter().find(|lock| lock.table == *table).map_or("", |lock| lock.level.words());
    // What goes with a partitioned table, with CASCADE, or into a view is not said by name.
    let goes_along = after.partition || sql.contains("CASCADE") || sql.starts_with("REFRESH");
    if lock != after.lock && !(lock.is_empty() && goes_along) {
        writeln!(wrong, "{sql}\n    {table}: said `{lock}`, holds `{}`", after.lock).unwrap();
    }
    let (written, rewritten) = (
        said.rewrites.as_ref().filter(|work| work.table == *table),
        !after.file.is_empty() && before.file != after.file,
    );
    let certain = written.is_none_or(|work| work.condition.is_none()) && !sql.starts_with("TRUNCATE");
    if certain && written.is_some() != rewritten {
        writeln!(wrong, "{sql}\n    {table}: rewritten is {rewritten}").unwrap();
    }
    let scan = said.scans.as_ref().filter(|work| work.table == *table);
    let (scanned, defines) =
        (after.scans > before.scans, ["ALTER", "CREATE", "DROP", "COMMENT"].contains(&&sql[..sql.find(' ').unwrap()]));
    // The check of a foreign key joins the table at its other end.
    let other_end = !lock.is_empty() && said.locks.first().is_some_and(|first| first.table != *table);
    let joined = scan.is_none() && other_end && (said.scans.is_some() || said.rewrites.is_some());
    let certain = scan.is_none_or(|work| work.condition.is_none()) && !joined;
    if defines && certain && written.is_none() && scan.is_some() != scanned && !(after.partition && scan.is_none()) {
        writeln!(wrong, "{sql}\n    {table}: scanned is {scanned}").unwrap();
    }
}

/// What the transaction did to each table so far; a dropped one is seen by its lock.
async fn seen(transaction: &DatabaseTransaction, tables: &Tables) -> BTreeMap<i64, Seen> {
    const STRENGTH: &str = "array_position(ARRAY['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', \
         'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'], mode)";
    let ids = tables.keys().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT t.id::bigint, coalesce((SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = t.id AND granted \
           ORDER BY {STRENGTH} DESC LIMIT 1), ''), \
           coalesce(pg_relation_filenode(t.id)::text, ''), coalesce(pg_stat_get_xact_numscans(t.id), 0), \
           coalesce((SELECT relispartition FROM pg_class WHERE oid = t.id), false) \
         FROM unnest(ARRAY[{ids}]::oid[]) AS t (id)"
    );
    let rows = transaction.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    let read = |row: &sea_orm::QueryResult| {
        let lock: String = row.try_get_by_index(1).unwrap();
        let (file, scans) = (row.try_get_by_index(2).unwrap(), row.try_get_by_index(3).unwrap());
        let seen = Seen { lock: spelt(&lock), file, scans, partition: row.try_get_by_index(4).unwrap() };
        (row.try_get_by_index(0).unwrap(), seen)
    };
    rows.iter().map(read).collect()
}

/// `AccessShareLock` as `ACCESS SHARE`.
fn spelt(mode: &str) -> String {
    let mut words = String::new();
    for character in mode.trim_end_matches("Lock").chars() {
        if character.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(character.to_ascii_uppercase());
    }
    words
}

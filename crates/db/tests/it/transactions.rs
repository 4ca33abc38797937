//! Transactions that are run again, and failures told in one vocabulary.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use atriz_db::{Database, Engine, Failure, FailureKind, FailureKind as Kind, with_transaction};
use atriz_testing::{TestFleet, Workspace, both_engines, execute, number};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use crate::support::{id, thing, workspace};

async fn fleet(engine: Engine) -> (Workspace, TestFleet, Database) {
    let workspace = workspace();
    let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
    let database = test.database("core").await;
    execute(database.write(), &thing(engine, 1)).await.unwrap();
    (workspace, test, database)
}

/// Reads, waits, and writes what it read plus one: lost if two do so at once.
async fn increment(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    if transaction.get_database_backend() == Engine::Postgres.backend() {
        execute(transaction, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").await?;
    }
    let statement = sea_orm::Statement::from_string(transaction.get_database_backend(), "SELECT amount FROM things");
    let row = transaction.query_one_raw(statement).await?.ok_or_else(|| DbErr::Custom("no row".into()))?;
    let amount: i64 = row.try_get("", "amount")?;
    execute(transaction, &format!("UPDATE things SET amount = {}", amount + 1)).await
}

/// Tries until it is done: five tries each are not enough for sixteen on one row.
async fn insist(database: &Database) {
    loop {
        match with_transaction(database, |transaction| Box::pin(increment(transaction))).await {
            Ok(()) => return,
            Err(error) => assert!(Failure::of(&error).is_transient(), "{error}"),
        }
    }
}

both_engines! {
    async fn no_increment_is_lost(engine) {
        let (_workspace, _test, database) = fleet(engine).await;
        execute(database.write(), "UPDATE things SET amount = 0").await.unwrap();
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let database = database.clone();
                tokio::spawn(async move {
                    for _ in 0..50 {
                        insist(&database).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(number(database.read(), "SELECT amount FROM things").await, 800);
    }

    async fn only_what_may_pass_is_tried_again(engine) {
        let (_workspace, _test, database) = fleet(engine).await;
        let tries = Arc::new(AtomicU32::new(0));
        let run = async |sql: String| {
            tries.store(0, Ordering::SeqCst);
            let done = with_transaction(&database, |transaction| {
                let (sql, tries) = (sql.clone(), Arc::clone(&tries));
                Box::pin(async move {
                    tries.fetch_add(1, Ordering::SeqCst);
                    execute(transaction, "UPDATE things SET amount = 77").await?;
                    execute(transaction, &sql).await
                })
            });
            (done.await.map_err(|error: DbErr| Failure::of(&error).kind), tries.load(Ordering::SeqCst))
        };
        assert_eq!(run(thing(engine, 1)).await, (Err(FailureKind::Unique), 1));
        assert_eq!(number(database.read(), "SELECT amount FROM things").await, 1);
        if engine == Engine::Postgres {
            for (code, kind, tries) in [
                ("40001", FailureKind::SerializationFailure, 5),
                ("40P01", FailureKind::Deadlock, 5),
                ("55P03", FailureKind::LockTimeout, 1),
                ("0A000", FailureKind::Other, 1),
            ] {
                let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '{code}'; END $$");
                assert_eq!(run(raise).await, (Err(kind), tries), "{code}");
            }
        }
        assert_eq!(run("SELECT 1".to_owned()).await, (Ok(()), 1));
        assert_eq!(number(database.read(), "SELECT amount FROM things").await, 77);
    }

    async fn failures_have_the_same_names(engine) {
        let (_workspace, test, database) = fleet(engine).await;
        let session = test.session("core").await;
        execute(&session.connection, &format!("INSERT INTO parts (thing_id, label) VALUES ({}, 'a')", id(engine, 1))).await.unwrap();
        let fail = async |sql: &str| Failure::of(&execute(&session.connection, sql).await.expect_err(sql));
        let null = format!("INSERT INTO things (id, code, amount) VALUES ({}, NULL, 1)", id(engine, 2));
        let missing_parent = format!("INSERT INTO parts (thing_id, label) VALUES ({}, 'b')", id(engine, 9));
        let same_part = format!("INSERT INTO parts (thing_id, label) VALUES ({}, 'a')", id(engine, 1));
        let same_code = format!("INSERT INTO things (id, code, amount) VALUES ({}, 'thing 1', 1)", id(engine, 3));
        let wrong_type = format!("INSERT INTO things (id, code, amount) VALUES ({}, 'c', 'many')", id(engine, 4));
        for (sql, kind, constraint) in [
            (same_code.as_str(), Kind::Unique, Some("uq_things_code")),
            (&same_part, Kind::Unique, Some("pk_parts")),
            (&missing_parent, Kind::ForeignKey, None),
            ("DELETE FROM things", Kind::ForeignKey, None),
            (&null, Kind::NotNull, None),
            ("UPDATE things SET amount = -1", Kind::Check, Some("ck_things_amount")),
            (&wrong_type, Kind::WrongType, None),
            ("SELECT * FROM nowhere", Kind::UndefinedTable, None),
            ("SELECT missing FROM things", Kind::UndefinedColumn, None),
            ("INSERT INTO things (missing) VALUES (1)", Kind::UndefinedColumn, None),
            ("SELEC 1", Kind::Other, None),
        ] {
            let failure = fail(sql).await;
            assert_eq!(failure.kind, kind, "{sql}: {failure:?}");
            if constraint.is_some() {
                assert_eq!(failure.constraint.as_deref(), constraint, "{sql}: {failure:?}");
            }
            assert!(!failure.is_transient() && failure.code.is_some() && !failure.message.is_empty(), "{failure:?}");
        }
        let null = fail(&null).await;
        assert_eq!((null.table.as_deref(), null.columns), (Some("things"), vec!["code".to_owned()]));
        if engine == Engine::Postgres {
            assert_eq!(fail(&missing_parent).await.constraint.as_deref(), Some("fk_parts_things"));
            assert_eq!(fail("SELECT 1 + missing FROM app.things").await.position, Some(11));
        }
        drop(database);
    }
}

#[test]
fn postgres_says_deadlock_stale_plan_and_lock_timeout() {
    atriz_testing::run(Engine::Postgres, "transactions::postgres", async |engine| {
        let (_workspace, test, database) = fleet(engine).await;
        execute(database.write(), &thing(engine, 2)).await.unwrap();
        let one = database.write().clone();
        let (left, right) = (test.session("core").await, test.session("core").await);
        let (a, b) = (left.begin().await.unwrap(), right.begin().await.unwrap());
        execute(&a, "UPDATE app.things SET amount = 5 WHERE code = 'thing 1'").await.unwrap();
        execute(&b, "UPDATE app.things SET amount = 5 WHERE code = 'thing 2'").await.unwrap();
        let (first, second) = tokio::join!(
            execute(&a, "UPDATE app.things SET amount = 6 WHERE code = 'thing 2'"),
            execute(&b, "UPDATE app.things SET amount = 6 WHERE code = 'thing 1'"),
        );
        let error = first.err().or(second.err()).expect("one of the two is ended");
        assert_eq!(Failure::of(&error).kind, FailureKind::Deadlock);
        let (_, _) = (a.rollback().await, b.rollback().await);

        let select = || {
            sea_orm::Statement::from_sql_and_values(
                Engine::Postgres.backend(),
                "SELECT * FROM app.things WHERE amount > $1",
                [0_i64.into()],
            )
        };
        let pinned = test.session("core").await;
        pinned.connection.query_all_raw(select()).await.unwrap();
        let other = test.session("core").await;
        execute(&other.connection, "ALTER TABLE app.things ADD COLUMN note text").await.unwrap();
        let stale = Failure::of(&pinned.connection.query_all_raw(select()).await.unwrap_err());
        assert!(stale.kind == FailureKind::StalePlan && stale.is_transient(), "{stale:?}");

        let holder = other.begin().await.unwrap();
        execute(&holder, "LOCK TABLE app.things").await.unwrap();
        let error =
            execute(&pinned.connection, "SET lock_timeout = '50ms'; SELECT 1 FROM app.things").await.unwrap_err();
        assert_eq!(Failure::of(&error).kind, FailureKind::LockTimeout);
        let error =
            execute(&pinned.connection, "SET statement_timeout = '50ms'; SET lock_timeout = 0; SELECT pg_sleep(1)")
                .await
                .unwrap_err();
        assert_eq!(Failure::of(&error).kind, FailureKind::Timeout);
        holder.rollback().await.unwrap();
        assert!(
            execute(&one, "DROP TABLE app.parts")
                .await
                .is_err_and(|error| Failure::of(&error).kind == FailureKind::Privilege)
        );
    });
}

#[test]
fn postgres_details_are_told_unless_they_are_a_whole_row() {
    atriz_testing::run(Engine::Postgres, "transactions::details", async |engine| {
        let (_workspace, test, _database) = fleet(engine).await;
        let session = test.session("core").await;
        for sql in [
            "CREATE VIEW app.few AS SELECT * FROM app.things WHERE amount < 5 WITH CHECK OPTION",
            "CREATE TABLE app.days (at integer) PARTITION BY LIST (at)",
        ] {
            execute(&session.connection, sql).await.unwrap();
        }
        let raise = |code: &str| {
            format!("DO $$ BEGIN RAISE EXCEPTION 'no' USING DETAIL = 'two of them', ERRCODE = '{code}'; END $$")
        };
        let null = format!("INSERT INTO app.things (id, code, amount) VALUES ({}, NULL, 1)", id(engine, 2));
        let same_code = format!("INSERT INTO app.things (id, code, amount) VALUES ({}, 'thing 1', 1)", id(engine, 3));
        for (sql, code, detail) in [
            (null.as_str(), "23502", None),
            ("UPDATE app.things SET amount = -1", "23514", None),
            ("INSERT INTO app.days VALUES (7)", "23514", None),
            ("UPDATE app.few SET amount = 9", "44000", None),
            (&same_code, "23505", Some("(code)=(thing 1)")),
            (&raise("P0001"), "P0001", Some("two of them")),
            (&raise("22023"), "22023", Some("two of them")),
        ] {
            let failure = Failure::of(&execute(&session.connection, sql).await.unwrap_err());
            assert_eq!(failure.code.as_deref(), Some(code), "{sql}: {failure:?}");
            assert_eq!(failure.detail.is_some(), detail.is_some(), "{sql}: {failure:?}");
            assert!(failure.detail.unwrap_or_default().contains(detail.unwrap_or_default()), "{sql}");
        }
    });
}

#[test]
fn sqlite_says_unique_by_the_index_and_refuses_like_a_check() {
    atriz_testing::run(Engine::Sqlite, "transactions::sqlite", async |engine| {
        let (_workspace, test, _database) = fleet(engine).await;
        let session = test.session("core").await;
        execute(&session.connection, "CREATE UNIQUE INDEX uq_things_lower ON things (lower(code))").await.unwrap();
        let error = execute(&session.connection, &thing(engine, 2).replace("thing 2", "THING 1")).await.unwrap_err();
        assert_eq!(Failure::of(&error).constraint.as_deref(), Some("uq_things_lower"));
        execute(
            &session.connection,
            "CREATE TRIGGER t BEFORE DELETE ON things BEGIN SELECT RAISE(ABORT, 'never'); END",
        )
        .await
        .unwrap();
        let failure = Failure::of(&execute(&session.connection, "DELETE FROM things").await.unwrap_err());
        assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Check, "never"));
    });
}

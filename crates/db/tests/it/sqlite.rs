//! What is SQLite's own: one writer, many readers, files.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use atriz_db::config::SqliteTarget;
use atriz_db::{ConnectError, Database, Engine, Failure, FailureKind, Purpose, Session, Target, with_transaction};
use atriz_testing::{Child, TestFleet, execute, given, number, run};
use sea_orm::DbErr;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{self, ConnectOptions as _};

use crate::support::{thing, workspace};

fn target(path: &Path) -> Target {
    Target::Sqlite(SqliteTarget { path: path.to_path_buf() })
}

#[test]
fn readers_cannot_write() {
    run(Engine::Sqlite, "sqlite::readers", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let database = test.database("core").await;
        let failure = Failure::of(&execute(database.read(), &thing(engine, 1)).await.unwrap_err());
        assert_eq!(failure.kind, FailureKind::ReadOnly, "{failure:?}");
        execute(database.write(), &thing(engine, 1)).await.unwrap();
        assert_eq!(number(database.read(), "SELECT count(*) FROM things").await, 1);
    });
}

#[test]
fn an_apps_writer_keeps_fewer_pages_than_its_readers() {
    run(Engine::Sqlite, "sqlite::pages", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let database = test.database("core").await;
        assert_eq!(number(database.write(), "PRAGMA cache_size").await, -2_000);
        assert_eq!(number(database.read(), "PRAGMA cache_size").await, -16_000);
    });
}

const ERRAND: &str = "sqlite::a_child_writes";

#[test]
fn a_child_writes() {
    let Some(path) = given() else { return };
    run(Engine::Sqlite, ERRAND, async |_| {
        let database = Database::open(&target(Path::new(&path)), Duration::from_secs(10)).await.unwrap();
        let since = Instant::now();
        let mut written = 0;
        while since.elapsed() < Duration::from_secs(3) {
            let done = with_transaction::<(), DbErr, _>(&database, |transaction| {
                Box::pin(async move {
                    number(transaction, "SELECT count(*) FROM things").await;
                    execute(transaction, "UPDATE things SET amount = amount + 1").await
                })
            });
            done.await.unwrap();
            written += 1;
        }
        println!("written {written} times");
    });
}

#[test]
fn three_processes_write_one_file() {
    run(Engine::Sqlite, "sqlite::three", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let database = test.database("core").await;
        execute(database.write(), &thing(engine, 0)).await.unwrap();
        let Target::Sqlite(file) = test.target("core") else { unreachable!("the engine is SQLite") };
        let children: Vec<_> =
            (0..3).map(|_| Child::of_test(ERRAND, &file.path.display().to_string()).spawn()).collect();
        let mut written = 0;
        for child in children {
            let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
            let line =
                said.lines().find_map(|line| line.split("written ").nth(1)).expect("a child says how often it wrote");
            written += line.split(' ').next().unwrap().parse::<i64>().unwrap();
        }
        assert!(written > 100, "{written}");
        assert_eq!(number(database.read(), "SELECT amount FROM things").await, written);
    });
}

#[test]
fn a_file_whose_writer_was_killed_before_it_had_a_log_can_be_looked_at() {
    run(Engine::Sqlite, "sqlite::killed", async |_| {
        let workspace = workspace();
        let (path, killed) = (workspace.root().join("written.db"), workspace.root().join("killed.db"));
        let mut writer = SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.unwrap();
        // More than the cache holds, so that the file itself is written before the end.
        let half = "PRAGMA cache_size = 2; CREATE TABLE a (b); INSERT INTO a VALUES (1); BEGIN; \
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) \
                    INSERT INTO a SELECT randomblob(2000) FROM n";
        sqlx::raw_sql(half).execute(&mut writer).await.unwrap();
        for suffix in ["", "-journal"] {
            let name = |path: &Path| format!("{}{suffix}", path.display());
            std::fs::copy(name(&path), name(&killed)).unwrap();
        }
        let session = Session::open(&target(&killed), Purpose::Look).await.unwrap();
        assert_eq!(number(&session.connection, "SELECT count(*) FROM a").await, 1);
    });
}

#[test]
fn a_missing_file_or_folder_is_told() {
    run(Engine::Sqlite, "sqlite::missing", async |_| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("not/yet/there.db");
        let looked = Session::open(&target(&path), Purpose::Look).await.unwrap_err();
        assert!(matches!(looked, ConnectError::Missing { .. }), "{looked}");
        let served = Database::open(&target(&path), Duration::from_secs(1)).await.unwrap_err();
        assert!(matches!(served, ConnectError::Missing { .. }) && served.hint().contains("db create"), "{served}");
        let owned = Session::open(&target(&path), Purpose::Own).await.unwrap_err();
        assert!(matches!(owned, ConnectError::Missing { .. }), "{owned}");
        assert!(!path.exists() && !path.parent().unwrap().exists());
        Session::open(&target(&path), Purpose::Make).await.unwrap().close().await;
        assert!(path.exists());
        std::fs::write(folder.path().join("file"), "").unwrap();
        let blocked = Session::open(&target(&folder.path().join("file/core.db")), Purpose::Make).await.unwrap_err();
        assert!(matches!(blocked, ConnectError::File { .. }) && blocked.hint().contains("DATA_DIR"), "{blocked}");
    });
}

#[test]
fn what_is_no_database_is_told() {
    run(Engine::Sqlite, "sqlite::no_database", async |_| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("core.db");
        std::fs::write(&path, "this is a letter, and no database at all ".repeat(200)).unwrap();
        let error = Session::open(&target(&path), Purpose::Own).await.unwrap_err().to_string();
        assert!(error.contains("core.db") && error.contains("file is not a database"), "{error}");
    });
}

/// Whether this process may write what it may not: root does not see permissions.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().map(|output| output.stdout).unwrap_or_default();
    id == b"0\n"
}

#[test]
fn a_file_that_cannot_be_written_is_told() {
    run(Engine::Sqlite, "sqlite::read_only", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let Target::Sqlite(file) = test.target("core") else { unreachable!("the engine is SQLite") };
        let path = if is_root() {
            eprintln!("root may write everything: a folder of /proc stands for one that may not be written");
            Path::new("/proc/self/core.db").to_path_buf()
        } else {
            std::fs::set_permissions(&file.path, std::fs::Permissions::from_mode(0o444)).unwrap();
            file.path.clone()
        };
        let error = match Session::open(&target(&path), Purpose::Make).await {
            Err(error) => error,
            Ok(session) => {
                let failure = Failure::of(&execute(&session.connection, &thing(engine, 1)).await.unwrap_err());
                assert_eq!(failure.kind, FailureKind::ReadOnly, "{failure:?}");
                return;
            }
        };
        assert!(matches!(error, ConnectError::File { .. }), "{error}");
        assert!(error.hint().contains("rights"), "{}", error.hint());
    });
}

/// A file system of two MiB, unmounted at its end.
struct Tiny(tempfile::TempDir);

impl Tiny {
    fn mount() -> Option<Self> {
        let tiny = Self(tempfile::tempdir().ok()?);
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(tiny.0.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(tiny)
    }
}

impl Drop for Tiny {
    fn drop(&mut self) {
        // Unmounted already, or never mounted.
        let _ = Command::new("umount").arg(self.0.path()).output();
    }
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    run(Engine::Sqlite, "sqlite::full", async |_| {
        let Some(tiny) = Tiny::mount() else {
            eprintln!("a_full_disk_is_told: left out, it takes the right to mount a small file system");
            return;
        };
        let session = Session::open(&target(&tiny.0.path().join("core.db")), Purpose::Make).await.unwrap();
        execute(&session.connection, "CREATE TABLE t (a BLOB); INSERT INTO t VALUES (x'00')").await.unwrap();
        let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) INSERT INTO t SELECT zeroblob(200000) FROM n";
        let failure = Failure::of(&execute(&session.connection, fill).await.unwrap_err());
        assert_eq!(failure.kind, FailureKind::DiskFull, "{failure:?}");
        assert_eq!(number(&session.connection, "SELECT count(*) FROM t").await, 1);
        session.close().await;
    });
}

#[test]
fn many_open_a_new_file_at_the_same_moment() {
    run(Engine::Sqlite, "sqlite::many", async |_| {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..10 {
            let path = folder.path().join(format!("{round}.db"));
            let opening = (0..16).map(|_| {
                let target = target(&path);
                tokio::spawn(async move { Session::open(&target, Purpose::Make).await })
            });
            for opened in opening.collect::<Vec<_>>() {
                opened.await.unwrap().unwrap().close().await;
            }
        }
    });
}

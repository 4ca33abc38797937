//! Applying migrations: atomic, journaled, and refused where the folder does not fit the database.

use atriz_db::migrate::{Limit, MigrationError, OutOfOrder};
use atriz_db::{Engine, Error, Phase};
use atriz_testing::{TestFleet, Workspace, both_engines, execute, number};

use crate::support::{NEXT, PARTS, SCHEMA, THINGS, failure, history, journal, refused, schema_dump, thing, workspace};

both_engines! {
    async fn a_run_is_journaled_and_a_second_one_does_nothing(engine) {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let reports = test.migrate_all().await;
        assert_eq!(reports[0].applied, [SCHEMA, THINGS, PARTS]);
        let session = test.session("core").await;
        let lines = journal(&session).await;
        let schema = if engine == Engine::Postgres { vec!["statement 20260101000000 up 1"] } else { vec![] };
        let expected = [
            "applied 20260101000000 up",
            "statement 20260101000100 up 1",
            "applied 20260101000100 up",
            "statement 20260101000200 up 1",
            "applied 20260101000200 up",
        ];
        assert_eq!(lines, schema.into_iter().chain(expected).collect::<Vec<_>>());
        let filled = "SELECT count(*) FROM migration_history WHERE checksum IS NOT NULL AND checksum_algorithm IS NOT NULL \
                      AND operator <> '' AND duration_us >= 0 AND name <> '' AND tool_version <> ''";
        assert_eq!(number(&session.connection, filled).await, i64::try_from(lines.len()).unwrap());
        let again = test.migrate_all().await;
        assert!(matches!(again[0].phase, Phase::Current));
        assert_eq!(journal(&session).await, lines);
    }

    async fn a_failure_in_the_middle_leaves_nothing_but_its_line(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        let before = schema_dump(&session.connection, engine).await;
        let broken = "CREATE TABLE {app}others (a {int});\nALTER TABLE {app}things ADD COLUMN note text;\n\nINSERT INTO {app}nowhere VALUES (1);";
        workspace.migration("core", NEXT, broken, "DROP TABLE {app}others;");
        let (error, hint) = failure(&test.migrate().await.unwrap());
        assert!(error.contains(&format!("{engine}/{NEXT}.up.sql, line 4:")), "{error}");
        assert!(error.contains("statement 3 of 3: INSERT INTO"), "{error}");
        assert!(hint.contains("nothing of this migration stays"), "{hint}");
        assert_eq!(schema_dump(&session.connection, engine).await, before);
        assert_eq!(history(&session).await, [SCHEMA, THINGS, PARTS]);
        assert_eq!(journal(&session).await.last().unwrap(), "failed 20260101000300 up 3");
        workspace.migration("core", NEXT, "CREATE TABLE {app}others (a {int});", "DROP TABLE {app}others;");
        assert_eq!(test.migrate_all().await[0].applied, [NEXT]);
    }

    async fn what_is_there_twice_is_told(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let twice = "CREATE TABLE {app}codes (code text);\nINSERT INTO {app}codes VALUES ('a1'), ('b2'), ('b2');\n\
                     CREATE UNIQUE INDEX uq_codes_code ON {app}codes (code);";
        workspace.migration("core", NEXT, twice, "DROP TABLE {app}codes;");
        let (error, _) = failure(&test.migrate().await.unwrap());
        let told = if engine == Engine::Postgres { "Key (code)=(b2) is duplicated." } else { "codes.code" };
        assert!(error.contains("statement 3 of 3") && error.contains(told), "{error}");
        let row = "CREATE TABLE {app}codes (code text, secret text CHECK (secret <> 'x'));\n\
                   INSERT INTO {app}codes VALUES ('a1', 'x');";
        workspace.migration("core", NEXT, row, "DROP TABLE {app}codes;");
        let (error, _) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("statement 2 of 2") && !error.contains("Failing row"), "{error}");
    }

    async fn the_journal_holds_no_values_of_rows(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, &thing(engine, 1).replace("thing 1", "red chair")).await.unwrap();
        execute(&session.connection, &thing(engine, 2).replace("thing 2", "blue sofa")).await.unwrap();
        let raised = "CREATE TRIGGER t BEFORE UPDATE ON things BEGIN SELECT RAISE(ABORT, 'too many'); END;\nUPDATE things SET amount = 9;";
        let deferred = "CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n integer; BEGIN n := NEW.code; RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER t AFTER UPDATE ON app.things DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.f();
            UPDATE app.things SET amount = 9 WHERE code = 'red chair'";
        // The statement, what is told, and what the journal says instead where that is something else.
        let cases = match engine {
            Engine::Postgres => vec![
                ("ALTER TABLE app.things ALTER code TYPE integer USING code::integer", "\"red chair\"", "data exception invalid_text_representation (SQLSTATE 22P02)"),
                ("UPDATE app.things SET amount = (right(code, 1) || '1e30')::numeric", "\"", "(SQLSTATE 22P02)"),
                ("SELECT code::date FROM app.things", "\"red chair\"", "data exception invalid_datetime_format (SQLSTATE 22007)"),
                ("SELECT (left(code, 0) || '99999999999')::integer FROM app.things", "\"99999999999\"", "numeric_value_out_of_range (SQLSTATE 22003)"),
                ("SELECT ('''' || code)::tsvector FROM app.things", "red chair", "a value that cannot be read (SQLSTATE 42601)"),
                (deferred, "\"red chair\"", "data exception invalid_text_representation (SQLSTATE 22P02)"),
                ("CREATE UNIQUE INDEX uq_things_one ON app.things ((replace(replace(code, 'red chair', 'one key'), 'blue sofa', 'one key')))", "(one key)", "uq_things_one"),
                ("DO $$ BEGIN RAISE EXCEPTION 'too many' USING DETAIL = (SELECT min(code) FROM app.things); END $$", "blue sofa", "too many"),
            ],
            Engine::Sqlite => vec![
                ("UPDATE things SET amount = code", "cannot store TEXT value in INTEGER column things.amount", "things.amount"),
                ("UPDATE things SET code = 'one key' || substr(code, 1, 0)", "things.code", "UNIQUE constraint failed"),
                (raised, "too many", "too many"),
            ],
        };
        for (up, told, kept) in cases {
            workspace.migration_only(engine, "core", NEXT, &format!("{up};"), "SELECT 1;");
            let (error, _) = failure(&test.migrate().await.unwrap());
            assert!(error.lines().take(2).any(|line| line.contains(told)), "{up}: {error}");
            let last = "SELECT error FROM migration_history WHERE event = 'failed' ORDER BY id DESC LIMIT 1";
            let journal = atriz_testing::texts(&session.connection, last).await.remove(0);
            // A failure of the commit is of no statement.
            let message = journal.split_once("\n  statement ").map_or(journal.as_str(), |(message, _)| message);
            assert!(message.contains(kept), "{up}: {journal}");
            for value in ["red chair", "blue sofa", "one key", "99999999999", "r1e30"] {
                assert!(!message.contains(value), "{up}: {journal}");
            }
        }
    }

    async fn a_comment_that_fails_among_others_is_told_by_its_line(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        if engine == Engine::Sqlite {
            return; // It has no comments.
        }
        let table = "CREATE TABLE app.notes (\n    a integer,\n    b integer\n);\n";
        let good = "COMMENT ON TABLE app.notes IS 'One; two'; -- and three\nCOMMENT ON COLUMN app.notes.a IS 'A';\n";
        let comments = |column: &str| format!("{table}{good}COMMENT ON COLUMN app.notes.{column} IS 'B';\n{good}");
        workspace.migration_on(Engine::Sqlite, "core", NEXT, "-- atriz: only postgres \"comments\"", "-- atriz: only postgres \"comments\"");
        workspace.migration_on(engine, "core", NEXT, &comments("c"), "DROP TABLE app.notes;");
        let (error, _) = failure(&test.migrate().await.unwrap());
        assert!(error.contains(&format!("{NEXT}.up.sql, line 7:")) && error.contains("statement 4 of 6"), "{error}");
        workspace.migration_on(engine, "core", NEXT, &comments("b"), "DROP TABLE app.notes;");
        test.migrate_all().await;
        let session = test.session("core").await;
        let found = number(&session.connection, "SELECT count(*) FROM pg_description WHERE objoid = 'app.notes'::regclass");
        assert_eq!(found.await, 3);
        let statements = journal(&session).await.into_iter().filter(|line| line.starts_with(&format!("statement {}", &NEXT[..14])));
        assert_eq!(statements.count(), 6);
    }

    async fn an_edited_file_is_refused_and_a_reformatted_one_is_not(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let path = Workspace::path("core", engine, THINGS, "up");
        let text = std::fs::read_to_string(workspace.root().join(&path)).unwrap();
        let reformatted = format!("\u{feff}-- why it is so\r\n{}\r\n/* the end */\r\n", text.replace('\n', "\r\n   "));
        workspace.file(&path, reformatted);
        test.migrate_all().await;
        workspace.file(&path, text.replace(">= 0", ">= 1"));
        let error = refused(&test).await;
        assert!(matches!(&error, Error::Migration(MigrationError::Edited { version, .. }) if version == THINGS), "{error}");
        assert!(error.hint().contains("restore the file"), "{}", error.hint());
        // The way back may be mended: it has not run.
        workspace.file(&path, text).file(&Workspace::path("core", engine, THINGS, "down"), "SELECT 1;");
        test.migrate_all().await;
    }

    async fn a_missing_file_is_refused(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        for engine in Engine::ALL {
            for direction in ["up", "down"] {
                workspace.remove(&Workspace::path("core", engine, PARTS, direction));
            }
        }
        let error = refused(&test).await;
        assert!(matches!(&error, Error::Migration(MigrationError::Unknown { version, .. }) if version == PARTS), "{error}");
    }

    async fn a_late_migration_runs_or_is_refused_by_policy(engine) {
        let workspace = workspace();
        let mut test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let late = "20260101000150_come_late";
        workspace.migration("core", late, "CREATE TABLE {app}late (a {int});", "DROP TABLE {app}late;");
        test.context.tolerance.out_of_order = OutOfOrder::Refuse;
        let error = refused(&test).await;
        let words = format!("core: `{late}` is pending and older than `{PARTS}`, which is applied");
        assert_eq!(error.to_string(), words);
        test.context.tolerance.out_of_order = OutOfOrder::Allow;
        assert_eq!(test.migrate_all().await[0].applied, [late]);
    }

    async fn limits_are_kept(engine) {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        assert_eq!(test.migrate_to(&Limit::Count(1)).await.unwrap()[0].applied, [SCHEMA]);
        let to = |version: &str| Limit::To(version.to_owned());
        assert_eq!(test.migrate_to(&to("20260101000100")).await.unwrap()[0].applied, [THINGS]);
        assert_eq!(test.migrate_to(&to(THINGS)).await.unwrap()[0].applied, [""; 0]);
        let error = test.migrate_to(&to("2031")).await.unwrap_err();
        assert!(error.to_string().contains("there is no migration `2031`"), "{error}");
        assert_eq!(test.migrate_to(&Limit::Count(5)).await.unwrap()[0].applied, [PARTS]);
    }

    async fn a_dry_run_tells_and_changes_nothing(engine) {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let request = atriz_db::MigrateRequest { plan: test.plan(), limit: Limit::All };
        let pending = test.fleet.pending(&request, &test.context).await.unwrap();
        let versions: Vec<_> = pending.iter().map(|one| one.version.as_str()).collect();
        assert_eq!(versions, [SCHEMA, THINGS, PARTS]);
        assert!(pending[1].statements[0].starts_with("CREATE TABLE"));
        let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
        assert_eq!((status[0].applied, status[0].pending, status[0].identity.is_some()), (0, 3, false));
        assert!(!status[0].is_current() && status[0].error.is_none());
        test.migrate_all().await;
        let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
        assert!(status[0].is_current() && status[0].identity.is_some(), "{status:#?}");
    }

    async fn a_file_for_the_other_engine_alone_is_applied_without_running(engine) {
        let workspace = workspace();
        workspace.migration_only(engine.other(), "core", NEXT, "THIS IS NO SQL;", "NOR IS THIS;");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        assert_eq!(history(&session).await.last().unwrap(), NEXT);
        test.fleet.rollback("core", &Limit::Count(1), &crate::support::yes(), &test.context).await.unwrap();
        assert_eq!(history(&session).await.last().unwrap(), PARTS);
    }

    async fn a_database_that_is_not_there_is_told_with_the_way_out(engine) {
        let workspace = workspace();
        let test = TestFleet::new(engine, vec![workspace.descriptor("core")]);
        let error = refused(&test).await;
        assert!(error.to_string().ends_with("does not exist"), "{error}");
        assert_eq!(error.hint(), "`cargo xtask db create` makes it");
        let seeded = test.seed().await.unwrap_err();
        assert!(seeded.to_string().ends_with("does not exist"), "{seeded}");
        let back = test.fleet.rollback("core", &Limit::All, &crate::support::yes(), &test.context).await.unwrap_err();
        assert!(back.to_string().ends_with("does not exist"), "{back}");
        let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
        assert!(status[0].error.as_deref().is_some_and(|error| error.contains("does not exist")));
    }

    async fn a_trigger_body_and_odd_text_run_as_they_are(engine) {
        let workspace = workspace();
        let text = "tab\tquote''double\"semi;colon -- no comment\\ \u{1F980}";
        let up = match engine {
            Engine::Sqlite => format!(
                "CREATE TRIGGER trg_things_say AFTER INSERT ON things BEGIN\n  UPDATE things SET code = CASE WHEN 1 THEN '{text}' END \
                 WHERE id = NEW.id;\n  SELECT 1;\nEND;"
            ),
            Engine::Postgres => format!(
                "CREATE FUNCTION app.say() RETURNS trigger LANGUAGE plpgsql AS $a$\nBEGIN\n  NEW.code := '{text}';\n  RETURN NEW;\nEND;\n$a$;\n\
                 CREATE TRIGGER trg_things_say BEFORE INSERT ON app.things FOR EACH ROW EXECUTE FUNCTION app.say();"
            ),
        };
        workspace.migration_only(engine, "core", NEXT, &up, "SELECT 1;");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, &thing(engine, 1)).await.unwrap();
        let found = atriz_testing::texts(&session.connection, "SELECT code FROM things").await;
        assert_eq!(found, [text.replace("''", "'")]);
    }
}

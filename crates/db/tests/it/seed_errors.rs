//! What is wrong with a seed is told with its file, row and column, and nothing of the file stays.

use atriz_db::catalog::SeedSet;
use atriz_db::seed::SeedOutcome;
use atriz_db::{Consent, Engine, Environment, Error, SeedError, SeedRequest};
use atriz_testing::{TestFleet, both_engines, number};

use crate::entities::{descriptor, workspace};
use crate::support::inner;

/// Names below `reference` and their text.
type Files = &'static [(&'static str, &'static str)];

/// Files, the words of the error, and those of its hint.
const CASES: &[(Files, &str, &str)] = &[
    (&[("01_things.csv", "code*,nam\na,A\n")], "table `things` has no column `nam`", "did you mean `name`?"),
    (&[("01_things.csv", "code*,name,zzz\na,A,1\n")], "has no column `zzz`", "correct the heading"),
    (&[("01_thingz.csv", "code*\na\n")], "there is no table `thingz`", "correct the file's name"),
    (&[("01_things.csv", "code,name\na,A\n")], "no column is marked as natural key", "mark the columns"),
    (
        &[("01_things.csv", "code*,name,amount\na,A,1\nb,B,many\n")],
        "row 3, column `amount`: `many` is not a whole number",
        "correct the cell",
    ),
    (&[("01_things.csv", "code*,name,small\na,A,3000000000\n")], "row 2, column `small`", "correct the cell"),
    (&[("01_things.csv", "code*,name,active\na,A,yes\n")], "`yes` is not true or false", "correct the cell"),
    (&[("01_things.csv", "code*,name,happened_at\na,A,2026-01-31\n")], "is not a time such as", "correct the cell"),
    (&[("01_things.csv", "code*,name,data\na,A,{\n")], "is not JSON", "correct the cell"),
    (
        &[("01_things.csv", "code*,name\na,A\nb,B\na,C\n")],
        "row 4: the key `a` is taken by row 2",
        "remove one of the two",
    ),
    (
        &[("01_things.csv", "code*,name\na,A\n"), ("02_parts.csv", "thing:code,label\na,x\na,y\na,x\n")],
        "row 4: the key `a/x` is taken by row 2",
        "remove one of the two",
    ),
    (&[("01_things.csv", "code*,name\na,\"A\nb,B\n")], "01_things.csv: a quote is not closed", "seeds/README.md"),
    (
        &[("01_things.csv", "code*,name\na,A\nb,B,C\n")],
        "01_things.csv: row 3 has 3 cells, and the heading 2 cells",
        "seeds/README.md",
    ),
    (&[("01_things.csv", "")], "01_things.csv: it has no heading", "seeds/README.md"),
    (
        &[("01_things.csv", "code*,name,code\na,A,a\n")],
        "column `code` stands in the heading twice, as `code*` and `code`",
        "remove one of the two",
    ),
    (
        &[("01_things.csv", "code*,name,parent:code,parent_id\na,A,,\n")],
        "column `parent_id` stands in the heading twice, as `parent:code` and `parent_id`",
        "remove one of the two",
    ),
    (
        &[("01_things.json", "[{\"code*\": \"a\", \"name\": \"A\", \"amount\": \"many\"}]")],
        "01_things.json, row 1, column `amount`: `many` is not a whole number",
        "correct the cell",
    ),
    (
        &[("01_things.json", "[{\"code*\": \"a\", \"name\": \"A\"}, {\"code*\": \"b\"}]")],
        "object 2 has other names than the first",
        "seeds/README.md",
    ),
    (&[("things.csv", "code*\na\n")], "things.csv is not named like a seed", "name it `<NN>_<table>.csv`"),
    (&[("01_things.txt", "x")], "is not named like a seed", "name it"),
    (
        &[("01_things.csv", "code*,name\na,A\n"), ("02_parts.csv", "thing:code,label\na,one\nb,two\n")],
        "02_parts.csv, row 3, column `thing:code`: table `things` has no row `b`",
        "add the parent to an earlier file",
    ),
    (&[("01_things.csv", "code*,name,small:code\na,A,b\n")], "no column `small_id`", "`small`"),
    (&[("01_things.csv", "code*,name,amount\na,A,-1\n")], "ck_things_amount", "nothing of this file was loaded"),
    (
        &[("01_things.csv", "code*,name,amount\na,A,1\nb,B,2\nc,C,3\nd,D,-4\ne,E,5\n")],
        "01_things.csv, row 5, column `amount`: ",
        "correct the cell",
    ),
];

both_engines! {
    async fn each_is_told_in_full(engine) {
        for (files, words, hint) in CASES {
            let workspace = workspace();
            for (file, text) in *files {
                workspace.seed("core", &format!("reference/{file}"), text);
            }
            // One database serves all cases: a refused file leaves nothing behind.
            let test = TestFleet::migrated(engine, vec![descriptor(&workspace)]).await;
            let error = test.seed().await.expect_err(words);
            assert!(error.to_string().contains(words), "{words}: {error}");
            assert!(error.hint().contains(hint), "{hint}: {}", error.hint());
            let session = test.session("core").await;
            let of_last = i64::from(files.len() != 1);
            assert_eq!(number(&session.connection, "SELECT count(*) FROM things").await, of_last, "{words}");
            assert_eq!(number(&session.connection, "SELECT count(*) FROM seed_history").await, of_last, "{words}");
            assert_eq!(number(&session.connection, "SELECT count(*) FROM parts").await, 0, "{words}");
        }
    }

    async fn sql_that_ends_its_transaction_is_refused_before_any_file_runs(engine) {
        let workspace = workspace();
        workspace.seed("core", "reference/01_things.csv", "code*,name\na,A\n");
        let test = TestFleet::migrated(engine, vec![descriptor(&workspace)]).await;
        let session = test.session("core").await;
        let mut refused = vec!["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "END"];
        if engine == Engine::Sqlite {
            refused.push("PRAGMA foreign_keys = OFF");
        }
        let file = |text: String| {
            workspace.seed("core", &format!("reference/02_parts.{engine}.up.sql"), &text);
            workspace.seed("core", &format!("reference/02_parts.{engine}.down.sql"), "SELECT 1;");
        };
        for statement in refused {
            file(format!("SELECT 1;\n{statement};\n"));
            let error = test.seed().await.unwrap_err();
            let word = statement.split(' ').next().unwrap();
            assert!(error.to_string().contains(&format!("02_parts.{engine}.up.sql, line 2: {word} has no place")), "{error}");
            assert!(error.hint().starts_with("remove it"), "{}", error.hint());
        }
        file("SELECT 1;\nSELECT '\0';\n".to_owned());
        let error = test.seed().await.unwrap_err();
        assert!(error.to_string().contains("up.sql: line 2 holds a NUL byte"), "{error}");
        assert_eq!(number(&session.connection, "SELECT count(*) FROM things").await, 0);
        file("SELECT 1;".to_owned());
        test.seed().await.unwrap();
    }

    async fn the_way_back_in_sql_is_refused_alike(engine) {
        let workspace = workspace();
        workspace.seed("core", &format!("reference/01_things.{engine}.up.sql"), "SELECT 1;");
        workspace.seed("core", &format!("reference/01_things.{engine}.down.sql"), "DELETE FROM things;\nCOMMIT;");
        let test = TestFleet::migrated(engine, vec![descriptor(&workspace)]).await;
        test.seed().await.unwrap();
        let request = SeedRequest { plan: test.plan(), sets: Vec::new(), skip_known: false };
        let yes = Consent { yes: true, ..Consent::default() };
        let error = test.fleet.take_back_seeds(&request, &yes, &test.context).await.unwrap_err();
        assert!(error.to_string().contains(&format!("01_things.{engine}.down.sql, line 2: COMMIT has no place")), "{error}");
    }

    async fn a_file_without_rows_loads_nothing(engine) {
        let workspace = workspace();
        workspace.seed("core", "reference/01_things.csv", "code*,name\n").seed("core", "reference/02_parts.json", "[]");
        let test = TestFleet::migrated(engine, vec![descriptor(&workspace)]).await;
        assert_eq!(test.seed().await.unwrap()[0].total, SeedOutcome::default());
        assert_eq!(test.seed().await.unwrap()[0].total, SeedOutcome::default());
    }

    async fn demo_rows_never_reach_production(engine) {
        let workspace = workspace();
        workspace.seed("core", "reference/01_things.csv", "code*,name\na,A\n").seed("core", "demo/01_things.csv", "code*,name\nb,B\n");
        let mut test = TestFleet::migrated(engine, vec![descriptor(&workspace)]).await;
        test.fleet.mark("core", Environment::Production, Some("core"), &test.context).await.unwrap();
        // The mark alone says so.
        assert!(matches!(inner(test.seed().await.unwrap_err()), Error::Migration(_) | Error::Identity(_)));
        test.context.environment = Environment::Production;
        let request = SeedRequest { plan: test.plan(), sets: vec![SeedSet::Demo], skip_known: false };
        let taken = test.fleet.take_back_seeds(&request, &Consent { yes: true, ..Consent::default() }, &test.context).await.unwrap_err();
        assert!(taken.to_string().contains("refused in production"), "{taken}");
        let error = test.fleet.seed(&request, &test.context).await.unwrap_err();
        assert!(matches!(error, Error::Seed(SeedError::Production)), "{error}");
        test.seed().await.unwrap();
        let session = test.session("core").await;
        assert_eq!(atriz_testing::texts(&session.connection, "SELECT code FROM things").await, ["a"]);
    }
}

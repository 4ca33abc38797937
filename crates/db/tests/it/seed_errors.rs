//! What is wrong with a seed is told with its file, row and column, and nothing of the file stays.

use atriz_db::catalog::SeedSet;
use atriz_db::{Consent, Environment, Error, SeedError, SeedRequest};
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
    (&[("01_things.csv", "code*,name\na,A,B\n")], "01_things.csv", "seeds/README.md"),
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

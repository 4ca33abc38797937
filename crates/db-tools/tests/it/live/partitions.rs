//! Partitions that somebody changed, or dropped.

use super::*;

const MORE: &str = "20260101000200_change_order";

const MORE_UP: &str = "
ALTER TABLE app.\"order\" ADD COLUMN note text, ADD COLUMN remark text;
ALTER TABLE app.order_rest ALTER COLUMN remark SET NOT NULL;
ALTER TABLE app.order_rest ADD CONSTRAINT ck_order_rest_note CHECK (note <> '');
CREATE INDEX idx_order_rest_note ON app.order_rest (note);
GRANT SELECT ON app.order_rest TO PUBLIC;
COMMENT ON TABLE app.order_rest IS 'What has no place elsewhere.';
ALTER TABLE app.order_rest ENABLE ROW LEVEL SECURITY;
CREATE POLICY pol_order_rest ON app.order_rest USING (true);
ALTER TABLE app.order_rest SET (fillfactor = 70);
";

/// `shop` with a partition that its folder makes otherwise than its parent.
async fn prepared(workspace: &Workspace) -> TestFleet {
    let all = databases(workspace);
    workspace.migration_only(Engine::Postgres, "shop", MORE, MORE_UP, "-- atriz: irreversible \"a test\"\n");
    TestFleet::prepared(Engine::Postgres, all).await
}

async fn mended(test: &TestFleet, made: &str, expected: &str) -> Vec<String> {
    run(test, "shop", &[made.to_owned()]).await;
    let found = told(test).await;
    assert!(lines(&found).contains(expected), "{made}\nexpected: {expected}\ntold:\n{}", lines(&found));
    let mend: Vec<String> = found.iter().flat_map(|finding| finding.mend.clone()).collect();
    run(test, "shop", &mend).await;
    let left = told(test).await;
    assert!(left.is_empty(), "{made}\nmended by {mend:#?}\nstill told:\n{}", lines(&left));
    mend
}

#[test]
fn null_in_a_partition_is_as_the_folder_has_it_there() {
    atriz_testing::run(Engine::Postgres, "live::partition_null", |_| async move {
        let workspace = Workspace::new();
        let test = prepared(&workspace).await;
        let found = told(&test).await;
        assert!(found.is_empty(), "the folder makes it so: {}", lines(&found));
        for (made, expected) in [
            (
                "ALTER TABLE app.order_2026 ALTER COLUMN note SET NOT NULL",
                "partition app.order_2026, table, column note, nullable, drift: folder true; live false",
            ),
            (
                "ALTER TABLE app.order_rest ALTER COLUMN remark DROP NOT NULL",
                "partition app.order_rest, table, column remark, nullable, drift: folder false; live true",
            ),
            (
                "CREATE TABLE app.order_2027 PARTITION OF app.\"order\" FOR VALUES FROM ('2027-01-01') TO ('2028-01-01'); \
                 ALTER TABLE app.order_2027 ALTER COLUMN note SET NOT NULL",
                "partition app.order_2027, column note, drift: folder text; live text NOT NULL",
            ),
        ] {
            mended(&test, made, expected).await;
        }
    });
}

#[test]
fn a_partition_that_takes_the_rest_is_made_anew_with_all_that_it_had() {
    atriz_testing::run(Engine::Postgres, "live::partition_rest", |_| async move {
        let workspace = Workspace::new();
        let test = prepared(&workspace).await;
        let expected = "partition app.order_rest, drift: folder {";
        let mend = mended(&test, "DROP TABLE app.order_rest", expected).await;
        let owner = mend.iter().any(|sql| sql.starts_with("ALTER TABLE \"app\".\"order_rest\" OWNER TO "));
        assert!(owner, "{mend:#?}");
        mended(&test, "DROP TABLE app.\"order\"", "table app.order, drift: folder {").await;
    });
}

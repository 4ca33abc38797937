//! Indexes that a concurrent build left behind.

use super::*;

#[test]
fn one_that_the_folder_does_not_have_is_dropped_once() {
    atriz_testing::run(Engine::Postgres, "live::invalid", |engine| async move {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        let session = test.session("shop").await;
        let things = "INSERT INTO app.things (id, code, created_at) SELECT gen_random_uuid(), n::text, now() \
                      FROM generate_series(1, 2) n";
        execute(&session.connection, things).await.unwrap();
        for sql in ["by_hand ON app.things (amount)", "idx_things_size ON app.things (amount)"] {
            if sql.starts_with("idx_") {
                execute(&session.connection, "DROP INDEX app.idx_things_size").await.unwrap();
            }
            let built = execute(&session.connection, &format!("CREATE UNIQUE INDEX CONCURRENTLY {sql}")).await;
            assert!(built.is_err(), "two rows are alike");
        }
        session.close().await;
        let found = told(&test).await;
        assert_eq!(found.iter().filter(|finding| finding.kind == "invalid_index").count(), 2, "{}", lines(&found));
        let mend: Vec<String> = found.into_iter().flat_map(|finding| finding.mend).collect();
        run(&test, "shop", &mend).await;
        let left = told(&test).await;
        assert!(left.is_empty(), "{}", lines(&left));
    });
}

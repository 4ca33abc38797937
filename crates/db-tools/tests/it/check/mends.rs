//! What mends say.

use atriz_db::Engine;

use super::{Seeded, lines, seeded};

/// The mends of the base with these changes on PostgreSQL, and what is told behind them.
async fn mends(postgres: &[(&'static str, &'static str)]) -> (String, Vec<String>) {
    let change = Seeded { postgres: postgres.to_vec(), ..Seeded::default() };
    let workspace = change.workspace();
    let found = seeded(&change, &workspace).await.unwrap().findings;
    let said = found.iter().flat_map(|finding| finding.mend.clone()).collect::<Vec<_>>().join("\n");
    Seeded::mend(&workspace, &found);
    (said, lines(&seeded(&change, &workspace).await.unwrap().findings))
}

#[test]
fn a_new_column_says_where_it_will_stand() {
    atriz_testing::run(Engine::Postgres, "check::order", async |_| {
        let (said, left) = mends(&[("    data jsonb,\n", "")]).await;
        assert!(said.contains("-- PostgreSQL puts a new column behind all others"), "{said}");
        assert!(left.iter().all(|line| line.starts_with("table things, order differs")), "{left:#?}");
    });
}

#[test]
fn the_table_of_an_entity_keeps_its_name() {
    atriz_testing::run(Engine::Postgres, "check::twice", async |_| {
        let other = "CREATE SCHEMA aaa; CREATE TABLE aaa.owners (id uuid NOT NULL CONSTRAINT pk_owners PRIMARY KEY); \
                     CREATE VIEW app.open_things";
        let (said, _) = mends(&[("CREATE VIEW app.open_things", other)]).await;
        assert!(said.contains("ALTER TABLE aaa.owners RENAME TO aaa_owners"), "{said}");
        assert!(!said.contains("app_owners"), "{said}");
    });
}

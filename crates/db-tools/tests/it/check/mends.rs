//! What mends say.

use atriz_db::Engine;
use atriz_db::catalog::TableModel;
use sea_orm::sea_query::{ColumnType, ForeignKeyAction};

use super::{Seeded, lines, models, seeded};

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

/// What SQLite alone has: tables whose names come before those that they refer to, and two that refer to each other.
const NEW: &str = "
CREATE TABLE a_notes (id INTEGER NOT NULL CONSTRAINT pk_a_notes PRIMARY KEY, kind_id INTEGER NOT NULL,
    CONSTRAINT fk_a_notes_z_kinds FOREIGN KEY (kind_id) REFERENCES z_kinds (id)) STRICT;
CREATE TABLE z_kinds (id INTEGER NOT NULL CONSTRAINT pk_z_kinds PRIMARY KEY, above_id INTEGER,
    CONSTRAINT fk_z_kinds_z_kinds FOREIGN KEY (above_id) REFERENCES z_kinds (id)) STRICT;
CREATE TABLE chickens (id INTEGER NOT NULL CONSTRAINT pk_chickens PRIMARY KEY, egg_id INTEGER,
    CONSTRAINT fk_chickens_eggs FOREIGN KEY (egg_id) REFERENCES eggs (id)) STRICT;
CREATE TABLE eggs (id INTEGER NOT NULL CONSTRAINT pk_eggs PRIMARY KEY, chicken_id INTEGER,
    CONSTRAINT fk_eggs_chickens FOREIGN KEY (chicken_id) REFERENCES chickens (id) ON DELETE CASCADE) STRICT;
ALTER TABLE owners ADD COLUMN kind_id INTEGER CONSTRAINT fk_owners_z_kinds REFERENCES z_kinds (id);
CREATE INDEX idx_a_notes_kind_id ON a_notes (kind_id);
CREATE INDEX idx_z_kinds_above_id ON z_kinds (above_id);
CREATE INDEX idx_chickens_egg_id ON chickens (egg_id);
CREATE INDEX idx_eggs_chicken_id ON eggs (chicken_id);
CREATE INDEX idx_owners_kind_id ON owners (kind_id);
CREATE VIEW open_things";

#[test]
fn new_tables_stand_behind_what_they_refer_to() {
    atriz_testing::run(Engine::Postgres, "check::new_tables", async |_| {
        let change = Seeded { sqlite: vec![("CREATE VIEW open_things", NEW)], ..Seeded::default() };
        let workspace = change.workspace();
        let found = seeded(&change, &workspace).await.unwrap().findings;
        Seeded::mend(&workspace, &found);
        let behind = lines(&seeded(&change, &workspace).await.unwrap().findings);
        assert!(behind.iter().all(|line| line.contains(": entities nothing; folders ")), "{behind:#?}");
        let tables = behind.iter().filter(|line| line.contains("table missing")).count();
        assert_eq!(tables, 4, "{behind:#?}");
    });
}

/// Two entities in two schemas that refer to each other.
fn in_two_schemas(tables: &mut Vec<TableModel>) {
    for (schema, name, column, other) in
        [("app", "chickens", "egg_id", "eggs"), ("aaa", "eggs", "chicken_id", "chickens")]
    {
        let mut table = TableModel { schema: schema.to_owned(), ..models::table(name, &["id"]) };
        let reference = models::null(models::column(column, ColumnType::Uuid));
        table.columns = vec![models::column("id", ColumnType::Uuid), reference];
        table.foreign_keys = vec![models::key(&[column], other, &["id"], ForeignKeyAction::Cascade)];
        tables.push(table);
    }
}

#[test]
fn new_tables_stand_in_the_schemas_of_their_entities() {
    atriz_testing::run(Engine::Postgres, "check::new_schemas", async |_| {
        let schema = ("CREATE VIEW app.open_things", "CREATE SCHEMA aaa; CREATE VIEW app.open_things");
        let change = Seeded { postgres: vec![schema], entities: Some(in_two_schemas), ..Seeded::default() };
        let workspace = change.workspace();
        let found = seeded(&change, &workspace).await.unwrap().findings;
        let said = found.iter().flat_map(|finding| finding.mend.clone()).collect::<Vec<_>>().join("\n");
        assert!(said.contains("ALTER TABLE app.chickens ADD CONSTRAINT"), "{said}");
        assert!(said.contains("REFERENCES aaa.eggs") && said.contains("REFERENCES app.chickens"), "{said}");
        Seeded::mend(&workspace, &found);
        let behind = lines(&seeded(&change, &workspace).await.unwrap().findings);
        assert!(behind.iter().all(|line| !line.contains("missing")), "{behind:#?}");
    });
}

#[test]
fn a_type_that_holds_less_says_what_is_lost() {
    atriz_testing::run(Engine::Postgres, "check::loss", async |_| {
        let (said, left) = mends(&[("amount bigint NOT NULL", "amount numeric(12,2) NOT NULL")]).await;
        assert!(said.contains("-- what stands behind the point is rounded"), "{said}");
        // What is computed from it stands behind all others then.
        assert!(left.iter().all(|line| line.starts_with("table things, order differs")), "{said}: {left:#?}");
        // A cast that is written would cut what is too long.
        let (said, left) = mends(&[("code varchar(20)", "code varchar(40)")]).await;
        assert!(said.contains("TYPE varchar(20)") && !said.contains("USING"), "{said}");
        assert_eq!(left, [] as [&str; 0], "{said}");
    });
}

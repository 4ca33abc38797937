//! Tables with a column of every type, a parent in the same table, a composite key and an append-only one.

use atriz_db::{Descriptor, Engine};
use atriz_testing::Workspace;

pub(crate) const VERSION: &str = "20260101000100_create_all";

pub(crate) mod things {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "things")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(column_type = "Text", unique)]
        pub code: String,
        #[sea_orm(column_type = "Text")]
        pub name: String,
        pub parent_id: Option<Uuid>,
        pub amount: Option<i64>,
        pub small: Option<i32>,
        pub rate: Option<f64>,
        pub active: Option<bool>,
        #[sea_orm(column_type = "JsonBinary")]
        pub data: Option<Json>,
        pub raw: Option<Vec<u8>>,
        pub on_day: Option<ChronoDate>,
        pub happened_at: Option<ChronoDateTimeUtc>,
        pub version: i64,
        pub created_at: ChronoDateTimeUtc,
        pub updated_at: ChronoDateTimeUtc,
        #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_id", to = "id")]
        pub parent: BelongsTo<Option<Entity>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod parts {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "parts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub thing_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
        pub label: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub note: Option<String>,
        #[sea_orm(belongs_to, from = "thing_id", to = "id")]
        pub thing: BelongsTo<super::things::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod events {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "events")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub text: String,
        pub created_at: ChronoDateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

const TABLES: &str = "CREATE TABLE {app}sync_scopes (
    scope_id {uuid} NOT NULL CONSTRAINT pk_sync_scopes PRIMARY KEY, version {big} NOT NULL, min_version {big} NOT NULL
){strict};
CREATE TABLE {app}things (
    id {uuid} NOT NULL CONSTRAINT pk_things PRIMARY KEY, code text NOT NULL CONSTRAINT uq_things_code UNIQUE, name text NOT NULL,
    parent_id {uuid} CONSTRAINT fk_things_things REFERENCES {app}things (id), amount {big} CONSTRAINT ck_things_amount CHECK (amount >= 0),
    small {int}, rate {float}, active {bool}, data {json}, raw {bytes}, on_day {date}, happened_at {time}, version {big} NOT NULL,
    created_at {time} NOT NULL, updated_at {time} NOT NULL
){strict};
CREATE TABLE {app}parts (
    thing_id {uuid} NOT NULL CONSTRAINT fk_parts_things REFERENCES {app}things (id), label text NOT NULL, note text,
    CONSTRAINT pk_parts PRIMARY KEY (thing_id, label)
){strict};
CREATE TABLE {app}events (id {uuid} NOT NULL CONSTRAINT pk_events PRIMARY KEY, text text NOT NULL, created_at {time} NOT NULL){strict};";

const APPEND_ONLY_POSTGRES: &str = "
CREATE FUNCTION app.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append only'; END $$;
CREATE TRIGGER trg_events_append_only BEFORE UPDATE OR DELETE ON app.events FOR EACH ROW EXECUTE FUNCTION app.refuse();
CREATE TRIGGER trg_events_append_only_truncate BEFORE TRUNCATE ON app.events FOR EACH STATEMENT EXECUTE FUNCTION app.refuse();
CREATE TABLE app.counted (n bigint GENERATED ALWAYS AS IDENTITY, a integer);
CREATE SEQUENCE app.free;";

const APPEND_ONLY_SQLITE: &str = "
CREATE TRIGGER trg_events_append_only_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER trg_events_append_only_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE counted (n INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER) STRICT;
CREATE VIRTUAL TABLE things_search USING fts5(name, content = 'things', content_rowid = 'rowid');
CREATE TRIGGER trg_things_search_insert AFTER INSERT ON things BEGIN
    INSERT INTO things_search (rowid, name) VALUES (NEW.rowid, NEW.name);
END;
CREATE TRIGGER trg_things_search_delete AFTER DELETE ON things BEGIN
    INSERT INTO things_search (things_search, rowid, name) VALUES ('delete', OLD.rowid, OLD.name);
END;";

/// A workspace whose database `core` has these tables, and no seeds yet.
pub(crate) fn workspace() -> Workspace {
    let workspace = Workspace::new();
    for (engine, schema, more) in
        [(Engine::Postgres, "CREATE SCHEMA app;\n", APPEND_ONLY_POSTGRES), (Engine::Sqlite, "", APPEND_ONLY_SQLITE)]
    {
        workspace.migration_on(engine, "core", VERSION, &format!("{schema}{TABLES}{more}"), "SELECT 1;");
    }
    workspace
}

/// Its descriptor.
pub(crate) fn descriptor(workspace: &Workspace) -> Descriptor {
    let database = workspace.descriptor("core").entity::<things::Entity>().entity::<parts::Entity>();
    database.entity::<events::Entity>()
}

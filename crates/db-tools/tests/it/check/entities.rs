//! What an entity of SeaORM says is read in full.

use atriz_db::Descriptor;
use atriz_db_tools::logical::{Action, ColumnType, from_entities};

#[expect(
    clippy::disallowed_methods,
    reason = "SeaORM's macros write methods that begin transactions; nothing calls them"
)]
mod owners {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "owners", comment = "Who owns things")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        #[sea_orm(unique, column_type = "Text", comment = "What they are called")]
        pub name: String,
        #[sea_orm(has_many)]
        pub things: HasMany<super::things::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(
    clippy::disallowed_methods,
    reason = "SeaORM's macros write methods that begin transactions; nothing calls them"
)]
mod things {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
    pub(super) enum State {
        New,
        Sold,
    }

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "things")]
    pub(super) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(unique_key = "owner_code")]
        pub owner_id: i64,
        #[sea_orm(unique_key = "owner_code", column_type = "String(StringLen::N(20))", renamed_from = "sku")]
        pub code: String,
        #[sea_orm(default_value = "new")]
        pub state: State,
        #[sea_orm(default_value = true)]
        pub is_open: bool,
        #[sea_orm(indexed, comment = "When", renamed_from = "moment")]
        pub at: ChronoDateTimeUtc,
        #[sea_orm(column_type = "JsonBinary")]
        pub data: Option<Json>,
        #[sea_orm(belongs_to, from = "owner_id", to = "id", on_delete = "Cascade", on_update = "NoAction")]
        pub owner: BelongsTo<super::owners::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[test]
fn an_entity_is_read_in_full() {
    let database = Descriptor::new("core", "core", "apps/core")
        .schema("app")
        .entity::<owners::Entity>()
        .entity::<things::Entity>();
    let said = from_entities(&database).unwrap();
    let owners = &said.tables["owners"];
    assert_eq!((owners.schema.as_str(), owners.comment.as_deref()), ("app", Some("Who owns things")));
    assert!(owners.columns[0].identity);
    assert_eq!(owners.columns[1].comment.as_deref(), Some("What they are called"));
    assert!(owners.indexes["uq_owners_name"].unique);
    assert!(owners.foreign_keys.is_empty());

    let things = &said.tables["things"];
    let column = |name: &str| things.column(name).unwrap();
    assert!(!column("id").identity);
    assert_eq!(column("code").kind, ColumnType::Varchar(Some(20)));
    assert_eq!(column("code").renamed_from.as_deref(), Some("sku"));
    assert_eq!(column("state").default.as_deref(), Some("'new'"));
    assert_eq!(column("is_open").default.as_deref(), Some("true"));
    assert_eq!((column("at").comment.as_deref(), column("at").renamed_from.as_deref()), (Some("When"), Some("moment")));
    assert!(column("data").nullable && column("data").kind == ColumnType::JsonBinary);
    assert!(!things.indexes["idx_things_at"].unique);
    let keys: Vec<&str> = things.indexes["uq_things_owner_id_code"].keys.iter().map(|key| key.key.as_str()).collect();
    assert_eq!(keys, ["owner_id", "code"]);
    let key = &things.foreign_keys["fk_things_owners"];
    assert_eq!((key.on_delete, key.on_update, key.table.as_str()), (Action::Cascade, Action::NoAction, "owners"));
}

//! Entities that say another thing than both folders.

use sea_orm::sea_query::{ColumnType, Expr, ForeignKeyAction};

use super::{Mistake, entities};
use crate::check::models::{column, key, null, of, table};

pub(super) fn all() -> Vec<Mistake> {
    vec![
        entities(
            "an entity of another type",
            |tables| of(tables, "entries", "delta").kind = ColumnType::Integer,
            &["column entries.delta, type differs: entities integer; postgres bigint"],
        ),
        entities(
            "an entity of quite another type",
            |tables| of(tables, "things", "note").kind = ColumnType::JsonBinary,
            &["column things.note, type differs: entities jsonb; folders text"],
        ),
        entities(
            "an entity that may be empty",
            |tables| of(tables, "things", "amount").nullable = true,
            &["column things.amount, nullable differs: entities null; folders not null"],
        ),
        entities(
            "an entity with another default",
            |tables| {
                of(tables, "things", "state").default = Some(Expr::val("sold"));
            },
            &["column things.state, default differs: entities 'sold'; folders 'new'"],
        ),
        entities(
            "an entity with a column more",
            |tables| tables[1].columns.push(null(column("colour", ColumnType::Text))),
            &["column things.colour, column missing: entities text; folders nothing"],
        ),
        entities(
            "an entity with a column less",
            |tables| tables[0].columns.truncate(2),
            &["column owners.born_on, column missing: entities nothing; folders date"],
        )
        .by_hand(),
        entities(
            "an entity with another action",
            |tables| {
                tables[1].foreign_keys[0].on_delete = Some(ForeignKeyAction::SetNull);
            },
            &[
                "foreign key things.fk_things_owners, foreign key differs: entities (owner_id) references owners (id) on delete set null; \
             folders (owner_id) references owners (id) on delete cascade",
            ],
        ),
        entities(
            "an entity without a relation",
            |tables| tables[2].foreign_keys.clear(),
            &["foreign key entries.fk_entries_things, foreign key missing: entities nothing; \
             folders (owner_id, number) references things (owner_id, number) on delete restrict"],
        )
        .by_hand(),
        entities(
            "an entity with a relation more",
            |tables| {
                tables[2].foreign_keys.push(key(&["owner_id"], "owners", &["id"], ForeignKeyAction::Cascade));
            },
            &[
                "foreign key entries.fk_entries_owners, foreign key missing: entities (owner_id) references owners (id) on delete cascade; \
             folders nothing",
            ],
        ),
        entities(
            "an entity without a unique key",
            |tables| tables[1].unique_keys.clear(),
            &["index things.uq_things_owner_id_code, index missing: entities nothing; folders unique (owner_id, code)"],
        )
        .by_hand(),
        entities(
            "an entity with a unique column",
            |tables| of(tables, "things", "note").unique = true,
            &["index things.uq_things_note, index missing: entities unique (note); folders nothing"],
        ),
        entities(
            "an entity with an index that is not there",
            |tables| of(tables, "things", "state").indexed = true,
            &["index things.idx_things_state, index missing: entities (state); folders nothing"],
        ),
        entities(
            "an entity with another primary key",
            |tables| tables[1].primary_key.reverse(),
            &["primary key things, primary key differs: entities (number, owner_id); folders (owner_id, number)"],
        )
        .by_hand(),
        entities(
            "an entity without a table",
            |tables| {
                let mut extras = table("extras", &["id"]);
                extras.columns = vec![column("id", ColumnType::Uuid), column("is_good", ColumnType::Boolean)];
                tables.push(extras);
            },
            &["table extras, table missing: entities (id, is_good); folders nothing"],
        ),
        entities(
            "a table without an entity",
            |tables| tables.truncate(2),
            &["table entries, table missing: entities nothing; folders (id, owner_id, number, delta)"],
        )
        .by_hand(),
    ]
}

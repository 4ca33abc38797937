//! Mistakes whose first mend PostgreSQL would refuse: something holds on to what has to change.

use atriz_db::Engine;
use sea_orm::sea_query::ColumnType;

use super::{Edits, Mistake, entities, on};
use crate::check::models::of;

pub(super) fn all() -> Vec<Mistake> {
    use Engine::Postgres;
    vec![
        on(
            "a type below views that read each other",
            Postgres,
            &[
                ("    note text,\n", "    note varchar(90),\n"),
                (
                    "CREATE VIEW app.open_things AS SELECT owner_id, number FROM app.things WHERE is_open;",
                    "CREATE VIEW app.open_things AS SELECT owner_id, number FROM app.all_things WHERE note IS NULL OR is_open;",
                ),
                (
                    "CREATE TRIGGER trg_things_updated_at",
                    "CREATE VIEW app.all_things AS SELECT * FROM app.things; CREATE TRIGGER trg_things_updated_at",
                ),
            ],
            &["column things.note, type differs: postgres varchar(90); sqlite text"],
        )
        .beside("CREATE VIEW open_things", "CREATE VIEW all_things AS SELECT * FROM things;\nCREATE VIEW open_things"),
        on(
            "a type that a trigger waits for",
            Postgres,
            &[
                ("    note text,\n", "    note varchar(90),\n"),
                (
                    "CREATE VIEW app.open_things",
                    "CREATE TRIGGER trg_things_note BEFORE UPDATE OF note ON app.things FOR EACH ROW EXECUTE FUNCTION \
                     app.refuse_change(); CREATE VIEW app.open_things",
                ),
            ],
            &["column things.note, type differs: postgres varchar(90); sqlite text"],
        )
        .beside(
            "CREATE VIEW open_things",
            "CREATE TRIGGER trg_things_note BEFORE UPDATE OF note ON things FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'no'); END;\n\
             CREATE VIEW open_things",
        ),
        on("a type below a condition, a check and a default", Postgres, OPEN, &[
            "column things.is_open, type differs: postgres integer; sqlite boolean",
            "check things.ck_things_amount, check differs: postgres amount >= -900 and (is_open = 1 or amount <> 0); \
             sqlite amount >= -900 and (is_open or amount <> 0)",
            "index things.idx_things_amount, index differs: postgres (amount desc) where is_open = 1 and note is not null; \
             sqlite (amount desc) where is_open and note is not null",
        ]),
        on(
            "a key in another order that another table needs",
            Postgres,
            &[(
                "CONSTRAINT pk_things PRIMARY KEY (owner_id, number)",
                "CONSTRAINT pk_things PRIMARY KEY (number, owner_id)",
            )],
            &["primary key things, primary key differs: postgres (number, owner_id); sqlite (owner_id, number)"],
        ),
        entities(
            "a longer code below an expression",
            |tables| of(tables, "things", "code").kind = ColumnType::Text,
            &["column things.code, type differs: entities text; folders varchar(20)"],
        ),
    ]
}

/// An integer in the place of a boolean, and all that says so.
const OPEN: Edits = &[
    ("is_open boolean DEFAULT true NOT NULL", "is_open integer DEFAULT 1 NOT NULL"),
    ("(is_open OR amount <> 0)", "(is_open = 1 OR amount <> 0)"),
    ("WHERE is_open AND note", "WHERE is_open = 1 AND note"),
    ("FROM app.things WHERE is_open;", "FROM app.things WHERE note IS NULL;"),
];

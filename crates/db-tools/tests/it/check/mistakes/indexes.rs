//! Indexes.

use atriz_db::Engine;

use super::{Mistake, on};

pub(super) fn all() -> Vec<Mistake> {
    use Engine::{Postgres, Sqlite};
    vec![
        on(
            "an index lost on SQLite",
            Sqlite,
            &[("CREATE INDEX idx_things_lower_code ON things (lower(code));", "")],
            &["index things.idx_things_lower_code, index missing: postgres (lower(code)); sqlite nothing"],
        ),
        on(
            "an index lost on PostgreSQL",
            Postgres,
            &[("CREATE INDEX idx_things_lower_code ON app.things (lower(code));", "")],
            &["index things.idx_things_lower_code, index missing: postgres nothing; sqlite (lower(code))"],
        ),
        on(
            "another predicate",
            Sqlite,
            &[("WHERE is_open = 1 AND note IS NOT NULL", "WHERE is_open = 0 AND note IS NOT NULL")],
            &[
                "index things.idx_things_amount, index differs: postgres (amount desc) where is_open and note is not null; \
             sqlite (amount desc) where not is_open and note is not null",
            ],
        ),
        on(
            "a predicate lost on PostgreSQL",
            Postgres,
            &[(" WHERE is_open AND note IS NOT NULL", "")],
            &["index things.idx_things_amount, index differs: postgres (amount desc); \
             sqlite (amount desc) where is_open and note is not null"],
        ),
        on(
            "columns beside the key, which SQLite has not",
            Postgres,
            &[("(owner_id, number);\n\nCREATE TRIGGER trg_entries_append_only_update", "(owner_id, number) INCLUDE (delta);\n\nCREATE TRIGGER trg_entries_append_only_update")],
            &["index entries.idx_entries_owner_id_number, index differs: postgres (owner_id, number) include (delta); sqlite (owner_id, number)"],
        )
        .by_hand(),
        on(
            "another expression",
            Sqlite,
            &[("(lower(code))", "(upper(code))")],
            &["index things.idx_things_lower_code, index differs: postgres (lower(code)); sqlite (upper(code))"],
        ),
        on(
            "another direction",
            Sqlite,
            &[("(amount DESC)", "(amount)")],
            &[
                "index things.idx_things_amount, index differs: postgres (amount desc) where is_open and note is not null; \
             sqlite (amount) where is_open and note is not null",
            ],
        ),
        on(
            "an index renamed on SQLite",
            Sqlite,
            &[("idx_things_amount", "idx_things_amount_open")],
            &[
                "index things.idx_things_amount, name differs: postgres idx_things_amount; sqlite idx_things_amount_open",
            ],
        ),
        on(
            "an index made unique",
            Sqlite,
            &[("CREATE INDEX idx_entries_owner_id_number", "CREATE UNIQUE INDEX idx_entries_owner_id_number")],
            &[
                "index entries.idx_entries_owner_id_number, index differs: postgres (owner_id, number); sqlite unique (owner_id, number)",
            ],
        ),
    ]
}

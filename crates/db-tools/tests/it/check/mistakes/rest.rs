//! CHECKs, tables and views.

use atriz_db::Engine;

use super::{Mistake, on};

pub(super) fn all() -> Vec<Mistake> {
    use Engine::{Postgres, Sqlite};
    vec![
        on("a check widened on SQLite", Sqlite, &[("BETWEEN 1 AND 80", "BETWEEN 0 AND 80")], &[
            "check owners.ck_owners_name, check differs: postgres length(trim(name)) >= 1 and length(trim(name)) <= 80; \
             sqlite length(trim(name)) >= 0 and length(trim(name)) <= 80",
        ]),
        on("a value more on PostgreSQL", Postgres, &[("'sold', 'lost'", "'sold', 'lost', 'found'")], &[
            "check things.ck_things_state, check differs: postgres state in ('found', 'lost', 'new', 'sold'); \
             sqlite state in ('lost', 'new', 'sold')",
        ]),
        on("a check lost on PostgreSQL", Postgres, &[(",\n    CONSTRAINT ck_entries_delta CHECK (delta <> 0)", "")], &[
            "check entries.ck_entries_delta, check missing: postgres nothing; sqlite delta <> 0",
        ]),
        on("a check renamed on SQLite", Sqlite, &[("ck_things_state", "ck_things_states")], &[
            "check things.ck_things_state, name differs: postgres ck_things_state; sqlite ck_things_states",
        ]),
        on("a check that only one engine can say", Postgres, &[("CHECK (state IN ('new', 'sold', 'lost'))", "CHECK (state ~ '^[a-z]+$')")], &[
            "check things.ck_things_state, check differs: postgres state ~ '^[a-z]+$'; sqlite state in ('lost', 'new', 'sold')",
        ]).by_hand(),
        on("a table lost on PostgreSQL", Postgres, &[("app.entries (\n", "app.records (\n"), ("app.entries", "app.records"), ("_entries_", "_records_"),
            ("pk_entries", "pk_records")], &[
            "table entries, name differs: postgres records; sqlite entries",
        ]).by_hand(),
        on("a table renamed on SQLite", Sqlite, &[("CREATE VIEW open_things", "ALTER TABLE entries RENAME TO records; CREATE VIEW open_things")], &[
            "table entries, name differs: postgres entries; sqlite records",
        ]),
        on("a table renamed that others refer to", Sqlite, &[("CREATE VIEW open_things", "ALTER TABLE owners RENAME TO keepers; CREATE VIEW open_things")], &[
            "table owners, name differs: postgres owners; sqlite keepers",
        ]),
        on("a table whose name a second schema has too", Postgres, &[
            ("CREATE VIEW app.open_things", "CREATE SCHEMA aaa; CREATE TABLE aaa.owners (id uuid NOT NULL CONSTRAINT pk_owners PRIMARY KEY); CREATE VIEW app.open_things"),
        ], &["table owners, table twice: postgres in aaa and app; rule a name is used once in a database, whatever the schema"]).by_hand(),
        on("a check on one partition alone", Postgres, &[
            ("CREATE VIEW app.open_things", "CREATE TABLE app.days (day date NOT NULL, CONSTRAINT pk_days PRIMARY KEY (day)) PARTITION BY RANGE (day); \
              CREATE TABLE app.days_rest PARTITION OF app.days DEFAULT; ALTER TABLE app.days_rest ADD CONSTRAINT ck_days_rest CHECK (day > '2020-01-01'); \
              CREATE VIEW app.open_things"),
        ], &["table days, table missing: entities nothing; folders (day)",
             "check days.ck_days_rest, partition check: postgres on partition app.days_rest alone; rule a row is held against the same \
              conditions in every partition, as on SQLite"]).beside("CREATE VIEW open_things",
             "CREATE TABLE days (day TEXT NOT NULL CONSTRAINT ck_days_day_type CHECK (day GLOB '????-??-??'), CONSTRAINT pk_days PRIMARY KEY (day)) STRICT; \
              CREATE VIEW open_things").by_hand(),
        on("a view lost", Sqlite, &[("CREATE VIEW open_things AS SELECT owner_id, number FROM things WHERE is_open = 1;", "")], &[
            "view open_things, view missing: postgres (owner_id, number); sqlite nothing",
        ]).by_hand(),
        on("a view of other columns", Sqlite, &[("SELECT owner_id, number FROM things WHERE", "SELECT number FROM things WHERE")], &[
            "view open_things, view differs: postgres (owner_id, number); sqlite (number)",
        ]).by_hand(),
    ]
}

//! Unique constraints, primary and foreign keys.

use atriz_db::Engine;

use super::{Mistake, on};

pub(super) fn all() -> Vec<Mistake> {
    let mut all = keys();
    all.extend(foreign_keys());
    all
}

fn keys() -> Vec<Mistake> {
    use Engine::{Postgres, Sqlite};
    vec![
        on(
            "a unique constraint lost on SQLite",
            Sqlite,
            &[("    CONSTRAINT uq_owners_name UNIQUE (name),\n", "")],
            &["index owners.uq_owners_name, index missing: postgres unique (name); sqlite nothing"],
        ),
        on(
            "a unique constraint lost on PostgreSQL",
            Postgres,
            &[("    CONSTRAINT uq_owners_name UNIQUE (name),\n", "")],
            &["index owners.uq_owners_name, index missing: postgres nothing; sqlite unique (name)"],
        ),
        on(
            "a unique constraint over other columns",
            Sqlite,
            &[("UNIQUE (owner_id, code)", "UNIQUE (owner_id, code, state)")],
            &[
                "index things.uq_things_owner_id_code, index differs: postgres unique (owner_id, code); sqlite unique (owner_id, code, state)",
            ],
        ),
        on(
            "a primary key in another order",
            Sqlite,
            &[(
                "CONSTRAINT pk_things PRIMARY KEY (owner_id, number)",
                "CONSTRAINT pk_things PRIMARY KEY (number, owner_id)",
            )],
            &["primary key things, primary key differs: postgres (owner_id, number); sqlite (number, owner_id)"],
        ),
        on(
            "a primary key in another order that was an index for a foreign key",
            Sqlite,
            &[
                (
                    "CONSTRAINT pk_things PRIMARY KEY (owner_id, number)",
                    "CONSTRAINT pk_things PRIMARY KEY (number, owner_id)",
                ),
                ("UNIQUE (owner_id, code)", "UNIQUE (code, owner_id)"),
            ],
            &[
                "index things.uq_things_owner_id_code, index differs: postgres unique (owner_id, code); sqlite unique (code, owner_id)",
                "primary key things, primary key differs: postgres (owner_id, number); sqlite (number, owner_id)",
            ],
        ),
        on(
            "a unique constraint that waits for the end of the transaction",
            Postgres,
            &[("UNIQUE (name)", "UNIQUE (name) DEFERRABLE INITIALLY DEFERRED")],
            &[
                "index owners.uq_owners_name, constraint deferrable: postgres initially deferred: rows may break it until the \
             transaction ends; rule a row that breaks it is refused at once, as on SQLite",
            ],
        ),
        on(
            "a primary key that can wait",
            Postgres,
            &[("CONSTRAINT pk_entries PRIMARY KEY (id)", "CONSTRAINT pk_entries PRIMARY KEY (id) DEFERRABLE")],
            &[
                "primary key entries, constraint deferrable: postgres deferrable: rows may break it until the transaction \
             ends; rule a row that breaks it is refused at once, as on SQLite",
            ],
        ),
    ]
}

fn foreign_keys() -> Vec<Mistake> {
    use Engine::{Postgres, Sqlite};
    vec![
        on(
            "another action",
            Sqlite,
            &[("ON DELETE CASCADE", "ON DELETE SET NULL")],
            &[
                "foreign key things.fk_things_owners, foreign key differs: postgres (owner_id) references owners (id) on delete cascade; \
             sqlite (owner_id) references owners (id) on delete set null",
            ],
        ),
        on(
            "an action lost on PostgreSQL",
            Postgres,
            &[(" ON DELETE CASCADE", "")],
            &["foreign key things.fk_things_owners, foreign key differs: postgres (owner_id) references owners (id); \
             sqlite (owner_id) references owners (id) on delete cascade"],
        ),
        on(
            "a foreign key that waits for the end of the transaction",
            Postgres,
            &[(
                "(owner_id, number) ON DELETE RESTRICT",
                "(owner_id, number) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED",
            )],
            &["foreign key entries.fk_entries_things, foreign key differs: \
             postgres (owner_id, number) references things (owner_id, number) initially deferred; \
             sqlite (owner_id, number) references things (owner_id, number)"],
        ),
        on(
            "a foreign key that waits on SQLite alone",
            Sqlite,
            &[("ON DELETE CASCADE", "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED")],
            &["foreign key things.fk_things_owners, foreign key differs: \
             postgres (owner_id) references owners (id) on delete cascade; \
             sqlite (owner_id) references owners (id) on delete cascade initially deferred"],
        ),
        on(
            "a foreign key that wants all of its columns or none",
            Postgres,
            &[("(owner_id, number) ON DELETE RESTRICT", "(owner_id, number) MATCH FULL ON DELETE RESTRICT")],
            &["foreign key entries.fk_entries_things, foreign key differs: \
             postgres (owner_id, number) references things (owner_id, number) match full; \
             sqlite (owner_id, number) references things (owner_id, number)"],
        ),
        on(
            "a foreign key lost on SQLite",
            Sqlite,
            &[(
                "    CONSTRAINT fk_things_owners FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE,\n",
                "",
            )],
            &[
                "foreign key things.fk_things_owners, foreign key missing: postgres (owner_id) references owners (id) on delete cascade; \
             sqlite nothing",
            ],
        ),
        on(
            "a foreign key lost on PostgreSQL",
            Postgres,
            &[(
                "    CONSTRAINT fk_things_owners FOREIGN KEY (owner_id) REFERENCES app.owners (id) ON DELETE CASCADE,\n",
                "",
            )],
            &["foreign key things.fk_things_owners, foreign key missing: postgres nothing; \
             sqlite (owner_id) references owners (id) on delete cascade"],
        ),
    ]
}

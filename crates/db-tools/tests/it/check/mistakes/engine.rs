//! What one engine alone can do.

use atriz_db::Engine;

use super::{Mistake, on};

pub(super) fn all() -> Vec<Mistake> {
    let mut all = of_sqlite();
    all.extend(of_postgres());
    all.extend(sorted_otherwise());
    all
}

fn of_sqlite() -> Vec<Mistake> {
    use Engine::Sqlite;
    vec![
        on(
            "a row that takes the place of another in silence",
            Sqlite,
            &[("UNIQUE (name)", "UNIQUE (name) ON CONFLICT REPLACE")],
            &[
                "table owners, conflict clause: sqlite unique (name) on conflict replace; rule a row that breaks a rule is \
             refused, as on PostgreSQL",
            ],
        ),
        on(
            "a row that is left out in silence",
            Sqlite,
            &[(
                "    number INTEGER NOT NULL,\n    delta",
                "    number INTEGER NOT NULL ON CONFLICT IGNORE,\n    delta",
            )],
            &[
                "table entries, conflict clause: sqlite number not null on conflict ignore; rule a row that breaks a rule is \
             refused, as on PostgreSQL",
            ],
        ),
        on(
            "a key that gives way",
            Sqlite,
            &[("CONSTRAINT pk_entries PRIMARY KEY (id)", "CONSTRAINT pk_entries PRIMARY KEY (id) ON CONFLICT REPLACE")],
            &[
                "table entries, conflict clause: sqlite primary key on conflict replace; rule a row that breaks a rule is \
             refused, as on PostgreSQL",
            ],
        ),
        on(
            "a clause that says what goes without saying",
            Sqlite,
            &[("UNIQUE (name)", "UNIQUE (name) ON CONFLICT ABORT")],
            &[],
        ),
        on(
            "a table that is not strict any more",
            Sqlite,
            &[("CHECK (delta <> 0)\n) STRICT;", "CHECK (delta <> 0)\n);")],
            &[
                "table entries, strict absent: sqlite is not STRICT: a column takes values of any type; rule columns hold what \
             they say",
            ],
        ),
        on(
            "a key that is stored twice",
            Sqlite,
            &[(") STRICT, WITHOUT ROWID;", ") STRICT;")],
            &[
                "table things, rowid unneeded: sqlite holds its key twice: once in its rows, once in an index; rule WITHOUT \
             ROWID, where the key has several columns",
            ],
        ),
        on(
            "a primary key without a name",
            Sqlite,
            &[("    CONSTRAINT pk_entries PRIMARY KEY (id),\n", "    PRIMARY KEY (id),\n")],
            &["primary key entries, name rule: sqlite has no name; rule pk_entries"],
        ),
        on(
            "three things wrong with one table, which is built anew once",
            Sqlite,
            &[
                ("    CONSTRAINT pk_entries PRIMARY KEY (id),\n", "    PRIMARY KEY (id),\n"),
                ("CHECK (delta <> 0)\n) STRICT;", "CHECK (delta <> 1)\n);"),
                ("CREATE INDEX idx_entries_owner_id_number ON entries (owner_id, number);", ""),
            ],
            &[
                "check entries.ck_entries_delta, check differs: postgres delta <> 0; sqlite delta <> 1",
                "index entries.idx_entries_owner_id_number, index missing: postgres (owner_id, number); sqlite nothing",
                "foreign key entries.fk_entries_things, foreign key unindexed: sqlite no index leads with owner_id, number; rule \
             one does, or each delete of the row referred to reads the whole table",
                "primary key entries, name rule: sqlite has no name; rule pk_entries",
                "table entries, strict absent: sqlite is not STRICT: a column takes values of any type; rule columns hold what \
             they say",
            ],
        ),
    ]
}

fn of_postgres() -> Vec<Mistake> {
    use Engine::Postgres;
    vec![
        on("a check that old rows were never held against", Postgres, &[(
            "CREATE VIEW app.open_things",
            "ALTER TABLE app.entries DROP CONSTRAINT ck_entries_delta; ALTER TABLE app.entries ADD CONSTRAINT \
             ck_entries_delta CHECK (delta <> 0) NOT VALID; CREATE VIEW app.open_things",
        )], &[
            "check entries.ck_entries_delta, constraint not valid: postgres not valid: rows from before it were never \
             looked at; rule it holds for all rows, as on SQLite",
        ]),
        on("a foreign key that old rows were never held against", Postgres, &[(
            "CREATE VIEW app.open_things",
            "ALTER TABLE app.things DROP CONSTRAINT fk_things_owners; ALTER TABLE app.things ADD CONSTRAINT \
             fk_things_owners FOREIGN KEY (owner_id) REFERENCES app.owners (id) ON DELETE CASCADE NOT VALID; \
             CREATE VIEW app.open_things",
        )], &[
            "foreign key things.fk_things_owners, constraint not valid: postgres not valid: rows from before it were never \
             looked at; rule it holds for all rows, as on SQLite",
        ]),
        on("a check that is not inherited", Postgres, &[("CHECK (delta <> 0)", "CHECK (delta <> 0) NO INHERIT")], &[
            "check entries.ck_entries_delta, check no inherit: postgres no inherit: tables below this one go without it; \
             rule it holds for all rows, as on SQLite",
        ]),
        on("a table that a crash empties", Postgres, &[("CREATE TABLE app.entries", "CREATE UNLOGGED TABLE app.entries")], &[
            "table entries, table unlogged: postgres is unlogged: a crash empties it; rule rows stay once they are committed",
        ]),
        on("rows that not everybody sees", Postgres, &[(
            "CREATE VIEW app.open_things",
            "ALTER TABLE app.entries ENABLE ROW LEVEL SECURITY; CREATE POLICY pol_entries ON app.entries USING (delta > 0); \
             CREATE VIEW app.open_things",
        )], &[
            "table entries, row security: postgres row level security on, policies \"pol_entries\"; rule both engines show \
             the same rows",
        ]).by_hand(),
        on("a statement that is replaced by another", Postgres, &[(
            "CREATE VIEW app.open_things",
            "CREATE RULE rul_entries_keep AS ON DELETE TO app.entries DO INSTEAD NOTHING; CREATE VIEW app.open_things",
        )], &[
            "rule entries.rul_entries_keep, rule rewrites: postgres a rule puts other statements in the place of those that \
             were sent; rule both engines do what they are told; a trigger can be written for both",
        ]),
        on("a table in a schema that no entity looks in", Postgres, &[(
            "CREATE VIEW app.open_things",
            "CREATE SCHEMA old; ALTER TABLE app.entries SET SCHEMA old; CREATE VIEW app.open_things",
        )], &["table entries, schema differs: entities app; postgres old"]),
        on("an index twice under two names", Postgres, &[(
            "CREATE VIEW app.open_things",
            "CREATE INDEX idx_things_lower_code_again ON app.things (lower(code)); CREATE VIEW app.open_things",
        )], &[
            "index things.idx_things_lower_code_again, index twice: folders holds what idx_things_lower_code holds; rule an \
             index is there once",
        ]).beside("CREATE VIEW open_things", "CREATE INDEX idx_things_lower_code_again ON things (lower(code));\nCREATE VIEW open_things"),
        on("a plain index beside a unique one, and one beside the primary key", Postgres, &[(
            "CREATE VIEW app.open_things",
            "CREATE INDEX idx_owners_name ON app.owners (name); CREATE INDEX idx_owners_id ON app.owners (id); \
             CREATE VIEW app.open_things",
        )], &[
            "index owners.idx_owners_id, index twice: folders holds what pk_owners holds; rule an index is there once",
            "index owners.idx_owners_name, index twice: folders holds what uq_owners_name holds; rule an index is there once",
        ]).beside(
            "CREATE VIEW open_things",
            "CREATE INDEX idx_owners_name ON owners (name);\nCREATE INDEX idx_owners_id ON owners (id);\nCREATE VIEW open_things",
        ),
        on("a trigger that the engines call otherwise", Postgres, &[("CREATE TRIGGER trg_things_updated_at", "CREATE TRIGGER trg_things_touched")], &[
            "trigger things.trg_things_touched, name differs: postgres trg_things_touched; sqlite trg_things_updated_at",
        ]),
        on("a condition in another order, which says the same", Postgres, &[
            ("amount >= -900 AND (is_open OR amount <> 0)", "(amount <> 0 OR is_open) AND amount >= -900"),
            ("WHERE is_open AND note IS NOT NULL", "WHERE note IS NOT NULL AND is_open"),
        ], &[]),
    ]
}

fn sorted_otherwise() -> Vec<Mistake> {
    use Engine::{Postgres, Sqlite};
    vec![
        on("an index of another class", Postgres, &[("(lower(code));", "(lower(code) text_pattern_ops);")], &[
            "index things.idx_things_lower_code, index differs: postgres (lower(code) text_pattern_ops); sqlite (lower(code))",
        ]).by_hand(),
        on("NULLs at another end of an index", Postgres, &[("(amount DESC)", "(amount DESC NULLS LAST)")], &[
            "index things.idx_things_amount, index differs: postgres (amount desc nulls last) where is_open and note is not \
             null; sqlite (amount desc) where is_open and note is not null",
        ]).by_hand(),
        on("an index that sorts as a language does", Postgres, &[("(lower(code));", "(lower(code) COLLATE \"und-x-icu\");")], &[
            "index things.idx_things_lower_code, index differs: postgres (lower(code) collate und-x-icu); sqlite (lower(code))",
        ]).by_hand(),
        on("an index that sorts bytes, as SQLite does anyway", Postgres, &[("(lower(code));", "(lower(code) COLLATE \"C\");")], &[]),
        on("names that are the same in upper and lower case", Sqlite, &[("    name TEXT NOT NULL,\n", "    name TEXT COLLATE NOCASE NOT NULL,\n")], &[
            "column owners.name, collation differs: postgres nothing; sqlite nocase",
        ]),
        on("a column that sorts as a language does", Postgres, &[("    note text,\n", "    note text COLLATE \"und-x-icu\",\n")], &[
            "column things.note, collation differs: postgres und-x-icu; sqlite nothing",
        ]).by_hand(),
    ]
}

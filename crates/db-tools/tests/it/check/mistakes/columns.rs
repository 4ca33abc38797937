//! What columns hold.

use atriz_db::Engine;

use super::{Mistake, on};

pub(super) fn all() -> Vec<Mistake> {
    use Engine::{Postgres, Sqlite};
    vec![
        on("a column dropped on SQLite", Sqlite, &[("    note TEXT,\n", ""), (" AND note IS NOT NULL", "")], &[
            "column things.note, column missing: postgres text; sqlite nothing",
            "index things.idx_things_amount, index differs: postgres (amount desc) where is_open and note is not null; \
             sqlite (amount desc) where is_open",
        ]).by_hand(),
        on("a column dropped on PostgreSQL", Postgres, &[("    born_on date,\n", "")], &[
            "column owners.born_on, column missing: postgres nothing; sqlite date",
        ]),
        on("a required column dropped on SQLite", Sqlite, &[("    delta INTEGER NOT NULL,\n", ""), (
            ",\n    CONSTRAINT ck_entries_delta CHECK (delta <> 0)", "",
        )], &[
            "column entries.delta, column missing: postgres bigint not null; sqlite nothing",
            "check entries.ck_entries_delta, check missing: postgres delta <> 0; sqlite nothing",
        ]).by_hand(),
        on("a column renamed on SQLite", Sqlite, &[("    note TEXT,\n", "    remark TEXT,\n"), ("AND note IS NOT NULL", "AND remark IS NOT NULL")], &[
            "column things.note, name differs: postgres note; sqlite remark",
        ]),
        on("a column renamed on PostgreSQL, and not in the entity", Postgres, &[("    name text NOT NULL", "    title text NOT NULL"), (
            "trim(name)", "trim(title)",
        ), ("UNIQUE (name)", "UNIQUE (title)")], &[
            "column owners.name, name differs: postgres title; sqlite name",
        ]),
        on("a key renamed that another table refers to", Sqlite, &[
            ("    number INTEGER NOT NULL,\n    code", "    place INTEGER NOT NULL,\n    code"),
            ("PRIMARY KEY (owner_id, number)", "PRIMARY KEY (owner_id, place)"),
            ("REFERENCES things (owner_id, number)", "REFERENCES things (owner_id, place)"),
            ("WHERE owner_id = NEW.owner_id AND number = NEW.number", "WHERE owner_id = NEW.owner_id AND place = NEW.place"),
            ("SELECT owner_id, number FROM things", "SELECT owner_id, place AS number FROM things"),
        ], &["column things.number, name differs: postgres number; sqlite place"]),
        on("a type narrowed on PostgreSQL", Postgres, &[("amount bigint", "amount text"), ("(amount * 2)", "(length(amount))"), (
            "amount >= -900 AND (is_open OR amount <> 0)", "true",
        )], &[
            "column things.amount, type differs: postgres text; sqlite integer of any width",
            "column things.doubled, generated differs: postgres (length(amount)) stored; sqlite (amount * 2) stored",
            "check things.ck_things_amount, check differs: postgres true; sqlite amount >= -900 and (is_open or amount <> 0)",
        ]).by_hand(),
        on("an integer narrowed on PostgreSQL, which SQLite cannot tell", Postgres, &[("delta bigint", "delta integer")], &[
            "column entries.delta, type differs: entities bigint; postgres integer",
        ]),
        on("a length widened on PostgreSQL", Postgres, &[("varchar(20)", "varchar(40)")], &[
            "column things.code, type differs: postgres varchar(40); sqlite varchar(20)",
        ]),
        on("a length lost on SQLite", Sqlite, &[(" CONSTRAINT ck_things_code_type CHECK (length(code) <= 20)", "")], &[
            "column things.code, type differs: postgres varchar(20); sqlite text",
        ]),
        on("the check of a boolean lost", Sqlite, &[(" CONSTRAINT ck_things_is_open_type CHECK (is_open IN (0, 1))", ""), (
            "is_open = 1 OR amount", "is_open OR amount",
        ), ("is_open = 1 AND note", "is_open AND note")], &[
            "column things.is_open, type differs: postgres boolean; sqlite integer of any width",
        ]),
        on("the check of an id lost", Sqlite, &[(" CONSTRAINT ck_owners_id_type CHECK (length(id) = 16)", "")], &[
            "column owners.id, type differs: postgres uuid; sqlite bytea",
        ]),
        on("the check of a time lost", Sqlite, &[(
            " CONSTRAINT ck_things_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00')", "",
        )], &["column things.updated_at, type differs: postgres timestamptz; sqlite text"]),
        on("the check of a boolean that lets more in", Sqlite, &[("is_open IN (0, 1)", "is_open IN (0, 1, 2)"), (
            "is_open = 1 OR amount", "is_open OR amount",
        ), ("is_open = 1 AND note", "is_open AND note")], &[
            "column things.is_open, type differs: postgres boolean; sqlite integer of any width",
        ]),
        on("the check of JSON on another column", Sqlite, &[("json_valid(data)", "json_valid(note)")], &[
            "column things.data, type differs: postgres jsonb; sqlite text",
        ]),
        on("NOT NULL lost on SQLite", Sqlite, &[("    amount INTEGER NOT NULL", "    amount INTEGER")], &[
            "column things.amount, nullable differs: postgres not null; sqlite null",
        ]),
        on("NOT NULL lost on PostgreSQL", Postgres, &[("amount bigint NOT NULL", "amount bigint")], &[
            "column things.amount, nullable differs: postgres null; sqlite not null",
        ]),
        on("a default changed on SQLite", Sqlite, &[("DEFAULT 'new'", "DEFAULT 'sold'")], &[
            "column things.state, default differs: postgres 'new'; sqlite 'sold'",
        ]),
        on("a default lost on PostgreSQL", Postgres, &[("state text DEFAULT 'new'", "state text")], &[
            "column things.state, default differs: postgres nothing; sqlite 'new'",
        ]),
        on("a boolean default turned on SQLite", Sqlite, &[("DEFAULT 1", "DEFAULT 0")], &[
            "column things.is_open, default differs: postgres true; sqlite false",
        ]),
        on("another generated column", Sqlite, &[("(amount * 2)", "(amount * 3)")], &[
            "column things.doubled, generated differs: postgres (amount * 2) stored; sqlite (amount * 3) stored",
        ]),
        on("columns in another order", Sqlite, &[("    note TEXT,\n", ""), ("    updated_at TEXT", "    note TEXT,\n    updated_at TEXT")], &[
            "table things, order differs: \
             postgres owner_id, number, code, state, amount, is_open, note, data, doubled, updated_at; \
             sqlite owner_id, number, code, state, amount, is_open, data, doubled, note, updated_at",
        ]),
    ]
}

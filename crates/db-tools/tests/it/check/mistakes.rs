//! A table of seeded mistakes: each is caught by exactly these lines, and its mend makes it go away.

use atriz_db::Engine;
use atriz_db::catalog::TableModel;
use futures_util::{StreamExt as _, stream};
use sea_orm::sea_query::{ColumnType, Expr, ForeignKeyAction};

use super::models::{column, key, null, of, table};
use super::{Seeded, lines, seeded};

/// A mistake.
struct Mistake {
    what: &'static str,
    seeded: Seeded,
    /// The lines that tell of it.
    told: &'static [&'static str],
    /// Whether a person must write the mend.
    by_hand: bool,
}

type Edits = &'static [(&'static str, &'static str)];

fn on(what: &'static str, engine: Engine, edits: Edits, told: &'static [&'static str]) -> Mistake {
    let (postgres, sqlite) = match engine {
        Engine::Postgres => (edits.to_vec(), Vec::new()),
        Engine::Sqlite => (Vec::new(), edits.to_vec()),
    };
    Mistake { what, seeded: Seeded { postgres, sqlite, entities: None }, told, by_hand: false }
}

fn entities(what: &'static str, edit: fn(&mut Vec<TableModel>), told: &'static [&'static str]) -> Mistake {
    Mistake { what, seeded: Seeded { entities: Some(edit), ..Seeded::default() }, told, by_hand: false }
}

impl Mistake {
    fn by_hand(self) -> Self {
        Self { by_hand: true, ..self }
    }

    /// What is wrong with how it is caught; nothing where all is well.
    async fn fault(&self) -> Option<String> {
        let workspace = self.seeded.workspace();
        let found = match seeded(&self.seeded, &workspace).await {
            Ok(checked) => checked.findings,
            Err(error) => return Some(format!("{}: {error}", self.what)),
        };
        let mends: Vec<&String> = found.iter().flat_map(|finding| &finding.mend).collect();
        if lines(&found) != self.told {
            return Some(format!("{}: {:#?}, mended by {mends:#?}", self.what, lines(&found)));
        }
        if found.iter().any(|finding| finding.mend.is_empty()) {
            return Some(format!("{}: no mend", self.what));
        }
        if self.by_hand {
            return None;
        }
        Seeded::mend(&workspace, &found);
        match seeded(&self.seeded, &workspace).await {
            Ok(checked) if checked.findings.is_empty() => None,
            Ok(checked) => Some(format!("{}: behind {mends:#?} still {:#?}", self.what, lines(&checked.findings))),
            Err(error) => Some(format!("{}: {error} in {mends:#?}", self.what)),
        }
    }
}

#[test]
fn each_is_caught_and_mended() {
    atriz_testing::run(Engine::Postgres, "check::mistakes", async |_| {
        let all: Vec<Mistake> = columns().into_iter().chain(keys()).chain(rest()).chain(of_entities()).collect();
        assert!(all.len() >= 40, "{} mistakes", all.len());
        let faults = stream::iter(&all).map(Mistake::fault).buffer_unordered(6).filter_map(async |fault| fault);
        let faults: Vec<String> = faults.collect().await;
        assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), all.len(), faults.join("\n\n"));
    });
}

fn columns() -> Vec<Mistake> {
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
            "check entries.ck_entries_delta, check missing: postgres delta <> 0; sqlite nothing",
            "column entries.delta, column missing: postgres bigint not null; sqlite nothing",
        ]).by_hand(),
        on("a type narrowed on PostgreSQL", Postgres, &[("amount bigint", "amount text"), ("(amount * 2)", "(length(amount))"), (
            "amount >= -900 AND (is_open OR amount <> 0)", "true",
        )], &[
            "check things.ck_things_amount, check differs: postgres true; sqlite amount >= -900 and (is_open or amount <> 0)",
            "column things.amount, type differs: postgres text; sqlite integer of any width",
            "column things.doubled, generated differs: postgres (length(amount)) stored; sqlite (amount * 2) stored",
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

fn keys() -> Vec<Mistake> {
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

fn rest() -> Vec<Mistake> {
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
        on("the trigger of updated_at lost on PostgreSQL", Postgres, &[(
            "CREATE TRIGGER trg_things_updated_at BEFORE UPDATE ON app.things\n    FOR EACH ROW EXECUTE FUNCTION app.set_updated_at();", "",
        )], &["trigger things.trg_things_updated_at, trigger missing: postgres nothing; sqlite fills updated_at"]),
        on("the trigger of updated_at that does nothing on SQLite", Sqlite, &[("    UPDATE things SET updated_at = strftime", "    SELECT strftime"), (
            " || '000+00:00'\n    WHERE owner_id = NEW.owner_id AND number = NEW.number;", ";",
        )], &[
            "trigger things.trg_things_updated_at, trigger missing: postgres fills updated_at; sqlite nothing",
            "trigger things.trg_things_updated_at, trigger missing: postgres nothing; sqlite there",
        ]).by_hand(),
        on("an append-only table that lets go", Sqlite, &[(
            "CREATE TRIGGER trg_entries_append_only_delete BEFORE DELETE ON entries\nFOR EACH ROW\nBEGIN\n    \
             SELECT RAISE(ABORT, 'trg_entries_append_only_delete: rows are never changed');\nEND;", "",
        )], &["trigger entries.trg_entries_append_only_delete, trigger missing: postgres refuses delete; sqlite nothing"]),
        on("an append-only table that changes", Postgres, &[("BEFORE UPDATE ON app.entries", "BEFORE INSERT ON app.entries")], &[
            "trigger entries.trg_entries_append_only_update, trigger missing: postgres refuses insert; sqlite nothing",
            "trigger entries.trg_entries_append_only_update, trigger missing: postgres nothing; sqlite refuses update",
        ]).by_hand(),
        on("a table lost on PostgreSQL", Postgres, &[("app.entries (\n", "app.records (\n"), ("app.entries", "app.records"), ("_entries_", "_records_"),
            ("pk_entries", "pk_records")], &[
            "table entries, table missing: postgres nothing; sqlite (id, owner_id, number, delta)",
            "table records, table missing: postgres (id, owner_id, number, delta); sqlite nothing",
        ]).by_hand(),
        on("a view lost", Sqlite, &[("CREATE VIEW open_things AS SELECT owner_id, number FROM things WHERE is_open = 1;", "")], &[
            "view open_things, view missing: postgres (owner_id, number); sqlite nothing",
        ]).by_hand(),
        on("a view of other columns", Sqlite, &[("SELECT owner_id, number FROM things WHERE", "SELECT number FROM things WHERE")], &[
            "view open_things, view differs: postgres (owner_id, number); sqlite (number)",
        ]).by_hand(),
    ]
}

fn of_entities() -> Vec<Mistake> {
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
                of(tables, "things", "state").default = Some(Expr::val("sold").into());
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

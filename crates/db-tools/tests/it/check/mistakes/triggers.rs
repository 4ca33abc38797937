//! Triggers, by what they are for.

use atriz_db::Engine;

use super::{Mistake, on};

pub(super) fn all() -> Vec<Mistake> {
    use Engine::{Postgres, Sqlite};
    vec![
        on("the trigger of updated_at lost on PostgreSQL", Postgres, &[(
            "CREATE TRIGGER trg_things_updated_at BEFORE UPDATE ON app.things\n    FOR EACH ROW EXECUTE FUNCTION app.set_updated_at();", "",
        )], &["trigger things.trg_things_updated_at, trigger missing: postgres nothing; sqlite fills updated_at"]),
        on("the trigger of updated_at that does nothing on SQLite", Sqlite, &[("    UPDATE things SET updated_at = strftime", "    SELECT strftime"), (
            " || '000+00:00'\n    WHERE owner_id = NEW.owner_id AND number = NEW.number;", ";",
        )], &[
            "trigger things.trg_things_updated_at, trigger differs: postgres fills updated_at; sqlite there",
        ]),
        on("a trigger of updated_at that writes to other rows too", Sqlite, &[(" AND number = NEW.number;", ";")], &[
            "trigger things.trg_things_updated_at, trigger differs: postgres fills updated_at; sqlite there",
        ]),
        on("a trigger of updated_at for one column alone", Sqlite, &[("AFTER UPDATE ON things", "AFTER UPDATE OF note ON things")], &[
            "trigger things.trg_things_updated_at, trigger differs: postgres fills updated_at; sqlite there",
        ]),
        on("a trigger of updated_at that writes another form", Sqlite, &[
            ("strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'", "datetime('now')"),
        ], &["trigger things.trg_things_updated_at, trigger differs: postgres fills updated_at; sqlite there"]),
        on("a trigger of updated_at that is too late", Postgres, &[("BEFORE UPDATE ON app.things", "AFTER UPDATE ON app.things")], &[
            "trigger things.trg_things_updated_at, trigger differs: postgres there; sqlite fills updated_at",
        ]),
        on("a trigger of updated_at for some rows", Postgres, &[
            ("ON app.things\n    FOR EACH ROW EXECUTE", "ON app.things\n    FOR EACH ROW WHEN (OLD.amount > 5) EXECUTE"),
        ], &["trigger things.trg_things_updated_at, trigger differs: postgres there; sqlite fills updated_at"]),
        on("a trigger of updated_at that is off", Postgres, &[(
            "EXECUTE FUNCTION app.set_updated_at();",
            "EXECUTE FUNCTION app.set_updated_at();\nALTER TABLE app.things DISABLE TRIGGER trg_things_updated_at;",
        )], &[
            "trigger things.trg_things_updated_at, trigger differs: postgres trg_things_updated_at, disabled; \
             sqlite fills updated_at",
        ]),
        on("a function of updated_at that does nothing", Postgres, &[("NEW.updated_at := now();", "NULL;")], &[
            "trigger things.trg_things_updated_at, trigger differs: postgres there; sqlite fills updated_at",
        ]),
        on("a function of updated_at that writes what was there", Postgres, &[("NEW.updated_at := now();", "NEW.updated_at := OLD.updated_at;")], &[
            "trigger things.trg_things_updated_at, trigger differs: postgres there; sqlite fills updated_at",
        ]),
        on("a function of updated_at that never does it", Postgres, &[("IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at THEN", "IF false THEN")], &[
            "trigger things.trg_things_updated_at, trigger differs: postgres there; sqlite fills updated_at",
        ]),
        on("a trigger of updated_at for rows that say it themselves", Postgres, &[
            ("ON app.things\n    FOR EACH ROW EXECUTE", "ON app.things\n    FOR EACH ROW WHEN (OLD.updated_at IS DISTINCT FROM NEW.updated_at) EXECUTE"),
        ], &["trigger things.trg_things_updated_at, trigger differs: postgres there; sqlite fills updated_at"]),
        on("an append-only table whose guard goes home first", Postgres, &[("    RAISE EXCEPTION", "    RETURN OLD; RAISE EXCEPTION")], &[
            "trigger entries.trg_entries_append_only_delete, trigger differs: postgres there; sqlite refuses delete",
            "trigger entries.trg_entries_append_only_update, trigger differs: postgres there; sqlite refuses update",
        ]).by_hand(),
        on("an append-only table that lets go", Sqlite, &[(
            "CREATE TRIGGER trg_entries_append_only_delete BEFORE DELETE ON entries\nFOR EACH ROW\nBEGIN\n    \
             SELECT RAISE(ABORT, 'trg_entries_append_only_delete: rows are never changed');\nEND;", "",
        )], &["trigger entries.trg_entries_append_only_delete, trigger missing: postgres refuses delete; sqlite nothing"]),
        on("an append-only table that changes", Postgres, &[("BEFORE UPDATE ON app.entries", "BEFORE INSERT ON app.entries")], &[
            "trigger entries.trg_entries_append_only_update, trigger differs: postgres refuses insert; sqlite refuses update",
        ]),
        on("a row that is let go in silence", Sqlite, &[
            ("RAISE(ABORT, 'trg_entries_append_only_delete: rows are never changed')", "RAISE(IGNORE)"),
        ], &["trigger entries.trg_entries_append_only_delete, trigger differs: postgres refuses delete; sqlite there"]),
    ]
}

//! The changes, one by one, on empty tables.

use atriz_db_tools::logical::Action::{Cascade, NoAction, Restrict, SetNull};
use atriz_db_tools::logical::ColumnType::{
    BigInteger, Boolean, Bytes, Date, Double, Integer, JsonBinary, Text, Timestamp, Uuid, Varchar,
};

use super::{Entities, Entity, round_trip, text};

fn things() -> Entity {
    Entity::new("things").column("code", Text)
}

macro_rules! changes {
    ($($name:ident: $before:expr => $after:expr, $says:expr;)+) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            let generated = round_trip(Entities::of($before), Entities::of($after), "").await;
            let said = text(&generated);
            for words in $says {
                let words: &str = words;
                assert!(said.contains(words), "{words} is missing in\n{said}");
            }
        }
    )+};
}

changes! {
    a_table: [things()] => [things(), Entity::new("notes").nullable("body", Text)],
        ["CREATE TABLE app.notes", "CREATE TABLE notes", "STRICT"];
    a_table_gone: [things(), Entity::new("notes").column("thing_id", Uuid).column("updated_at", Timestamp)
        .unique(&["thing_id"]).refers("thing_id", "things", Cascade)] => [things()],
        ["DROP TABLE app.notes", "All rows of notes are lost, with id, thing_id, updated_at"];
    a_column: [things()] => [things().nullable("note", Text)],
        ["ALTER TABLE app.things ADD COLUMN note text;", "ALTER TABLE things ADD COLUMN note TEXT;", "ALTER TABLE things DROP COLUMN note;"];
    a_column_with_a_default: [things()] => [things().default("amount", BigInteger, "7")],
        ["ADD COLUMN amount bigint NOT NULL DEFAULT 7", "ADD COLUMN amount INTEGER NOT NULL DEFAULT 7"];
    a_yes_or_no: [things()] => [things().default("active", Boolean, "true")],
        ["NOT NULL DEFAULT true", "DEFAULT 1", "ck_things_active_type"];
    a_column_gone: [things().nullable("note", Text)] => [things()],
        ["ALTER TABLE app.things DROP COLUMN note", "ALTER TABLE things DROP COLUMN note", "is lost"];
    a_required_column_gone: [things().column("amount", BigInteger).unique(&["code", "amount"]).indexed(&["amount"])] => [things()],
        ["ADD COLUMN amount bigint NOT NULL DEFAULT 0", "CREATE TABLE things_new"];
    a_column_renamed: [things().nullable("note", Text).indexed(&["note"])] => [things().nullable("remark", Text).was("note").indexed(&["remark"])],
        ["RENAME COLUMN note TO remark", "ALTER INDEX app.idx_things_note RENAME TO idx_things_remark"];
    a_key_renamed: [things().column("at", Timestamp).unique(&["at"])] => [things().column("made_at", Timestamp).was("at").unique(&["made_at"])],
        ["RENAME CONSTRAINT uq_things_at TO uq_things_made_at", "ck_things_made_at_type"];
    a_wider_integer: [things().column("amount", Integer)] => [things().column("amount", BigInteger)],
        ["ALTER COLUMN amount TYPE bigint;", "-- atriz: only postgres"];
    a_number_from_text: [things().column("amount", Text)] => [things().column("amount", BigInteger)],
        ["TYPE bigint USING amount::bigint", "SELECT id, code, amount FROM things;", "CAST(amount AS TEXT)"];
    a_longer_text: [things().column("label", Varchar(Some(10)))] => [things().column("label", Varchar(Some(20)))],
        ["TYPE varchar(20);", "TYPE varchar(10);", "length(label) <= 20"];
    a_day_from_a_time_back: [things().column("at", Date)] => [things().column("at", Timestamp)],
        ["TYPE timestamptz USING at::timestamp AT TIME ZONE 'UTC'", "at || 'T00:00:00+00:00'", "the time of day is lost."];
    a_type_with_a_default: [things().default("amount", Integer, "1")] => [things().default("amount", Text, "'one'")],
        ["ALTER COLUMN amount DROP DEFAULT", "SET DEFAULT 'one'"];
    a_boolean_from_a_number: [things().column("on_sale", Integer)] => [things().column("on_sale", Boolean)],
        ["USING on_sale::text::boolean", "SELECT id, code, on_sale FROM things", "ck_things_on_sale_type"];
    null_allowed: [things()] => [Entity::new("things").nullable("code", Text)],
        ["ALTER COLUMN code DROP NOT NULL"];
    null_forbidden: [Entity::new("things").nullable("code", Text)] => [things()],
        ["CHECK (code IS NOT NULL) NOT VALID", "VALIDATE CONSTRAINT ck_things_code_not_null", "ALTER COLUMN code SET NOT NULL"];
    a_default: [things()] => [Entity::new("things").default("code", Text, "'it''s'")],
        ["ALTER COLUMN code SET DEFAULT 'it''s'", "ALTER COLUMN code DROP DEFAULT"];
    a_default_gone: [Entity::new("things").default("code", Text, "'x'")] => [things()],
        ["ALTER COLUMN code DROP DEFAULT"];
    a_unique: [things()] => [things().unique(&["code"])],
        ["CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS uq_things_code", "UNIQUE USING INDEX uq_things_code"];
    a_unique_gone: [things().unique(&["code"])] => [things()],
        ["DROP CONSTRAINT uq_things_code"];
    an_index: [things()] => [things().indexed(&["code"])],
        ["CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_things_code ON app.things (code)", "CREATE INDEX idx_things_code ON things (code)"];
    a_foreign_key: [things(), Entity::new("parts").column("thing_id", Uuid)] => [things(), Entity::new("parts").column("thing_id", Uuid).refers("thing_id", "things", Restrict)],
        ["ON DELETE RESTRICT NOT VALID", "VALIDATE CONSTRAINT fk_parts_things", "ON DELETE NO ACTION", "idx_parts_thing_id"];
    a_foreign_key_gone: [things(), Entity::new("parts").column("thing_id", Uuid).refers("thing_id", "things", Cascade)] => [things(), Entity::new("parts").column("thing_id", Uuid)],
        ["DROP CONSTRAINT fk_parts_things"];
    another_action: [things(), Entity::new("parts").nullable("thing_id", Uuid).refers("thing_id", "things", Cascade)] => [things(), Entity::new("parts").nullable("thing_id", Uuid).refers("thing_id", "things", SetNull)],
        ["ON DELETE SET NULL NOT VALID", "ON DELETE SET NULL"];
    another_key: [Entity::new("things").column("shop_id", Uuid)] => [Entity::new("things").column("shop_id", Uuid).key(&["shop_id", "id"])],
        ["DROP CONSTRAINT pk_things, ADD CONSTRAINT pk_things PRIMARY KEY (shop_id, id)", "STRICT, WITHOUT ROWID"];
    when_it_changed: [things()] => [things().nullable("updated_at", Timestamp)],
        ["CREATE FUNCTION app.set_updated_at()", "CREATE TRIGGER trg_things_updated_at"];
    when_it_changed_gone: [things().column("updated_at", Timestamp)] => [things()],
        ["DROP TRIGGER trg_things_updated_at"];
    a_circle: [things()] => [things().nullable("best_id", Uuid).refers("best_id", "parts", SetNull), Entity::new("parts").column("thing_id", Uuid).refers("thing_id", "things", Cascade)],
        ["CREATE TABLE parts"];
    a_circle_of_new_tables: [things()] => [things(), Entity::new("ones").nullable("other_id", Uuid).refers("other_id", "others", NoAction), Entity::new("others").nullable("one_id", Uuid).refers("one_id", "ones", NoAction)],
        ["ALTER TABLE app.ones ADD CONSTRAINT fk_ones_others"];
    a_circle_gone: [things(), Entity::new("ones").nullable("other_id", Uuid).refers("other_id", "others", NoAction), Entity::new("others").nullable("one_id", Uuid).refers("one_id", "ones", NoAction)] => [things()],
        ["DROP TABLE app.ones", "-- atriz: rebuild"];
    itself: [things()] => [things().nullable("parent_id", Uuid).refers("parent_id", "things", SetNull)],
        ["REFERENCES things (id) ON DELETE SET NULL"];
    a_key_to_what_becomes_unique: [things(), Entity::new("parts").column("thing_code", Text)] => [things().unique(&["code"]), Entity::new("parts").column("thing_code", Text).refers_to(&["thing_code"], "things", &["code"], NoAction)],
        ["UNIQUE USING INDEX uq_things_code", "_keys_validated"];
    every_type: [things()] => [things(), Entity::new("all_types").column("a", Boolean).column("b", Double).column("c", Bytes).column("d", Date).column("e", JsonBinary).column("f", Varchar(Some(3))).column("g", Timestamp)],
        ["json_valid(e)", "length(f) <= 3", "d date"];
    odd_names: [Entity::new("order").column("select", Text).column("Größe", Integer)] => [Entity::new("order").column("select", Integer).column("Größe", BigInteger).nullable("von\"bis", Text).indexed(&["select"])],
        ["\"order\"", "\"Größe\"", "\"von\"\"bis\""];
    several_at_once: [things().nullable("a", Text).nullable("b", Integer).column("c", Text), Entity::new("parts").column("thing_id", Uuid)]
        => [things().nullable("aa", Text).was("a").nullable("d", Date).column("c", BigInteger).unique(&["code", "c"]), Entity::new("parts").column("thing_id", Uuid).refers("thing_id", "things", Cascade)],
        ["RENAME COLUMN a TO aa"];
    a_table_renamed: [things().nullable("at", Timestamp).column("updated_at", Timestamp).unique(&["code"]).indexed(&["at"])]
        => [Entity::new("items").table_was("things").column("code", Text).nullable("made_at", Timestamp).was("at").column("updated_at", Timestamp).unique(&["code"]).indexed(&["made_at"])],
        ["ALTER TABLE app.things RENAME TO items", "RENAME CONSTRAINT pk_things TO pk_items", "ck_items_made_at_type", "trg_items_updated_at"];
    a_numbered_table: [things()] => [things(), Entity::bare("counted").numbered().column("code", Text)],
        ["id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL"];
    a_table_with_comments: [things()] => [things(), Entity::new("notes").column("body", Text).commented("it's")],
        ["COMMENT ON TABLE app.notes IS 'it''s'", "COMMENT ON COLUMN app.notes.body IS 'it''s body'"];
    a_table_that_takes_the_name_of_another: [Entity::new("ones").nullable("a", Text), Entity::new("twos").nullable("b", Text)]
        => [Entity::new("twos").table_was("ones").nullable("aa", Text).was("a"), Entity::new("threes").table_was("twos").nullable("b", Text)],
        ["ALTER TABLE app.twos RENAME TO threes;", "ALTER TABLE app.ones RENAME TO twos;", "ALTER TABLE app.twos RENAME COLUMN a TO aa"];
    a_table_in_other_letters: [Entity::new("Things").column("code", Text)] => [things().table_was("Things")],
        ["ALTER TABLE app.\"Things\" RENAME TO things", "RENAME TO things_renamed"];
    a_unique_that_becomes_an_index: [things().unique(&["code"])] => [things().indexed(&["code"])],
        ["DROP CONSTRAINT uq_things_code", "idx_things_code ON app.things (code)", "CREATE INDEX idx_things_code ON things (code)"];
    a_column_of_the_key_gone: [Entity::new("things").column("shop_id", Uuid).column("updated_at", Timestamp).key(&["shop_id", "id"])]
        => [Entity::new("things").column("updated_at", Timestamp)],
        ["DROP CONSTRAINT pk_things, ADD CONSTRAINT pk_things PRIMARY KEY (id)", "DROP COLUMN shop_id", "    WHERE id = NEW.id;\nEND;"];
    a_column_of_the_key_gone_that_others_refer_to: [Entity::new("things").column("shop_id", Uuid).key(&["shop_id", "id"]), Entity::new("parts").column("shop_id", Uuid).column("thing_id", Uuid).refers_to(&["shop_id", "thing_id"], "things", &["shop_id", "id"], NoAction)]
        => [Entity::new("things"), Entity::new("parts").column("thing_id", Uuid).refers("thing_id", "things", NoAction)],
        ["FOREIGN KEY (thing_id) REFERENCES app.things (id) NOT VALID"];
    a_longer_key_that_others_refer_to: [Entity::new("things").column("shop_id", Uuid), Entity::new("parts").column("shop_id", Uuid).column("thing_id", Uuid).refers("thing_id", "things", Cascade)]
        => [Entity::new("things").column("shop_id", Uuid).key(&["shop_id", "id"]), Entity::new("parts").column("shop_id", Uuid).column("thing_id", Uuid).refers_to(&["shop_id", "thing_id"], "things", &["shop_id", "id"], Cascade),
            Entity::new("notes").column("shop_id", Uuid).column("thing_id", Uuid).refers_to(&["shop_id", "thing_id"], "things", &["shop_id", "id"], NoAction)],
        ["PRIMARY KEY (shop_id, id)", "ALTER TABLE app.notes ADD CONSTRAINT fk_notes_things"];
    both_ends_of_a_foreign_key: [Entity::bare("things").column("id", BigInteger).key(&["id"]), Entity::new("parts").column("thing_id", BigInteger).refers("thing_id", "things", Cascade)]
        => [Entity::bare("things").column("id", Text).key(&["id"]), Entity::new("parts").column("thing_id", Text).refers("thing_id", "things", Cascade)],
        ["ALTER TABLE app.parts DROP CONSTRAINT fk_parts_things", "ON DELETE CASCADE NOT VALID", "VALIDATE CONSTRAINT fk_parts_things", "CAST(id AS TEXT)"];
    one_end_of_a_foreign_key_and_the_other_gone: [Entity::bare("things").column("id", BigInteger).key(&["id"]), Entity::new("parts").column("thing_id", BigInteger).refers("thing_id", "things", Cascade)]
        => [Entity::bare("things").column("id", Text).key(&["id"]), Entity::new("parts")],
        ["ALTER TABLE app.parts DROP CONSTRAINT fk_parts_things", "DROP COLUMN thing_id"];
    a_schema: [things()] => [things(), Entity::new("others").of("extra")],
        ["CREATE SCHEMA extra", "CREATE TABLE extra.others"];
}

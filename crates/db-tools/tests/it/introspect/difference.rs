//! What tells two schemas apart.

use atriz_db_tools::introspect::difference;
use atriz_testing::{both_engines, for_engine};

use super::schema_of;

const LEFT: &str = "CREATE TABLE a (id {int} NOT NULL CONSTRAINT pk_a PRIMARY KEY, name text DEFAULT 'x',
    CONSTRAINT ck_a_name CHECK (name <> ''));
CREATE INDEX idx_a_name ON a (name);
CREATE TABLE b (id {int} NOT NULL CONSTRAINT pk_b PRIMARY KEY);
CREATE VIEW v AS SELECT id FROM a;";

const RIGHT: &str = "CREATE TABLE a (name text NOT NULL, id {int} NOT NULL CONSTRAINT pk_a PRIMARY KEY, more {int},
    CONSTRAINT ck_a_name CHECK (name <> 'no'));
CREATE INDEX idx_a_name ON a (name DESC) WHERE id > 0;
CREATE VIEW v AS SELECT id FROM a;";

both_engines! {
    async fn each_difference_is_a_line(engine) {
        let left = schema_of(engine, &for_engine(engine, LEFT)).await;
        let right = schema_of(engine, &for_engine(engine, RIGHT)).await;
        let lines: Vec<String> = difference(&left, &right).iter().map(|found| found.line("left", "right")).collect();
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("differences_on_{engine}"), lines.join("\n"));
        });
    }

    async fn the_order_of_columns_and_of_statements_is_none(engine) {
        let one = schema_of(engine, "CREATE TABLE a (x integer, y integer); CREATE TABLE b (z integer);").await;
        let two = schema_of(engine, "CREATE TABLE b (z integer); CREATE TABLE a (y integer, x integer);").await;
        assert_eq!(difference(&one, &two), []);
    }
}

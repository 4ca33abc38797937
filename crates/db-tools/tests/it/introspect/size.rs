//! A thousand tables.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use atriz_db_tools::introspect::read;
use atriz_testing::{both_engines, execute};

use super::scratch;

both_engines! {
    async fn a_thousand_tables_are_read_in_a_few_queries(engine) {
        let mut sql = String::from("BEGIN;");
        for number in 0..1000 {
            write!(
                sql,
                "CREATE TABLE t{number} (id integer CONSTRAINT pk_t{number} PRIMARY KEY, a text NOT NULL, b text, c integer, \
                 CONSTRAINT ck_t{number}_a CHECK (length(a) > 0), CONSTRAINT uq_t{number}_b UNIQUE (b)); \
                 CREATE INDEX idx_t{number}_c ON t{number} (c);"
            )
            .unwrap();
        }
        sql.push_str("COMMIT;");
        let scratch = scratch(engine).await;
        let session = scratch.session().await.unwrap();
        execute(&session.connection, &sql).await.unwrap();
        let started = Instant::now();
        let schema = read(&session.connection).await.unwrap();
        let took = started.elapsed();
        session.close().await;
        assert_eq!(schema.tables.len(), 1000);
        assert!(schema.tables.values().all(|table| table.checks.len() == 1 && table.indexes.len() == 1));
        // About a second on a machine of its own; a query per table would take many times this limit on a busy one.
        assert!(took < Duration::from_secs(15), "it took {took:?}");
        println!("a thousand tables on {engine}: {took:?}");
    }
}

//! A thousand tables of ten columns, each with an index, a CHECK, a unique key and a foreign key.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use atriz_db::Engine;
use atriz_db_tools::check::{CheckRequest, check};
use atriz_db_tools::scratch::Server;
use atriz_testing::{Workspace, for_engine};
use sea_orm::sea_query::{ColumnType, ForeignKeyAction};

use super::BASE;
use super::models::{column, key, table};

const TABLES: usize = 1000;

fn folder(engine: Engine) -> String {
    let mut sql = String::from(if engine == Engine::Postgres { "CREATE SCHEMA app;\n" } else { "" });
    let id = |table: usize, name: &str| match engine {
        Engine::Postgres => format!("{name} uuid NOT NULL"),
        Engine::Sqlite => {
            format!("{name} BLOB NOT NULL CONSTRAINT ck_t{table}s_{name}_type CHECK (length({name}) = 16)")
        }
    };
    for number in 0..TABLES {
        let parent = number.saturating_sub(1);
        let text = format!(
            "CREATE TABLE {{app}}t{number}s ({}, {}, a text NOT NULL, b text NOT NULL, c {{big}} NOT NULL, d {{big}} NOT NULL, \
             e {{int}} NOT NULL, f {{int}} NOT NULL, g text NOT NULL, h text NOT NULL, \
             CONSTRAINT pk_t{number}s PRIMARY KEY (id), CONSTRAINT uq_t{number}s_a UNIQUE (a), \
             CONSTRAINT fk_t{number}s_t{parent}s FOREIGN KEY (parent_id) REFERENCES {{app}}t{parent}s (id) ON DELETE CASCADE, \
             CONSTRAINT ck_t{number}s_c CHECK (c BETWEEN 1 AND {number} + 5 AND b IN ('x', 'y'))){{strict}};\n\
             CREATE INDEX idx_t{number}s_parent_id ON {{app}}t{number}s (parent_id) WHERE e > 0 OR parent_id IS NOT NULL;\n\
             CREATE INDEX idx_t{number}s_parent_id_c ON {{app}}t{number}s (parent_id, c);\n",
            id(number, "id"),
            id(number, "parent_id"),
        );
        write!(sql, "{}", for_engine(engine, &text)).unwrap();
    }
    sql
}

#[test]
fn a_thousand_tables_are_compared_in_seconds() {
    atriz_testing::run(Engine::Postgres, "check::size", async |_| {
        let workspace = Workspace::new();
        for engine in Engine::ALL {
            workspace.migration_on(engine, "core", BASE, &folder(engine), "-- atriz: irreversible \"a test\"");
        }
        let mut database = workspace.descriptor("core");
        for number in 0..TABLES {
            let mut model = table(&format!("t{number}s"), &["id"]);
            let kinds = ["a", "b", "g", "h"].map(|name| (name, ColumnType::Text));
            let numbers = [
                ("c", ColumnType::BigInteger),
                ("d", ColumnType::BigInteger),
                ("e", ColumnType::Integer),
                ("f", ColumnType::Integer),
            ];
            let ids = [("id", ColumnType::Uuid), ("parent_id", ColumnType::Uuid)];
            model.columns =
                ids.into_iter().chain(kinds).chain(numbers).map(|(name, kind)| column(name, kind)).collect();
            model.columns[2].unique = true;
            let parent = format!("t{}s", number.saturating_sub(1));
            model.foreign_keys = vec![key(&["parent_id"], &parent, &["id"], ForeignKeyAction::Cascade)];
            database.tables.push(model);
        }
        let request = CheckRequest {
            databases: vec![database.into()],
            engines: Engine::ALL.to_vec(),
            server: Some(Server::of_tests().await.unwrap()),
            configuration: None,
        };
        let started = Instant::now();
        let (report, phases) = check(&request).await.unwrap();
        let took = started.elapsed();
        assert!(report.is_good(), "{}", report.text());
        println!("{TABLES} tables: {took:?}, {phases:?}");
        // Eight seconds in a release build on a machine of its own; something quadratic would take minutes.
        assert!(took < Duration::from_mins(1), "it took {took:?}, {phases:?}");
    });
}

//! What lint says of tables with partitions is what the server does.

use atriz_db::Engine;
use atriz_testing::{TestFleet, Workspace, execute, number};

const BASE: &str = "CREATE SCHEMA app;
CREATE TABLE app.items (id uuid NOT NULL CONSTRAINT pk_items PRIMARY KEY);
CREATE TABLE app.events (id uuid NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE app.events_2026 PARTITION OF app.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX idx_events_at ON app.events (at);
CREATE UNIQUE INDEX uq_events_id ON app.events (id, at);
";

const REFUSED: [&str; 4] = [
    "CREATE INDEX CONCURRENTLY idx_events_id ON app.events (id)",
    "CREATE INDEX CONCURRENTLY idx_events_id ON ONLY app.events (id)",
    "DROP INDEX CONCURRENTLY app.idx_events_at",
    "ALTER TABLE app.events ADD CONSTRAINT uq_events UNIQUE USING INDEX uq_events_id",
];

const NOT_VALID: &str =
    "ALTER TABLE app.events ADD CONSTRAINT fk_events_items FOREIGN KEY (id) REFERENCES app.items (id) NOT VALID";

/// The ways that the rule names.
const SAFE: [&str; 9] = [
    "CREATE INDEX idx_events_id ON ONLY app.events (id)",
    "CREATE INDEX CONCURRENTLY idx_events_2026_id ON app.events_2026 (id)",
    "ALTER INDEX app.idx_events_id ATTACH PARTITION app.idx_events_2026_id",
    "DROP INDEX app.idx_events_at",
    "ALTER TABLE app.events_2026 ADD CONSTRAINT fk_events_2026_items FOREIGN KEY (id) REFERENCES app.items (id) NOT VALID",
    "ALTER TABLE app.events_2026 VALIDATE CONSTRAINT fk_events_2026_items",
    "ALTER TABLE app.events ADD CONSTRAINT fk_events_items FOREIGN KEY (id) REFERENCES app.items (id)",
    "CREATE UNIQUE INDEX CONCURRENTLY uq_events_2026_at ON app.events_2026 (at)",
    "ALTER TABLE app.events_2026 ADD CONSTRAINT uq_events_2026_at UNIQUE USING INDEX uq_events_2026_at",
];

#[test]
fn the_server_refuses_what_is_told_and_takes_the_safe_way() {
    atriz_testing::run(Engine::Postgres, "lint::partitioned", |engine| async move {
        let workspace = Workspace::new();
        workspace.migration_only(engine, "shop", "20260101000000_base", BASE, "DROP SCHEMA app CASCADE;");
        let test = TestFleet::prepared(engine, vec![workspace.descriptor("shop")]).await;
        let session = test.session("shop").await;
        let version = number(&session.connection, "SELECT current_setting('server_version_num')::bigint").await;
        for sql in REFUSED.into_iter().chain((version < 180_000).then_some(NOT_VALID)) {
            assert!(execute(&session.connection, sql).await.is_err(), "{sql}");
        }
        for sql in SAFE {
            execute(&session.connection, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
        execute(&session.connection, "ALTER TABLE app.events ADD CONSTRAINT uq_events_at UNIQUE (at)").await.unwrap();
        // Those of the partition were taken over, so that there is no second one.
        let kept = "SELECT count(*) FROM pg_catalog.pg_constraint WHERE conrelid = 'app.events_2026'::regclass \
                    AND contype IN ('f', 'u')";
        assert_eq!(number(&session.connection, kept).await, 2);
        session.close().await;
    });
}

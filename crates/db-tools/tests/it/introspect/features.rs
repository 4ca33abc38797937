//! Everything that a schema can have.

use atriz_db::Engine;
use atriz_testing::both_engines;

use super::schema_of;

both_engines! {
    async fn every_feature_is_read(engine) {
        let sql = match engine {
            Engine::Postgres => include_str!("postgres.sql"),
            Engine::Sqlite => include_str!("sqlite.sql"),
        };
        let schema = schema_of(engine, sql).await;
        // The version of an extension is that of the server, and so is whether a view repeats the table before each column.
        let filters = [(r#""version": "[0-9.]+""#, r#""version": "…""#), (r"([ (])things\.", "$1")];
        insta::with_settings!({ filters => filters, omit_expression => true }, {
            insta::assert_json_snapshot!(format!("every_feature_on_{engine}"), schema);
        });
    }
}

//! What cannot be checked says why.

use atriz_db::Engine;
use sea_orm::sea_query::ColumnType;

use super::models::of;
use super::{Seeded, checked_on};

#[test]
fn a_folder_that_does_not_replay_names_file_and_statement() {
    atriz_testing::run(Engine::Sqlite, "check::refused", async |_| {
        let mistake = Seeded { sqlite: vec![("CREATE TABLE entries", "CREATE TABLE things")], ..Seeded::default() };
        let workspace = mistake.workspace();
        let error = checked_on(mistake.descriptor(&workspace), vec![Engine::Sqlite]).await.unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("the folder of core on sqlite does not replay: "), "{text}");
        assert!(text.contains("20260101000000_create_base.up.sql, line 38"), "{text}");
        assert!(text.contains("table things already exists") && text.contains("statement 6 of"), "{text}");
        assert!(error.hint().contains("cargo xtask db verify core --engine sqlite"), "{}", error.hint());
    });
}

#[test]
fn a_type_that_no_engine_has_and_a_table_twice_are_refused() {
    atriz_testing::run(Engine::Sqlite, "check::refused_types", async |_| {
        let year = Seeded {
            entities: Some(|tables| of(tables, "things", "number").kind = ColumnType::Year),
            ..Seeded::default()
        };
        let workspace = year.workspace();
        let error = checked_on(year.descriptor(&workspace), vec![Engine::Sqlite]).await.unwrap_err();
        let said = "database `core`: entity `things`, column `number`: Year is a type that neither PostgreSQL nor SQLite \
                    can hold";
        assert_eq!(error.to_string(), said);
        assert!(error.hint().contains("column_type"), "{}", error.hint());

        let twice = Seeded { entities: Some(|tables| tables.push(tables[0].clone())), ..Seeded::default() };
        let error = checked_on(twice.descriptor(&workspace), vec![Engine::Sqlite]).await.unwrap_err();
        assert_eq!(error.to_string(), "database `core`: two entities are called `owners`");
    });
}

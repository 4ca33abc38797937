//! Names that need quotes.

use atriz_db_tools::introspect::{Name, difference};
use atriz_testing::{both_engines, for_engine};

use super::schema_of;

const ODD: &str = r#"
CREATE TABLE {app}"Mixed Case" ("order" {int} NOT NULL CONSTRAINT "PK.odd" PRIMARY KEY, "Größe, cm" {int},
    "say ""hi""" {int}, CONSTRAINT "check (odd)" CHECK ("order" > 0 AND "Größe, cm" < 9),
    CONSTRAINT "uq ""odd""" UNIQUE ("Größe, cm", "say ""hi"""));
CREATE TABLE {app}"select" ("from" {int} CONSTRAINT "fk-odd" REFERENCES {app}"Mixed Case" ("order"));
CREATE INDEX "idx odd" ON {app}"select" ("from" DESC);
CREATE TABLE {app}"日本" ("名前" {int});
"#;

both_engines! {
    async fn quoted_reserved_and_foreign_names_are_read_as_they_are(engine) {
        let schemas = for_engine(engine, "{app}").replace('.', "");
        let make = if schemas.is_empty() { String::new() } else { format!("CREATE SCHEMA {schemas};") };
        let schema = schema_of(engine, &format!("{make}{}", for_engine(engine, ODD))).await;
        let name = |name: &str| Name::new(schemas.clone(), name);
        assert_eq!(schema.tables.keys().map(|name| name.name.as_str()).collect::<Vec<_>>(), ["Mixed Case", "select", "日本"]);
        let odd = &schema.tables[&name("Mixed Case")];
        assert_eq!(odd.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["order", "Größe, cm", "say \"hi\""]);
        assert_eq!(odd.primary_key.as_ref().unwrap().constraint.as_deref(), Some("PK.odd"));
        assert_eq!(odd.uniques["uq \"odd\""].columns, ["Größe, cm", "say \"hi\""]);
        assert!(odd.checks["check (odd)"].expression.contains("\"Größe, cm\" < 9"));
        let select = &schema.tables[&name("select")];
        let key = &select.foreign_keys["fk-odd"];
        assert_eq!((&key.table, &key.referenced), (&name("Mixed Case"), &vec!["order".to_owned()]));
        assert!(select.indexes["idx odd"].columns[0].descending);
        assert_eq!(select.indexes["idx odd"].columns[0].key, "from");
        assert!(schema.tables[&name("日本")].column("名前").is_some());
        assert_eq!(difference(&schema, &schema.clone()), []);
    }
}

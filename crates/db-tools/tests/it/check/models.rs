//! The entities of the base, as they would be read.

use atriz_db::catalog::{ColumnModel, ForeignKeyModel, TableModel, UniqueKeyModel};
use sea_orm::sea_query::{ColumnType, Expr, ForeignKeyAction, StringLen};

pub(crate) fn all() -> Vec<TableModel> {
    let mut owners = table("owners", &["id"]);
    owners.columns = vec![
        column("id", ColumnType::Uuid),
        ColumnModel { unique: true, ..column("name", ColumnType::Text) },
        null(column("born_on", ColumnType::Date)),
    ];
    let mut things = table("things", &["owner_id", "number"]);
    things.columns = vec![
        column("owner_id", ColumnType::Uuid),
        column("number", ColumnType::Integer),
        column("code", ColumnType::String(StringLen::N(20))),
        ColumnModel { default: Some(Expr::val("new")), ..column("state", ColumnType::Text) },
        column("amount", ColumnType::BigInteger),
        ColumnModel { default: Some(Expr::val(true)), ..column("is_open", ColumnType::Boolean) },
        null(column("note", ColumnType::Text)),
        null(column("data", ColumnType::JsonBinary)),
        null(column("doubled", ColumnType::BigInteger)),
        column("updated_at", ColumnType::TimestampWithTimeZone),
    ];
    things.unique_keys =
        vec![UniqueKeyModel { name: "owner_id_code".to_owned(), columns: names(&["owner_id", "code"]) }];
    things.foreign_keys = vec![key(&["owner_id"], "owners", &["id"], ForeignKeyAction::Cascade)];
    let mut entries = table("entries", &["id"]);
    entries.columns = vec![
        column("id", ColumnType::Uuid),
        column("owner_id", ColumnType::Uuid),
        column("number", ColumnType::Integer),
        column("delta", ColumnType::BigInteger),
    ];
    entries.foreign_keys =
        vec![key(&["owner_id", "number"], "things", &["owner_id", "number"], ForeignKeyAction::Restrict)];
    vec![owners, things, entries]
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

pub(crate) fn table(name: &str, primary_key: &[&str]) -> TableModel {
    TableModel {
        schema: "app".to_owned(),
        name: name.to_owned(),
        columns: Vec::new(),
        primary_key: names(primary_key),
        auto_increment: false,
        foreign_keys: Vec::new(),
        unique_keys: Vec::new(),
        comment: None,
    }
}

pub(crate) fn column(name: &str, kind: ColumnType) -> ColumnModel {
    ColumnModel {
        name: name.to_owned(),
        kind,
        nullable: false,
        default: None,
        unique: false,
        indexed: false,
        comment: None,
        renamed_from: None,
    }
}

pub(crate) fn null(column: ColumnModel) -> ColumnModel {
    ColumnModel { nullable: true, ..column }
}

pub(crate) fn key(columns: &[&str], table: &str, referenced: &[&str], on_delete: ForeignKeyAction) -> ForeignKeyModel {
    ForeignKeyModel {
        columns: names(columns),
        table: table.to_owned(),
        referenced: names(referenced),
        on_delete: Some(on_delete),
        on_update: None,
        name: None,
    }
}

/// The column of a table of the base.
pub(crate) fn of<'a>(tables: &'a mut [TableModel], table: &str, column: &str) -> &'a mut ColumnModel {
    let table = tables.iter_mut().find(|one| one.name == table).unwrap();
    table.columns.iter_mut().find(|one| one.name == column).unwrap()
}

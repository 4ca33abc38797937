//! What an entity would say.

use crate::logical::{Action, Column, ColumnType, Difference, DifferenceKind as Kind, Logical, Table};

/// What the entity lacks, as its source would say it: the SQL that drops it instead loses rows.
pub(in crate::check) fn entity(one: &Difference, folder: Option<&Logical>) -> Vec<String> {
    let table = folder.and_then(|folder| folder.tables.get(&one.object.table));
    let name = one.object.name.as_deref().unwrap_or_default();
    let lines = table.and_then(|table| match one.kind {
        Kind::TableMissing => Some(vec![
            format!("an entity with #[sea_orm(table_name = \"{}\")], and in the descriptor", one.object.table),
            format!(".entity::<{}::Entity>()", one.object.table),
        ]),
        Kind::ColumnMissing => table.column(name).map(|column| vec![field(column)]),
        Kind::IndexMissing => unique_key(table, name),
        Kind::ForeignKeyMissing => relation(table, name),
        _ => None,
    });
    let place = format!("-- entity {}", one.object.table);
    std::iter::once(place).chain(lines.into_iter().flatten().map(|line| format!("--   {line}"))).collect()
}

fn field(column: &Column) -> String {
    let kind = match &column.kind {
        ColumnType::Boolean => "bool",
        ColumnType::SmallInteger => "i16",
        ColumnType::Integer => "i32",
        ColumnType::BigInteger | ColumnType::AnyInteger => "i64",
        ColumnType::Real => "f32",
        ColumnType::Double => "f64",
        ColumnType::Decimal(_) => "Decimal",
        ColumnType::Bytes => "Vec<u8>",
        ColumnType::Uuid => "Uuid",
        ColumnType::Timestamp => "ChronoDateTimeUtc",
        ColumnType::LocalTimestamp => "ChronoDateTime",
        ColumnType::Date => "ChronoDate",
        ColumnType::Time => "ChronoTime",
        ColumnType::Json | ColumnType::JsonBinary => "Json",
        _ => "String",
    };
    let attribute = match &column.kind {
        ColumnType::Text => "#[sea_orm(column_type = \"Text\")] ".to_owned(),
        ColumnType::JsonBinary => "#[sea_orm(column_type = \"JsonBinary\")] ".to_owned(),
        ColumnType::Other(name) => format!("#[sea_orm(column_type = \"custom(\\\"{name}\\\")\")] "),
        _ => String::new(),
    };
    let kind = if column.nullable { format!("Option<{kind}>") } else { kind.to_owned() };
    format!("{attribute}pub {}: {kind},", column.name)
}

fn unique_key(table: &Table, name: &str) -> Option<Vec<String>> {
    let keys = &table.indexes.get(name)?.keys;
    let columns: Vec<&str> = keys.iter().map(|key| key.key.as_str()).collect();
    Some(match columns.as_slice() {
        [one] => vec![format!("#[sea_orm(unique)] on `{one}`")],
        many => vec![format!("#[sea_orm(unique_key = \"{}\")] on `{}`", many.join("_"), many.join("`, `"))],
    })
}

fn relation(table: &Table, name: &str) -> Option<Vec<String>> {
    let key = table.foreign_keys.get(name)?;
    let tuple = |columns: &[String]| match columns {
        [one] => one.clone(),
        many => format!("({})", many.join(", ")),
    };
    let action = |event: &str, action: Action| match action {
        Action::NoAction => String::new(),
        Action::Restrict => format!(", on_{event} = \"Restrict\""),
        Action::Cascade => format!(", on_{event} = \"Cascade\""),
        Action::SetNull => format!(", on_{event} = \"SetNull\""),
        Action::SetDefault => format!(", on_{event} = \"SetDefault\""),
    };
    Some(vec![
        format!(
            "#[sea_orm(belongs_to, from = \"{}\", to = \"{}\"{}{})]",
            tuple(&key.columns),
            tuple(&key.referenced),
            action("delete", key.on_delete),
            action("update", key.on_update)
        ),
        format!("pub {}: BelongsTo<super::{}::Entity>,", key.table.trim_end_matches('s'), key.table),
    ])
}

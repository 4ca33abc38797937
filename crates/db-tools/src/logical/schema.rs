//! What the catalogue of an engine says.

use std::collections::{BTreeMap, HashMap, HashSet};

use atriz_db::Engine;

use super::expression::{self, Context};
use super::triggers::{self, Bodies};
use super::{
    Action, Check, Column, ColumnType, ForeignKey, Generated, Index, IndexKey, Logical, PrimaryKey, Source, Table, View,
};
use crate::introspect::{self, Schema, TableKind};

/// The schema `schema` in shared words. Of two tables of one name in two namespaces the last one is taken.
pub fn from_schema(schema: &Schema) -> Logical {
    let source = match schema.engine {
        Engine::Postgres => Source::Postgres,
        Engine::Sqlite => Source::Sqlite,
    };
    let bodies = Bodies::of(&schema.functions);
    let tables = schema.tables.iter().map(|(name, table)| {
        let reader = Reader { engine: schema.engine, types: Types::of(table, schema.engine), table, bodies: &bodies };
        (name.name.clone(), reader.table(&name.schema, &name.name))
    });
    let views = schema.views.iter().map(|(name, view)| {
        let columns = view.columns.iter().map(|column| column.name.clone()).collect();
        (name.name.clone(), View { schema: name.schema.clone(), columns })
    });
    Logical { source, tables: tables.collect(), views: views.collect() }
}

/// What the columns of a table hold, and which CHECKs say so.
struct Types {
    columns: HashMap<String, ColumnType>,
    checks: HashSet<String>,
}

impl Types {
    /// On SQLite the CHECKs on types say more than the declarations.
    fn of(table: &introspect::Table, engine: Engine) -> Self {
        let declared = |column: &introspect::Column| match engine {
            Engine::Postgres => ColumnType::from_postgres(&column.type_name),
            Engine::Sqlite => ColumnType::from_sqlite(&column.type_name),
        };
        let plain: HashMap<String, ColumnType> =
            table.columns.iter().map(|column| (column.name.clone(), declared(column))).collect();
        let mut types = Self { columns: plain.clone(), checks: HashSet::new() };
        if engine == Engine::Sqlite {
            for (name, check) in table.checks.iter().filter(|(name, _)| is_about_a_type(name)) {
                if let Some((column, kind)) = narrowed(&check.expression, &plain) {
                    types.columns.insert(column, kind);
                    types.checks.insert(name.clone());
                }
            }
        }
        types
    }
}

/// Whether a CHECK is called `ck_<table>_<column>_type`.
fn is_about_a_type(name: &str) -> bool {
    name.ends_with("_type")
}

/// The column that a CHECK on a type is about, and the type.
fn narrowed(check: &str, plain: &HashMap<String, ColumnType>) -> Option<(String, ColumnType)> {
    let form = expression::condition(check, Context { engine: Engine::Sqlite, columns: plain });
    // The column is among the few words of the condition; to ask all columns would be quadratic.
    let words = form.split(|character: char| !character.is_alphanumeric() && character != '_');
    let bare = words.filter(|word| !word.is_empty()).find_map(|word| {
        let kind = plain.get(word)?.narrowed(word, &form)?;
        Some((word.to_owned(), kind))
    });
    let quoted = || {
        let name = form.split('"').nth(1)?;
        let kind = plain.get(name)?.narrowed(&format!("\"{name}\""), &form)?;
        Some((name.to_owned(), kind))
    };
    bare.or_else(quoted)
}

/// Reads one table.
struct Reader<'a> {
    engine: Engine,
    types: Types,
    table: &'a introspect::Table,
    bodies: &'a Bodies,
}

impl Reader<'_> {
    fn context(&self) -> Context<'_> {
        Context { engine: self.engine, columns: &self.types.columns }
    }

    fn table(&self, schema: &str, name: &str) -> Table {
        let table = self.table;
        let columns = table.primary_key.as_ref().map(|key| key.columns.as_slice()).unwrap_or_default();
        let on = triggers::On { table: name, key: columns };
        let key = |key: &introspect::Key| PrimaryKey { name: key.constraint.clone(), columns: key.columns.clone() };
        Table {
            schema: schema.to_owned(),
            columns: table.columns.iter().filter(|column| !column.hidden).map(|column| self.column(column)).collect(),
            primary_key: table.primary_key.as_ref().map(key),
            indexes: self.indexes(),
            foreign_keys: table.foreign_keys.iter().map(|(name, key)| (name.clone(), foreign_key(key))).collect(),
            checks: self.checks(),
            triggers: table
                .triggers
                .iter()
                .map(|(trigger, definition)| (trigger.clone(), triggers::trigger(on, trigger, definition, self.bodies)))
                .collect(),
            exclusions: table.exclusions.clone(),
            without_rowid: table.options.iter().any(|option| option == "without rowid"),
            partition_key: table.partition_key.clone(),
            comment: table.comment.clone(),
            renamed_from: None,
        }
    }

    fn column(&self, column: &introspect::Column) -> Column {
        let kind = self.types.columns.get(&column.name).cloned().unwrap_or(ColumnType::Other(column.type_name.clone()));
        let numbered = column.default.as_deref().is_some_and(|default| default.starts_with("nextval("));
        let default = column.default.as_deref().filter(|_| !numbered);
        Column {
            name: column.name.clone(),
            nullable: column.nullable,
            default: default
                .map(|default| expression::default(default, &kind, self.context()))
                .filter(|default| default != "null"),
            generated: column.generated.as_ref().map(|generated| Generated {
                expression: expression::value(&generated.expression, self.context()),
                stored: generated.stored,
            }),
            identity: column.identity.is_some() || numbered || self.is_rowid(column),
            collation: named_collation(column.collation.as_ref()),
            comment: column.comment.clone(),
            renamed_from: None,
            kind,
        }
    }

    /// Whether SQLite numbers the column: it is another name of the rowid.
    fn is_rowid(&self, column: &introspect::Column) -> bool {
        let key = self.table.primary_key.as_ref();
        self.engine == Engine::Sqlite
            && column.type_name.eq_ignore_ascii_case("integer")
            && key.is_some_and(|key| key.columns == [column.name.clone()])
            && !self.table.options.iter().any(|option| option == "without rowid")
            && self.table.kind == TableKind::Plain
    }

    fn checks(&self) -> BTreeMap<String, Check> {
        let rules = self.table.checks.iter().filter(|(name, _)| !self.types.checks.contains(*name));
        let read = rules.map(|(name, check)| {
            (name.clone(), Check { expression: expression::condition(&check.expression, self.context()) })
        });
        read.collect()
    }

    fn indexes(&self) -> BTreeMap<String, Index> {
        let plain = self.table.indexes.iter().map(|(name, index)| (name.clone(), self.index(index)));
        let uniques = self.table.uniques.iter().map(|(name, unique)| (name.clone(), constraint(unique)));
        plain.chain(uniques).collect()
    }

    fn index(&self, index: &introspect::Index) -> Index {
        let of_column = |key: &introspect::IndexColumn| {
            named_collation(self.table.column(&key.key).and_then(|column| column.collation.as_ref()))
        };
        let key = |column: &introspect::IndexColumn| IndexKey {
            key: if column.expression { expression::value(&column.key, self.context()) } else { column.key.clone() },
            expression: column.expression,
            descending: column.descending,
            nulls_moved: column.nulls_moved,
            collation: named_collation(column.collation.as_ref()).filter(|own| Some(own) != of_column(column).as_ref()),
            operator_class: column.operator_class.clone(),
        };
        Index {
            unique: index.unique,
            constraint: false,
            keys: index.columns.iter().map(key).collect(),
            predicate: index.predicate.as_deref().map(|text| expression::condition(text, self.context())),
            method: index.method.clone(),
            include: index.include.clone(),
            nulls_not_distinct: index.nulls_not_distinct,
        }
    }
}

/// A collation that both engines do not have by themselves: SQLite compares bytes, which PostgreSQL calls `C`.
fn named_collation(name: Option<&String>) -> Option<String> {
    const BYTES: [&str; 6] = ["binary", "default", "c", "posix", "ucs_basic", "c.utf8"];
    name.filter(|name| !BYTES.contains(&name.to_lowercase().as_str())).cloned()
}

fn constraint(unique: &introspect::Unique) -> Index {
    let key = |column: &String| IndexKey::column(column);
    Index {
        unique: true,
        constraint: true,
        keys: unique.columns.iter().map(key).collect(),
        predicate: None,
        method: None,
        include: unique.include.clone(),
        nulls_not_distinct: unique.nulls_not_distinct,
    }
}

fn foreign_key(key: &introspect::ForeignKey) -> ForeignKey {
    let action = |action: &str| match action {
        "restrict" => Action::Restrict,
        "cascade" => Action::Cascade,
        "set null" => Action::SetNull,
        "set default" => Action::SetDefault,
        _ => Action::NoAction,
    };
    ForeignKey {
        columns: key.columns.clone(),
        table: key.table.name.clone(),
        referenced: key.referenced.clone(),
        on_delete: action(&key.on_delete),
        on_update: action(&key.on_update),
        deferrable: key.deferrable.clone(),
        matching: key.matching.clone(),
    }
}

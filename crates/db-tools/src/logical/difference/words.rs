//! What a side has, in a few words.

use crate::logical::{Action, Column, ForeignKey, Generated, Index, PrimaryKey, Table};

pub(super) fn table(table: &Table) -> String {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    format!("({})", columns.join(", "))
}

pub(super) fn column(column: &Column) -> String {
    let nullable = if column.nullable { "" } else { " not null" };
    format!("{}{nullable}", column.kind)
}

pub(super) fn generated(generated: &Generated) -> String {
    format!("({}) {}", generated.expression, if generated.stored { "stored" } else { "virtual" })
}

pub(super) fn primary_key(key: &PrimaryKey) -> String {
    format!("({})", key.columns.join(", "))
}

/// `unique (a, b desc) where a is null`.
pub(super) fn index(index: &Index) -> String {
    let keys = index.keys.iter().map(|key| {
        let collation = key.collation.as_ref().map_or(String::new(), |name| format!(" collate {name}"));
        let class = key.operator_class.as_ref().map_or(String::new(), |name| format!(" {name}"));
        let nulls = match (key.nulls_moved, key.descending) {
            (false, _) => "",
            (true, false) => " nulls first",
            (true, true) => " nulls last",
        };
        format!("{}{collation}{class}{}{nulls}", key.key, if key.descending { " desc" } else { "" })
    });
    let mut words = vec![if index.unique { "unique " } else { "" }.to_owned()];
    words.push(format!("({})", keys.collect::<Vec<_>>().join(", ")));
    if let Some(method) = &index.method {
        words.push(format!(" using {method}"));
    }
    if !index.include.is_empty() {
        words.push(format!(" include ({})", index.include.join(", ")));
    }
    if index.nulls_not_distinct {
        words.push(" nulls not distinct".to_owned());
    }
    if let Some(predicate) = &index.predicate {
        words.push(format!(" where {predicate}"));
    }
    words.concat()
}

/// `(user_id) references users (id) on delete cascade`.
pub(super) fn foreign_key(key: &ForeignKey) -> String {
    let mut words =
        vec![format!("({}) references {} ({})", key.columns.join(", "), key.table, key.referenced.join(", "))];
    if let Some(matching) = &key.matching {
        words.push(format!(" match {matching}"));
    }
    for (event, action) in [("delete", key.on_delete), ("update", key.on_update)] {
        if action != Action::NoAction {
            words.push(format!(" on {event} {}", action.to_string().to_lowercase()));
        }
    }
    if let Some(deferrable) = &key.deferrable {
        words.push(format!(" {deferrable}"));
    }
    words.concat()
}

//! What tells two schemas apart.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::Schema;

/// One thing that two schemas do not agree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The object and what of it differs: `table app.things, column amount, type`.
    pub object: String,
    /// What the left schema has; nothing where it is not there.
    pub left: Option<String>,
    /// What the right schema has.
    pub right: Option<String>,
    /// The same place as steps: `["tables", "app.things", "columns", "amount", "type"]`.
    #[serde(skip)]
    pub path: Vec<String>,
}

impl Difference {
    /// The same place by collections and the names of their members, and by fields, which have none.
    pub(crate) fn places(&self) -> Vec<(&str, Option<&str>)> {
        let mut steps = self.path.iter().map(String::as_str);
        let mut places = Vec::new();
        while let Some(step) = steps.next() {
            places.push((step, singular(step).and_then(|_| steps.next())));
        }
        places
    }

    /// One line, with what the two sides are called: `index idx_a: before {…}, after nothing`.
    pub fn line(&self, left: &str, right: &str) -> String {
        let side = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), shortened);
        format!("{}: {left} {}, {right} {}", self.object, side(&self.left), side(&self.right))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.line("left", "right"))
    }
}

/// One line of bearable length.
fn shortened(value: &str) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// All that `left` and `right` do not agree on, ordered by object. Objects are matched by name; the order of a table's
/// columns is no difference, since no ALTER can change it.
pub fn difference(left: &Schema, right: &Schema) -> Vec<Difference> {
    if left == right {
        return Vec::new();
    }
    let mut found = Vec::new();
    compare(&value(left), &value(right), &mut Vec::new(), &mut found);
    found
}

fn value(schema: &Schema) -> Value {
    serde_json::to_value(schema).expect("a schema is made of maps with text keys, lists and text")
}

fn compare(left: &Value, right: &Value, path: &mut Vec<String>, found: &mut Vec<Difference>) {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => compare_maps(left, right, path, found),
        (Value::Array(left), Value::Array(right)) => match (by_name(left), by_name(right)) {
            (Some(left), Some(right)) => compare_maps(&left, &right, path, found),
            _ if left != right => {
                tell(path, Some(&Value::Array(left.clone())), Some(&Value::Array(right.clone())), found);
            }
            _ => {}
        },
        _ if left != right => tell(path, Some(left), Some(right), found),
        _ => {}
    }
}

fn compare_maps(
    left: &Map<String, Value>,
    right: &Map<String, Value>,
    path: &mut Vec<String>,
    found: &mut Vec<Difference>,
) {
    let before = found.len();
    let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    // The engine's own definition repeats what is said in neutral terms, so it speaks only where they are silent.
    let (repeated, keys): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| *key == "definition");
    for key in keys.into_iter().chain(repeated) {
        if key == "definition" && found.len() > before {
            continue;
        }
        path.push(key.clone());
        match (left.get(key), right.get(key)) {
            (Some(left), Some(right)) => compare(left, right, path, found),
            (left, right) => missing(path, left, right, found),
        }
        path.pop();
    }
}

/// One side lacks something: a whole collection is told member by member.
fn missing(path: &mut Vec<String>, left: Option<&Value>, right: Option<&Value>, found: &mut Vec<Difference>) {
    let members = match left.or(right) {
        Some(Value::Object(members)) if path.last().is_some_and(|step| singular(step).is_some()) => {
            Some(members.clone())
        }
        Some(Value::Array(members)) => by_name(members),
        _ => None,
    };
    let Some(members) = members else { return tell(path, left, right, found) };
    for (name, member) in &members {
        path.push(name.clone());
        let side = |value: Option<&Value>| value.map(|_| member);
        tell(path, side(left), side(right), found);
        path.pop();
    }
}

/// A list whose members all have names, by name.
fn by_name(list: &[Value]) -> Option<Map<String, Value>> {
    let named = list.iter().map(|member| {
        let mut member = member.as_object()?.clone();
        let name = member.remove("name")?.as_str()?.to_owned();
        Some((name, Value::Object(member)))
    });
    named.collect::<Option<Map<_, _>>>().filter(|members| !members.is_empty())
}

fn tell(path: &[String], left: Option<&Value>, right: Option<&Value>, found: &mut Vec<Difference>) {
    let side = |value: Option<&Value>| value.map(text);
    found.push(Difference { object: words(path), left: side(left), right: side(right), path: path.to_vec() });
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(members) => format!("({})", members.iter().map(text).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// `["tables", "app.things", "columns", "amount", "type"]` as `table app.things, column amount, type`.
fn words(path: &[String]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut steps = path.iter();
    while let Some(step) = steps.next() {
        match (singular(step), steps.clone().next()) {
            (Some(kind), Some(name)) => {
                words.push(format!("{kind} {name}"));
                steps.next();
            }
            _ => words.push(step.replace('_', " ")),
        }
    }
    words.join(", ")
}

/// The word for one member of a collection.
fn singular(collection: &str) -> Option<&'static str> {
    Some(match collection {
        "namespaces" => "schema",
        "tables" => "table",
        "views" => "view",
        "functions" => "function",
        "sequences" => "sequence",
        "types" => "type",
        "extensions" => "extension",
        "others" => "the",
        "columns" => "column",
        "uniques" => "unique constraint",
        "indexes" => "index",
        "foreign_keys" => "foreign key",
        "checks" => "check",
        "exclusions" => "exclusion constraint",
        "triggers" => "trigger",
        "policies" => "policy",
        "partitions" => "partition",
        _ => return None,
    })
}

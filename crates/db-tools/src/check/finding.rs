//! One thing that is not as it should be.

use std::fmt;

use serde::Serialize;

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The database.
    pub database: String,
    /// What differs: `column users.email`.
    pub object: String,
    /// In what: `type_differs`.
    pub kind: String,
    /// What the left side is called: `entities`, `postgres`, `folder`.
    pub left_name: String,
    /// What the left side has; nothing where it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
    /// What the right side is called; empty where there is one side alone.
    pub right_name: String,
    /// What the right side has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
    /// The statements that mend it, with a comment in front that says where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mend: Vec<String>,
}

impl Finding {
    /// Whether it says this of something on `table`, which is called `table users`.
    pub(super) fn mentions(&self, words: &str, table: &str) -> bool {
        let on = table.strip_prefix("table ").unwrap_or(table);
        let about = self.object.split_once(' ').map_or("", |(_, name)| name);
        let says = |side: &Option<String>| side.as_deref() == Some(words);
        about.split('.').next() == Some(on) && (says(&self.left) || says(&self.right))
    }
}

/// One line: `core: column users.email type_differs: postgres text, sqlite nothing`.
impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}, {}: ", self.database, self.object, self.kind.replace('_', " "))?;
        write!(formatter, "{} {}", self.left_name, side(self.left.as_deref()))?;
        if self.right_name.is_empty() {
            return Ok(());
        }
        write!(formatter, "; {} {}", self.right_name, side(self.right.as_deref()))
    }
}

/// One line of bearable length.
fn side(value: Option<&str>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

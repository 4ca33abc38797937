//! Names of objects.

use std::fmt;

use serde::{Serialize, Serializer};

/// The name of an object; `schema` is empty on SQLite.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// PostgreSQL's namespace; empty on SQLite.
    pub schema: String,
    /// The name within it, as it is, without quotes.
    pub name: String,
}

impl Name {
    /// A name within a namespace.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }

    /// A name on SQLite.
    pub fn bare(name: impl Into<String>) -> Self {
        Self::new("", name)
    }
}

/// `app.things`, or `things` on SQLite; quoted where SQL would want it, so that a dot within a name is no border.
impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.schema.is_empty() {
            write!(formatter, "{}.", shown(&self.schema))?;
        }
        formatter.write_str(&shown(&self.name))
    }
}

fn shown(name: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || character == '_';
    if !name.is_empty() && name.chars().all(plain) && !name.chars().any(char::is_uppercase) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

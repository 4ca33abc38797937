//! Names of tables and indexes as a statement writes them.

use std::fmt;

use serde::{Serialize, Serializer};

/// The name of a table or an index, folded as the engines fold it: without quotes, and in lower case where it had none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// The schema, where the statement says it.
    pub schema: Option<String>,
    /// The name itself.
    pub name: String,
}

impl Name {
    /// A name with its schema.
    pub fn new(schema: Option<&str>, name: &str) -> Self {
        Self { schema: schema.map(str::to_owned), name: name.to_owned() }
    }

    /// Whether both can mean the same object: a name without a schema is found through the search path.
    pub fn is(&self, other: &Self) -> bool {
        let schemas = self.schema.as_ref().zip(other.schema.as_ref());
        self.name == other.name && schemas.is_none_or(|(left, right)| left == right)
    }

    /// Another object of the same schema.
    pub(super) fn beside(&self, name: &Self) -> Self {
        Self { schema: name.schema.clone().or_else(|| self.schema.clone()), name: name.name.clone() }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(formatter, "{schema}.{}", self.name),
            None => formatter.write_str(&self.name),
        }
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

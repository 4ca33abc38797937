//! The statements of a file, taken apart when somebody asks for them.
//!
//! A folder is read at every start, and what most of its files hold was applied long ago.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use super::split::{Statement, split};

/// The statements of a text that is known to split.
#[derive(Clone, Default)]
pub struct Statements {
    text: String,
    split: OnceLock<Vec<Statement>>,
}

impl Statements {
    /// Those of a text that was read; one that does not split has none.
    pub(super) fn of(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        Self { text, split: OnceLock::new() }
    }
}

impl Deref for Statements {
    type Target = [Statement];

    fn deref(&self) -> &[Statement] {
        self.split.get_or_init(|| split(&self.text).unwrap_or_default())
    }
}

impl fmt::Debug for Statements {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

impl<'a> IntoIterator for &'a Statements {
    type Item = &'a Statement;
    type IntoIter = std::slice::Iter<'a, Statement>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

//! Bodies of functions and triggers, whose semicolons end nothing.

/// Whether we are in `BEGIN ATOMIC … END`, or in the `BEGIN … END` of a SQLite trigger.
///
/// Neither can hold another one, and in both every statement ends in a semicolon: so the END that follows a semicolon, or
/// nothing at all, is the body's, and that of a CASE or a column called `end` is not. SQLite's own shell reads it so.
#[derive(Default)]
pub(super) struct Body<'a> {
    /// Whether a semicolon ends nothing here.
    pub(super) open: bool,
    /// The first words of the statement, as far as they tell what it makes.
    kind: Kind,
    /// Whether the trigger has named its table.
    on: bool,
    last: &'a str,
}

/// What a statement makes, as far as it matters here.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    /// Nothing is read yet.
    #[default]
    Unread,
    /// `CREATE`, and words that may stand between it and what is made.
    Create,
    Routine,
    Trigger,
    Other,
}

impl Kind {
    fn after(self, word: &str) -> Self {
        let prefixes = ["or", "replace", "temp", "temporary", "constraint"];
        match self {
            Self::Unread if is(word, "create") => Self::Create,
            Self::Create if prefixes.iter().any(|prefix| is(word, prefix)) => Self::Create,
            Self::Create if is(word, "function") || is(word, "procedure") => Self::Routine,
            Self::Create if is(word, "trigger") => Self::Trigger,
            Self::Unread | Self::Create => Self::Other,
            _ => self,
        }
    }
}

impl<'a> Body<'a> {
    /// Reads on.
    pub(super) fn token(&mut self, token: &'a str, depth: u32) {
        let last = std::mem::replace(&mut self.last, token);
        if self.open {
            self.open = !(is(token, "end") && [";", "begin", "atomic"].iter().any(|before| is(last, before)));
            return;
        }
        self.kind = self.kind.after(token);
        if self.kind == Kind::Routine && is(token, "atomic") {
            self.open = depth == 0 && is(last, "begin");
        } else if self.kind == Kind::Trigger && is(token, "begin") {
            // Before the table, `begin` is the trigger's name or a column's; behind these it is a name as well.
            self.open = depth == 0 && self.on && !["on", ".", "as"].iter().any(|before| is(last, before));
        } else if self.kind == Kind::Trigger && is(token, "on") {
            self.on = true;
        }
    }
}

/// Whether a token is this word, however it is written.
fn is(token: &str, word: &str) -> bool {
    token.eq_ignore_ascii_case(word)
}

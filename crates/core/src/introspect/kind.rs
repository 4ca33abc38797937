//! Telling tokens apart by their looks.

/// What a text would be, if it is anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Access,
    Cookie,
    Key,
    Refresh,
}

impl Kind {
    pub(super) fn of(token: &str) -> Self {
        if token.starts_with("ses_") {
            Self::Cookie
        } else if token.starts_with("key_") {
            Self::Key
        } else if token.contains('.') {
            Self::Access
        } else {
            Self::Refresh
        }
    }
}

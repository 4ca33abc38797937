//! What can be wrong with the keys.

use thiserror::Error;

/// The keys outside the database are missing or cannot be used. No message holds any part of a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyringError {
    /// They were not given, and nothing makes them here.
    #[error("neither `{variable}` nor `{variable}_FILE` is set, and signing in needs one of them")]
    Missing {
        /// The variable.
        variable: &'static str,
    },
    /// They were given twice.
    #[error("both `{variable}` and `{variable}_FILE` are set")]
    Twice {
        /// The variable.
        variable: &'static str,
    },
    /// What was given is no list of keys.
    #[error("{place} cannot be read: {reason}")]
    Unreadable {
        /// The variable or the file.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// A file that others can read.
    #[error("{place} can be read by others (mode {mode:o})")]
    Exposed {
        /// The file.
        place: String,
        /// Its mode.
        mode: u32,
    },
    /// The folder of development's own keys is not known.
    #[error("`DATA_DIR` is not set, where keys of development are made")]
    NoFolder,
    /// Something was made with a key that is no longer given.
    #[error("the key `{id}` is not given any more")]
    Unknown {
        /// Its name.
        id: String,
    },
    /// Passwords were hashed with a pepper that is no longer given.
    #[error("the pepper `{id}` is not given any more, and there are passwords that need it")]
    UnknownPepper {
        /// Its name.
        id: String,
    },
    /// Something was not sealed by these keys, or not for this place.
    #[error("what was sealed cannot be opened")]
    Sealed,
}

impl KeyringError {
    /// What to do next.
    pub fn hint(&self) -> String {
        const FORM: &str = "a key is written id:base64url of 32 random bytes without padding, the current one first; \
                            `echo k1:$(openssl rand -base64 32 | tr '+/' '-_' | tr -d '=')` makes one";
        match self {
            Self::Missing { .. } | Self::Unreadable { .. } => FORM.to_owned(),
            Self::Twice { variable } => {
                format!("keep one of the two; `{variable}_FILE` keeps them out of the environment")
            }
            Self::Exposed { place, .. } => {
                format!("`chmod 600 {place}`, and replace the keys if somebody may have read it")
            }
            Self::NoFolder => "set `DATA_DIR`, or give the keys".to_owned(),
            Self::Unknown { id } => format!(
                "put the key `{id}` back behind the current one; docs/operations.md tells what names it, and the ways out where \
                 it is lost"
            ),
            Self::UnknownPepper { id } => format!(
                "put the pepper `{id}` back behind the current one; if it is lost, delete the rows of `user_credentials` that \
                 name it, and their owners set a new password by mail"
            ),
            Self::Sealed => "the database and the keys belong to different installations".to_owned(),
        }
    }
}

//! The one error that sign-in answers with. What it says to a client is decided at the edge.

use std::time::Duration;

use atriz_db::{AsDbErr, Failure};
use sea_orm::DbErr;
use thiserror::Error;

use crate::keyring::KeyringError;

/// Why something about signing in was not done.
///
/// No variant holds a secret, and the variants that come before a right password are the same for every account.
#[derive(Debug, Error)]
pub enum AuthError {
    /// The sign-in failed: one answer for an unknown address, a wrong password and an address that is
    /// not proven yet.
    #[error("the address or the password is wrong")]
    Credentials,
    /// The password was right, and a second factor is asked for.
    #[error("a code of the second factor is needed")]
    SecondFactorRequired,
    /// The password was right, and the account may not sign in.
    #[error("the account is disabled")]
    AccountDisabled,
    /// A refresh token or an authorization code that is not good.
    #[error("the grant is invalid, expired or revoked")]
    InvalidGrant,
    /// An access token, a session cookie or an API key that is not good.
    #[error("the token is invalid, expired or revoked")]
    InvalidToken,
    /// A single-use token or code that is not good.
    #[error("the link or code is invalid, expired or used")]
    InvalidSecret,
    /// The person has to prove again who they are (RFC 9470).
    #[error("a fresh sign-in is needed")]
    StepUpRequired,
    /// The caller may not; the text names what is missing.
    #[error("not permitted: {0}")]
    Forbidden(String),
    /// There is no such thing, or not for this caller.
    #[error("there is no such thing")]
    NotFound,
    /// It contradicts what is there.
    #[error("{0}")]
    Conflict(String),
    /// A value that cannot be taken.
    #[error("{field}: {message}")]
    Unacceptable {
        /// The field of the request.
        field: &'static str,
        /// What is wrong, for the person who wrote it.
        message: String,
    },
    /// Too many tries.
    #[error("too many tries")]
    Throttled {
        /// When to try again.
        retry_after: Duration,
    },
    /// Too many wrong codes of authenticator apps, one after another: none is looked at any more.
    #[error("too many wrong codes of the second factor")]
    CodesStopped,
    /// Too much work at once.
    #[error("too much is asked at once")]
    Overloaded {
        /// When to try again.
        retry_after: Duration,
    },
    /// What was revoked lately is not known, since its feed did not answer.
    #[error("the feed of revocations is too old")]
    Stale,
    /// Something that is not set up here.
    #[error("{0} is not set up")]
    Unsupported(&'static str),
    /// The issuer, which runs elsewhere, did not answer.
    #[error("the issuer cannot be reached")]
    Unreachable,
    /// The database.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The keys outside the database.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// A fault of ours; the text is for the log.
    #[error("a fault inside: {0}")]
    Inside(String),
}

impl AuthError {
    /// A value that cannot be taken.
    pub fn unacceptable(field: &'static str, message: impl Into<String>) -> Self {
        Self::Unacceptable { field, message: message.into() }
    }

    /// Whether it may go away by itself: the database or the issuer is away, or too much is asked at once.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(error) => Failure::of(error).is_passing(),
            Self::Unreachable | Self::Stale | Self::Overloaded { .. } => true,
            _ => false,
        }
    }

    /// A fault of ours.
    pub(crate) fn inside(message: impl Into<String>) -> Self {
        Self::Inside(message.into())
    }
}

impl AsDbErr for AuthError {
    fn as_db_err(&self) -> Option<&DbErr> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::RuntimeErr;

    use super::*;

    #[test]
    fn what_a_request_brought_about_does_not_pass() {
        let lost = DbErr::Conn(RuntimeErr::Internal("connection reset".to_owned()));
        assert!(AuthError::from(lost).is_passing());
        assert!(!AuthError::from(DbErr::Type("no such variant".to_owned())).is_passing());
        assert!(AuthError::Unreachable.is_passing() && !AuthError::Credentials.is_passing());
    }
}

//! Access tokens: JSON Web Tokens of one algorithm and one type (RFC 9068, RFC 8725).
//!
//! **Invariant:** nothing in a token chooses how it is checked. The algorithm is Ed25519, the type is `at+jwt`, and the
//! name of the key is looked up among the keys there are.

mod claims;
mod error;
mod key;
mod sign;
mod verify;

#[cfg(test)]
mod corpus;

pub use claims::Claims;
pub use error::JwtError;
pub(crate) use key::PublicKey;
pub(crate) use sign::sign;
pub(crate) use verify::{Expected, Unverified, check};

/// How long an access token is good for, in seconds.
pub(crate) const ACCESS_TTL: i64 = 300;

/// How far the clocks of two machines may be apart, in seconds.
pub(crate) const LEEWAY: i64 = 10;

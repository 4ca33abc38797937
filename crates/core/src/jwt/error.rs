//! Why an access token is refused. It is for tests and the log: a client hears that its token is invalid.

use thiserror::Error;

/// Why an access token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum JwtError {
    /// Longer than any token of ours.
    #[error("it is too long")]
    TooLong,
    /// Not three parts between dots.
    #[error("it does not have three parts")]
    Shape,
    /// A part that is not base64url in its one right form.
    #[error("a part is not base64url")]
    Encoding,
    /// A header that is no object, or says more than it may.
    #[error("the header is not one of ours")]
    Header,
    /// Another algorithm.
    #[error("the algorithm is another one")]
    Algorithm,
    /// Another kind of token.
    #[error("the type is another one")]
    Type,
    /// A key that is not there, or not any more.
    #[error("the key is not known")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("the signature is wrong")]
    Signature,
    /// A claim that is missing, doubled or of another type.
    #[error("the claims are not those of an access token")]
    Claims,
    /// Another issuer's.
    #[error("the issuer is another one")]
    Issuer,
    /// For another app.
    #[error("it is for another app")]
    Audience,
    /// It has ended.
    #[error("it has expired")]
    Expired,
    /// It begins in the future.
    #[error("it is from the future")]
    Future,
    /// It lasts longer than any token of ours, or ends before it begins.
    #[error("its lifetime is none of ours")]
    Lifetime,
}

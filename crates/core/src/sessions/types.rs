//! What goes into a sign-in, and what comes out of it.

use std::time::Duration;

use atriz_kernel::UserId;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use uuid::Uuid;

/// How a client keeps its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// As an access token and a refresh token.
    Tokens,
    /// As a cookie that stands for the session.
    Cookie,
}

/// Somebody wants in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The address, as it was typed.
    pub email: String,
    /// The password.
    pub password: SecretString,
    /// A code of the second factor, or a recovery code.
    pub code: Option<SecretString>,
    /// The app to sign in to, by its code.
    pub app: String,
    /// How the client keeps the session.
    pub keep: Keep,
}

/// Somebody is in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The person.
    pub user: UserId,
    /// The session; its id is no secret.
    pub session: Uuid,
    /// The app, by its code.
    pub app: String,
    /// What the client keeps.
    pub held: Held,
    /// The next refresh token of the session that asked for this one, if it showed its own.
    pub renewed: Option<SecretString>,
}

/// What a client keeps of a session.
#[derive(Clone, Debug)]
pub enum Held {
    /// Tokens.
    Tokens(TokenPair),
    /// A cookie.
    Cookie(SessionCookie),
}

/// An access token, and the token that a new one is got with.
#[derive(Clone, Debug)]
pub struct TokenPair {
    /// Shown to the app with each request.
    pub access_token: SecretString,
    /// How many seconds it lasts.
    pub expires_in: u64,
    /// Shown to the issuer alone, once.
    pub refresh_token: SecretString,
    /// When that ends unless it is used.
    pub refresh_expires_at: DateTime<Utc>,
}

/// The value of a session cookie, and how it is to be set.
#[derive(Clone, Debug)]
pub struct SessionCookie {
    /// The value.
    pub value: SecretString,
    /// How long the browser keeps it.
    pub max_age: Duration,
    /// Whether other sites' links send it along.
    pub same_site: SameSite,
}

/// Whether a cookie is sent along with requests that another site caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// Never.
    Strict,
    /// When a person follows a link.
    Lax,
}

/// An app that people sign in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppInfo {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// The `aud` of its tokens.
    pub audience: String,
    /// How its cookie is set.
    pub same_site: SameSite,
    /// Where a sign-in may return to.
    pub redirect_uris: Vec<String>,
    /// Whether people may sign in to it.
    pub is_active: bool,
}

/// A session, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Its id.
    pub id: Uuid,
    /// The app, by its code.
    pub app: String,
    /// The session it was derived from.
    pub parent: Option<Uuid>,
    /// Whether it is the one that asks.
    pub is_current: bool,
    /// The address it was begun from.
    pub ip: Option<String>,
    /// The program it was begun with.
    pub user_agent: Option<String>,
    /// When the person last proved who they are.
    pub auth_time: DateTime<Utc>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends unless it is used.
    pub idle_expires_at: DateTime<Utc>,
    /// When it ends however much it is used.
    pub absolute_expires_at: DateTime<Utc>,
}

/// Somebody who is signed in wants a session at another app.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The app, by its code.
    pub app: String,
    /// How the new session is kept.
    pub keep: Keep,
    /// The refresh token of the session that asks, if it is kept as tokens.
    pub refresh_token: Option<SecretString>,
}

/// Another app wants a session of its own for somebody who is signed in here (RFC 6749 §4.1.1 with RFC 7636).
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// The app, by its code.
    pub app: String,
    /// Where the code is sent; it must be registered, letter by letter.
    pub redirect_uri: String,
    /// The SHA-256 of the verifier that will redeem the code, in base64url.
    pub challenge: String,
    /// How the challenge was made; `S256` is the only way.
    pub challenge_method: String,
    /// What the app wants to see again.
    pub state: Option<String>,
}

/// The answer to it.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// The code.
    pub code: SecretString,
    /// Where the browser goes next: the redirect address with the code, the state and the issuer.
    pub location: SecretString,
}

/// An app exchanges its code for a session (RFC 6749 §4.1.3).
#[derive(Clone, Debug)]
pub struct Redemption {
    /// The app, by its code.
    pub app: String,
    /// The code.
    pub code: SecretString,
    /// What the challenge was made of.
    pub verifier: SecretString,
    /// The same address as before.
    pub redirect_uri: String,
    /// The secret of the app; an app that has one must give it.
    pub secret: Option<SecretString>,
    /// How the session is kept.
    pub keep: Keep,
}

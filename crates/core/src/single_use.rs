//! Secrets that work once: links in mails, invitations.
//!
//! **Invariant:** the write that claims one is what consumes it, so that of any number of requests at once one gets it.
//! **Invariant:** one that belongs to a person is bound to the generation of that person's credentials: whatever changes
//! those voids every link that was sent before.

use std::time::Duration;

use sea_orm::prelude::ChronoDateTimeUtc;
use sea_orm::{ActiveEnum, ConnectionTrait, DbErr, QueryResult, Value};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::AuthError;
use crate::entity::auth::auth_tokens::TokenPurpose;
use crate::ground::Ground;
use crate::secret::opaque::{self, Prefix};
use crate::sql;

/// How long the proof of an address may take.
pub(crate) const VERIFY: Duration = Duration::from_hours(24);
/// How long setting a new password may take.
pub(crate) const RESET: Duration = Duration::from_mins(30);
/// How long an invitation is open.
pub(crate) const INVITE: Duration = Duration::from_hours(168);
/// How long the row of a secret that died is kept.
const KEPT: Duration = Duration::from_hours(168);

/// A secret that is good for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claimed {
    /// Whose it is; nobody's for an invitation.
    pub(crate) user: Option<Uuid>,
    /// The generation of credentials it was made under.
    pub(crate) cred_gen: Option<i64>,
    /// What it was made for: an address.
    pub(crate) target: Option<String>,
}

impl Claimed {
    /// Whose it is.
    pub(crate) fn owner(&self) -> Result<(Uuid, i64), AuthError> {
        self.user.zip(self.cred_gen).ok_or(AuthError::InvalidSecret)
    }

    fn of(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            user: row.try_get("", "user_id")?,
            cred_gen: row.try_get("", "cred_gen")?,
            target: row.try_get("", "target")?,
        })
    }
}

/// The conditions under which a secret is good.
macro_rules! good {
    () => {
        "token_hash = $1 AND purpose = $2 AND consumed_at IS NULL AND expires_at > $3 \
         AND (user_id IS NULL OR EXISTS (SELECT 1 FROM users WHERE users.id = auth_tokens.user_id \
         AND users.cred_gen = auth_tokens.cred_gen AND users.status = 'active'))"
    };
}

/// Makes a secret for a person. For a `user` of whom there is no row, the same statement runs, and the secret is good for
/// nothing.
pub(crate) async fn issue(
    ground: &Ground,
    connection: &impl ConnectionTrait,
    purpose: TokenPurpose,
    user: Uuid,
    target: Option<String>,
    lasts: Duration,
) -> Result<SecretString, DbErr> {
    const ISSUE: &str = "INSERT INTO auth_tokens \
        (id, purpose, user_id, cred_gen, target, token_hash, expires_at, created_at) \
        SELECT $1, $2, id, cred_gen, $3, $4, $5, $6 FROM users WHERE id = $7";
    let (token, mut values) = row(ground, purpose, target, lasts);
    values.push(user.into());
    sql::execute(connection, ISSUE, values).await?;
    Ok(token)
}

/// Makes a secret for somebody who is nobody yet.
pub(crate) async fn issue_open(
    ground: &Ground,
    connection: &impl ConnectionTrait,
    purpose: TokenPurpose,
    target: String,
    lasts: Duration,
) -> Result<SecretString, DbErr> {
    const ISSUE: &str = "INSERT INTO auth_tokens (id, purpose, target, token_hash, expires_at, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let (token, values) = row(ground, purpose, Some(target), lasts);
    sql::execute(connection, ISSUE, values).await?;
    Ok(token)
}

fn row(ground: &Ground, purpose: TokenPurpose, target: Option<String>, lasts: Duration) -> (SecretString, Vec<Value>) {
    let (token, hash) = opaque::generate(prefix(purpose));
    let now = ground.clock.now();
    let id = atriz_kernel::new_id(&*ground.clock);
    let values = vec![
        id.into(),
        purpose.to_value().into(),
        target.into(),
        hash.to_vec().into(),
        (now + lasts).into(),
        now.into(),
    ];
    (token, values)
}

/// Looks at a secret without using it up: what follows may take time, and need not begin for a bad one.
///
/// # Errors
///
/// [`AuthError::InvalidSecret`].
pub(crate) async fn peek(ground: &Ground, purpose: TokenPurpose, token: &SecretString) -> Result<Claimed, AuthError> {
    const PEEK: &str = concat!("SELECT user_id, cred_gen, target FROM auth_tokens WHERE ", good!());
    let values = key(purpose, token, ground.clock.now())?;
    let row = sql::one(ground.database.read(), PEEK, values).await?.ok_or(AuthError::InvalidSecret)?;
    Ok(Claimed::of(&row)?)
}

/// Uses a secret up, within the transaction of what it is good for.
///
/// # Errors
///
/// [`AuthError::InvalidSecret`] for one that is unknown, used, too old, or of another purpose.
pub(crate) async fn claim(
    ground: &Ground,
    connection: &impl ConnectionTrait,
    purpose: TokenPurpose,
    token: &SecretString,
) -> Result<Claimed, AuthError> {
    const CLAIM: &str =
        concat!("UPDATE auth_tokens SET consumed_at = $3 WHERE ", good!(), " RETURNING user_id, cred_gen, target");
    let values = key(purpose, token, ground.clock.now())?;
    let row = sql::one(connection, CLAIM, values).await?.ok_or(AuthError::InvalidSecret)?;
    Ok(Claimed::of(&row)?)
}

/// What a secret is counted by before anything is known of it: its text, which is as long as ours are. What is not well
/// formed is refused without asking the database.
///
/// # Errors
///
/// [`AuthError::InvalidSecret`].
pub(crate) fn shape(purpose: TokenPurpose, token: &SecretString) -> Result<String, AuthError> {
    match opaque::digest(prefix(purpose), token.expose_secret()) {
        Some(_) => Ok(token.expose_secret().to_owned()),
        None => Err(AuthError::InvalidSecret),
    }
}

/// Deletes the rows of secrets that are long dead. How many.
pub(crate) async fn sweep(ground: &Ground) -> Result<u64, DbErr> {
    const SWEEP: &str = "DELETE FROM auth_tokens WHERE expires_at < $1";
    const CODES: &str = "DELETE FROM phone_verifications WHERE expires_at < $1";
    let before = ground.clock.now() - KEPT;
    let links = sql::execute(ground.database.write(), SWEEP, [before.into()]).await?;
    Ok(links + sql::execute(ground.database.write(), CODES, [before.into()]).await?)
}

/// What is not well formed is refused without asking the database.
fn key(purpose: TokenPurpose, token: &SecretString, now: ChronoDateTimeUtc) -> Result<[Value; 3], AuthError> {
    let hash = opaque::digest(prefix(purpose), token.expose_secret()).ok_or(AuthError::InvalidSecret)?;
    Ok([hash.to_vec().into(), purpose.to_value().into(), now.into()])
}

fn prefix(purpose: TokenPurpose) -> Prefix {
    match purpose {
        TokenPurpose::ChangeEmail => Prefix::ChangeEmail,
        TokenPurpose::ResetPassword => Prefix::Reset,
        TokenPurpose::Invite => Prefix::Invite,
        TokenPurpose::AuthCode => Prefix::Code,
        TokenPurpose::VerifyEmail | TokenPurpose::Magic | TokenPurpose::RecoveryCode => Prefix::Verify,
    }
}

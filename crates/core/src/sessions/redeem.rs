//! Exchanging a code for a session.

use atriz_db::with_transaction;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::app::redirect_uris;
use super::authorize::Bound;
use super::exchange::{derive, proof_of};
use super::live::is_open;
use super::open::Opened;
use super::start::Start;
use super::{Note, Redemption, Sessions, SignedIn, revoke_tree};
use crate::AuthError;
use crate::audit::Outcome;
use crate::caller::Client;
use crate::entity::auth::{apps, auth_tokens, sessions, users};
use crate::secret::opaque::{self, Prefix};

/// What became of a code.
#[derive(Debug)]
enum Fate {
    Redeemed {
        derived: Box<Opened>,
        cookie: Option<SecretString>,
    },
    /// It was good, and is spent: what came with it did not fit.
    Spoilt,
    /// It had been spent before.
    Twice,
    Unknown,
}

impl Sessions {
    /// A session for the app that the code was made for. A code works once: shown again, it ends the session that it
    /// made. Where the app has a secret, the session goes on with that alone.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidGrant`] for a code that is not good here and now; [`AuthError::InvalidToken`] if there is
    /// no such app, or its own secret is not right.
    pub async fn redeem(&self, redemption: Redemption, client: &Client) -> Result<SignedIn, AuthError> {
        // Junk does not reach the database.
        let hash = opaque::digest(Prefix::Code, redemption.code.expose_secret()).ok_or(AuthError::InvalidGrant)?;
        let app = self.find_app(&redemption.app).await?.filter(|app| app.is_active).ok_or(AuthError::InvalidToken)?;
        if (redemption.secret.is_some() || app.secret_hash.is_some()) && !knows_secret(&app, redemption.secret.as_ref())
        {
            return Err(AuthError::InvalidToken);
        }
        let fate = with_transaction(&self.ground.database, |tx| {
            let (this, app, redemption, client) = (self.clone(), app.clone(), redemption.clone(), client.clone());
            Box::pin(async move { this.spend(tx, &app, &hash, &redemption, &client).await })
        })
        .await?;
        match fate {
            Fate::Redeemed { derived, cookie } => {
                if derived.made_room {
                    self.ground.revocations.applied();
                }
                self.hand_over(&derived.session, &app, &derived.authority, cookie).await
            }
            Fate::Spoilt | Fate::Unknown => Err(AuthError::InvalidGrant),
            Fate::Twice => {
                self.ground.revocations.applied();
                Err(AuthError::InvalidGrant)
            }
        }
    }

    /// Claims the code by the write, whatever comes of it.
    async fn spend(
        &self,
        tx: &DatabaseTransaction,
        app: &apps::Model,
        hash: &[u8; 32],
        redemption: &Redemption,
        client: &Client,
    ) -> Result<Fate, AuthError> {
        let now = self.ground.clock.now();
        let claimed = auth_tokens::Entity::update_many()
            .col_expr(auth_tokens::Column::ConsumedAt, Expr::value(now))
            .filter(auth_tokens::Column::TokenHash.eq(hash.to_vec()))
            .filter(auth_tokens::Column::Purpose.eq(auth_tokens::TokenPurpose::AuthCode))
            .filter(auth_tokens::Column::ConsumedAt.is_null())
            .filter(auth_tokens::Column::ExpiresAt.gt(now))
            .exec_with_returning(tx)
            .await?;
        let Some(code) = claimed.into_iter().next() else { return self.twice(tx, hash, client).await };
        let Some(bound) = bound(&code) else { return Ok(Fate::Spoilt) };
        if bound.app != app.id || bound.redirect != redemption.redirect_uri || !fits(&bound, &redemption.verifier) {
            return Ok(Fate::Spoilt);
        }
        // The address may have been taken away since, because it is somebody else's by now.
        if !redirect_uris(app).contains(&bound.redirect) {
            return Ok(Fate::Spoilt);
        }
        self.redeemed(tx, app, &code, &bound, redemption, client).await
    }

    async fn redeemed(
        &self,
        tx: &DatabaseTransaction,
        app: &apps::Model,
        code: &auth_tokens::Model,
        bound: &Bound,
        redemption: &Redemption,
        client: &Client,
    ) -> Result<Fate, AuthError> {
        // Locked, so that credentials that change meanwhile come before, and void the code, or end what it gives.
        let user = users::Entity::find_by_id(code.user_id.unwrap_or_default()).lock(LockType::NoKeyUpdate);
        let user = user.one(tx).await?;
        let Some(user) = user.filter(|user| Some(user.cred_gen) == code.cred_gen) else { return Ok(Fate::Spoilt) };
        let parent = sessions::Entity::find_by_id(bound.parent).one(tx).await?;
        let parent = parent.filter(|parent| is_open(parent, self.ground.clock.now()));
        let Some(parent) = parent else { return Ok(Fate::Spoilt) };
        let start = Start {
            id: bound.child,
            user: user.id,
            app: app.id,
            parent: Some((parent.id, parent.absolute_expires_at)),
            proof: proof_of(&parent),
            keep: redemption.keep,
            client: at_the_other_end(bound, redemption, client),
        };
        let (mut row, cookie) = self.row(&start);
        // Who holds the tokens but not the secret is not the app that they were given to.
        row.needs_secret = Set(app.secret_hash.is_some());
        let Some(derived) = derive(&self.ground, tx, parent.id, row).await? else { return Ok(Fate::Spoilt) };
        let note = Note::anonymous("session.redeem", client).by(user.id).at(&app.code).session(derived.session.id);
        self.ground.audit.record(tx, note.event()).await?;
        Ok(Fate::Redeemed { derived: Box::new(derived), cookie })
    }

    /// A code that was spent was copied on its way. Whoever has its session may be the thief.
    async fn twice(&self, tx: &DatabaseTransaction, hash: &[u8; 32], client: &Client) -> Result<Fate, AuthError> {
        let code = auth_tokens::Entity::find()
            .filter(auth_tokens::Column::TokenHash.eq(hash.to_vec()))
            .filter(auth_tokens::Column::Purpose.eq(auth_tokens::TokenPurpose::AuthCode))
            .filter(auth_tokens::Column::ConsumedAt.is_not_null())
            .one(tx)
            .await?;
        let Some((code, bound)) = code.and_then(|code| bound(&code).map(|bound| (code, bound))) else {
            return Ok(Fate::Unknown);
        };
        let ended = revoke_tree(&self.ground, tx, &[bound.child], "code_reused").await?;
        if !ended.is_empty() {
            let note = Note::anonymous("session.code_reused", client)
                .to(code.user_id)
                .session(bound.child)
                .outcome(Outcome::Denied)
                .detail(json!({ "sessions": ended.len() }));
            self.ground.audit.record(tx, note.event()).await?;
        }
        Ok(Fate::Twice)
    }
}

/// Who holds the session: the browser, where a server redeems for it, else the program that redeems.
fn at_the_other_end(bound: &Bound, redemption: &Redemption, client: &Client) -> Client {
    if redemption.secret.is_some() { bound.browser() } else { client.clone() }
}

fn bound(code: &auth_tokens::Model) -> Option<Bound> {
    serde_json::from_str(code.target.as_deref()?).ok()
}

/// Whether the challenge was made of this verifier (RFC 7636 §4.6).
fn fits(bound: &Bound, verifier: &SecretString) -> bool {
    let verifier = verifier.expose_secret();
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(letters)
        && bool::from(challenge.as_bytes().ct_eq(bound.challenge.as_bytes()))
}

/// Whether `secret` is the app's.
pub(crate) fn knows_secret(app: &apps::Model, secret: Option<&SecretString>) -> bool {
    let shown = secret.and_then(|secret| opaque::digest(Prefix::Client, secret.expose_secret()));
    match (shown, &app.secret_hash) {
        (Some(shown), Some(stored)) => bool::from(shown.as_slice().ct_eq(stored)),
        _ => false,
    }
}

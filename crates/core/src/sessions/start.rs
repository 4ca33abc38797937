//! The row of a new session, and what its client gets for it.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::app::same_site;
use super::held::Authority;
use super::limits::{ABSOLUTE, ACCESS, COOKIE_IDLE, TOKENS_IDLE};
use super::prove::Proof;
use super::{Held, Keep, SessionCookie, Sessions, SignedIn, TokenPair};
use crate::AuthError;
use crate::caller::Client;
use crate::entity::auth::{apps, sessions};
use crate::jwt::{self, Claims};
use crate::roles::EffectiveRoles;
use crate::secret::opaque::{self, Prefix};
use crate::secret::refresh;
use atriz_kernel::{UserId, new_id};

/// By how much the clocks of those who check a token may differ from ours.
const LEEWAY: TimeDelta = TimeDelta::seconds(jwt::LEEWAY);

/// The shortest time that a token is good for.
const LEAST: TimeDelta = TimeDelta::seconds(1);

/// A session that is about to begin.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) id: Uuid,
    pub(super) user: Uuid,
    /// The app, by its id.
    pub(super) app: Uuid,
    /// The session it is derived from, and when that ends at the latest.
    pub(super) parent: Option<(Uuid, DateTime<Utc>)>,
    pub(super) proof: Proof,
    pub(super) keep: Keep,
    pub(super) client: Client,
}

/// What the tokens of a session are made of.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) id: Uuid,
    pub(super) user: Uuid,
    /// The master key of the refresh token, by its name.
    pub(super) key: &'a str,
    /// The number of the refresh token.
    pub(super) counter: i64,
    pub(super) auth_time: DateTime<Utc>,
    pub(super) acr: &'a str,
    /// When the session ends unless it is used before.
    pub(super) idle_end: DateTime<Utc>,
    /// When it ends however much it is used.
    pub(super) end: DateTime<Utc>,
    /// When the first of the roles ends, if one does.
    pub(super) roles_end: Option<DateTime<Utc>>,
    pub(super) audience: &'a str,
    /// The epoch of the person's tokens.
    pub(super) epoch: i64,
    /// What the person is and may do there; no older than the epoch.
    pub(super) roles: EffectiveRoles,
}

impl Sessions {
    /// The row, and the cookie if there is to be one.
    pub(super) fn row(&self, start: &Start) -> (sessions::ActiveModel, Option<SecretString>) {
        let now = self.ground.clock.now();
        let cookie = (start.keep == Keep::Cookie).then(|| opaque::generate(Prefix::Session));
        let (cookie, cookie_hash) = cookie.map(|(value, hash)| (value, hash.to_vec())).unzip();
        let key = (start.keep == Keep::Tokens).then(|| self.ground.keyring.current_id().to_owned());
        let absolute = start.parent.map_or(now + ABSOLUTE, |(_, end)| end.min(now + ABSOLUTE));
        let row = sessions::ActiveModel {
            id: Set(start.id),
            user_id: Set(start.user),
            app_id: Set(start.app),
            parent_id: Set(start.parent.map(|(id, _)| id)),
            cookie_hash: Set(cookie_hash),
            rt_counter: Set(0),
            rt_rotated_at: Set(None),
            rt_replays: Set(0),
            rt_key_id: Set(key),
            auth_time: Set(start.proof.auth_time),
            amr: Set(json!(start.proof.amr)),
            acr: Set(start.proof.acr.clone()),
            ip: Set(start.client.ip.map(|ip| ip.to_string())),
            ua: Set(start.client.user_agent.as_deref().map(printable)),
            last_seen_at: Set(now),
            idle_expires_at: Set(absolute.min(now + idle(start.keep))),
            absolute_expires_at: Set(absolute),
            revoked_at: Set(None),
            reason: Set(None),
            created_at: Set(now),
            needs_secret: Set(false),
        };
        (row, cookie)
    }

    /// What the client of a session gets: the cookie, or tokens of the session as it is now.
    pub(super) async fn hand_over(
        &self,
        session: &sessions::Model,
        app: &apps::Model,
        authority: &Authority,
        cookie: Option<SecretString>,
    ) -> Result<SignedIn, AuthError> {
        let held = match cookie {
            Some(value) => Held::Cookie(self.cookie(session, app, value)),
            None => Held::Tokens(self.pair(session, app, authority).await?),
        };
        Ok(SignedIn { user: UserId(session.user_id), session: session.id, app: app.code.clone(), held, renewed: None })
    }

    /// A cookie with what a browser has to know of it.
    pub(super) fn cookie(&self, session: &sessions::Model, app: &apps::Model, value: SecretString) -> SessionCookie {
        let max_age = (session.absolute_expires_at - self.ground.clock.now()).to_std().unwrap_or_default();
        SessionCookie { value, max_age, same_site: same_site(app.cookie_policy) }
    }

    /// The tokens of a session as it is now.
    pub(super) async fn pair(
        &self,
        session: &sessions::Model,
        app: &apps::Model,
        authority: &Authority,
    ) -> Result<TokenPair, AuthError> {
        let subject = Subject {
            id: session.id,
            user: session.user_id,
            key: session.rt_key_id.as_deref().ok_or(AuthError::InvalidGrant)?,
            counter: session.rt_counter,
            auth_time: session.auth_time,
            acr: &session.acr,
            idle_end: session.idle_expires_at,
            end: session.absolute_expires_at,
            roles_end: authority.held.until,
            audience: &app.audience,
            epoch: authority.epoch,
            roles: self.ground.roles.effective(&authority.held.roles, app.id).await?,
        };
        self.pair_of(subject).await
    }

    /// Both tokens of what was found out.
    pub(super) async fn pair_of(&self, of: Subject<'_>) -> Result<TokenPair, AuthError> {
        let refresh_token = refresh::issue(&self.ground.keyring, of.key, of.id, of.counter)
            .ok_or_else(|| AuthError::inside("the key of a refresh token is not in the keyring"))?;
        let now = self.ground.clock.now();
        // No token tells of a role that has ended, whoever checks it at the end of what clocks may differ by.
        let roles_end = of.roles_end.map(|end| (end - LEEWAY).max(now + LEAST));
        let exp = roles_end.into_iter().fold(of.end.min(now + ACCESS), DateTime::min);
        let claims = Claims {
            iss: self.ground.settings.public_url.clone(),
            aud: of.audience.to_owned(),
            sub: of.user,
            sid: of.id,
            jti: new_id(&*self.ground.clock),
            iat: now.timestamp(),
            exp: exp.timestamp(),
            auth_time: of.auth_time.timestamp(),
            acr: of.acr.to_owned(),
            epoch: of.epoch,
            roles: of.roles.roles,
            scope: of.roles.permissions.into_iter().collect::<Vec<_>>().join(" "),
        };
        let access_token = SecretString::from(self.ground.signing.sign(&claims).await?);
        let expires_in = u64::try_from(claims.exp - claims.iat).unwrap_or_default();
        Ok(TokenPair { access_token, expires_in, refresh_token, refresh_expires_at: of.idle_end })
    }
}

/// How long a session lasts that is not used.
pub(super) fn idle(keep: Keep) -> chrono::TimeDelta {
    match keep {
        Keep::Tokens => TOKENS_IDLE,
        Keep::Cookie => COOKIE_IDLE,
    }
}

/// What fits the column: no control characters, which PostgreSQL would partly refuse, and no more than it takes.
fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(512).collect()
}

//! One sign-in, many apps: a session for another app, derived from the caller's own.

use atriz_db::with_transaction;
use atriz_kernel::new_id;
use sea_orm::sea_query::LockType;
use sea_orm::{DatabaseTransaction, EntityTrait, QuerySelect};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use uuid::Uuid;

use super::live::{Live, is_open};
use super::open::{Opened, open};
use super::prove::Proof;
use super::start::Start;
use super::{Exchange, Note, Sessions, SignedIn};
use crate::AuthError;
use crate::caller::{Caller, Client};
use crate::entity::auth::{sessions, users};
use crate::ground::Ground;
use crate::secret::refresh;

const EXCHANGE: &str = "session.exchange";

impl Sessions {
    /// A session for another app. It ends with the one it was derived from.
    ///
    /// A session of tokens goes on by its refresh token, as in [`Sessions::refresh`], and the next one is in the answer. An
    /// access token goes with every request, and whoever copied one must not make a session of five minutes into one of weeks;
    /// whoever copied the refresh token as well is found out when its owner shows it.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for the caller's own app, and without the refresh token where it is needed;
    /// [`AuthError::InvalidGrant`] for a refresh token that is not the one of this session, where one that was used before
    /// ends it as in [`Sessions::refresh`]; [`AuthError::Forbidden`] from an API key, or from a session that was derived
    /// itself: an app that was broken into must not get at the others.
    pub async fn exchange(&self, caller: &Caller, wanted: Exchange, client: &Client) -> Result<SignedIn, AuthError> {
        let exchanged = self.exchange_own(caller, wanted, client).await;
        self.ground.noting(exchanged, caller, EXCHANGE, client).await
    }

    async fn exchange_own(&self, caller: &Caller, wanted: Exchange, client: &Client) -> Result<SignedIn, AuthError> {
        let app = self.active_app(&wanted.app).await?;
        if app.code == caller.app {
            return Err(AuthError::unacceptable("app", "it is the app that you are signed in to"));
        }
        let parent = self.own_sign_in(caller).await?;
        let renewed = self.go_on_by(&parent.session, wanted.refresh_token.as_ref(), client).await?;
        let note = Note::of(caller, EXCHANGE, client).detail(json!({ "to": app.code }));
        let start = Start {
            id: new_id(&*self.ground.clock),
            user: parent.session.user_id,
            app: app.id,
            parent: Some((parent.session.id, parent.session.absolute_expires_at)),
            proof: proof_of(&parent.session),
            keep: wanted.keep,
            client: client.clone(),
        };
        let (row, cookie) = self.row(&start);
        let from = parent.session.id;
        let derived = with_transaction(&self.ground.database, |tx| {
            let (ground, row, note) = (self.ground.clone(), row.clone(), note.clone());
            Box::pin(async move {
                let derived = derive(&ground, tx, from, row).await?.ok_or(AuthError::InvalidToken)?;
                ground.audit.record(tx, note.event()).await?;
                Ok::<_, AuthError>(derived)
            })
        });
        let derived = derived.await?;
        if derived.made_room {
            self.ground.revocations.applied();
        }
        let signed_in = self.hand_over(&derived.session, &app, &derived.authority, cookie).await?;
        Ok(SignedIn { renewed, ..signed_in })
    }

    /// Asks that the caller signed in to their session themselves.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for a session that was derived, [`AuthError::InvalidToken`] for one that has ended.
    pub(crate) async fn check_own_sign_in(&self, caller: &Caller) -> Result<(), AuthError> {
        self.own_sign_in(caller).await.map(drop)
    }

    /// The caller's session, which they signed in to themselves.
    pub(super) async fn own_sign_in(&self, caller: &Caller) -> Result<Live, AuthError> {
        let live = self.live(caller.session()?).await?.filter(|live| live.holds(self.ground.clock.now()));
        let live = live.ok_or(AuthError::InvalidToken)?;
        if live.session.parent_id.is_some() {
            return Err(AuthError::Forbidden(
                "this takes the session of a sign-in, not one derived from it".to_owned(),
            ));
        }
        Ok(live)
    }

    /// Asks that whoever comes with a session of tokens also holds what that goes on with, and goes on with it.
    async fn go_on_by(
        &self,
        session: &sessions::Model,
        token: Option<&SecretString>,
        client: &Client,
    ) -> Result<Option<SecretString>, AuthError> {
        match (token.map(ExposeSecret::expose_secret), &session.rt_key_id) {
            (Some(token), Some(_)) => {
                let shown = refresh::parse(&self.ground.keyring, token).filter(|shown| shown.sid == session.id);
                shown.ok_or(AuthError::InvalidGrant)?;
                Ok(Some(self.refresh(token, client).await?.refresh_token))
            }
            (None, Some(_)) => Err(AuthError::unacceptable("refresh_token", "it takes that of the session that asks")),
            (Some(_), None) => Err(AuthError::unacceptable("refresh_token", "a session of a cookie has none")),
            (None, None) => Ok(None),
        }
    }
}

/// How the owner of a session proved who they are.
pub(super) fn proof_of(session: &sessions::Model) -> Proof {
    let amr = session.amr.as_array().map(Vec::as_slice).unwrap_or_default();
    Proof {
        auth_time: session.auth_time,
        amr: amr.iter().filter_map(|method| method.as_str().map(str::to_owned)).collect(),
        acr: session.acr.clone(),
    }
}

/// Makes a derived session, unless its parent has ended.
///
/// Both rows are locked in the order in which those who end sessions take them, so that a parent that ends takes this one
/// along, or comes first and prevents it. The person's is locked against others who derive, too: each counts what is open.
pub(super) async fn derive(
    ground: &Ground,
    tx: &DatabaseTransaction,
    parent: Uuid,
    row: sessions::ActiveModel,
) -> Result<Option<Opened>, AuthError> {
    let owner = row.user_id.clone().take().unwrap_or_default();
    let user = users::Entity::find_by_id(owner).lock(LockType::NoKeyUpdate).one(tx).await?;
    let Some(user) = user else { return Ok(None) };
    let Some(parent) = sessions::Entity::find_by_id(parent).lock_shared().one(tx).await? else { return Ok(None) };
    if user.status != users::UserStatus::Active || !is_open(&parent, ground.clock.now()) {
        return Ok(None);
    }
    open(ground, tx, row).await.map(Some)
}

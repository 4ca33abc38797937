//! A code with which another app gets a session of its own (RFC 6749 §4.1 with RFC 7636).

use std::net::IpAddr;

use atriz_db::with_transaction;
use atriz_kernel::new_id;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, EntityTrait};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::app::redirect_uris;
use super::limits::CODE;
use super::{Authorization, AuthorizationRequest, Note, Sessions};
use crate::AuthError;
use crate::caller::{Caller, Client};
use crate::entity::auth::{apps, auth_tokens, users};
use crate::secret::opaque::{self, Prefix};

const AUTHORIZE: &str = "session.authorize";

/// Longer addresses and states are refused; the column that a code is bound in takes 2,048 letters.
pub(super) const MAX_TEXT: usize = 1024;

/// How much of a browser's name fits beside them.
const LONGEST_AGENT: usize = 200;

/// What a code is bound to. It stands in the row of the code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Bound {
    pub(super) app: Uuid,
    pub(super) redirect: String,
    pub(super) challenge: String,
    /// The session that the app's will be derived from.
    pub(super) parent: Uuid,
    /// The id the app's session will have, so that a code that is shown twice leads to it.
    pub(super) child: Uuid,
    /// The browser that took the code to the app: an app that redeems it for its own pages asks in that one's stead.
    #[serde(default)]
    ip: Option<IpAddr>,
    #[serde(default)]
    user_agent: Option<String>,
}

impl Bound {
    /// The browser that took the code to the app.
    pub(super) fn browser(&self) -> Client {
        Client { ip: self.ip, user_agent: self.user_agent.clone() }
    }
}

impl Sessions {
    /// A code for `request.app`, which the browser takes there.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for an address that is not registered and whatever else is not to be answered by a
    /// redirect; [`AuthError::Forbidden`] from an API key, a derived session, or a session of tokens, for an access token
    /// alone must not become a session that lasts: with its refresh token there is [`Sessions::exchange`].
    pub async fn authorize(
        &self,
        caller: &Caller,
        request: AuthorizationRequest,
        client: &Client,
    ) -> Result<Authorization, AuthError> {
        let authorized = self.authorize_own(caller, request, client).await;
        self.ground.noting(authorized, caller, AUTHORIZE, client).await
    }

    async fn authorize_own(
        &self,
        caller: &Caller,
        request: AuthorizationRequest,
        client: &Client,
    ) -> Result<Authorization, AuthError> {
        let app = self.active_app(&request.app).await?;
        check(&app, &request)?;
        let parent = self.own_sign_in(caller).await?;
        if parent.session.cookie_hash.is_none() {
            return Err(AuthError::Forbidden("this takes the cookie of a browser that is signed in here".to_owned()));
        }
        let user = users::Entity::find_by_id(parent.session.user_id).one(self.ground.database.read()).await?;
        let user = user.ok_or(AuthError::InvalidToken)?;
        let now = self.ground.clock.now();
        let bound = Bound {
            app: app.id,
            redirect: request.redirect_uri.clone(),
            challenge: request.challenge.clone(),
            parent: parent.session.id,
            child: new_id(&*self.ground.clock),
            ip: client.ip,
            user_agent: client.user_agent.as_deref().map(|agent| agent.chars().take(LONGEST_AGENT).collect()),
        };
        let target = serde_json::to_string(&bound).map_err(|error| AuthError::inside(error.to_string()))?;
        let (code, hash) = opaque::generate(Prefix::Code);
        let row = auth_tokens::ActiveModel {
            id: Set(new_id(&*self.ground.clock)),
            purpose: Set(auth_tokens::TokenPurpose::AuthCode),
            user_id: Set(Some(user.id)),
            cred_gen: Set(Some(user.cred_gen)),
            target: Set(Some(target)),
            token_hash: Set(hash.to_vec()),
            expires_at: Set(Some(now + CODE)),
            consumed_at: Set(None),
            created_at: Set(now),
        };
        let note = Note::of(caller, AUTHORIZE, client).detail(json!({ "to": app.code }));
        with_transaction(&self.ground.database, |tx| {
            let (ground, row, note) = (self.ground.clone(), row.clone(), note.clone());
            Box::pin(async move {
                row.insert(tx).await?;
                Ok::<_, AuthError>(ground.audit.record(tx, note.event()).await?)
            })
        })
        .await?;
        let location = location(&request, &code, &self.ground.settings.public_url)?;
        Ok(Authorization { code, location })
    }
}

fn check(app: &apps::Model, request: &AuthorizationRequest) -> Result<(), AuthError> {
    let uri = &request.redirect_uri;
    if uri.len() > MAX_TEXT || !redirect_uris(app).contains(uri) {
        return Err(AuthError::unacceptable("redirect_uri", "the app did not register this address"));
    }
    if request.challenge_method != "S256" {
        return Err(AuthError::unacceptable("code_challenge_method", "it takes S256"));
    }
    // 32 bytes are 43 letters.
    if !URL_SAFE_NO_PAD.decode(&request.challenge).is_ok_and(|hash| hash.len() == 32) {
        return Err(AuthError::unacceptable("code_challenge", "it takes the SHA-256 of the verifier in base64url"));
    }
    if request.state.as_ref().is_some_and(|state| state.len() > MAX_TEXT) {
        return Err(AuthError::unacceptable("state", "it is too long"));
    }
    Ok(())
}

/// The redirect address with what the app waits for. The issuer is told too (RFC 9207), so that an app that knows several
/// is not made to take the code to the wrong one.
fn location(request: &AuthorizationRequest, code: &SecretString, issuer: &str) -> Result<SecretString, AuthError> {
    let not_one = |_| AuthError::unacceptable("redirect_uri", "it takes an address");
    let mut url = Url::parse(&request.redirect_uri).map_err(not_one)?;
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("code", code.expose_secret()).append_pair("iss", issuer);
        if let Some(state) = &request.state {
            query.append_pair("state", state);
        }
    }
    Ok(SecretString::from(String::from(url)))
}

//! An issuer elsewhere, spoken to over HTTP: its published keys, its feed of revocations, and introspection.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use moka::sync::Cache;
use reqwest::{Client, RequestBuilder, StatusCode, header, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use tracing::warn;
use url::form_urlencoded;

use super::face::Face;
use crate::introspect::Introspected;
use crate::revocation::{RevocationPage, RevocationSource};
use crate::secret::opaque::{self, Prefix};
use crate::secret::sha256;
use crate::settings::AuthSettings;
use crate::signing::Jwks;
use crate::{AuthError, Caller};

/// How often names of keys that are not known cause a question.
pub(super) const COOLDOWN: Duration = Duration::from_secs(30);

/// How long the answer about a cookie or key is taken as it is: well within the two seconds in which whatever is revoked
/// has to be refused.
const ANSWER: Duration = Duration::from_secs(1);

/// An answer of the issuer is a page of the feed at most.
const LONGEST: usize = 4 * 1024 * 1024;

/// Where an issuer is, and how an app proves itself there.
#[derive(Clone, Debug)]
pub struct RemoteSettings {
    /// Where it is reached, without a slash at the end.
    pub url: String,
    /// The `iss` of its tokens.
    pub issuer: String,
    /// The app.
    pub client_id: String,
    /// With what the app proves itself.
    pub client_secret: SecretString,
}

impl RemoteSettings {
    /// Those of `app`.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unsupported`] without a secret.
    pub fn of(settings: &AuthSettings, app: &str) -> Result<Self, AuthError> {
        let secret = settings.client_secret.clone();
        let url = settings.issuer_url.as_ref().map_or(settings.public_url.as_str(), url::Url::as_str);
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            issuer: settings.public_url.clone(),
            client_id: settings.client_id.clone().unwrap_or_else(|| app.to_owned()),
            client_secret: secret.ok_or(AuthError::Unsupported("a verifier without `AUTH_CLIENT_SECRET`"))?,
        })
    }
}

/// An issuer elsewhere.
pub(super) struct Remote {
    settings: RemoteSettings,
    client: Client,
    answers: Cache<[u8; 32], Option<Caller>>,
}

impl fmt::Debug for Remote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Remote").field("url", &self.settings.url).finish_non_exhaustive()
    }
}

impl Remote {
    pub(super) fn new(settings: RemoteSettings) -> Result<Self, AuthError> {
        // Another part of the process may have chosen it already; it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(5))
            .redirect(redirect::Policy::none())
            .user_agent(concat!("atriz-verifier/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| AuthError::inside(format!("no HTTP client can be made: {error}")))?;
        let answers = Cache::builder().max_capacity(50_000).time_to_live(ANSWER).build();
        Ok(Self { settings, client, answers })
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.settings.url)
    }

    fn proven(&self, request: RequestBuilder) -> RequestBuilder {
        request.basic_auth(&self.settings.client_id, Some(self.settings.client_secret.expose_secret()))
    }

    /// Sends, and reads the answer. The log hears what went wrong; the caller hears that the issuer cannot be reached.
    async fn ask<T: DeserializeOwned>(&self, what: &str, request: RequestBuilder) -> Result<T, AuthError> {
        let unreachable = |reason: String| {
            warn!(what, reason, "the issuer does not answer as it should");
            AuthError::Unreachable
        };
        // An error of the client names the address, which holds no secret, and never what was sent.
        let mut answer = request.send().await.map_err(|error| unreachable(error.without_url().to_string()))?;
        if answer.status() != StatusCode::OK {
            return Err(unreachable(format!("status {}", answer.status())));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| unreachable(error.without_url().to_string()))? {
            if body.len() + chunk.len() > LONGEST {
                return Err(unreachable("the answer is too long".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|error| unreachable(format!("line {} is no such answer", error.line())))
    }

    async fn introspect(&self, credential: &str) -> Result<Option<Caller>, AuthError> {
        let form = form_urlencoded::Serializer::new(String::new()).append_pair("token", credential).finish();
        let request = self.client.post(self.url("introspect"));
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let answer: Introspected = self.ask("introspection", self.proven(request)).await?;
        Ok(answer.into_caller())
    }
}

#[async_trait]
impl RevocationSource for Remote {
    async fn after(&self, seq: i64) -> Result<RevocationPage, AuthError> {
        let request = self.client.get(self.url(&format!("revocations?after={seq}")));
        self.ask("the feed of revocations", self.proven(request)).await
    }
}

#[async_trait]
impl Face for Remote {
    fn is_elsewhere(&self) -> bool {
        true
    }

    async fn keys(&self, _: bool) -> Result<HashMap<String, [u8; 32]>, AuthError> {
        let keys: Jwks = self.ask("the published keys", self.client.get(self.url(".well-known/jwks.json"))).await?;
        // A key of another kind is somebody else's to use.
        Ok(keys.keys.iter().filter_map(|key| Some((key.kid.clone(), key.key()?))).collect())
    }

    async fn opaque(&self, credential: &str, _: &str) -> Result<Caller, AuthError> {
        // What is mistyped or made up carries no right checksum, and is not worth a question.
        let is_ours = opaque::digest(Prefix::Session, credential).is_some() || opaque::parse_key(credential).is_some();
        if !is_ours {
            return Err(AuthError::InvalidToken);
        }
        let digest = sha256(credential.as_bytes());
        let caller = if let Some(known) = self.answers.get(&digest) {
            known
        } else {
            let caller = self.introspect(credential).await?;
            self.answers.insert(digest, caller.clone());
            caller
        };
        caller.ok_or(AuthError::InvalidToken)
    }

    async fn fresh(&self, caller: &Caller, credential: Option<&SecretString>) -> Result<(), AuthError> {
        let credential = credential.ok_or(AuthError::InvalidToken)?;
        let now = self.introspect(credential.expose_secret()).await?.ok_or(AuthError::InvalidToken)?;
        let same =
            (now.user, now.service, now.session, now.key) == (caller.user, caller.service, caller.session, caller.key);
        if same && now.app == caller.app && caller.permissions.is_subset(&now.permissions) {
            Ok(())
        } else {
            Err(AuthError::InvalidToken)
        }
    }
}

//! An issuer elsewhere, spoken to over HTTP: its published keys, its feed of revocations, and introspection.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use moka::sync::Cache;
use reqwest::{Client, RequestBuilder, Response, StatusCode, header, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use tracing::warn;
use url::form_urlencoded;

use super::face::Face;
use crate::introspect::Introspected;
use crate::revocation::{RevocationPage, RevocationSource};
use crate::second_factor::STRONG;
use crate::secret::opaque::{self, Prefix};
use crate::secret::sha256;
use crate::sessions::{SameSite, SessionCookie};
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
        read(what, send(what, request).await?).await
    }

    /// A question with a form, by whom this app is.
    fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(self.url(path));
        self.proven(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form))
    }

    async fn introspect(&self, credential: &str) -> Result<Introspected, AuthError> {
        self.ask("introspection", self.form("introspect", &[("token", credential)])).await
    }
}

fn unreachable(what: &str, reason: &str) -> AuthError {
    warn!(what, reason, "the issuer does not answer as it should");
    AuthError::Unreachable
}

/// An error of the client names the address, which holds no secret, and never what was sent.
fn broken(what: &str, error: reqwest::Error) -> AuthError {
    unreachable(what, &error.without_url().to_string())
}

async fn send(what: &str, request: RequestBuilder) -> Result<Response, AuthError> {
    request.send().await.map_err(|error| broken(what, error))
}

async fn read<T: DeserializeOwned>(what: &str, answer: Response) -> Result<T, AuthError> {
    if answer.status() != StatusCode::OK {
        return Err(unreachable(what, &format!("status {}", answer.status())));
    }
    parse(what, answer).await
}

async fn parse<T: DeserializeOwned>(what: &str, mut answer: Response) -> Result<T, AuthError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| broken(what, error))? {
        if body.len() + chunk.len() > LONGEST {
            return Err(unreachable(what, "the answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body)
        .map_err(|error| unreachable(what, &format!("line {} is no such answer", error.line())))
}

/// What the token endpoint refuses with (RFC 6749 §5.2).
#[derive(Deserialize)]
struct OauthError {
    error: String,
}

/// A session as the token endpoint hands it to a client that keeps it as a cookie of its own.
#[derive(Deserialize)]
struct Granted {
    session_cookie: SecretText,
    expires_in: u64,
    same_site: String,
}

/// A text that is kept from logs as soon as it is read.
struct SecretText(SecretString);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(SecretString::from(text)))
    }
}

#[async_trait]
impl RevocationSource for Remote {
    async fn after(&self, seq: i64) -> Result<RevocationPage, AuthError> {
        let request = self.client.get(self.url(&format!("revocations?after={seq}")));
        let page: RevocationPage = self.ask("the feed of revocations", self.proven(request)).await?;
        if !page.revocations.is_empty() {
            // A change of roles or a shut account is about cookies and keys, too: they are asked about anew.
            self.answers.invalidate_all();
        }
        Ok(page)
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
            let caller = self.introspect(credential).await?.into_caller();
            self.answers.insert(digest, caller.clone());
            caller
        };
        caller.ok_or(AuthError::InvalidToken)
    }

    async fn redeem(
        &self,
        code: &SecretString,
        verifier: &SecretString,
        redirect_uri: &str,
    ) -> Result<SessionCookie, AuthError> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("code_verifier", verifier.expose_secret()),
            ("redirect_uri", redirect_uri),
            ("session", "cookie"),
        ];
        let what = "the token endpoint";
        let answer = send(what, self.form("token", &fields)).await?;
        if answer.status() == StatusCode::BAD_REQUEST {
            // Others on the way to the issuer may find a request bad, too.
            let refused: OauthError = parse(what, answer).await?;
            let is_ours = refused.error == "invalid_grant";
            return Err(if is_ours { AuthError::InvalidGrant } else { unreachable(what, &refused.error) });
        }
        let granted: Granted = read(what, answer).await?;
        let same_site = if granted.same_site == "Strict" { SameSite::Strict } else { SameSite::Lax };
        let value = granted.session_cookie.0;
        // It is going into a header of ours.
        opaque::digest(Prefix::Session, value.expose_secret()).ok_or(AuthError::Unreachable)?;
        Ok(SessionCookie { value, max_age: Duration::from_secs(granted.expires_in), same_site })
    }

    async fn revoke(&self, credential: &SecretString) -> Result<(), AuthError> {
        let what = "the revocation of a token";
        let answer = send(what, self.form("revoke", &[("token", credential.expose_secret())])).await?;
        self.answers.invalidate(&sha256(credential.expose_secret().as_bytes()));
        // The answer of RFC 7009 has nothing in it.
        if answer.status() == StatusCode::OK {
            return Ok(());
        }
        Err(unreachable(what, &format!("status {}", answer.status())))
    }

    /// The trail is the issuer's, and nobody but itself writes there: the log of this process has to do.
    async fn refused(&self, _: &Caller, _: &'static str, _: &crate::Client) -> Result<(), AuthError> {
        Ok(())
    }

    async fn strong(&self, _: &Caller, credential: Option<&SecretString>) -> Result<(), AuthError> {
        let credential = credential.ok_or(AuthError::InvalidToken)?;
        let answer = self.introspect(credential.expose_secret()).await?;
        let has_factor = answer.second_factor;
        let now = answer.into_caller().ok_or(AuthError::InvalidToken)?;
        if has_factor && now.acr != STRONG { Err(AuthError::StepUpRequired) } else { Ok(()) }
    }

    async fn fresh(&self, caller: &Caller, credential: Option<&SecretString>) -> Result<(), AuthError> {
        let credential = credential.ok_or(AuthError::InvalidToken)?;
        let now = self.introspect(credential.expose_secret()).await?.into_caller().ok_or(AuthError::InvalidToken)?;
        let same =
            (now.user, now.service, now.session, now.key) == (caller.user, caller.service, caller.session, caller.key);
        if same && now.app == caller.app && caller.permissions.is_subset(&now.permissions) {
            Ok(())
        } else {
            Err(AuthError::InvalidToken)
        }
    }
}

//! The verifier: says whom a token, a cookie or a key speaks for, and holds nothing that could make one.
//!
//! Access tokens are checked here, by public keys and the feed of revocations. Cookies and keys mean something to the
//! issuer alone, which is in this process or elsewhere.

mod face;
mod flow;
mod known;
mod local;
mod remote;
mod task;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use atriz_kernel::SharedClock;
use chrono::{DateTime, Utc};
use tracing::{debug, info, warn};

pub use flow::{FlowName, Returned, SignInFlow, is_path};
pub use remote::RemoteSettings;

use crate::jwt::{Expected, JwtError, PublicKey, Unverified, check};
use crate::refusals::Refusals;
use crate::revocation::Feed;
use crate::second_factor::STEP_UP_AGE;
use crate::secret::sha256;
use crate::settings::AuthSettings;
use crate::{AuthError, Caller, Client, Issuer};
use face::Face;
use known::{Known, KnownKeys, Tokens};
pub(crate) use local::Local;
use remote::Remote;
use task::Task;

/// Says whom a credential speaks for; a copy costs a counter.
#[derive(Clone, Debug)]
pub struct Verifier {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    clock: SharedClock,
    /// The `iss` of every token.
    issuer: String,
    face: Arc<dyn Face>,
    feed: Feed,
    keys: KnownKeys,
    tokens: Tokens,
    refusals: Refusals,
    task: Task,
}

impl Verifier {
    /// The verifier of an issuer in this process.
    pub fn local(issuer: &Issuer) -> Self {
        issuer.verifier().clone()
    }

    /// A verifier of an issuer elsewhere, for `app`. It need not answer yet: until it does, nothing is known and every
    /// credential is answered with [`AuthError::Unreachable`].
    ///
    /// # Errors
    ///
    /// [`AuthError::Unsupported`] where it is not told with what to prove itself.
    pub async fn remote(settings: &AuthSettings, app: &str, clock: SharedClock) -> Result<Self, AuthError> {
        Self::of_remote(RemoteSettings::of(settings, app)?, clock).await
    }

    /// The same, by settings of its own.
    ///
    /// # Errors
    ///
    /// [`AuthError::Inside`] where no HTTP client can be made.
    pub async fn of_remote(settings: RemoteSettings, clock: SharedClock) -> Result<Self, AuthError> {
        let issuer = settings.issuer.clone();
        let remote = Arc::new(Remote::new(settings)?);
        let feed = Feed::new(remote.clone(), clock.clone(), None);
        Ok(Self::start(clock, issuer, remote, feed, remote::COOLDOWN).await)
    }

    /// The verifier of an issuer in this process, for the issuer itself.
    pub(crate) async fn of_local(clock: SharedClock, issuer: String, local: Local) -> Self {
        let (signal, local) = (local.signal(), Arc::new(local));
        let feed = Feed::new(local.clone(), clock.clone(), Some(signal));
        Self::start(clock, issuer, local, feed, local::COOLDOWN).await
    }

    async fn start(clock: SharedClock, issuer: String, face: Arc<dyn Face>, feed: Feed, cooldown: Duration) -> Self {
        let keys = KnownKeys::new(cooldown);
        let tokens = Tokens::new(face.is_elsewhere());
        let (refusals, task) = (Refusals::new(), Task::default());
        let inner = Inner { clock, issuer, face, feed, keys, tokens, refusals, task };
        let verifier = Self { inner: Arc::new(inner) };
        verifier.inner.poll().await;
        verifier.inner.task.start(&verifier.inner);
        verifier
    }

    /// Whom a bearer token speaks for: an access token, or an API key. `audience` is the app that asks.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidToken`] for whatever is not good; [`AuthError::Unreachable`] or [`AuthError::Database`] when
    /// that cannot be told.
    pub async fn bearer(&self, token: &str, audience: &str) -> Result<Caller, AuthError> {
        self.bearer_shared(token, audience).await.map(|caller| Caller::clone(&caller))
    }

    /// As [`Verifier::bearer`], without a copy of what was found out before.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn bearer_shared(&self, token: &str, audience: &str) -> Result<Arc<Caller>, AuthError> {
        if token.starts_with("key_") {
            return self.opaque(token, audience).await.map(Arc::new);
        }
        let known = self.inner.known(token, audience).await?;
        let claims = &known.claims;
        self.inner.feed.catch_up().await;
        if self.inner.feed.refuses(claims.sid, claims.sub, claims.epoch) {
            debug!("an access token is refused: it was revoked");
            return Err(AuthError::InvalidToken);
        }
        self.inner.tokens.hold(claims.sid, token);
        Ok(Arc::clone(&known.caller))
    }

    /// Whom a session cookie speaks for.
    ///
    /// # Errors
    ///
    /// As [`Verifier::bearer`].
    pub async fn cookie(&self, value: &str, audience: &str) -> Result<Caller, AuthError> {
        if !value.starts_with("ses_") {
            return Err(AuthError::InvalidToken);
        }
        self.opaque(value, audience).await
    }

    async fn opaque(&self, credential: &str, audience: &str) -> Result<Caller, AuthError> {
        let caller = self.inner.face.opaque(credential, audience).await?;
        if caller.app != audience || caller.expires_at <= self.now() {
            return Err(AuthError::InvalidToken);
        }
        if let Some(held) = caller.session.or(caller.key) {
            // The answer may be older than what the feed tells.
            if self.inner.feed.has_ended(held) {
                debug!("a cookie or key is refused: it was revoked");
                return Err(AuthError::InvalidToken);
            }
            self.inner.tokens.hold(held, credential);
        }
        Ok(caller)
    }

    /// Asks the issuer itself whether the caller's session or key is still good, for what is grave.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidToken`] if not; otherwise as [`Verifier::bearer`].
    pub async fn fresh(&self, caller: &Caller) -> Result<(), AuthError> {
        let held = caller.session.or(caller.key).ok_or(AuthError::InvalidToken)?;
        let credential = self.inner.tokens.held(held);
        self.inner.face.fresh(caller, credential.as_ref()).await
    }

    /// Asks that a person proved a moment ago who they are, for what would be worth stealing a session; and by their second
    /// factor, where they have one. To be asked after [`Verifier::fresh`].
    ///
    /// # Errors
    ///
    /// [`AuthError::StepUpRequired`] if not, and for an API key, behind which nobody may be sitting.
    pub async fn stepped_up(&self, caller: &Caller) -> Result<(), AuthError> {
        let Some(session) = caller.session.filter(|_| self.now() - caller.auth_time <= STEP_UP_AGE) else {
            return Err(AuthError::StepUpRequired);
        };
        let credential = self.inner.tokens.held(session);
        self.inner.face.strong(caller, credential.as_ref()).await
    }

    /// Notes that a caller was refused for want of a permission: in the audit trail, where the issuer is in this process,
    /// and in the log. Once a minute for each caller and permission, so that nobody can fill either.
    pub async fn refused(&self, caller: &Caller, permission: &'static str, client: &Client) {
        let Some(who) = caller.user.map(|user| user.0).or(caller.service) else { return };
        if !self.inner.refusals.is_news(who, permission, self.now()) {
            return;
        }
        info!(permission, user = ?caller.user, service = ?caller.service, "refused: no permission");
        if let Err(error) = self.inner.face.refused(caller, permission, client).await {
            warn!(%error, "a refusal cannot be noted in the audit trail");
        }
    }

    /// Ends the session of a caller at the issuer, which is elsewhere.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidToken`] where the credential is not known any more; [`AuthError::Unreachable`];
    /// [`AuthError::Unsupported`] in the issuer's own process, which has sessions at hand.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), AuthError> {
        let held = self.inner.tokens.held(caller.session()?).ok_or(AuthError::InvalidToken)?;
        self.inner.face.revoke(&held).await?;
        // Its own revocation is in the feed by now, so that the next request is refused.
        self.refresh().await
    }

    /// Whether revocations are known well enough to write by. Reads may go on without.
    ///
    /// # Errors
    ///
    /// [`AuthError::Stale`].
    pub fn writes_allowed(&self) -> Result<(), AuthError> {
        self.inner.feed.check_age()
    }

    /// The time, as this verifier tells it.
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    /// Reads the feed at once.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unreachable`] or [`AuthError::Database`].
    pub async fn refresh(&self) -> Result<(), AuthError> {
        self.inner.feed.read().await?;
        self.inner.take_keys().await
    }

    /// Stops reading the feed.
    pub async fn shutdown(&self) {
        self.inner.task.stop().await;
    }
}

impl Inner {
    /// Reads the feed once; what goes wrong is told by its age.
    async fn poll(&self) {
        let done = match self.feed.read().await {
            Ok(()) => self.take_keys().await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            debug!(%error, "the feed of revocations cannot be read");
        }
    }

    /// Takes the keys in if the issuer names others than those that are known. What it names no more is dropped first,
    /// whether or not it tells the others.
    async fn take_keys(&self) -> Result<(), AuthError> {
        let Some(names) = self.feed.keys() else { return Ok(()) };
        if !self.keys.are(&names) {
            self.keys.keep(&names);
            let keys = self.face.keys(true).await?;
            self.keys.set(self.named(keys));
        }
        Ok(())
    }

    /// Those of the published keys that the feed names too: a copy of the keys may be older than the feed, and must not
    /// bring back one that is gone.
    fn named(&self, mut keys: HashMap<String, [u8; 32]>) -> HashMap<String, [u8; 32]> {
        if let Some(names) = self.feed.keys() {
            keys.retain(|name, _| names.contains(name));
        }
        keys
    }

    /// What a token says, once it was found good in itself.
    async fn known(&self, token: &str, audience: &str) -> Result<Arc<Known>, AuthError> {
        let refused = |reason: JwtError| {
            debug!(%reason, "an access token is refused");
            AuthError::InvalidToken
        };
        let now = self.clock.now().timestamp();
        let expected = Expected { issuer: &self.issuer, audience: Some(audience), now };
        let digest = sha256(token.as_bytes());
        // A key that is gone takes along what it signed.
        if let Some(known) = self.tokens.get(&digest).filter(|known| self.keys.has(&known.kid)) {
            check(&known.claims, &expected).map_err(refused)?;
            return Ok(known);
        }
        let unverified = Unverified::parse(token).map_err(refused)?;
        let key = match self.keys.get(&unverified.kid) {
            Some(key) => key,
            None => self.unknown_key(&unverified.kid).await?.ok_or_else(|| refused(JwtError::UnknownKey))?,
        };
        let claims = unverified.verify(&key, &expected).map_err(refused)?;
        let caller = Arc::new(claims.caller().map_err(refused)?);
        let known = Arc::new(Known { kid: unverified.kid, claims, caller });
        self.tokens.insert(digest, Arc::clone(&known));
        Ok(known)
    }

    /// Asks for the keys again, though not for everybody who makes a name up.
    async fn unknown_key(&self, kid: &str) -> Result<Option<Arc<PublicKey>>, AuthError> {
        let ask = || async {
            let keys = self.face.keys(true).await?;
            // One may be newer than what was read of the feed.
            self.feed.read().await?;
            Ok(self.named(keys))
        };
        let answered = self.keys.ask_again(ask).await;
        if let Some(key) = self.keys.get(kid) {
            return Ok(Some(key));
        }
        // The issuer may have a new key that it could not tell of, or that is newer than what it was asked for last: the feed
        // names all of them.
        if !answered || self.feed.read_now().await.is_err() || self.take_keys().await.is_err() {
            return Err(AuthError::Unreachable);
        }
        Ok(self.keys.get(kid))
    }
}

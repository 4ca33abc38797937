//! The issuer: opens everything that sign-in needs, runs what has to happen in the background, and ends it in order.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use atriz_db::Database;
use atriz_kernel::SharedClock;
use chrono::Datelike as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tracing::warn;

use crate::AuthError;
use crate::accounts::Accounts;
use crate::api_keys::ApiKeys;
use crate::audit::Audit;
use crate::ground::Ground;
use crate::introspect::Introspection;
use crate::keyring::Keyring;
use crate::message::Messages;
use crate::password::HashPool;
use crate::refusals::Refusals;
use crate::revocation::{DatabaseSource, RevocationLog, RevocationPage, RevocationSource as _};
use crate::roles::{RoleBook, Roles};
use crate::second_factor::SecondFactors;
use crate::sessions::{AppBook, Sessions};
use crate::settings::AuthSettings;
use crate::signing::{Rotation, SigningKeys};
use crate::throttle::Throttles;
use crate::verifier::{Local, Verifier};

/// How long a sign-in waits for its turn to be hashed.
const QUEUE: Duration = Duration::from_secs(2);

/// How often the keys are looked at.
const UPKEEP: Duration = Duration::from_mins(1);

/// A machine whose clock shows an earlier one has never set it. Tokens, links and limits go by it.
const FIRST_YEAR: i32 = 2025;

/// How often old rows are removed, and the head of the audit trail is told.
const SWEEP: Duration = Duration::from_hours(1);

/// How long the end of the process waits for a message that is being sent.
const PATIENCE: Duration = Duration::from_secs(10);

/// The issuer; a copy costs a counter.
#[derive(Clone)]
pub struct Issuer {
    inner: Arc<Inner>,
}

struct Inner {
    ground: Ground,
    accounts: Accounts,
    sessions: Sessions,
    second_factors: SecondFactors,
    api_keys: ApiKeys,
    roles: Roles,
    introspection: Introspection,
    verifier: Verifier,
    stop: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Issuer").field("ground", &self.inner.ground).finish_non_exhaustive()
    }
}

impl Issuer {
    /// Opens the issuer over core's database, which has to be migrated.
    ///
    /// # Errors
    ///
    /// [`AuthError::Keyring`] for keys that are missing or cannot be read, [`AuthError::Unsupported`] for what production
    /// needs and does not have, and for a clock that shows a year before all of this, [`AuthError::Database`].
    pub async fn open(database: Database, clock: SharedClock, settings: Arc<AuthSettings>) -> Result<Self, AuthError> {
        let ground = ground(database, clock, settings).await?;
        let verifier =
            Verifier::of_local(ground.clock.clone(), ground.settings.public_url.clone(), Local::new(ground.clone()));
        let (stop, stopped) = watch::channel(false);
        let inner = Inner {
            accounts: Accounts::new(ground.clone()),
            sessions: Sessions::new(ground.clone()),
            second_factors: SecondFactors::new(ground.clone()),
            api_keys: ApiKeys::new(ground.clone()),
            roles: Roles::new(ground.clone()),
            introspection: Introspection::new(ground.clone()),
            verifier: verifier.await,
            stop,
            tasks: Mutex::default(),
            ground,
        };
        let (messages, upkeep) = (inner.ground.messages.clone(), Upkeep::of(&inner));
        let until = stopped.clone();
        let worker = tokio::spawn(async move { messages.run_worker(until).await });
        let upkeep = tokio::spawn(upkeep.run(stopped));
        inner.tasks.lock().unwrap_or_else(PoisonError::into_inner).extend([worker, upkeep]);
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Forgets what is too old to matter, as the issuer does by itself every hour.
    ///
    /// # Errors
    ///
    /// [`AuthError::Database`].
    pub async fn sweep(&self) -> Result<(), AuthError> {
        Upkeep::of(&self.inner).sweep().await
    }

    /// Accounts.
    pub fn accounts(&self) -> &Accounts {
        &self.inner.accounts
    }

    /// Sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// Second factors.
    pub fn second_factors(&self) -> &SecondFactors {
        &self.inner.second_factors
    }

    /// API keys and service accounts.
    pub fn api_keys(&self) -> &ApiKeys {
        &self.inner.api_keys
    }

    /// Roles.
    pub fn roles(&self) -> &Roles {
        &self.inner.roles
    }

    /// What apps ask about tokens.
    pub fn introspection(&self) -> &Introspection {
        &self.inner.introspection
    }

    /// The audit log.
    pub fn audit(&self) -> &Audit {
        &self.inner.ground.audit
    }

    /// The keys that sign access tokens.
    pub fn signing_keys(&self) -> &SigningKeys {
        &self.inner.ground.signing
    }

    /// What it was told.
    pub fn settings(&self) -> &AuthSettings {
        &self.inner.ground.settings
    }

    /// Its own verifier.
    pub(crate) fn verifier(&self) -> &Verifier {
        &self.inner.verifier
    }

    /// The feed of revocations behind a place in it, for verifiers elsewhere.
    ///
    /// # Errors
    ///
    /// [`AuthError::Database`].
    pub async fn revocations(&self, after: i64) -> Result<RevocationPage, AuthError> {
        let ground = &self.inner.ground;
        DatabaseSource::new(ground.database.clone(), ground.signing.clone()).after(after).await
    }

    /// Somebody is served who needs no password hashed. For a moment, sign-ins leave one core to those.
    pub fn serves_others(&self) {
        self.inner.ground.hashing.give_way();
    }

    /// Whether sign-ins leave others a core now.
    pub fn leaves_a_core(&self) -> bool {
        self.inner.ground.hashing.gives_way()
    }

    /// Ends what runs in the background: messages that are being sent are sent, and nothing new is begun.
    pub async fn shutdown(&self) {
        // Nobody listening means that the tasks have ended.
        let _ = self.inner.stop.send(true);
        let tasks = std::mem::take(&mut *self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for mut task in tasks {
            if timeout(PATIENCE, &mut task).await.is_err() {
                warn!("a task in the background did not end in time");
                task.abort();
            }
        }
        self.inner.verifier.shutdown().await;
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        for task in self.tasks.get_mut().unwrap_or_else(PoisonError::into_inner) {
            task.abort();
        }
    }
}

async fn ground(database: Database, clock: SharedClock, settings: Arc<AuthSettings>) -> Result<Ground, AuthError> {
    if clock.now().year() < FIRST_YEAR {
        return Err(AuthError::Unsupported("the clock of this machine"));
    }
    let keyring = Arc::new(Keyring::load(&settings)?);
    let (issuer, lead) = (settings.public_url.as_str(), settings.key_lead);
    let signing = SigningKeys::open(database.clone(), clock.clone(), keyring.clone(), issuer, lead).await?;
    keyring.fit(database.read()).await?;
    let messages = Messages::new(database.clone(), clock.clone(), keyring.clone(), settings.clone())?;
    Ok(Ground {
        signing,
        apps: AppBook::default(),
        roles: RoleBook::new(database.clone()),
        revocations: RevocationLog::new(clock.clone()),
        audit: Audit::new(database.clone(), clock.clone()),
        hashing: HashPool::new(keyring.clone(), settings.hash_permits, QUEUE),
        throttles: Throttles::new(database.clone(), clock.clone(), keyring.clone()),
        refusals: Arc::new(Refusals::new()),
        messages,
        database,
        clock,
        keyring,
        settings,
    })
}

/// What has to happen now and then.
struct Upkeep {
    ground: Ground,
    accounts: Accounts,
    sessions: Sessions,
}

impl Upkeep {
    fn of(inner: &Inner) -> Self {
        Self { ground: inner.ground.clone(), accounts: inner.accounts.clone(), sessions: inner.sessions.clone() }
    }

    async fn run(self, mut stopped: watch::Receiver<bool>) {
        let (mut swept, mut is_told) = (Instant::now(), false);
        loop {
            tokio::select! {
                () = sleep(UPKEEP) => {}
                // An error means that whoever could tell us to stop is gone.
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            if let Err(error) = self.ground.signing.rotate(Rotation::Due).await {
                warn!(%error, "the signing keys cannot be looked after");
            }
            let is_hour = swept.elapsed() >= SWEEP;
            if is_hour || !is_told {
                is_told = true;
                self.tell_head().await;
            }
            if is_hour {
                swept = Instant::now();
                if let Err(error) = self.sweep().await {
                    warn!(%error, "old rows cannot be removed");
                }
            }
        }
    }

    async fn tell_head(&self) {
        if let Err(error) = self.ground.audit.tell_head().await {
            warn!(%error, "the head of the audit trail cannot be read");
        }
    }

    async fn sweep(&self) -> Result<(), AuthError> {
        self.ground.revocations.sweep(&self.ground.database).await?;
        self.ground.throttles.sweep().await?;
        self.ground.messages.sweep().await?;
        self.accounts.sweep().await?;
        self.sessions.sweep().await?;
        Ok(())
    }
}

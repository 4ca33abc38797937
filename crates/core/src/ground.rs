//! What all flows of the issuer stand on.

use std::sync::Arc;

use atriz_db::Database;
use atriz_kernel::SharedClock;
use serde_json::json;

use crate::audit::{Audit, Outcome};
use crate::keyring::Keyring;
use crate::message::Messages;
use crate::password::HashPool;
use crate::refusals::Refusals;
use crate::revocation::RevocationLog;
use crate::roles::RoleBook;
use crate::sessions::{AppBook, Note};
use crate::settings::AuthSettings;
use crate::signing::SigningKeys;
use crate::throttle::Throttles;
use crate::{AuthError, Caller, Client};

/// What all flows share; a copy costs a few counters.
#[derive(Clone)]
pub(crate) struct Ground {
    /// Core's database.
    pub(crate) database: Database,
    /// The time.
    pub(crate) clock: SharedClock,
    /// The keys outside the database.
    pub(crate) keyring: Arc<Keyring>,
    /// The keys that sign access tokens.
    pub(crate) signing: SigningKeys,
    /// The apps that people sign in to.
    pub(crate) apps: AppBook,
    /// What each role permits.
    pub(crate) roles: RoleBook,
    /// What is revoked.
    pub(crate) revocations: RevocationLog,
    /// What happened.
    pub(crate) audit: Audit,
    /// Where passwords are hashed.
    pub(crate) hashing: HashPool,
    /// What was tried too often.
    pub(crate) throttles: Throttles,
    /// What was refused a moment ago.
    pub(crate) refusals: Arc<Refusals>,
    /// What is told to people.
    pub(crate) messages: Messages,
    /// What the issuer was told.
    pub(crate) settings: Arc<AuthSettings>,
}

impl Ground {
    /// Passes on what came of something, and notes in the audit trail if the caller may not: once a minute for each person
    /// and thing. A trail that cannot be written makes no other answer of it.
    pub(crate) async fn noting<T>(
        &self,
        done: Result<T, AuthError>,
        caller: &Caller,
        action: &'static str,
        client: &Client,
    ) -> Result<T, AuthError> {
        let Err(AuthError::Forbidden(missing)) = &done else { return done };
        let who = caller.user.map(|user| user.0).or(caller.service).unwrap_or_default();
        if self.refusals.is_news(who, action, self.clock.now()) {
            let note = Note::of(caller, action, client).outcome(Outcome::Denied);
            let note = note.detail(json!({ "permission": missing }));
            if let Err(error) = self.audit.record_alone(note.event()).await {
                tracing::warn!(%error, "a refusal cannot be noted in the audit trail");
            }
        }
        done
    }
}

impl std::fmt::Debug for Ground {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Ground").field("database", &self.database.place()).finish_non_exhaustive()
    }
}

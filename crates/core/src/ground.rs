//! What all flows of the issuer stand on.

use std::sync::Arc;

use atriz_db::Database;
use atriz_kernel::SharedClock;

use crate::audit::Audit;
use crate::keyring::Keyring;
use crate::message::Messages;
use crate::password::HashPool;
use crate::revocation::RevocationLog;
use crate::roles::RoleBook;
use crate::sessions::AppBook;
use crate::settings::AuthSettings;
use crate::signing::SigningKeys;
use crate::throttle::Throttles;

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
    /// What is told to people.
    pub(crate) messages: Messages,
    /// What the issuer was told.
    pub(crate) settings: Arc<AuthSettings>,
}

impl std::fmt::Debug for Ground {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Ground").field("database", &self.database.place()).finish_non_exhaustive()
    }
}

//! How often something may be tried, counted in the database: all processes of all apps share one count.
//!
//! **Invariant:** a try is charged before it is made, by one statement that counts and judges at once, so that any number
//! of tries at the same time stay within the limit.

mod door;
pub(crate) mod limits;
mod store;

use std::sync::Arc;
use std::time::Duration;

use atriz_db::{Database, Engine, with_transaction};
use atriz_kernel::SharedClock;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use tokio::sync::SemaphorePermit;

use crate::entity::auth::throttles;
use crate::keyring::Keyring;
use crate::secret::sha256;
use crate::{AuthError, Client};
use door::Door;
pub(crate) use limits::{Charge, Kind};
use store::{Asked, Candidate, End, KNOWN, When};

/// How long a count is kept; the longest window that ends is a day.
const KEPT: Duration = Duration::from_hours(48);

/// Counts tries.
#[derive(Clone, Debug)]
pub(crate) struct Throttles {
    database: Database,
    clock: SharedClock,
    keyring: Arc<Keyring>,
    door: Door,
}

/// What was charged, to be given back when the try was good.
#[derive(Clone, Debug, Default)]
#[must_use = "a good try gives back what it was charged"]
pub(crate) struct Receipt {
    charged: Vec<store::Count>,
    known: Vec<Vec<u8>>,
    /// What this try was the last of.
    exhausted: Vec<Kind>,
}

impl Receipt {
    /// Whether no further try is made after this one, unless it is good. Of any number of tries at once it is so of one.
    pub(crate) fn exhausts(&self, kind: Kind) -> bool {
        self.exhausted.contains(&kind)
    }
}

impl Throttles {
    /// Over core's database.
    pub(crate) fn new(database: Database, clock: SharedClock, keyring: Arc<Keyring>) -> Self {
        Self { database, clock, keyring, door: Door::default() }
    }

    /// Charges all of them, or none when one is exhausted. A refusal only reads, unless somebody came in between, and so holds
    /// its place for a moment.
    ///
    /// # Errors
    ///
    /// [`AuthError::Throttled`], which says when to try again; [`AuthError::CodesStopped`] for what no time ends;
    /// [`AuthError::Overloaded`] where too many ask at once.
    pub(crate) async fn charge(&self, charges: &[Charge]) -> Result<Receipt, AuthError> {
        let place = self.door.enter().await?;
        // Boxed, so that who waits for a place holds no room for what comes behind it.
        Box::pin(self.charge_at(place, charges)).await
    }

    async fn charge_at(&self, _place: SemaphorePermit<'_>, charges: &[Charge]) -> Result<Receipt, AuthError> {
        let (database, now) = (&self.database, self.clock.now());
        let candidates: Vec<Candidate> = charges.iter().flat_map(|charge| self.candidates(charge)).collect();
        let mut asked = match database.engine() {
            Engine::Postgres => store::ask_and_count(database.write(), &candidates, now).await?,
            // A statement that may write waits for whoever writes, even where it comes to nothing.
            Engine::Sqlite => store::ask(database.read(), &candidates, now).await?,
        };
        refuse(&asked)?;
        let wanted = asked.len();
        if database.engine() == Engine::Sqlite {
            store::count(database.write(), &mut asked, now).await?;
        }
        asked.retain(|asked| asked.counted.is_some());
        let all = asked.len() == wanted;
        let last = |asked: &&Asked| asked.counted == Some(asked.count.0.limit().most);
        let receipt = Receipt {
            exhausted: asked.iter().filter(last).map(|asked| asked.count.0).collect(),
            charged: asked.into_iter().map(|asked| asked.count).collect(),
            known: charges.iter().filter_map(|charge| Some(self.key(Kind::Known, charge.place.as_ref()?))).collect(),
        };
        if all {
            return Ok(receipt);
        }
        // Somebody came in between, and took what was left.
        store::settle(database.write(), End::Unmade, &receipt.charged, now).await?;
        refuse(&store::ask(database.write(), &candidates, now).await?)?;
        Err(AuthError::Throttled { retry_after: store::LEAST_WAIT })
    }

    /// Gives back what a good try was charged.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn refund(&self, receipt: Receipt) -> Result<(), DbErr> {
        with_transaction(&self.database, |transaction| {
            let (this, receipt) = (self.clone(), receipt.clone());
            Box::pin(async move { this.refund_within(transaction, &receipt).await })
        })
        .await
    }

    /// As [`Throttles::refund`], within the transaction of the good try.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn refund_within(
        &self,
        connection: &impl ConnectionTrait,
        receipt: &Receipt,
    ) -> Result<(), DbErr> {
        let known = receipt.known.iter().map(|key| (Kind::Known, key.clone()));
        let counts: Vec<store::Count> = receipt.charged.iter().cloned().chain(known).collect();
        store::settle(connection, End::Good, &counts, self.clock.now()).await
    }

    /// Sets the counts of one person to nothing that wrong passwords made, in general and from where they are now: they
    /// proved who they are by other means.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn open_way(
        &self,
        connection: &impl ConnectionTrait,
        address: &str,
        client: &Client,
    ) -> Result<(), DbErr> {
        let now = self.clock.now();
        for charge in limits::sign_in(address, client) {
            if charge.kind.clears() {
                store::clear(connection, &self.key(charge.kind, &charge.key), now).await?;
            }
            if let Some(place) = &charge.place {
                store::clear(connection, &self.key(Kind::Place, place), now).await?;
            }
        }
        // What was mailed is void now.
        store::clear(connection, &self.key(Kind::ResetAddress, address), now).await
    }

    /// Sets one count to nothing, for a reason other than a good try of its kind.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn forgive(&self, connection: &impl ConnectionTrait, charge: &Charge) -> Result<(), DbErr> {
        store::clear(connection, &self.key(charge.kind, &charge.key), self.clock.now()).await
    }

    /// Takes back what a try was charged that was never made because of `error`, such as a pool of hashes that is full. It
    /// proves nothing, so it clears no count. The answer is `error` in any case: why somebody has to come back matters more
    /// to them than a count that stays.
    pub(crate) async fn give_up(&self, receipt: Receipt, error: AuthError) -> AuthError {
        let settled = store::settle(self.database.write(), End::Unmade, &receipt.charged, self.clock.now()).await;
        if let Err(failed) = settled {
            tracing::warn!(error = %failed, "what was charged for nothing cannot be given back");
        }
        error
    }

    /// Forgets what is too old to matter. How many rows that were.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn sweep(&self) -> Result<u64, DbErr> {
        let now = self.clock.now();
        let of = |kind: Kind| Condition::all().add(throttles::Column::Kind.eq(kind.code()));
        let place = of(Kind::Known);
        let lasts = of(Kind::Codes).add(throttles::Column::Fails.gt(0));
        let began = throttles::Column::WindowStart;
        let old = Condition::any()
            .add(place.clone().add(began.lt(now - KNOWN)))
            .add(Condition::all().add(place.not()).add(lasts.clone().not()).add(began.lt(now - KEPT)))
            // By a clock that was ahead.
            .add(Condition::all().add(lasts.not()).add(began.gt(now + KEPT)));
        Ok(throttles::Entity::delete_many().filter(old).exec(self.database.write()).await?.rows_affected)
    }

    /// Where a charge may be counted. A person who signed in from this place before has a count of their own there: whoever
    /// tries passwords elsewhere slows down nobody but themselves.
    fn candidates(&self, charge: &Charge) -> Vec<Candidate> {
        let count = (charge.kind, self.key(charge.kind, &charge.key));
        let Some(place) = &charge.place else { return vec![Candidate { count, when: When::Always }] };
        let (known, there) = (self.key(Kind::Known, place), (Kind::Place, self.key(Kind::Place, place)));
        vec![
            Candidate { count, when: When::Unknown(known.clone()) },
            Candidate { count: there, when: When::Known(known) },
        ]
    }

    /// What a count is found by; the address or name itself stands nowhere. A final one has to be found when all keys have
    /// changed, too: it is of an id, which is no secret.
    fn key(&self, kind: Kind, value: &str) -> Vec<u8> {
        if kind.is_final() {
            return sha256(format!("throttle {} {value}", kind.code()).as_bytes()).to_vec();
        }
        self.keyring.lookup_mac(&[b"throttle", kind.code().as_bytes(), value.as_bytes()]).to_vec()
    }
}

/// Refuses a try that has to wait for one of its counts.
fn refuse(asked: &[Asked]) -> Result<(), AuthError> {
    match asked.iter().find_map(|asked| Some((asked.count.0, asked.wait?))) {
        Some((kind, _)) if kind.is_final() => Err(AuthError::CodesStopped),
        Some((_, retry_after)) => Err(AuthError::Throttled { retry_after }),
        None => Ok(()),
    }
}

//! How often something may be tried, counted in the database: all processes of all apps share one count.
//!
//! **Invariant:** a try is charged before it is made, by one statement that counts and judges at once, so that any number
//! of tries at the same time stay within the limit.

pub(crate) mod limits;
mod store;

use std::sync::Arc;
use std::time::Duration;

use atriz_db::{Database, with_transaction};
use atriz_kernel::SharedClock;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use crate::entity::auth::throttles;
use crate::keyring::Keyring;
use crate::{AuthError, Client};
pub(crate) use limits::{Charge, Kind};
use store::End;

/// How long a place from which a person signed in is known.
const KNOWN: Duration = Duration::from_hours(720);
/// How long a count is kept; the longest window is a day.
const KEPT: Duration = Duration::from_hours(48);

/// Counts tries.
#[derive(Clone, Debug)]
pub(crate) struct Throttles {
    database: Database,
    clock: SharedClock,
    keyring: Arc<Keyring>,
}

/// What was charged, to be given back when the try was good.
#[derive(Clone, Debug, Default)]
#[must_use = "a good try gives back what it was charged"]
pub(crate) struct Receipt {
    charged: Vec<store::Count>,
    known: Vec<Vec<u8>>,
}

impl Throttles {
    /// Over core's database.
    pub(crate) fn new(database: Database, clock: SharedClock, keyring: Arc<Keyring>) -> Self {
        Self { database, clock, keyring }
    }

    /// Charges all of them, or none when one is exhausted.
    ///
    /// # Errors
    ///
    /// [`AuthError::Throttled`], which says when to try again.
    pub(crate) async fn charge(&self, charges: &[Charge]) -> Result<Receipt, AuthError> {
        with_transaction(&self.database, |transaction| {
            let (this, charges) = (self.clone(), charges.to_vec());
            Box::pin(async move { this.charge_within(transaction, &charges).await })
        })
        .await
    }

    /// As [`Throttles::charge`], within a transaction. An error has to roll it back.
    ///
    /// # Errors
    ///
    /// [`AuthError::Throttled`].
    pub(crate) async fn charge_within(
        &self,
        connection: &impl ConnectionTrait,
        charges: &[Charge],
    ) -> Result<Receipt, AuthError> {
        let mut receipt = Receipt::default();
        for charge in charges {
            let count = self.place(connection, charge, &mut receipt).await?;
            receipt.charged.push(count);
        }
        store::count(connection, &receipt.charged, self.clock.now()).await?;
        Ok(receipt)
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
        Ok(())
    }

    /// Takes back what a try was charged that was never made, such as one that found the pool of hashes full. It proves
    /// nothing, so it clears no count.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn undo(&self, receipt: Receipt) -> Result<(), DbErr> {
        store::settle(self.database.write(), End::Unmade, &receipt.charged, self.clock.now()).await
    }

    /// Forgets what is too old to matter. How many rows that were.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn sweep(&self) -> Result<u64, DbErr> {
        let now = self.clock.now();
        let old = Condition::any().add(throttles::Column::WindowStart.lt(now - KNOWN)).add(
            Condition::all()
                .add(throttles::Column::Kind.ne(Kind::Known.code()))
                .add(throttles::Column::WindowStart.lt(now - KEPT)),
        );
        Ok(throttles::Entity::delete_many().filter(old).exec(self.database.write()).await?.rows_affected)
    }

    /// Where a charge is counted. A person who signed in from this place before has a count of their own there: whoever
    /// tries passwords elsewhere slows down nobody but themselves.
    async fn place(
        &self,
        connection: &impl ConnectionTrait,
        charge: &Charge,
        receipt: &mut Receipt,
    ) -> Result<store::Count, DbErr> {
        let Some(place) = &charge.place else {
            return Ok((charge.kind, self.key(charge.kind, &charge.key)));
        };
        let known = self.key(Kind::Known, place);
        let since = self.clock.now() - KNOWN;
        let is_known = store::is_known(connection, &known, since).await?;
        receipt.known.push(known);
        if is_known {
            Ok((Kind::Place, self.key(Kind::Place, place)))
        } else {
            Ok((charge.kind, self.key(charge.kind, &charge.key)))
        }
    }

    /// What a count is found by; the address or name itself stands nowhere.
    fn key(&self, kind: Kind, value: &str) -> Vec<u8> {
        self.keyring.lookup_mac(&[b"throttle", kind.code().as_bytes(), value.as_bytes()]).to_vec()
    }
}

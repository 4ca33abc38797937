//! Mails that anybody may ask for by writing an address.
//!
//! Both are answered alike whether the address has an account or not, by the same statements in the same order: those
//! that must do nothing are aimed at nobody. A row that is written takes longer than none, so both are answered at the same
//! time as well.

use std::time::Duration;

use atriz_db::with_transaction;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::{Accounts, reset, rows, verify_email};
use crate::entity::auth::users::{self, UserStatus};
use crate::ground::Ground;
use crate::sessions::Note;
use crate::throttle::{Kind, limits};
use crate::values::Email;
use crate::{AuthError, Client};

/// Which mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A link for a new password.
    NewPassword,
    /// The link that proves the address, once more.
    Proof,
}

impl Wanted {
    /// Each has a count of its own, so that nobody keeps a new password from somebody by asking for other mail.
    fn kind(self) -> Kind {
        match self {
            Self::NewPassword => Kind::ResetAddress,
            Self::Proof => Kind::VerifyAddress,
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::NewPassword => "password_forgot",
            Self::Proof => "email_verify_resend",
        }
    }

    /// Whether this person is sent it.
    fn is_for(self, user: &users::Model) -> bool {
        user.status == UserStatus::Active && (self == Self::NewPassword || user.email_verified_at.is_none())
    }
}

/// No answer comes sooner: many times what either takes on a machine that is not overloaded.
const SOONEST: Duration = Duration::from_millis(50);

impl Accounts {
    /// Sends it, if the address has an account that it is for.
    pub(super) async fn mail(&self, wanted: Wanted, email: &str, client: &Client) -> Result<(), AuthError> {
        let email = Email::parse(email)?;
        let answered_at = Instant::now() + SOONEST;
        let done = self.mail_to(wanted, &email, client).await;
        sleep_until(answered_at).await;
        done
    }

    async fn mail_to(&self, wanted: Wanted, email: &Email, client: &Client) -> Result<(), AuthError> {
        let charged = self.ground.throttles.charge(&limits::by_network(Kind::RecoveryIp, client)).await?;
        if self.is_pestered(wanted.kind(), email, charged).await? {
            return Ok(());
        }
        let nobody = atriz_kernel::new_id(&*self.ground.clock);
        let note = Note::anonymous(wanted.action(), client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, email, note) = (self.ground.clone(), email.clone(), note.clone());
            Box::pin(async move { send(&ground, transaction, wanted, &email, nobody, &note).await })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }
}

async fn send(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    wanted: Wanted,
    email: &Email,
    nobody: Uuid,
    note: &Note,
) -> Result<(), DbErr> {
    let found = users::Entity::find().filter(users::Column::EmailNorm.eq(email.norm())).one(transaction).await?;
    let found = found.filter(|user| wanted.is_for(user));
    let about = found.as_ref().map_or(nobody, |user| user.id);
    let name = found.as_ref().map(rows::called).unwrap_or_default();
    let to = found.map_or_else(|| email.given().to_owned(), |user| user.email);
    match wanted {
        Wanted::NewPassword => reset::send_link(ground, transaction, about, email.norm(), to, name).await?,
        Wanted::Proof => verify_email::send_link(ground, transaction, about, email.norm(), to).await?,
    }
    ground.audit.record(transaction, note.event()).await
}

//! Signing up.

use atriz_db::with_transaction;
use atriz_kernel::new_id;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Value};
use secrecy::SecretString;
use uuid::Uuid;

use super::{Accounts, rows};
use crate::entity::auth::auth_tokens::TokenPurpose;
use crate::entity::auth::users::{self, UserStatus};
use crate::ground::Ground;
use crate::message::Message;
use crate::password::{Context, Hashed, Policy};
use crate::sessions::Note;
use crate::throttle::{Charge, Kind, Receipt, limits};
use crate::values::{Email, parse_name};
use crate::{AuthError, Client, single_use, sql};

/// What somebody who wants an account says.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The address.
    pub email: String,
    /// What the person wants to be called.
    pub name: String,
    /// The password.
    pub password: SecretString,
}

/// A claim to an address, checked and hashed.
#[derive(Clone)]
struct Claim {
    /// The id of the account, if it becomes one.
    id: Uuid,
    /// An id that no account has.
    nobody: Uuid,
    email: Email,
    name: String,
    hashed: Hashed,
    note: Note,
}

impl Accounts {
    /// Makes an account, which cannot sign in until its address is proven by the link that is mailed there. The answer is
    /// the same for an address that has an account already; its owner gets a mail that says so.
    ///
    /// Who signs up again before the address is proven replaces the claim of the one before, whose links die.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for what cannot be taken whoever it is from, [`AuthError::Throttled`] and
    /// [`AuthError::Overloaded`].
    pub async fn sign_up(&self, new: NewAccount, client: &Client) -> Result<(), AuthError> {
        let email = Email::parse(&new.email)?;
        let name = parse_name(&new.name)?;
        let context = Context { name: &name, email: email.norm(), second_factor: false };
        Policy::check(&new.password, &context)?;
        let receipt = self.ground.throttles.charge(&limits::by_network(Kind::SignUpIp, client)).await?;
        // Before anything is looked up, so that it is done whatever will be found.
        let hashed = match self.ground.hashing.hash(&new.password).await {
            Ok(hashed) => hashed,
            Err(error) => return Err(self.ground.throttles.give_up(receipt, error).await),
        };
        if self.is_pestered(Kind::SignUpAddress, &email, receipt).await? {
            return Ok(());
        }
        let clock = &*self.ground.clock;
        let note = Note::anonymous("sign_up", client);
        let claim = Claim { id: new_id(clock), nobody: new_id(clock), email, name, hashed, note };
        with_transaction(&self.ground.database, |transaction| {
            let (ground, claim) = (self.ground.clone(), claim.clone());
            Box::pin(async move { make(&ground, transaction, claim).await })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }

    /// Whether an address was sent enough of what anybody may ask for. It is counted for addresses with and without an
    /// account alike, and the answer to a request stays the same: just no mail is sent. Where it cannot be counted, what was
    /// `charged` before is given back.
    pub(super) async fn is_pestered(&self, kind: Kind, email: &Email, charged: Receipt) -> Result<bool, AuthError> {
        match self.ground.throttles.charge(&[Charge::of(kind, email.norm())]).await {
            Ok(_) => Ok(false),
            Err(AuthError::Throttled { .. }) => Ok(true),
            Err(error) => Err(self.ground.throttles.give_up(charged, error).await),
        }
    }
}

/// The same statements in the same order whatever is found: those that must do nothing are aimed at nobody.
async fn make(ground: &Ground, transaction: &DatabaseTransaction, claim: Claim) -> Result<(), AuthError> {
    insert(ground, transaction, &claim).await?;
    // Locked, so that nobody proves the address between this look and the new password.
    let found = users::Entity::find()
        .filter(users::Column::EmailNorm.eq(claim.email.norm()))
        .lock(LockType::NoKeyUpdate)
        .one(transaction)
        .await?;
    let there = found.ok_or_else(|| AuthError::inside("an account that was just made is not there"))?;
    let open = there.email_verified_at.is_none() && there.status == UserStatus::Active;
    let claimed = if open { there.id } else { claim.nobody };
    replace(ground, transaction, claimed, &claim).await?;
    rows::touch(ground, transaction, claimed).await?;
    rows::set_password(ground, transaction, claimed, &claim.hashed).await?;
    let target = Some(claim.email.norm().to_owned());
    let token =
        single_use::issue(ground, transaction, TokenPurpose::VerifyEmail, claimed, target, single_use::VERIFY).await?;
    let (message, about) = if open {
        (Message::VerifyEmail { to: claim.email.given().to_owned(), token: token.into() }, there.id)
    } else {
        let about = if there.status == UserStatus::Active { there.id } else { claim.nobody };
        (Message::AlreadyRegistered { to: there.email, name: there.name }, about)
    };
    ground.messages.enqueue(transaction, Some(about), message).await?;
    ground.audit.record(transaction, claim.note.to(there.id).event()).await?;
    Ok(())
}

/// A new row, unless the address has one.
async fn insert(ground: &Ground, transaction: &DatabaseTransaction, claim: &Claim) -> Result<(), DbErr> {
    const INSERT: &str = "INSERT INTO users \
        (id, name, email, email_norm, status, token_epoch, cred_gen, version, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, 'active', 0, 0, 1, $5, $5) ON CONFLICT (email_norm) DO NOTHING";
    let values: [Value; 5] = [
        claim.id.into(),
        claim.name.clone().into(),
        claim.email.given().into(),
        claim.email.norm().into(),
        ground.clock.now().into(),
    ];
    sql::execute(transaction, INSERT, values).await.map(drop)
}

/// The latest claim to an address that nobody has proven is the one that counts, and the links of those before die.
async fn replace(ground: &Ground, transaction: &DatabaseTransaction, user: Uuid, claim: &Claim) -> Result<(), DbErr> {
    const REPLACE: &str = "UPDATE users SET name = $2, email = $3, cred_gen = cred_gen + 1, updated_at = $4 \
        WHERE id = $1 AND email_verified_at IS NULL";
    let values: [Value; 4] =
        [user.into(), claim.name.clone().into(), claim.email.given().into(), ground.clock.now().into()];
    sql::execute(transaction, REPLACE, values).await.map(drop)
}

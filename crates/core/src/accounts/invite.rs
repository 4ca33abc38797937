//! Inviting people.

use atriz_db::with_transaction;
use atriz_kernel::UserId;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{Accounts, first_admin, rows, verify_email};
use crate::entity::auth::auth_tokens::TokenPurpose;
use crate::entity::auth::roles;
use crate::entity::auth::users::{self, UserStatus};
use crate::ground::Ground;
use crate::message::Message;
use crate::password::{Context, Hashed, Policy};
use crate::roles::{Lasting, Roles, may_give, person_may_give};
use crate::sessions::{Note, may_be_code};
use crate::values::{Email, parse_name};
use crate::{AuthError, Caller, Client, single_use, sql};

/// Whom an administrator invites, and as what.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The address.
    pub email: String,
    /// The roles that come with it, by their codes.
    pub roles: Vec<String>,
}

/// What an invitation says; it stands with the secret, for there is no account yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Terms {
    email: String,
    roles: Vec<String>,
    by: Option<Uuid>,
    /// The app in which that person may invite, by its code.
    #[serde(default)]
    app: String,
}

const INVITE: &str = "user_invite";

/// How many roles one invitation may carry.
const MOST_ROLES: usize = 16;

impl Accounts {
    /// Mails an invitation. It takes `users.write`, and `roles.grant` for one that carries roles, none of which permits what
    /// the caller may not do.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`], [`AuthError::Unacceptable`] for what is no address or no role, [`AuthError::Conflict`]
    /// for an address that has an account: administrators may list them anyway.
    pub async fn invite(&self, caller: &Caller, invitation: Invitation, client: &Client) -> Result<(), AuthError> {
        let invited = self.invite_by(caller, invitation, client).await;
        self.ground.noting(invited, caller, INVITE, client).await
    }

    async fn invite_by(&self, caller: &Caller, invitation: Invitation, client: &Client) -> Result<(), AuthError> {
        caller.require("users.write")?;
        if !invitation.roles.is_empty() {
            caller.require("roles.grant")?;
        }
        let email = Email::parse(&invitation.email)?;
        let by = caller.user.map(|user| user.0);
        let terms = Terms { email: email.given().to_owned(), roles: invitation.roles, by, app: caller.app.clone() };
        self.check_roles(&terms.roles).await?;
        let note = Note::of(caller, INVITE, client).to(None).detail(json!({ "roles": terms.roles }));
        with_transaction(&self.ground.database, |transaction| {
            let (ground, email, terms, note) = (self.ground.clone(), email.clone(), terms.clone(), note.clone());
            let caller = caller.clone();
            Box::pin(async move {
                for role in &terms.roles {
                    may_give(&ground, transaction, &caller, role, Lasting::Always).await?;
                }
                invite(&ground, transaction, &email, &terms, &note).await
            })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }

    async fn check_roles(&self, codes: &[String]) -> Result<(), AuthError> {
        if codes.len() > MOST_ROLES {
            return Err(AuthError::unacceptable("roles", format!("it takes at most {MOST_ROLES}")));
        }
        let unknown = || AuthError::unacceptable("roles", "it takes the codes of roles that there are");
        if !codes.iter().all(|code| may_be_code(code)) {
            return Err(unknown());
        }
        let known: Vec<String> = roles::Entity::find()
            .select_only()
            .column(roles::Column::Code)
            .filter(roles::Column::Code.is_in(codes.iter().cloned()))
            .into_tuple()
            .all(self.ground.database.read())
            .await?;
        match codes.iter().find(|code| !known.contains(code)) {
            Some(_) => Err(unknown()),
            None => Ok(()),
        }
    }

    /// Makes an account by the link of an invitation. The address counts as proven, for the link was mailed there.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidSecret`] for a link that is unknown, used, or too old, [`AuthError::Unacceptable`] for what
    /// cannot be taken (the link stays good then), [`AuthError::Conflict`] when the address has an account by now.
    pub async fn accept_invitation(
        &self,
        token: &SecretString,
        name: &str,
        password: &SecretString,
        client: &Client,
    ) -> Result<(), AuthError> {
        let name = parse_name(name)?;
        let (email, _) = read(single_use::peek(&self.ground, TokenPurpose::Invite, token).await?)?;
        Policy::check(password, &Context { name: &name, email: email.norm(), second_factor: false })?;
        let hashed = self.ground.hashing.hash(password).await?;
        let note = Note::anonymous("invitation_accept", client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, token, name, hashed, note) =
                (self.ground.clone(), token.clone(), name.clone(), hashed.clone(), note.clone());
            Box::pin(async move { accept(&ground, transaction, &token, name, &hashed, note).await })
        })
        .await
    }
}

async fn invite(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    email: &Email,
    terms: &Terms,
    note: &Note,
) -> Result<(), AuthError> {
    let there = users::Entity::find().filter(users::Column::EmailNorm.eq(email.norm())).one(transaction).await?;
    if there.is_some_and(|user| user.email_verified_at.is_some() || user.status != UserStatus::Active) {
        return Err(AuthError::Conflict("this address has an account".to_owned()));
    }
    let target = serde_json::to_string(terms).map_err(|error| AuthError::inside(error.to_string()))?;
    let token = single_use::issue_open(ground, transaction, TokenPurpose::Invite, target, single_use::INVITE).await?;
    let message = Message::Invite { to: email.given().to_owned(), token: token.into() };
    ground.messages.enqueue(transaction, None, message).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(())
}

async fn accept(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    token: &SecretString,
    name: String,
    hashed: &Hashed,
    note: Note,
) -> Result<(), AuthError> {
    let (email, terms) = read(single_use::claim(ground, transaction, TokenPurpose::Invite, token).await?)?;
    let user = settle(ground, transaction, &email, name).await?;
    rows::set_password(ground, transaction, user, hashed).await?;
    rows::touch(ground, transaction, user).await?;
    rows::give_role(ground, transaction, user, verify_email::EVERYBODY, None).await?;
    // What an administrator promised who may not promise it any more is not kept.
    let inviter = inviter(ground, transaction, &terms).await?;
    let (mut given, mut refused) = (Vec::new(), Vec::new());
    for role in &terms.roles {
        if may_promise(ground, transaction, inviter, role).await? {
            rows::give_role(ground, transaction, user, role, terms.by).await?;
            given.push(role);
        } else {
            refused.push(role);
        }
    }
    let detail = json!({ "roles": given, "refused": refused, "invited_by": terms.by });
    ground.audit.record(transaction, note.by(user).detail(detail).event()).await?;
    Ok(())
}

/// The account of the invited address: a new one, or the claim that nobody has proven, taken over.
async fn settle(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    email: &Email,
    name: String,
) -> Result<Uuid, AuthError> {
    const TAKE_OVER: &str = "UPDATE users SET name = $2, email = $3, email_verified_at = $4, cred_gen = cred_gen + 1, \
        updated_at = $4 WHERE id = $1";
    let same = users::Entity::find().filter(users::Column::EmailNorm.eq(email.norm())).lock(LockType::NoKeyUpdate);
    let Some(there) = same.one(transaction).await? else {
        return Ok(first_admin::insert_verified(ground, transaction, email, name).await?);
    };
    if there.email_verified_at.is_some() || there.status != UserStatus::Active {
        return Err(AuthError::Conflict("this address has an account; sign in with it".to_owned()));
    }
    let values = [there.id.into(), name.into(), email.given().into(), ground.clock.now().into()];
    sql::execute(transaction, TAKE_OVER, values).await?;
    Ok(there.id)
}

/// The person who invited, if they may do so now. Their row is locked: whoever takes a role away from them writes it.
async fn inviter(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    terms: &Terms,
) -> Result<Option<UserId>, AuthError> {
    let Some(by) = terms.by else { return Ok(None) };
    let found = users::Entity::find_by_id(by).lock(LockType::Share).one(transaction).await?;
    if found.is_none_or(|user| user.status != UserStatus::Active) {
        return Ok(None);
    }
    let roles = Roles::new(ground.clone());
    let now = roles.effective_within(transaction, UserId(by), &terms.app).await?.permissions;
    let may = now.contains("users.write") && now.contains("roles.grant");
    Ok(may.then_some(UserId(by)))
}

async fn may_promise(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    inviter: Option<UserId>,
    role: &str,
) -> Result<bool, AuthError> {
    let Some(inviter) = inviter else { return Ok(false) };
    match person_may_give(ground, transaction, inviter, role).await {
        Ok(()) => Ok(true),
        Err(AuthError::Forbidden(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn read(claimed: single_use::Claimed) -> Result<(Email, Terms), AuthError> {
    let target = claimed.target.ok_or(AuthError::InvalidSecret)?;
    let terms: Terms = serde_json::from_str(&target).map_err(|_| AuthError::InvalidSecret)?;
    let email = Email::parse(&terms.email).map_err(|_| AuthError::InvalidSecret)?;
    Ok((email, terms))
}

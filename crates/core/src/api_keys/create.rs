//! Making keys.

use std::collections::BTreeSet;

use atriz_db::with_transaction;
use atriz_kernel::new_id;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::types::{checked_name, checked_permissions};
use super::{ApiKeyInfo, ApiKeys, NewKey};
use crate::AuthError;
use crate::caller::{Caller, Client};
use crate::entity::auth::{api_keys, apps, service_accounts, sessions, users};
use crate::message::Message;
use crate::roles::Roles;
use crate::secret::opaque;
use crate::sessions::{Note, Sessions, may_be_code, no_such_app};
use crate::values::check_end;

pub(super) const CREATE: &str = "api_key.create";

/// So many keys an owner may have at once.
const MAX_KEYS: u64 = 50;

/// Whose key it will be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner {
    /// A person, from this session.
    User {
        id: Uuid,
        session: Uuid,
    },
    Service(Uuid),
}

impl ApiKeys {
    /// A key of the caller's own. The secret is in the answer and nowhere else.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for what the caller may not do in that app, from an API key (keys make no keys), and from a
    /// session that was derived from another one, for any app but its own.
    pub async fn create(
        &self,
        caller: &Caller,
        wanted: NewKey,
        client: &Client,
    ) -> Result<(ApiKeyInfo, SecretString), AuthError> {
        let made = self.create_own(caller, &wanted, client).await;
        self.ground.noting(made, caller, CREATE, client).await
    }

    async fn create_own(
        &self,
        caller: &Caller,
        wanted: &NewKey,
        client: &Client,
    ) -> Result<(ApiKeyInfo, SecretString), AuthError> {
        let user = caller.user()?;
        let owner = Owner::User { id: user.0, session: caller.session()? };
        if !may_be_code(&wanted.app) {
            return Err(no_such_app());
        }
        if wanted.app != caller.app {
            // An app that was broken into must not get at the others, here as in an exchange.
            Sessions::new(self.ground.clone()).check_own_sign_in(caller).await?;
        }
        let mine = Roles::new(self.ground.clone()).effective(user, &wanted.app).await?.permissions;
        self.make(owner, wanted, &mine, Note::of(caller, CREATE, client)).await
    }

    pub(super) async fn make(
        &self,
        owner: Owner,
        wanted: &NewKey,
        allowed: &BTreeSet<String>,
        note: Note,
    ) -> Result<(ApiKeyInfo, SecretString), AuthError> {
        let (name, permissions) = (checked_name(&wanted.name)?, checked_permissions(&wanted.permissions)?);
        let now = self.ground.clock.now();
        check_end(wanted.expires_at, now)?;
        let app = self.active_app(&wanted.app).await?;
        if let Some(missing) = permissions.difference(allowed).next() {
            return Err(AuthError::Forbidden(missing.clone()));
        }
        let id = new_id(&*self.ground.clock);
        let (token, hash) = opaque::generate_key(id);
        let (user, service) = match owner {
            Owner::User { id, .. } => (Some(id), None),
            Owner::Service(service) => (None, Some(service)),
        };
        let row = api_keys::ActiveModel {
            id: Set(id),
            user_id: Set(user),
            service_account_id: Set(service),
            app_id: Set(app.id),
            name: Set(name),
            secret_hash: Set(hash.to_vec()),
            permissions: Set(json!(permissions)),
            expires_at: Set(wanted.expires_at),
            last_used_at: Set(None),
            revoked_at: Set(None),
            created_at: Set(now),
        };
        let note = note
            .at(&app.code)
            .detail(json!({ "key": id, "permissions": permissions, "expires_at": wanted.expires_at }));
        let made = with_transaction(&self.ground.database, |tx| {
            let (ground, row, note) = (self.ground.clone(), row.clone(), note.clone());
            Box::pin(async move {
                // Locked, so that no more are made than there is room for, however many are asked for at once.
                let person = lock(tx, owner).await?;
                has_room(tx, owner).await?;
                let made = row.insert(tx).await?;
                if let Some(person) = person {
                    // A key outlives the session that made it, so its owner hears of it.
                    let notice = Message::ApiKeyMade { to: person.email, name: person.name };
                    ground.messages.enqueue(tx, Some(person.id), notice).await?;
                }
                ground.audit.record(tx, note.event()).await?;
                Ok::<_, AuthError>(made)
            })
        })
        .await?;
        self.ground.messages.wake();
        Ok((ApiKeyInfo::new(made, app.code), token))
    }

    pub(super) async fn active_app(&self, code: &str) -> Result<apps::Model, AuthError> {
        let app = crate::sessions::Sessions::new(self.ground.clone()).active_app(code).await?;
        Ok(app)
    }
}

/// Locks the row of the owner, who may make keys still: whoever ends all of them comes before, or waits and ends this one,
/// too. Answers the person, if it is one.
async fn lock(tx: &DatabaseTransaction, owner: Owner) -> Result<Option<users::Model>, AuthError> {
    const LOCK: LockType = LockType::NoKeyUpdate;
    match owner {
        Owner::User { id, session } => {
            let person = users::Entity::find_by_id(id).lock(LOCK).one(tx).await?;
            let session = sessions::Entity::find_by_id(session).one(tx).await?;
            let is_here = session.is_some_and(|session| session.revoked_at.is_none());
            let person = person.filter(|person| is_here && person.status == users::UserStatus::Active);
            person.ok_or(AuthError::InvalidToken).map(Some)
        }
        Owner::Service(service) => {
            let account = service_accounts::Entity::find_by_id(service).lock(LOCK).one(tx).await?;
            let account = account.filter(|account| account.disabled_at.is_none());
            account.ok_or(AuthError::NotFound).map(|_| None)
        }
    }
}

async fn has_room(tx: &DatabaseTransaction, owner: Owner) -> Result<(), AuthError> {
    let whose = match owner {
        Owner::User { id, .. } => api_keys::Column::UserId.eq(id),
        Owner::Service(service) => api_keys::Column::ServiceAccountId.eq(service),
    };
    let keys = api_keys::Entity::find().filter(whose).filter(api_keys::Column::RevokedAt.is_null());
    if keys.count(tx).await? < MAX_KEYS {
        Ok(())
    } else {
        Err(AuthError::Conflict(format!("there are {MAX_KEYS} keys, and no more are made; revoke one first")))
    }
}

//! Making keys.

use std::collections::BTreeSet;

use atriz_db::with_transaction;
use atriz_kernel::new_id;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::types::{checked_name, checked_permissions};
use super::{ApiKeyInfo, ApiKeys, NewKey};
use crate::AuthError;
use crate::caller::{Caller, Client};
use crate::entity::auth::{api_keys, apps, users};
use crate::ground::Ground;
use crate::message::Message;
use crate::roles::Roles;
use crate::secret::opaque;
use crate::sessions::Note;

/// So many keys an owner may have at once.
const MAX_KEYS: u64 = 50;

/// Whose key it will be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner {
    User(Uuid),
    Service(Uuid),
}

impl ApiKeys {
    /// A key of the caller's own. The secret is in the answer and nowhere else.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for what the caller may not do in that app, and from an API key: keys make no keys.
    pub async fn create(
        &self,
        caller: &Caller,
        wanted: NewKey,
        client: &Client,
    ) -> Result<(ApiKeyInfo, SecretString), AuthError> {
        let user = caller.user()?;
        caller.session()?;
        let mine = Roles::new(self.ground.clone()).effective(user, &wanted.app).await?.permissions;
        let note = Note::of(caller, "api_key.create", client);
        self.make(Owner::User(user.0), &wanted, &mine, note).await
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
        if wanted.expires_at.is_some_and(|end| end <= now) {
            return Err(AuthError::unacceptable("expires_at", "it takes a time to come"));
        }
        let app = self.active_app(&wanted.app).await?;
        if let Some(missing) = permissions.difference(allowed).next() {
            return Err(AuthError::Forbidden(missing.clone()));
        }
        self.has_room(owner).await?;
        let id = new_id(&*self.ground.clock);
        let (token, hash) = opaque::generate_key(id);
        let (user, service) = match owner {
            Owner::User(user) => (Some(user), None),
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
        let note = note.at(&app.code).detail(json!({ "key": id, "permissions": permissions }));
        let made = with_transaction(&self.ground.database, |tx| {
            let (ground, row, note) = (self.ground.clone(), row.clone(), note.clone());
            Box::pin(async move {
                let made = row.insert(tx).await?;
                if let Some(user) = made.user_id {
                    tell(&ground, tx, user).await?;
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

    async fn has_room(&self, owner: Owner) -> Result<(), AuthError> {
        let whose = match owner {
            Owner::User(user) => api_keys::Column::UserId.eq(user),
            Owner::Service(service) => api_keys::Column::ServiceAccountId.eq(service),
        };
        let keys = api_keys::Entity::find().filter(whose).filter(api_keys::Column::RevokedAt.is_null());
        if keys.count(self.ground.database.read()).await? < MAX_KEYS {
            Ok(())
        } else {
            Err(AuthError::Conflict(format!("there are {MAX_KEYS} keys, and no more are made; revoke one first")))
        }
    }
}

/// A key outlives the session that made it, so its owner hears of it.
async fn tell(ground: &Ground, tx: &DatabaseTransaction, user: Uuid) -> Result<(), AuthError> {
    let owner = users::Entity::find_by_id(user).one(tx).await?.ok_or(AuthError::InvalidToken)?;
    let notice = Message::ApiKeyMade { to: owner.email, name: owner.name };
    Ok(ground.messages.enqueue(tx, Some(user), notice).await?)
}

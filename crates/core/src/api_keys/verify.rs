//! Whom a key speaks for.

use std::collections::BTreeSet;

use atriz_kernel::UserId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::ApiKeys;
use super::found::{self, Found};
use super::types::permissions_of;
use crate::AuthError;
use crate::caller::Caller;
use crate::entity::auth::api_keys;
use crate::roles::Roles;
use crate::secret::opaque;
use crate::sessions::{ACCESS, SEEN};

impl ApiKeys {
    /// Whom the key speaks for in `app`, and a note that it was used.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidToken`] for a key that is not good, or is another app's.
    pub async fn verify(&self, token: &str, app: &str) -> Result<Caller, AuthError> {
        let caller = self.by_token(token).await?;
        if caller.app == app { Ok(caller) } else { Err(AuthError::InvalidToken) }
    }

    /// Whom the key speaks for, in whatever app it is good for.
    pub(crate) async fn by_token(&self, token: &str) -> Result<Caller, AuthError> {
        let (id, hash) = opaque::parse_key(token).ok_or(AuthError::InvalidToken)?;
        let found = found::one(self.ground.database.read(), id).await?.ok_or(AuthError::InvalidToken)?;
        if !bool::from(hash.as_slice().ct_eq(&found.key.secret_hash)) {
            return Err(AuthError::InvalidToken);
        }
        let caller = self.caller_of(&found).await?;
        self.used(&found).await?;
        Ok(caller)
    }

    /// What a key allows now, for one whose secret was seen before.
    pub(crate) async fn by_id(&self, id: Uuid) -> Result<Caller, AuthError> {
        let found = found::one(self.ground.database.read(), id).await?.ok_or(AuthError::InvalidToken)?;
        self.caller_of(&found).await
    }

    async fn caller_of(&self, found: &Found) -> Result<Caller, AuthError> {
        let now = self.ground.clock.now();
        if !found.holds(now) {
            return Err(AuthError::InvalidToken);
        }
        let mine: BTreeSet<String> = match found.key.user_id {
            Some(user) => Roles::new(self.ground.clone()).effective(UserId(user), &found.app).await?.permissions,
            None => found.service_permissions(),
        };
        let permissions = permissions_of(&found.key.permissions).intersection(&mine).cloned().collect();
        Ok(Caller {
            user: found.key.user_id.map(UserId),
            service: found.key.service_account_id,
            session: None,
            key: Some(found.key.id),
            app: found.app.clone(),
            roles: Vec::new(),
            permissions,
            auth_time: found.key.created_at,
            acr: "key".to_owned(),
            // Whoever remembers the answer asks again as often as for an access token.
            expires_at: found.key.expires_at.map_or(now + ACCESS, |end| end.min(now + ACCESS)),
        })
    }

    /// Notes the use, no more than once a minute.
    async fn used(&self, found: &Found) -> Result<(), AuthError> {
        let now = self.ground.clock.now();
        if found.key.last_used_at.is_some_and(|last| now - last < SEEN) {
            return Ok(());
        }
        let long_ago = Condition::any()
            .add(api_keys::Column::LastUsedAt.is_null())
            .add(api_keys::Column::LastUsedAt.lte(now - SEEN));
        api_keys::Entity::update_many()
            .col_expr(api_keys::Column::LastUsedAt, Expr::value(now))
            .filter(api_keys::Column::Id.eq(found.key.id))
            .filter(long_ago)
            .exec(self.ground.database.write())
            .await?;
        Ok(())
    }
}

//! Service accounts: programs that belong to nobody.

use atriz_db::{Failure, FailureKind, with_transaction};
use atriz_kernel::new_id;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::create::{CREATE, Owner};
use super::types::{checked_name, checked_permissions, permissions_of};
use super::{ApiKeyInfo, ApiKeys, NewKey, NewServiceAccount, ServiceAccountInfo};
use crate::AuthError;
use crate::caller::{Caller, Client};
use crate::entity::auth::{api_keys, apps, service_accounts};
use crate::roles::{Lasting, hold_as_long};
use crate::sessions::Note;

const READ: &str = "apps.read";
const WRITE: &str = "apps.write";

impl ApiKeys {
    /// A new service account, without a key.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `apps.write` and `roles.grant`: it gives permissions that the caller need not have;
    /// [`AuthError::Conflict`] for a code that is taken.
    pub async fn create_service_account(
        &self,
        caller: &Caller,
        wanted: NewServiceAccount,
        client: &Client,
    ) -> Result<ServiceAccountInfo, AuthError> {
        caller.require(WRITE)?;
        caller.require("roles.grant")?;
        caller.session()?;
        let (code, name) = (checked_code(&wanted.code)?, checked_name(&wanted.name)?);
        let permissions = checked_permissions(&wanted.permissions)?;
        let app = match &wanted.app {
            Some(app) => Some(self.active_app(app).await?),
            None => None,
        };
        let (id, now) = (new_id(&*self.ground.clock), self.ground.clock.now());
        let note = Note::of(caller, "service_account.create", client)
            .to(id)
            .detail(json!({ "code": code, "permissions": permissions }));
        let row = service_accounts::ActiveModel {
            id: Set(id),
            code: Set(code),
            name: Set(name),
            app_id: Set(app.as_ref().map(|app| app.id)),
            permissions: Set(json!(permissions)),
            disabled_at: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let made = with_transaction(&self.ground.database, |tx| {
            let (ground, row, note) = (self.ground.clone(), row.clone(), note.clone());
            Box::pin(async move {
                let made = row.insert(tx).await?;
                ground.audit.record(tx, note.event()).await?;
                Ok::<_, AuthError>(made)
            })
        });
        match made.await {
            Ok(made) => Ok(ServiceAccountInfo::new(made, app.map(|app| app.code))),
            Err(AuthError::Database(error)) if Failure::of(&error).kind == FailureKind::Unique => {
                Err(AuthError::Conflict("there is a service account of this code already".to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    /// All service accounts, by their codes.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `apps.read`.
    pub async fn service_accounts(&self, caller: &Caller) -> Result<Vec<ServiceAccountInfo>, AuthError> {
        caller.require(READ)?;
        let apps = apps::Entity::find().all(self.ground.database.read()).await?;
        let code = |id: Uuid| apps.iter().find(|app| app.id == id).map(|app| app.code.clone());
        let accounts = service_accounts::Entity::find()
            .order_by_asc(service_accounts::Column::Code)
            .all(self.ground.database.read())
            .await?;
        let told = accounts.into_iter().map(|account| {
            let app = account.app_id.and_then(code);
            ServiceAccountInfo::new(account, app)
        });
        Ok(told.collect())
    }

    /// Shuts a service account: none of its keys is good any more.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `apps.write`; [`AuthError::NotFound`].
    pub async fn disable_service_account(
        &self,
        caller: &Caller,
        account: Uuid,
        client: &Client,
    ) -> Result<(), AuthError> {
        caller.require(WRITE)?;
        self.service_account(account).await?;
        let note = Note::of(caller, "service_account.disable", client).to(account);
        with_transaction(&self.ground.database, |tx| {
            let (ground, note) = (self.ground.clone(), note.clone());
            Box::pin(async move {
                let now = ground.clock.now();
                let shut = service_accounts::Entity::update_many()
                    .col_expr(service_accounts::Column::DisabledAt, Expr::value(now))
                    .col_expr(service_accounts::Column::UpdatedAt, Expr::value(now))
                    .filter(service_accounts::Column::Id.eq(account))
                    .filter(service_accounts::Column::DisabledAt.is_null())
                    .exec(tx)
                    .await?;
                if shut.rows_affected > 0 {
                    ground.revocations.keys(tx, &open_keys(tx, account).await?).await?;
                    ground.audit.record(tx, note.event()).await?;
                }
                Ok::<_, AuthError>(())
            })
        })
        .await?;
        self.ground.revocations.applied();
        Ok(())
    }

    /// A key of a service account. The secret is in the answer and nowhere else.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `apps.write` and `roles.grant`, for its key may do what the caller need not be able
    /// to, or where the caller loses these before the key ends, and for what the account may not do; [`AuthError::NotFound`].
    pub async fn create_service_key(
        &self,
        caller: &Caller,
        account: Uuid,
        wanted: NewKey,
        client: &Client,
    ) -> Result<(ApiKeyInfo, SecretString), AuthError> {
        caller.require(WRITE)?;
        caller.require("roles.grant")?;
        caller.session()?;
        hold_as_long(&self.ground, caller, &[WRITE, "roles.grant"], Lasting::from(wanted.expires_at)).await?;
        let account = self.service_account(account).await?;
        if account.disabled_at.is_some() {
            return Err(AuthError::Conflict("the service account is shut".to_owned()));
        }
        let app = self.active_app(&wanted.app).await?;
        if account.app_id.is_some_and(|own| own != app.id) {
            return Err(AuthError::unacceptable("app", "the service account belongs to another app"));
        }
        let note = Note::of(caller, CREATE, client).to(account.id);
        let made = self.make(Owner::Service(account.id), &wanted, &permissions_of(&account.permissions), note).await;
        self.ground.noting(made, caller, CREATE, client).await
    }

    /// The keys of a service account that were not ended.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `apps.read`; [`AuthError::NotFound`].
    pub async fn service_keys(&self, caller: &Caller, account: Uuid) -> Result<Vec<ApiKeyInfo>, AuthError> {
        caller.require(READ)?;
        self.service_account(account).await?;
        self.keys(Condition::all().add(api_keys::Column::ServiceAccountId.eq(account))).await
    }

    /// Ends a key of a service account.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `apps.write`; [`AuthError::NotFound`].
    pub async fn revoke_service_key(
        &self,
        caller: &Caller,
        account: Uuid,
        key: Uuid,
        client: &Client,
    ) -> Result<(), AuthError> {
        caller.require(WRITE)?;
        let its = Condition::all().add(api_keys::Column::ServiceAccountId.eq(account));
        self.end(key, its, Note::of(caller, "api_key.revoke", client).to(account)).await
    }

    async fn service_account(&self, id: Uuid) -> Result<service_accounts::Model, AuthError> {
        let account = service_accounts::Entity::find_by_id(id).one(self.ground.database.read()).await?;
        account.ok_or(AuthError::NotFound)
    }
}

/// The keys of a service account that were not ended.
async fn open_keys(tx: &DatabaseTransaction, account: Uuid) -> Result<Vec<Uuid>, DbErr> {
    api_keys::Entity::find()
        .select_only()
        .column(api_keys::Column::Id)
        .filter(api_keys::Column::ServiceAccountId.eq(account))
        .filter(api_keys::Column::RevokedAt.is_null())
        .order_by_asc(api_keys::Column::Id)
        .into_tuple()
        .all(tx)
        .await
}

fn checked_code(code: &str) -> Result<String, AuthError> {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=64).contains(&code.len()) && code.bytes().all(letters) {
        Ok(code.to_owned())
    } else {
        Err(AuthError::unacceptable("code", "it takes up to 64 small letters, digits and hyphens"))
    }
}

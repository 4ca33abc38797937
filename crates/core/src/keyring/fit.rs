//! Whether all keys are given that a database names: without them, every right password would look wrong. That a key is the
//! right one behind its name is told of the signing keys alone.

use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QuerySelect};

use super::{Keyring, KeyringError};
use crate::AuthError;
use crate::entity::auth::{totp_secrets, user_credentials};
use crate::password::NO_PEPPER;

impl Keyring {
    /// Looks for a password whose pepper, and a second factor whose key, was not given. It reads all rows of both, once. A
    /// factor that nobody confirmed is good for nothing, and needs no key.
    ///
    /// # Errors
    ///
    /// [`KeyringError`], which names the one that is missing; [`AuthError::Database`].
    pub(crate) async fn fit(&self, database: &DatabaseConnection) -> Result<(), AuthError> {
        use {
            totp_secrets::Column::{ConfirmedAt, KeyId},
            user_credentials::Column::PepperId,
        };
        let (masters, mut peppers) = self.names();
        peppers.push(NO_PEPPER.to_owned());
        let hashed =
            user_credentials::Entity::find().select_only().column(PepperId).filter(PepperId.is_not_in(peppers));
        if let Some(id) = hashed.into_tuple().one(database).await? {
            return Err(KeyringError::UnknownPepper { id }.into());
        }
        let sealed = totp_secrets::Entity::find().select_only().column(KeyId);
        let sealed = sealed.filter(KeyId.is_not_in(masters)).filter(ConfirmedAt.is_not_null());
        match sealed.into_tuple().one(database).await? {
            Some(id) => Err(KeyringError::Unknown { id }.into()),
            None => Ok(()),
        }
    }
}

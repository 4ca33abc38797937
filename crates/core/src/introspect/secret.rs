//! The secret of an app.

use atriz_db::with_transaction;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use secrecy::SecretString;
use serde_json::json;

use super::Introspection;
use crate::AuthError;
use crate::caller::{Caller, Client};
use crate::entity::auth::apps;
use crate::secret::opaque::{self, Prefix};
use crate::sessions::{Note, Sessions};

impl Introspection {
    /// Gives an app a new secret; the old one is refused at once. The secret is in the answer and nowhere else.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `apps.write`, and from an API key; [`AuthError::NotFound`].
    pub async fn rotate_app_secret(
        &self,
        caller: &Caller,
        app: &str,
        client: &Client,
    ) -> Result<SecretString, AuthError> {
        caller.require("apps.write")?;
        caller.session()?;
        let app = Sessions::new(self.ground.clone()).find_app(app).await?.ok_or(AuthError::NotFound)?;
        let (secret, hash) = opaque::generate(Prefix::Client);
        let note = Note::of(caller, "app.rotate_secret", client).to(app.id).detail(json!({ "app": app.code }));
        with_transaction(&self.ground.database, |tx| {
            let (ground, note) = (self.ground.clone(), note.clone());
            Box::pin(async move {
                apps::Entity::update_many()
                    .col_expr(apps::Column::SecretHash, Expr::value(hash.to_vec()))
                    .col_expr(apps::Column::UpdatedAt, Expr::value(ground.clock.now()))
                    .filter(apps::Column::Id.eq(app.id))
                    .exec(tx)
                    .await?;
                Ok::<_, AuthError>(ground.audit.record(tx, note.event()).await?)
            })
        })
        .await?;
        Ok(secret)
    }
}

//! Signing in with a password.

use atriz_db::with_transaction;
use atriz_kernel::new_id;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;

use super::open::{Opened, open};
use super::prove::{Claim, Proven, comparable};
use super::start::Start;
use super::{Keep, Note, Sessions, SignIn, SignedIn};
use crate::AuthError;
use crate::caller::Client;
use crate::entity::auth::{apps, sessions, user_credentials, users};
use crate::ground::Ground;
use crate::password::Hashed;
use crate::throttle::Receipt;

/// The state of an account that a password was checked against.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub(super) user: users::Model,
    pub(super) upgrade: Option<(String, Hashed)>,
}

impl Sessions {
    /// Signs a person in to one app.
    ///
    /// # Errors
    ///
    /// [`AuthError::Credentials`] whatever was wrong; what is wrong with the account is told after a right password
    /// alone, as is [`AuthError::CodesStopped`]. [`AuthError::Throttled`] and [`AuthError::Overloaded`] say when to come
    /// back.
    pub async fn sign_in(&self, attempt: SignIn, client: &Client) -> Result<SignedIn, AuthError> {
        let app = Box::pin(self.recently_active_app(&attempt.app)).await?;
        let claim = Claim {
            email_norm: &comparable(&attempt.email),
            password: &attempt.password,
            code: attempt.code.as_ref(),
            app: &app.code,
            action: "sign_in",
            client,
        };
        let proven = self.prove(&claim).await?;
        // Boxed, so that those who wait for their hash hold no room for what comes behind it.
        Box::pin(self.begin(proven, &app, attempt.keep, client)).await
    }

    /// Begins the session of somebody who has proven who they are.
    async fn begin(
        &self,
        proven: Proven,
        app: &apps::Model,
        keep: Keep,
        client: &Client,
    ) -> Result<SignedIn, AuthError> {
        let Proven { user, proof, upgrade, receipt } = proven;
        let note = Note::anonymous("sign_in", client).by(user.id).at(&app.code).detail(json!({ "amr": proof.amr }));
        let id = new_id(&*self.ground.clock);
        let start = Start { id, user: user.id, app: app.id, parent: None, proof, keep, client: client.clone() };
        let (row, cookie) = self.row(&start);
        let checked = Checked { user, upgrade };
        let note = note.session(id);
        let opened = with_transaction(&self.ground.database, |tx| {
            let (ground, checked, row, note) = (self.ground.clone(), checked.clone(), row.clone(), note.clone());
            let receipt = receipt.clone();
            Box::pin(async move { begin_within(&ground, tx, checked, row, &receipt, &note).await })
        })
        .await?;
        if opened.made_room {
            self.ground.revocations.applied();
        }
        self.hand_over(&opened.session, app, &opened.authority, cookie).await
    }
}

async fn begin_within(
    ground: &Ground,
    tx: &DatabaseTransaction,
    checked: Checked,
    row: sessions::ActiveModel,
    receipt: &Receipt,
    note: &Note,
) -> Result<Opened, AuthError> {
    still(ground, tx, checked).await?;
    let opened = open(ground, tx, row).await?;
    ground.throttles.refund_within(tx, receipt).await?;
    ground.audit.record(tx, note.event()).await?;
    Ok(opened)
}

/// Asks whether the account is still as it was when the password was checked, which took a while: a new password or a
/// shut account in between must not be outlived. Answers the epoch of its tokens.
pub(super) async fn still(ground: &Ground, tx: &DatabaseTransaction, checked: Checked) -> Result<i64, AuthError> {
    let (now, user) = (ground.clock.now(), checked.user);
    let same = users::Entity::update_many()
        .col_expr(users::Column::LastLoginAt, Expr::value(now))
        .col_expr(users::Column::UpdatedAt, Expr::value(now))
        .filter(users::Column::Id.eq(user.id))
        .filter(users::Column::CredGen.eq(user.cred_gen))
        .filter(users::Column::Status.eq(users::UserStatus::Active))
        .exec_with_returning(tx)
        .await?;
    let epoch = same.first().map(|user| user.token_epoch).ok_or(AuthError::Credentials)?;
    if let Some((old, new)) = checked.upgrade {
        user_credentials::Entity::update_many()
            .col_expr(user_credentials::Column::Phc, Expr::value(new.phc))
            .col_expr(user_credentials::Column::PepperId, Expr::value(new.pepper_id))
            .col_expr(user_credentials::Column::NormVersion, Expr::value(new.norm_version))
            .col_expr(user_credentials::Column::UpdatedAt, Expr::value(now))
            .filter(user_credentials::Column::UserId.eq(user.id))
            .filter(user_credentials::Column::Phc.eq(old))
            .exec(tx)
            .await?;
    }
    Ok(epoch)
}

//! Which roles a person holds: as part of what a statement about their session answers, or asked for by itself.
//!
//! What the roles permit stands in the book of roles.

use sea_orm::{ColumnTrait as _, Condition, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::Sessions;
use crate::AuthError;
use crate::entity::auth::user_roles;

/// What a person may be told of in a token: read in one look at the database, or the epoch before the roles. A change of
/// roles in between then makes a token that is refused, and never one that lasts.
#[derive(Clone, Debug)]
pub(super) struct Authority {
    /// The epoch of the person's tokens.
    pub(super) epoch: i64,
    /// The ids of the roles that are held, in any app.
    pub(super) held: Vec<Uuid>,
}

/// A column of a statement that writes sessions: the ids of the roles that its person holds at the time `$now`, as text.
macro_rules! held {
    (postgres, $now:literal) => {
        held!("string_agg(h.role_id::text, ',')", $now)
    };
    (sqlite, $now:literal) => {
        held!("group_concat(hex(h.role_id), ',')", $now)
    };
    ($list:literal, $now:literal) => {
        concat!(
            "(SELECT ",
            $list,
            " FROM user_roles h WHERE h.user_id = sessions.user_id AND (h.expires_at IS NULL OR h.expires_at > ",
            $now,
            "))"
        )
    };
}
pub(super) use held;

/// What that column answered: nothing for nobody's roles.
pub(super) fn parse(list: Option<&str>) -> Result<Vec<Uuid>, DbErr> {
    let role = |text: &str| Uuid::try_parse(text).map_err(|error| DbErr::Type(error.to_string()));
    list.into_iter().flat_map(|list| list.split(',')).map(role).collect()
}

impl Sessions {
    /// The authority of a person whose epoch was read already.
    pub(super) async fn authority(&self, user: Uuid, epoch: i64) -> Result<Authority, AuthError> {
        let expires = user_roles::Column::ExpiresAt;
        let good = Condition::any().add(expires.is_null()).add(expires.gt(self.ground.clock.now()));
        let held = user_roles::Entity::find()
            .select_only()
            .column(user_roles::Column::RoleId)
            .filter(user_roles::Column::UserId.eq(user))
            .filter(good)
            .into_tuple()
            .all(self.ground.database.read())
            .await?;
        Ok(Authority { epoch, held })
    }
}

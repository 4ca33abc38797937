//! Which roles a person holds: as part of what a statement about their session answers, or asked for by itself.
//!
//! What the roles permit stands in the book of roles.

use chrono::{DateTime, Utc};
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
    /// What is held, in any app.
    pub(super) held: Held,
}

/// The roles that a person holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    /// Their ids.
    pub(super) roles: Vec<Uuid>,
    /// When the first of them ends, if one does: in whatever app, so a token may be shorter than it has to be.
    pub(super) until: Option<DateTime<Utc>>,
}

impl Held {
    fn add(&mut self, role: Uuid, end: Option<DateTime<Utc>>) {
        self.roles.push(role);
        self.until = self.until.into_iter().chain(end).min();
    }
}

/// A column of a statement that writes sessions: the ids of the roles that its person holds at the time `$now`, as text. One
/// that ends has the second of its end behind it.
macro_rules! held {
    (postgres, $now:literal) => {
        held!(
            "string_agg(h.role_id::text || coalesce('@' || floor(extract(epoch FROM h.expires_at))::bigint, ''), ',')",
            $now
        )
    };
    (sqlite, $now:literal) => {
        held!("group_concat(hex(h.role_id) || coalesce('@' || strftime('%s', h.expires_at), ''), ',')", $now)
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
pub(super) fn parse(list: Option<&str>) -> Result<Held, DbErr> {
    let mut held = Held::default();
    for text in list.into_iter().flat_map(|list| list.split(',')) {
        let odd = || DbErr::Type(format!("`{text}` is no role"));
        let (role, end) = text.split_once('@').map_or((text, None), |(role, end)| (role, Some(end)));
        let end =
            end.map(|end| end.parse().ok().and_then(|second| DateTime::from_timestamp(second, 0)).ok_or_else(odd));
        held.add(Uuid::try_parse(role).map_err(|_| odd())?, end.transpose()?);
    }
    Ok(held)
}

impl Sessions {
    /// The authority of a person whose epoch was read already.
    pub(super) async fn authority(&self, user: Uuid, epoch: i64) -> Result<Authority, AuthError> {
        let expires = user_roles::Column::ExpiresAt;
        let good = Condition::any().add(expires.is_null()).add(expires.gt(self.ground.clock.now()));
        let rows: Vec<(Uuid, Option<DateTime<Utc>>)> = user_roles::Entity::find()
            .select_only()
            .columns([user_roles::Column::RoleId, expires])
            .filter(user_roles::Column::UserId.eq(user))
            .filter(good)
            .into_tuple()
            .all(self.ground.database.read())
            .await?;
        let mut held = Held::default();
        for (role, end) in rows {
            held.add(role, end);
        }
        Ok(Authority { epoch, held })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_end_counts() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let bare = two.simple().to_string().to_uppercase();
        let held = parse(Some(&format!("{one}@1700000300,{bare},{one}@1700000060"))).unwrap();
        assert_eq!((held.roles, held.until.unwrap().timestamp()), (vec![one, two, one], 1_700_000_060));
        assert_eq!(parse(None).unwrap(), Held::default());
        for odd in ["", "x", &format!("{one}@"), &format!("{one}@x"), &format!("{one},")] {
            assert!(parse(Some(odd)).is_err(), "{odd}");
        }
    }
}

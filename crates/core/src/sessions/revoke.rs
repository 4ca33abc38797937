//! Ending sessions, with what was derived from them.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::AuthError;
use crate::entity::auth::{sessions, users};
use crate::ground::Ground;

/// So many ids go into one statement: the engines take only so many values, SQLite the fewest.
const CHUNK: usize = 500;

/// Ends sessions and all that were derived from them, and tells the verifiers. Answers those that had not ended yet.
///
/// The caller calls `revocations.applied()` once its transaction is committed.
pub(crate) async fn revoke_tree(
    ground: &Ground,
    tx: &DatabaseTransaction,
    roots: &[Uuid],
    reason: &'static str,
) -> Result<Vec<Uuid>, AuthError> {
    let mut ended = Vec::new();
    let mut level = roots.to_vec();
    // A session cannot be among its own descendants: a parent is always there before its child, and never changes.
    while !level.is_empty() {
        ended.extend(end(ground, tx, &level, reason).await?);
        level = children(tx, &level).await?;
    }
    for session in &ended {
        ground.revocations.session(tx, *session).await?;
    }
    Ok(ended)
}

/// The sessions that were derived from these. It sees every one, since whoever makes one locks the parent's row first.
async fn children(tx: &DatabaseTransaction, parents: &[Uuid]) -> Result<Vec<Uuid>, AuthError> {
    let mut found = Vec::new();
    for chunk in parents.chunks(CHUNK) {
        let ids: Vec<Uuid> = sessions::Entity::find()
            .select_only()
            .column(sessions::Column::Id)
            .filter(sessions::Column::ParentId.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(tx)
            .await?;
        found.extend(ids);
    }
    Ok(found)
}

async fn end(
    ground: &Ground,
    tx: &DatabaseTransaction,
    ids: &[Uuid],
    reason: &'static str,
) -> Result<Vec<Uuid>, AuthError> {
    let mut ended = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let rows = sessions::Entity::update_many()
            .col_expr(sessions::Column::RevokedAt, Expr::value(ground.clock.now()))
            .col_expr(sessions::Column::Reason, Expr::value(reason))
            .filter(sessions::Column::Id.is_in(chunk.iter().copied()))
            .filter(sessions::Column::RevokedAt.is_null())
            .exec_with_returning(tx)
            .await?;
        ended.extend(rows.into_iter().map(|row| row.id));
    }
    Ok(ended)
}

/// Which sessions of a person go on when the others end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Spared {
    /// None.
    Nobody,
    /// This one and those it stands on. What was derived from it ends: if somebody copied its cookie, they made that.
    Alone(Uuid),
    /// This one, those it stands on and those derived from it.
    Line(Uuid),
}

/// Ends the sessions of a person but those that are spared. Answers how many ended.
///
/// Where none is spared every access token of the person is refused from now on, whatever session it came from.
pub(crate) async fn revoke_all_of(
    ground: &Ground,
    tx: &DatabaseTransaction,
    user: Uuid,
    spared: Spared,
    reason: &'static str,
) -> Result<u64, AuthError> {
    // The person's row first: whoever begins a session for them locks it too, and so comes before this or fails.
    let epoch = lock(ground, tx, user, matches!(spared, Spared::Nobody)).await?;
    let (Spared::Alone(except) | Spared::Line(except)) = spared else {
        let ended = sessions::Entity::update_many()
            .col_expr(sessions::Column::RevokedAt, Expr::value(ground.clock.now()))
            .col_expr(sessions::Column::Reason, Expr::value(reason))
            .filter(sessions::Column::UserId.eq(user))
            .filter(sessions::Column::RevokedAt.is_null())
            .exec(tx)
            .await?;
        if let Some(epoch) = epoch {
            // It stands for all of their sessions, however many there are.
            ground.revocations.user(tx, user, epoch).await?;
        }
        return Ok(ended.rows_affected);
    };
    let open: Vec<(Uuid, Option<Uuid>)> = sessions::Entity::find()
        .select_only()
        .columns([sessions::Column::Id, sessions::Column::ParentId])
        .filter(sessions::Column::UserId.eq(user))
        .filter(sessions::Column::RevokedAt.is_null())
        .order_by_asc(sessions::Column::Id)
        .into_tuple()
        .all(tx)
        .await?;
    let kept = line_of(except, &open, matches!(spared, Spared::Line(_)));
    let ids: Vec<Uuid> = open.into_iter().map(|(id, _)| id).filter(|id| !kept.contains(id)).collect();
    let ended = end(ground, tx, &ids, reason).await?;
    for session in &ended {
        ground.revocations.session(tx, *session).await?;
    }
    Ok(ended.len() as u64)
}

/// Locks the row of a person and answers the epoch of their tokens, which is a new one if asked for.
async fn lock(ground: &Ground, tx: &DatabaseTransaction, user: Uuid, next: bool) -> Result<Option<i64>, AuthError> {
    let rows = users::Entity::update_many()
        .col_expr(users::Column::TokenEpoch, Expr::col(users::Column::TokenEpoch).add(i64::from(next)))
        .col_expr(users::Column::UpdatedAt, Expr::value(ground.clock.now()))
        .filter(users::Column::Id.eq(user))
        .exec_with_returning(tx)
        .await?;
    Ok(rows.first().map(|row| row.token_epoch))
}

/// A session, those it was derived from and, where they are asked for, those derived from it.
fn line_of(session: Uuid, open: &[(Uuid, Option<Uuid>)], with_derived: bool) -> BTreeSet<Uuid> {
    let parents: BTreeMap<Uuid, Option<Uuid>> = open.iter().copied().collect();
    let ancestors = |id: Uuid| std::iter::successors(Some(id), |id| parents.get(id).copied().flatten());
    let mut line: BTreeSet<Uuid> = ancestors(session).collect();
    if with_derived {
        line.extend(open.iter().map(|(id, _)| *id).filter(|id| ancestors(*id).any(|above| above == session)));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_what_is_above_and_below() {
        let id = Uuid::from_u128;
        let open = [
            (id(1), None),
            (id(2), Some(id(1))),
            (id(3), Some(id(1))),
            (id(4), Some(id(2))),
            (id(5), None),
            (id(6), Some(id(4))),
        ];
        let line = |session| line_of(id(session), &open, true).into_iter().map(|id| id.as_u128()).collect::<Vec<_>>();
        assert_eq!(line(2), [1, 2, 4, 6]);
        assert_eq!(line(1), [1, 2, 3, 4, 6]);
        assert_eq!(line(5), [5]);
        assert_eq!(line_of(id(2), &open, false), [id(1), id(2)].into());
        assert_eq!(line(9), [9], "a session that has ended keeps nothing else");
    }
}

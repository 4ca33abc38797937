//! Writing a new session, and ending the oldest of those it is one too many for.

use atriz_db::Engine;
use sea_orm::sea_query::{Expr, Query, SubQueryStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, TryIntoModel,
};
use uuid::Uuid;

use super::held::{self, Authority, held};
use super::limits::OPEN;
use super::revoke::revoke_tree;
use crate::AuthError;
use crate::entity::auth::sessions;
use crate::ground::Ground;

/// A session that was begun.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) session: sessions::Model,
    pub(super) authority: Authority,
    /// Whether others ended for it; `revocations.applied()` is then called once the transaction is committed.
    pub(super) made_room: bool,
}

/// Writes the row of a new session. Of the others of this person in this app that are open, the oldest end where there
/// would be too many; the one that it is derived from stays, and is not counted.
///
/// The caller has locked the person's row: whoever changes what they may do waits, or was waited for.
pub(super) async fn open(
    ground: &Ground,
    tx: &DatabaseTransaction,
    row: sessions::ActiveModel,
) -> Result<Opened, AuthError> {
    let session = row.clone().try_into_model()?;
    let others = others(&session, ground);
    let (count, authority) = insert(tx, ground.database.engine(), row, others.clone()).await?;
    let made_room = count >= OPEN && {
        let oldest: Vec<Uuid> = others
            .select_only()
            .column(sessions::Column::Id)
            .order_by_desc(sessions::Column::CreatedAt)
            .order_by_desc(sessions::Column::Id)
            .offset(OPEN - 1)
            .limit(OPEN)
            .into_tuple()
            .all(tx)
            .await?;
        !revoke_tree(ground, tx, &oldest, "too_many").await?.is_empty()
    };
    Ok(Opened { session, authority, made_room })
}

/// Those that are open besides this one and the one it is derived from.
fn others(session: &sessions::Model, ground: &Ground) -> Select<sessions::Entity> {
    let now = ground.clock.now();
    let open = Condition::all()
        .add(sessions::Column::UserId.eq(session.user_id))
        .add(sessions::Column::AppId.eq(session.app_id))
        .add(sessions::Column::RevokedAt.is_null())
        .add(sessions::Column::IdleExpiresAt.gt(now))
        .add(sessions::Column::AbsoluteExpiresAt.gt(now))
        .add(sessions::Column::Id.is_not_in(std::iter::once(session.id).chain(session.parent_id)));
    sessions::Entity::find().filter(open)
}

/// Inserts the row. The same statement answers how many others there are, and all that a token is made of: the database
/// is looked at once.
async fn insert(
    tx: &DatabaseTransaction,
    engine: Engine,
    row: sessions::ActiveModel,
    others: Select<sessions::Entity>,
) -> Result<(u64, Authority), DbErr> {
    const EPOCH: &str = "(SELECT u.token_epoch FROM users u WHERE u.id = sessions.user_id)";
    let held = match engine {
        Engine::Postgres => held!(postgres, "sessions.created_at"),
        Engine::Sqlite => held!(sqlite, "sessions.created_at"),
    };
    let count = others.select_only().column_as(sessions::Column::Id.count(), "others").into_query();
    let count = Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(count)));
    let mut insert = sessions::Entity::insert(row).into_query();
    insert.returning(Query::returning().exprs([count, Expr::cust(EPOCH), Expr::cust(held)]));
    let found = tx.query_one(&insert).await?.ok_or(DbErr::RecordNotInserted)?;
    let (count, held): (i64, Option<String>) = (found.try_get_by_index(0)?, found.try_get_by_index(2)?);
    let authority = Authority { epoch: found.try_get_by_index(1)?, held: held::parse(held.as_deref())? };
    Ok((u64::try_from(count).unwrap_or_default(), authority))
}

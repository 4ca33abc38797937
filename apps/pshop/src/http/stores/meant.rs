//! Which store a request is about.

use atriz_app::{Context, OrProblem, plain};
use atriz_core_http::{Caller, sees_all};
use atriz_web::Problem;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entity::catalog::store_members;
use crate::entity::catalog::stores::{Column, Entity};

/// What the other queries need to know of a store.
#[derive(Debug, FromQueryResult)]
pub(in super::super) struct Store {
    pub(in super::super) id: Uuid,
    pub(in super::super) code: String,
    pub(in super::super) currency: String,
}

/// The store with the code in parameter `store`; without one, the only store there is.
///
/// # Errors
///
/// A 400 that names `store` when no store has the code, or when there is no single one.
pub(in super::super) async fn meant(context: &Context, code: Option<&str>) -> Result<Store, Problem> {
    let found = among(context, code, Condition::all()).await?;
    found.ok_or_else(|| Problem::invalid_parameter("store", "cannot be left out: there is no store yet"))
}

/// The same, of the stores that the caller is a member of; nothing without a code for a member of none.
///
/// # Errors
///
/// As [`meant`]: a store of others is one that is not there.
pub(in super::super) async fn own(
    context: &Context,
    caller: &Caller,
    code: Option<&str>,
) -> Result<Option<Store>, Problem> {
    among(context, code, of_own_store(caller)).await
}

fn of_own_store(caller: &Caller) -> Condition {
    use store_members::{Column as Member, Entity as Members};
    match caller.user {
        Some(user) if !sees_all(caller) => {
            let own =
                Query::select().column(Member::StoreId).from(Members).and_where(Member::UserId.eq(user.0)).to_owned();
            Condition::all().add(Column::Id.in_subquery(own))
        }
        _ => Condition::all(),
    }
}

async fn among(context: &Context, code: Option<&str>, stores: Condition) -> Result<Option<Store>, Problem> {
    let query = Entity::find().select_only().columns([Column::Id, Column::Code, Column::Currency]).filter(stores);
    let query = match code {
        Some(code) => query.filter(Column::Code.eq(plain("store", code, 100)?)),
        None => query,
    };
    let rows = query.order_by_asc(Column::Code).limit(2).into_model::<Store>();
    let mut rows = rows.all(context.database.read()).await.or_problem()?;
    match (rows.pop(), rows.is_empty(), code) {
        (Some(store), true, _) => Ok(Some(store)),
        (_, _, Some(_)) => Err(Problem::invalid_parameter("store", "is the code of no store")),
        (None, ..) => Ok(None),
        (Some(_), ..) => Err(Problem::invalid_parameter("store", "cannot be left out: there are several stores")),
    }
}

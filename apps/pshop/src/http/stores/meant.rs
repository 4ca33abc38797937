//! Which store a request is about.

use atriz_app::{Context, OrProblem, plain};
use atriz_web::Problem;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

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
    let query = Entity::find().select_only().columns([Column::Id, Column::Code, Column::Currency]);
    let query = match code {
        Some(code) => query.filter(Column::Code.eq(plain("store", code, 100)?)),
        None => query,
    };
    let rows = query.order_by_asc(Column::Code).limit(2).into_model::<Store>();
    let mut rows = rows.all(context.database.read()).await.or_problem()?;
    match (rows.pop(), rows.is_empty(), code) {
        (Some(store), true, _) => Ok(store),
        (_, _, Some(_)) => Err(Problem::invalid_parameter("store", "is the code of no store")),
        (None, ..) => Err(Problem::invalid_parameter("store", "cannot be left out: there is no store yet")),
        (Some(_), ..) => Err(Problem::invalid_parameter("store", "cannot be left out: there are several stores")),
    }
}

//! `GET /items/{id}`.

use atriz_app::{Context, OrProblem};
use atriz_core_http::Public;
use atriz_web::{Path, Problem, versioned};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::image::{Image, of_item};
use super::summary::{ItemSummary, SummaryRow};
use crate::entity::app::items::{Column, Entity, ItemStatus};

/// Something that a person offers, with everything that is said about it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Item {
    #[serde(flatten)]
    summary: ItemSummary,
    /// What there is to say about it.
    body: String,
    /// The account that offers it.
    owner_id: Uuid,
    /// All its pictures, in their order.
    images: Vec<Image>,
    /// Grows with every change; also in the `ETag`.
    version: i64,
}

/// Shows one item. One that is reserved or sold is still shown; drafts and what was taken down are not.
#[utoipa::path(get, path = "/items/{id}", tag = "items", params(("id" = Uuid, Path, description = "The item")),
    extensions(("x-public" = json!(true))),
    responses(
        (status = 200, body = Item, headers(("ETag" = String, description = "The version, and a hash of what is shown"))),
        (status = 304, description = "`If-None-Match` has the tag: nothing of it has changed"),
    ))]
pub(super) async fn show(
    _: Public,
    State(context): State<Context>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let connection = context.database.read();
    let open = [ItemStatus::Published, ItemStatus::Reserved, ItemStatus::Sold];
    let row = Entity::find_by_id(id).filter(Column::Status.is_in(open)).one(connection).await.or_problem()?;
    let row = row.ok_or_else(Problem::not_found)?;
    let summary = SummaryRow::find().filter(Column::Id.eq(id)).into_model::<SummaryRow>();
    let summary = summary.one(connection).await.or_problem()?.ok_or_else(Problem::not_found)?;
    let images = of_item(connection, id).await.or_problem()?;
    let summary = summary.shown(images.first().cloned());
    let item = Item { summary, body: row.body, owner_id: row.owner_id, images, version: row.version };
    Ok(versioned(&headers, item.version, &item))
}

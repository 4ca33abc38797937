//! `GET /inventory`.

use atriz_app::{Context, OrProblem};
use atriz_core_http::{Require, permission};
use atriz_web::{ListQuery, Page, PageQuery, Problem};
use axum::extract::State;
use axum::response::Response;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::super::stores::own;
use crate::entity::catalog::products;
use crate::entity::stock::inventory::{Column, Entity};

permission! {
    /// Sees the stock.
    pub(super) InventoryRead = "inventory.read";
}

/// Which stock a caller asks for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct InventoryQuery {
    /// The code of the store; may be left out by members of a single one.
    #[param(example = "demo")]
    store: Option<String>,
    /// `1` for only what should be ordered: what is available is no more than `reorder_at_milli`.
    #[serde(default, deserialize_with = "atriz_app::flag")]
    #[param(value_type = u8, required = false, minimum = 0, maximum = 1)]
    low: bool,
}

/// How much of a product is there. Quantities are in thousandths of its unit.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub(super) struct Stock {
    product_id: Uuid,
    #[schema(example = "P0001")]
    sku: String,
    name: String,
    /// What is in the store.
    #[schema(example = 23000)]
    on_hand_milli: i64,
    /// The part of it that is promised to orders.
    reserved_milli: i64,
    /// The part of it that is lent to tills for selling without a connection.
    leased_milli: i64,
    /// What is left to sell.
    available_milli: i64,
    /// When to order more; null when nobody watches.
    #[schema(required)]
    reorder_at_milli: Option<i64>,
    /// Grows with every change.
    version: i64,
}

/// Lists what is in stock, by product. Whoever is a member of no store sees nothing.
#[utoipa::path(get, path = "/inventory", tag = "inventory", params(InventoryQuery, PageQuery),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-permission" = json!("inventory.read"))),
    responses((status = 200, body = Page<Stock>)))]
pub(super) async fn list(
    caller: Require<InventoryRead>,
    State(context): State<Context>,
    ListQuery { filters, page }: ListQuery<InventoryQuery>,
) -> Result<Response, Problem> {
    let Some(store) = own(&context, &caller, filters.store.as_deref()).await? else {
        return Ok(Page::<Stock> { items: Vec::new(), next: None }.linked(&page));
    };
    let mut rows = find().filter(Column::StoreId.eq(store.id));
    if filters.low {
        rows = rows.filter(available().lte(Expr::col(Column::ReorderAt.as_column_ref())));
    }
    if let Some(product) = page.key::<Uuid>()? {
        rows = rows.filter(Column::ProductId.gt(product));
    }
    let rows = rows.order_by_asc(Column::ProductId).limit(u64::from(page.limit()) + 1).into_model::<Stock>();
    let rows = rows.all(context.database.read()).await.or_problem()?;
    Ok(Page::from_rows(rows, &page, |row| row.product_id).linked(&page))
}

fn find() -> Select<Entity> {
    Entity::find()
        .select_only()
        .columns([Column::ProductId, Column::Version])
        .column_as(Column::OnHand, "on_hand_milli")
        .column_as(Column::Reserved, "reserved_milli")
        .column_as(Column::Leased, "leased_milli")
        .column_as(Column::ReorderAt, "reorder_at_milli")
        .column_as(available(), "available_milli")
        .columns([products::Column::Sku, products::Column::Name])
        .inner_join(products::Entity)
}

fn available() -> Expr {
    Column::OnHand.into_expr().sub(Column::Reserved.into_expr()).sub(Column::Leased.into_expr())
}

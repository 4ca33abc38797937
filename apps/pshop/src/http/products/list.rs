//! `GET /products`.

use atriz_app::{Context, Frequency, Index, OrProblem, Search, plain};
use atriz_core_http::Public;
use atriz_web::{ListQuery, Page, PageQuery, Problem};
use axum::extract::State;
use axum::response::Response;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::stores::meant;
use super::view::Product;
use crate::entity::catalog::products::{Column, Entity, Model};

/// Which products a caller asks for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ProductsQuery {
    /// The code of the store; may be left out where there is only one.
    #[param(example = "demo")]
    store: Option<String>,
    /// Only products with all these words in SKU or name; each may be the beginning of a word.
    #[param(example = "wholemeal bag")]
    q: Option<String>,
}

const INDEX: Index = Index { table: "products", schema: "catalog" };

/// Lists what a store sells, by SKU.
#[utoipa::path(get, path = "/products", tag = "products", params(ProductsQuery, PageQuery),
    extensions(("x-public" = json!(true))),
    responses((status = 200, body = Page<Product>)))]
pub(super) async fn list(
    _: Public,
    State(context): State<Context>,
    ListQuery { filters, page }: ListQuery<ProductsQuery>,
) -> Result<Response, Problem> {
    let search = Search::parse("q", filters.q.as_deref())?;
    let store = meant(&context, filters.store.as_deref()).await?;
    let mut rows = Entity::find().filter(Column::StoreId.eq(store.id)).filter(Column::DeletedAt.is_null());
    if let Some(search) = search {
        // What one store sells is few enough to take the matches first, whatever they are.
        rows = rows.filter(search.condition(context.database.engine(), INDEX, Frequency::Rare));
    }
    // The store is the same in all rows, so its SKU alone says where a page goes on.
    if let Some(sku) = page.key::<String>()? {
        rows = rows.filter(Column::Sku.gt(plain("after", &sku, 100)?));
    }
    let rows = rows.order_by_asc(Column::Sku).limit(u64::from(page.limit()) + 1);
    let rows = rows.all(context.database.read()).await.or_problem()?;
    let shown = Page::from_rows(rows, &page, |row: &Model| row.sku.clone());
    Ok(shown.map(|row| Product::of(row, &store)).linked(&page))
}

//! `GET /stores`.

use atriz_app::{Context, OrProblem, plain};
use atriz_core_http::Public;
use atriz_web::{ListQuery, NoFilters, Page, PageQuery, Problem};
use axum::extract::State;
use axum::response::Response;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::entity::catalog::stores::{Column, Entity, Model, TaxMode as Stored};

/// Whether a store's prices contain the tax.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum TaxMode {
    /// They do.
    Incl,
    /// The tax is added to them.
    Excl,
}

/// A shop with its own products, stock and tills.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct StoreView {
    id: Uuid,
    /// What the `store` parameter of other requests takes.
    #[schema(example = "demo")]
    code: String,
    name: String,
    /// The currency of all its prices, by its ISO 4217 code.
    #[schema(example = "EUR")]
    currency: String,
    tax_mode: TaxMode,
}

impl From<Model> for StoreView {
    fn from(row: Model) -> Self {
        let tax_mode = match row.tax_mode {
            Stored::Incl => TaxMode::Incl,
            Stored::Excl => TaxMode::Excl,
        };
        Self { id: row.id, code: row.code, name: row.name, currency: row.currency, tax_mode }
    }
}

/// Lists stores by their codes.
#[utoipa::path(get, path = "/stores", tag = "stores", params(PageQuery),
    extensions(("x-public" = json!(true))),
    responses((status = 200, body = Page<StoreView>)))]
pub(super) async fn list(
    _: Public,
    State(context): State<Context>,
    ListQuery { page, .. }: ListQuery<NoFilters>,
) -> Result<Response, Problem> {
    let mut rows = Entity::find();
    if let Some(code) = page.key::<String>()? {
        rows = rows.filter(Column::Code.gt(plain("after", &code, 100)?));
    }
    let rows = rows.order_by_asc(Column::Code).limit(u64::from(page.limit()) + 1);
    let rows = rows.all(context.database.read()).await.or_problem()?;
    let shown = Page::from_rows(rows, &page, |row: &Model| row.code.clone());
    Ok(shown.map(StoreView::from).linked(&page))
}

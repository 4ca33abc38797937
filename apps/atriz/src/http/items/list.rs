//! `GET /items`.

use atriz_app::{Context, OrProblem};
use atriz_core_http::Public;
use atriz_web::{ListQuery, Page, PageQuery, Problem};
use axum::extract::State;
use axum::response::Response;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use utoipa::IntoParams;

use super::found::found;
use super::image::covers;
use super::summary::{ItemSummary, SummaryRow};
use crate::entity::app::items::Column;

/// Which items a caller asks for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ItemsQuery {
    /// Only items in this category and those below it, by its path or its id.
    #[param(example = "/electronics/")]
    pub(super) category: Option<String>,
    /// Only items in this place, by its kind and code; what lies in a country or region is in it.
    #[param(example = "country/PT")]
    pub(super) location: Option<String>,
    /// Only items with all these words in title or text; each may be the beginning of a word.
    #[param(example = "steel bic")]
    pub(super) q: Option<String>,
    /// Only items whose price is in this currency, by its ISO 4217 code.
    #[param(example = "EUR")]
    pub(super) currency: Option<String>,
    /// Only items that cost at most so much, in minor units of `currency`, which has to be given too.
    #[param(minimum = 0, example = 50_000)]
    pub(super) price_lte: Option<i64>,
}

/// Lists what is published, the newest first.
#[utoipa::path(get, path = "/items", tag = "items", params(ItemsQuery, PageQuery),
    extensions(("x-public" = json!(true))),
    responses((status = 200, body = Page<ItemSummary>)))]
pub(super) async fn list(
    _: Public,
    State(context): State<Context>,
    ListQuery { filters, page }: ListQuery<ItemsQuery>,
) -> Result<Response, Problem> {
    let connection = context.database.read();
    // The ids of the page come first: whatever has to be sorted for them stays small, and nothing is joined in vain.
    let rows = SummaryRow::find().filter(Column::Id.in_subquery(found(&context, &filters, &page).await?));
    let rows = rows.order_by_desc(Column::PublishedAt).order_by_desc(Column::Id).into_model::<SummaryRow>();
    let rows = rows.all(connection).await.or_problem()?;
    let rows = Page::from_rows(rows, &page, |row| (row.published_at, row.id));
    let ids: Vec<_> = rows.items.iter().map(|row| row.id).collect();
    let mut covers = covers(connection, &ids).await.or_problem()?;
    let shown = rows.map(|row| {
        let cover = covers.remove(&row.id);
        row.shown(cover)
    });
    Ok(shown.linked(&page))
}

//! Which items a page of the list has.

use atriz_app::{Context, Frequency, Index, OrProblem, Search, beginning_with, keyset, sorted_last, storable_time};
use atriz_web::Problem;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ExprTrait};
use uuid::Uuid;

use super::super::{categories, locations};
use super::list::ItemsQuery;
use crate::entity::app::items::{Column, Entity};
use crate::entity::master::locations as places;

const INDEX: Index = Index { table: "items", schema: "app" };

/// The ids of the items of a page, and one more where there is another page.
pub(super) async fn found(context: &Context, query: &ItemsQuery) -> Result<SelectStatement, Problem> {
    let price = query.price_lte;
    if price.is_some_and(|price| price < 0) {
        return Err(Problem::invalid_parameter("price_lte", "must not be negative"));
    }
    let mut items = Query::select();
    items.columns([Column::Id, Column::PublishedAt]).from(Entity);
    items.and_where(published());
    items.and_where_option(price.map(|price| Column::PriceMinor.lte(price)));
    if let Some(name) = &query.category {
        let category = categories::named(context, "category", name).await?;
        items.and_where(Column::CategoryId.in_subquery(categories::subtree(&category)));
    }
    if let Some(name) = &query.location {
        items.and_where(within(&locations::named(context, "location", name).await?));
    }
    let (condition, frequency) = searched(context, query.q.as_deref()).await?.unzip();
    items.and_where_option(condition);
    if let Some((published, id)) = query.page.key::<(DateTime<Utc>, Uuid)>()? {
        let key = [storable_time("after", published)?.into(), id.into()];
        items.and_where(keyset::before([Column::PublishedAt, Column::Id], key));
    }
    let mut page = sorted_last(context.database.engine(), frequency, items);
    page.column(Column::Id).order_by(Column::PublishedAt, Order::Desc).order_by(Column::Id, Order::Desc);
    Ok(page.limit(u64::from(query.page.limit()) + 1).to_owned())
}

async fn searched(context: &Context, q: Option<&str>) -> Result<Option<(Expr, Frequency)>, Problem> {
    let Some(search) = Search::parse("q", q)? else { return Ok(None) };
    let engine = context.database.engine();
    let frequency = search.frequency(context.database.read(), engine, INDEX, published());
    let frequency = frequency.await.or_problem()?;
    Ok(Some((search.condition(engine, INDEX, frequency), frequency)))
}

/// The status is written out, since the indexes of what is published hold nothing else.
fn published() -> Expr {
    Column::Status.into_expr().eq(Expr::cust("'published'"))
}

/// Nothing lies in a city but the city, so one index answers; for the others their parts are looked up.
fn within(place: &places::Model) -> Expr {
    if place.kind == places::LocationKind::City {
        return Column::LocationId.eq(place.id);
    }
    let below = places::Column::Path.into_expr().like(beginning_with(&place.path));
    let parts = Query::select().column(places::Column::Id).from(places::Entity).and_where(below).to_owned();
    Column::LocationId.in_subquery(parts)
}

//! Which items a page of the list has.

use atriz_app::{Context, Frequency, Index, OrProblem, Search, beginning_with, keyset, sorted_last, storable_time};
use atriz_web::{PageQuery, Problem};
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
pub(super) async fn found(context: &Context, query: &ItemsQuery, page: &PageQuery) -> Result<SelectStatement, Problem> {
    let price = price(query)?;
    let mut items = Query::select();
    items.columns([Column::Id, Column::PublishedAt]).from(Entity);
    items.and_where(published());
    items.and_where_option(price);
    if let Some(name) = &query.category {
        let category = categories::named(context, "category", name).await?;
        items.and_where(Column::CategoryId.in_subquery(categories::subtree(&category)));
    }
    if let Some(name) = &query.location {
        items.and_where(within(&locations::named(context, "location", name).await?));
    }
    let (condition, frequency) = searched(context, query.q.as_deref()).await?.unzip();
    items.and_where_option(condition);
    if let Some((published, id)) = page.key::<(DateTime<Utc>, Uuid)>()? {
        let key = [storable_time("after", published)?.into(), id.into()];
        items.and_where(keyset::before([Column::PublishedAt, Column::Id], key));
    }
    let mut found = sorted_last(context.database.engine(), frequency, items);
    found.column(Column::Id).order_by(Column::PublishedAt, Order::Desc).order_by(Column::Id, Order::Desc);
    Ok(found.limit(u64::from(page.limit()) + 1).to_owned())
}

/// The condition on the price. Amounts of two currencies cannot be compared, so an amount needs its currency.
fn price(query: &ItemsQuery) -> Result<Option<Expr>, Problem> {
    let refused = |field, message: &'static str| Err(Problem::invalid_parameter(field, message));
    if query.currency.as_deref().is_some_and(|code| code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase())) {
        return refused("currency", "must be a code of three capital letters, such as EUR");
    }
    let currency = query.currency.as_deref().map(|code| Column::Currency.eq(code));
    match (query.price_lte, currency) {
        (Some(price), _) if price < 0 => refused("price_lte", "must not be negative"),
        (Some(_), None) => refused("currency", "is needed with `price_lte`: in which currency is that amount?"),
        (Some(price), Some(currency)) => Ok(Some(currency.and(Column::PriceMinor.lte(price)))),
        (None, currency) => Ok(currency),
    }
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

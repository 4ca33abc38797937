//! `GET /locations`.

use atriz_app::{Context, OrProblem, beginning_with, keyset, plain};
use atriz_core_http::Public;
use atriz_web::{ListQuery, Page, PageQuery, Problem};
use axum::extract::State;
use axum::response::Response;
use sea_orm::sea_query::{Expr, Func, Order};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::fold::fold;
use super::{Kind, Location, shown};
use crate::entity::master::locations::{Column, Entity, LocationKind, Model};

/// Which locations a caller asks for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LocationsQuery {
    /// How the name begins; case and accents do not matter. Without it, all are listed by kind and code.
    #[param(example = "sao p")]
    q: Option<String>,
    /// Only locations of this kind.
    #[param(inline)]
    kind: Option<Kind>,
}

/// Finds locations by how their names begin, those with most people first.
#[utoipa::path(get, path = "/locations", tag = "locations", params(LocationsQuery, PageQuery),
    extensions(("x-public" = json!(true))),
    responses((status = 200, body = Page<Location>)))]
pub(super) async fn list(
    _: Public,
    State(context): State<Context>,
    ListQuery { filters, page }: ListQuery<LocationsQuery>,
) -> Result<Response, Problem> {
    let prefix = plain("q", filters.q.as_deref().unwrap_or_default(), 200).map(fold)?;
    let found = match prefix.trim_start() {
        "" => by_code(&context, filters.kind, &page).await?,
        prefix => by_prefix(&context, filters.kind, prefix, &page).await?,
    };
    let items = shown(context.database.read(), found.items).await.or_problem()?;
    Ok(Page { items, next: found.next }.linked(&page))
}

async fn by_code(context: &Context, kind: Option<Kind>, page: &PageQuery) -> Result<Page<Model>, Problem> {
    let mut rows = Entity::find();
    if let Some(kind) = kind {
        rows = rows.filter(Column::Kind.eq(LocationKind::from(kind)));
    }
    if let Some((last, code)) = page.key::<(Kind, String)>()? {
        let code = plain("after", &code, 100)?;
        // What is one value already is not compared again: SQLite would read on from the first of that kind.
        rows = if kind.is_some() {
            rows.filter(Column::Code.gt(code))
        } else {
            rows.filter(keyset::after([Column::Kind, Column::Code], [LocationKind::from(last).into(), code.into()]))
        };
    }
    let rows = rows.order_by_asc(Column::Kind).order_by_asc(Column::Code).limit(u64::from(page.limit()) + 1);
    let rows = rows.all(context.database.read()).await.or_problem()?;
    Ok(Page::from_rows(rows, page, |row| (Kind::from(row.kind), row.code.clone())))
}

async fn by_prefix(
    context: &Context,
    kind: Option<Kind>,
    prefix: &str,
    page: &PageQuery,
) -> Result<Page<Model>, Problem> {
    let mut rows = Entity::find().filter(Column::SearchName.into_expr().like(beginning_with(prefix)));
    if let Some(kind) = kind {
        // Not the bare column: SQLite would read all cities by its index rather than a few names by theirs.
        let column = Func::lower(Expr::col(Column::Kind));
        rows = rows.filter(Expr::from(column).eq(LocationKind::from(kind)));
    }
    if let Some((population, id)) = page.key::<(i64, Uuid)>()? {
        let last = Expr::tuple([Expr::val(population), Expr::val(id)]);
        rows = rows.filter(Expr::tuple([people(), Expr::col(Column::Id)]).lt(last));
    }
    let rows = rows.order_by(people(), Order::Desc).order_by_desc(Column::Id).limit(u64::from(page.limit()) + 1);
    let rows = rows.all(context.database.read()).await.or_problem()?;
    Ok(Page::from_rows(rows, page, |row| (row.population.unwrap_or(-1), row.id)))
}

/// The number of people, with those places last where it is not known.
fn people() -> Expr {
    Func::coalesce([Expr::col(Column::Population), Expr::val(-1)]).into()
}

//! `GET /categories`.

use atriz_app::{Context, OrProblem, keyset};
use atriz_core_http::Public;
use atriz_web::{ListQuery, Page, PageQuery, Problem};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::tree::{CategoryNode, TreeCache};
use super::{Category, named};
use crate::entity::master::categories::{Column, Entity, Model};

/// Which categories a caller asks for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CategoriesQuery {
    /// `1` for the whole tree at once; no other parameter goes with it.
    #[serde(default, deserialize_with = "atriz_app::flag")]
    #[param(value_type = u8, required = false, minimum = 0, maximum = 1)]
    tree: bool,
    /// The category whose children are listed, by its path or its id; the top when left out.
    parent: Option<String>,
}

/// Either form of the answer.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its shape is used: each form is answered as what it is")]
enum CategoriesAnswer {
    Page(Page<Category>),
    Tree(Vec<CategoryNode>),
}

/// Lists the children of a category in their order, or shows the whole tree at once.
#[utoipa::path(get, path = "/categories", tag = "categories", params(CategoriesQuery, PageQuery),
    extensions(("x-public" = json!(true))),
    responses((status = 200, description = "A page, or the tree", body = CategoriesAnswer)))]
pub(super) async fn list(
    _: Public,
    State(context): State<Context>,
    State(tree): State<TreeCache>,
    ListQuery { filters, page }: ListQuery<CategoriesQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !filters.tree {
        return children(&context, filters.parent.as_deref(), &page).await;
    }
    match filters.parent.map(|_| "parent").or(page.given()) {
        Some(field) => Err(Problem::invalid_parameter(field, "does not go with `tree`")),
        None => Ok(tree.get(&context.database).await.or_problem()?.respond(&headers)),
    }
}

async fn children(context: &Context, parent: Option<&str>, page: &PageQuery) -> Result<Response, Problem> {
    let mut rows = Entity::find();
    rows = match parent {
        Some(parent) => rows.filter(Column::ParentId.eq(named(context, "parent", parent).await?.id)),
        None => rows.filter(Column::ParentId.is_null()),
    };
    if let Some((sort, id)) = page.key::<(i32, Uuid)>()? {
        rows = rows.filter(keyset::after([Column::Sort, Column::Id], [sort.into(), id.into()]));
    }
    let rows = rows.order_by_asc(Column::Sort).order_by_asc(Column::Id).limit(u64::from(page.limit()) + 1);
    let rows = rows.all(context.database.read()).await.or_problem()?;
    let shown = Page::from_rows(rows, page, |row: &Model| (row.sort, row.id)).map(Category::from);
    Ok(shown.linked(page))
}

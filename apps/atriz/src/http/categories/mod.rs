//! The tree that items are filed under.

mod list;
mod tree;

use atriz_app::{Context, OrProblem, beginning_with, plain};
use atriz_web::Problem;
use axum::extract::FromRef;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::entity::master::categories::{Column, Entity, Model};
use tree::TreeCache;

/// A category that items are filed under.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Category {
    id: Uuid,
    /// The category above; null at the top.
    #[schema(required)]
    parent_id: Option<Uuid>,
    slug: String,
    name: String,
    /// The slugs from the top down to it.
    #[schema(example = "/electronics/audio/")]
    path: String,
    /// How many categories stand above it.
    depth: i32,
    /// Whether new items may be filed under it.
    is_active: bool,
}

impl From<Model> for Category {
    fn from(row: Model) -> Self {
        let Model { id, parent_id, slug, name, path, depth, is_active, .. } = row;
        Self { id, parent_id, slug, name, path, depth, is_active }
    }
}

/// What these handlers share.
#[derive(Clone)]
struct Categories {
    context: Context,
    tree: TreeCache,
}

impl FromRef<Categories> for Context {
    fn from_ref(state: &Categories) -> Self {
        state.context.clone()
    }
}

impl FromRef<Categories> for TreeCache {
    fn from_ref(state: &Categories) -> Self {
        state.tree.clone()
    }
}

pub(super) fn routes(context: &Context) -> OpenApiRouter {
    let state = Categories { context: context.clone(), tree: TreeCache::default() };
    OpenApiRouter::new().routes(routes!(list::list)).with_state(state)
}

/// The category that a parameter names by its path or its id.
///
/// # Errors
///
/// A 400 that names the parameter when there is no such category.
pub(super) async fn named(context: &Context, field: &'static str, name: &str) -> Result<Model, Problem> {
    let query = if name.starts_with('/') {
        let path = format!("{}/", plain(field, name, 600)?.trim_end_matches('/'));
        Entity::find().filter(Column::Path.eq(path))
    } else {
        let id = Uuid::parse_str(name);
        Entity::find_by_id(id.map_err(|_| Problem::invalid_parameter(field, "is neither a path nor an id"))?)
    };
    let found = query.one(context.database.read()).await.or_problem()?;
    found.ok_or_else(|| Problem::invalid_parameter(field, "names no category"))
}

/// The ids of a category and of all below it.
pub(super) fn subtree(category: &Model) -> SelectStatement {
    let below = Column::Path.into_expr().like(beginning_with(&category.path));
    Query::select().column(Column::Id).from(Entity).and_where(below).to_owned()
}

//! The pictures of items.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, Func, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::entity::app::item_images::{Column, Entity, Model};

/// A picture of an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Image {
    url: String,
    /// What it shows, for people who cannot see it.
    alt: String,
    /// Its width in pixels; null when not known.
    #[schema(required)]
    width: Option<i32>,
    /// Its height in pixels; null when not known.
    #[schema(required)]
    height: Option<i32>,
}

impl From<Model> for Image {
    fn from(row: Model) -> Self {
        let Model { url, alt, width, height, .. } = row;
        Self { url, alt, width, height }
    }
}

/// All pictures of one item, in their order.
pub(super) async fn of_item(connection: &impl ConnectionTrait, item: Uuid) -> Result<Vec<Image>, DbErr> {
    let rows = Entity::find().filter(Column::ItemId.eq(item)).order_by_asc(Column::Pos).all(connection).await?;
    Ok(rows.into_iter().map(Image::from).collect())
}

/// The first picture of each item that has one.
pub(super) async fn covers(connection: &impl ConnectionTrait, items: &[Uuid]) -> Result<HashMap<Uuid, Image>, DbErr> {
    if items.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted = || Column::ItemId.is_in(items.iter().copied());
    let mut first = Query::select();
    first.column(Column::ItemId).expr(Func::min(Expr::col(Column::Pos))).from(Entity);
    first.and_where(wanted()).group_by_col(Column::ItemId);
    let place = Expr::tuple([Expr::col(Column::ItemId), Expr::col(Column::Pos)]);
    let rows = Entity::find().filter(wanted()).filter(place.in_subquery(first)).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.item_id, Image::from(row))).collect())
}

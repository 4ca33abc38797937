//! The whole tree as one body, made once and served until a category changes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use atriz_db::Database;
use atriz_web::Cached;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, FromQueryResult, QueryOrder, QuerySelect};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::entity::master::categories::{Column, Entity};

/// For how long the tree is served without asking whether a category has changed.
const FRESH: Duration = Duration::from_secs(1);

/// A category with those below it. Its path is made of the slugs from the top down to it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CategoryNode {
    id: Uuid,
    slug: String,
    name: String,
    /// Whether new items may be filed under it.
    is_active: bool,
    /// The categories right below it, in their order.
    #[schema(no_recursion)]
    children: Vec<CategoryNode>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    parent_id: Option<Uuid>,
    slug: String,
    name: String,
    is_active: bool,
}

/// How many categories there are and the newest version among them: no change leaves both as they were.
type Fingerprint = (i64, Option<i64>);

/// The tree that was served last. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct TreeCache(Arc<Mutex<Option<Entry>>>);

#[derive(Debug)]
struct Entry {
    fingerprint: Fingerprint,
    checked: Instant,
    body: Cached,
}

impl TreeCache {
    /// The tree as it is now, or was within the last second. One caller asks the database, the others wait for it.
    pub(super) async fn get(&self, database: &Database) -> Result<Cached, DbErr> {
        let mut entry = self.0.lock().await;
        if let Some(entry) = entry.as_ref().filter(|entry| entry.checked.elapsed() < FRESH) {
            return Ok(entry.body.clone());
        }
        let fingerprint = fingerprint(database).await?;
        let known = entry.take().filter(|entry| entry.fingerprint == fingerprint);
        let body = match known {
            Some(known) => known.body,
            None => Cached::json(&read(database).await?).map_err(|error| DbErr::Json(error.to_string()))?,
        };
        *entry = Some(Entry { fingerprint, checked: Instant::now(), body: body.clone() });
        Ok(body)
    }
}

async fn fingerprint(database: &Database) -> Result<Fingerprint, DbErr> {
    let query = Entity::find().select_only().column_as(Column::Id.count(), "count");
    let query = query.column_as(Column::Version.max(), "version").into_tuple();
    Ok(query.one(database.read()).await?.unwrap_or_default())
}

async fn read(database: &Database) -> Result<Vec<CategoryNode>, DbErr> {
    let columns = [Column::Id, Column::ParentId, Column::Slug, Column::Name, Column::IsActive];
    let query = Entity::find().select_only().columns(columns);
    let query = query.order_by_asc(Column::Sort).order_by_asc(Column::Id).into_model::<Row>();
    let mut below: HashMap<Option<Uuid>, Vec<Row>> = HashMap::new();
    for row in query.all(database.read()).await? {
        below.entry(row.parent_id).or_default().push(row);
    }
    Ok(children(None, &mut below))
}

/// The rows are in order, and so are the children of each. A check of the table keeps the tree nine levels deep.
fn children(parent: Option<Uuid>, below: &mut HashMap<Option<Uuid>, Vec<Row>>) -> Vec<CategoryNode> {
    let rows = below.remove(&parent).unwrap_or_default();
    let node = |row: Row| {
        let Row { id, slug, name, is_active, .. } = row;
        CategoryNode { id, slug, name, is_active, children: children(Some(id), below) }
    };
    rows.into_iter().map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u128, parent: Option<u128>) -> Row {
        let slug = format!("c{id}");
        let parent_id = parent.map(Uuid::from_u128);
        Row { id: Uuid::from_u128(id), parent_id, name: slug.clone(), slug, is_active: true }
    }

    #[test]
    fn every_category_stands_below_its_parent_in_order() {
        let mut below = HashMap::new();
        for row in [row(1, None), row(4, Some(2)), row(2, Some(1)), row(3, Some(1))] {
            below.entry(row.parent_id).or_insert_with(Vec::new).push(row);
        }
        let tree = children(None, &mut below);
        let second: Vec<_> = tree[0].children.iter().map(|node| node.slug.as_str()).collect();
        assert_eq!((tree.len(), second), (1, vec!["c2", "c3"]));
        assert_eq!(tree[0].children[0].children[0].slug, "c4");
    }
}

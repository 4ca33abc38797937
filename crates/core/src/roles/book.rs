//! What each role permits and includes, kept in memory: read again every second, since seeds or another process may have
//! changed it. Who holds a role is not among it; that is asked of the database each time.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use atriz_db::Database;
use sea_orm::{DbErr, EntityTrait as _};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::EffectiveRoles;
use crate::entity::auth::{role_includes, role_permissions, roles};

/// How long what was read is taken as it is.
const YOUNG: Duration = Duration::from_secs(1);

/// One role.
#[derive(Debug)]
struct Page {
    code: String,
    /// The app it counts in; nothing for all of them.
    app: Option<Uuid>,
    includes: Vec<Uuid>,
    permissions: Vec<String>,
}

/// All roles, as they were read at one time.
#[derive(Debug)]
struct Pages {
    pages: HashMap<Uuid, Page>,
    /// The moment before they were read.
    read_at: Instant,
}

/// All roles; a copy costs a counter.
#[derive(Clone, Debug)]
pub(crate) struct RoleBook(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    pages: RwLock<Option<Arc<Pages>>>,
    /// Held while they are read, so that one reads for all.
    reading: Mutex<()>,
}

impl RoleBook {
    /// Over core's database; nothing is read yet.
    pub(crate) fn new(database: Database) -> Self {
        Self(Arc::new(Inner { database, pages: RwLock::default(), reading: Mutex::default() }))
    }

    /// What somebody who holds these roles is and may do in an app: by the roles of that app, and by those across all apps,
    /// with those that they include.
    pub(crate) async fn effective(&self, held: &[Uuid], app: Uuid) -> Result<EffectiveRoles, DbErr> {
        let asked = Instant::now();
        let pages = self.read_since(asked.checked_sub(YOUNG).unwrap_or(asked)).await?;
        // Who holds a role that is not in the book was given it a moment ago.
        let pages =
            if held.iter().all(|role| pages.pages.contains_key(role)) { pages } else { self.read_since(asked).await? };
        Ok(pages.effective(held, app))
    }

    /// The book as it was then or later.
    async fn read_since(&self, then: Instant) -> Result<Arc<Pages>, DbErr> {
        if let Some(pages) = self.get(then) {
            return Ok(pages);
        }
        let _one = self.0.reading.lock().await;
        if let Some(pages) = self.get(then) {
            return Ok(pages);
        }
        let pages = Arc::new(Pages::read(&self.0.database).await?);
        *self.0.pages.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&pages));
        Ok(pages)
    }

    fn get(&self, then: Instant) -> Option<Arc<Pages>> {
        let pages = self.0.pages.read().unwrap_or_else(PoisonError::into_inner);
        pages.as_ref().filter(|pages| pages.read_at >= then).cloned()
    }
}

impl Pages {
    async fn read(database: &Database) -> Result<Self, DbErr> {
        let (read_at, database) = (Instant::now(), database.read());
        let page = |role: roles::Model| {
            (role.id, Page { code: role.code, app: role.app_id, includes: Vec::new(), permissions: Vec::new() })
        };
        let mut pages: HashMap<Uuid, Page> = roles::Entity::find().all(database).await?.into_iter().map(page).collect();
        for row in role_includes::Entity::find().all(database).await? {
            if let Some(page) = pages.get_mut(&row.role_id) {
                page.includes.push(row.included_id);
            }
        }
        for row in role_permissions::Entity::find().all(database).await? {
            if let Some(page) = pages.get_mut(&row.role_id) {
                page.permissions.push(row.permission);
            }
        }
        Ok(Self { pages, read_at })
    }

    fn effective(&self, held: &[Uuid], app: Uuid) -> EffectiveRoles {
        // What was seen before is not followed again, so that a circle of roles ends.
        let (mut seen, mut open) = (BTreeSet::new(), held.to_vec());
        let mut effective = EffectiveRoles::default();
        while let Some(id) = open.pop() {
            let Some(page) = self.pages.get(&id).filter(|_| seen.insert(id)) else { continue };
            // A role of another app counts for nothing here; what it includes may.
            open.extend(&page.includes);
            if page.app.is_none_or(|of| of == app) {
                effective.roles.push(page.code.clone());
                effective.permissions.extend(page.permissions.iter().cloned());
            }
        }
        effective.roles.sort();
        effective
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(of: &[(u128, Option<u128>, &[u128])]) -> Pages {
        let page = |(id, app, includes): &(u128, Option<u128>, &[u128])| {
            let page = Page {
                code: format!("r{id}"),
                app: app.map(Uuid::from_u128),
                includes: includes.iter().copied().map(Uuid::from_u128).collect(),
                permissions: vec![format!("p{id}"), "shared".to_owned()],
            };
            (Uuid::from_u128(*id), page)
        };
        Pages { pages: of.iter().map(page).collect(), read_at: Instant::now() }
    }

    fn effective(pages: &Pages, held: &[u128], app: u128) -> (Vec<String>, Vec<String>) {
        let held: Vec<Uuid> = held.iter().copied().map(Uuid::from_u128).collect();
        let found = pages.effective(&held, Uuid::from_u128(app));
        (found.roles, found.permissions.into_iter().collect())
    }

    #[test]
    fn what_is_included_counts_in_its_own_app() {
        let pages = pages(&[(1, None, &[2, 3]), (2, Some(8), &[4]), (3, Some(9), &[]), (4, Some(9), &[])]);
        let words = |of: &[&str]| of.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(effective(&pages, &[1], 8), (words(&["r1", "r2"]), words(&["p1", "p2", "shared"])));
        assert_eq!(effective(&pages, &[1], 9).0, ["r1", "r3", "r4"]);
        assert_eq!(effective(&pages, &[2], 9).0, ["r4"], "through a role of another app");
        assert_eq!(effective(&pages, &[4, 4, 7], 9).0, ["r4"], "a role that is gone is none");
    }

    #[test]
    fn a_circle_ends() {
        let pages = pages(&[(1, None, &[2]), (2, None, &[1])]);
        assert_eq!(effective(&pages, &[1], 8).0, ["r1", "r2"]);
    }
}

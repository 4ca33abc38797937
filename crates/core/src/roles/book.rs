//! What each role permits and includes, kept in memory for a second. Who holds a role is not among it; that is asked of the
//! database each time.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use atriz_db::Database;
use sea_orm::{DbErr, EntityTrait as _};
use uuid::Uuid;

use super::EffectiveRoles;
use crate::entity::auth::{role_includes, role_permissions, roles};
use crate::recent::Recent;

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
struct Pages(HashMap<Uuid, Page>);

/// All roles; a copy costs a counter.
#[derive(Clone, Debug)]
pub(crate) struct RoleBook(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    pages: Recent<Pages>,
}

impl RoleBook {
    /// Over core's database; nothing is read yet.
    pub(crate) fn new(database: Database) -> Self {
        Self(Arc::new(Inner { database, pages: Recent::default() }))
    }

    /// What somebody who holds these roles is and may do in an app: by the roles of that app, and by those across all apps,
    /// with those that they include.
    pub(crate) async fn effective(&self, held: &[Uuid], app: Uuid) -> Result<EffectiveRoles, DbErr> {
        let is_complete = |pages: &Pages| held.iter().all(|role| pages.0.contains_key(role));
        let pages = self.0.pages.get(is_complete, || Pages::read(&self.0.database)).await?;
        Ok(pages.effective(held, app))
    }
}

impl Pages {
    async fn read(database: &Database) -> Result<Self, DbErr> {
        let database = database.read();
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
        Ok(Self(pages))
    }

    fn effective(&self, held: &[Uuid], app: Uuid) -> EffectiveRoles {
        // What was seen before is not followed again, so that a circle of roles ends.
        let (mut seen, mut open) = (BTreeSet::new(), held.to_vec());
        let mut effective = EffectiveRoles::default();
        while let Some(id) = open.pop() {
            let Some(page) = self.0.get(&id).filter(|_| seen.insert(id)) else { continue };
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
        Pages(of.iter().map(page).collect())
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

//! What an app declares about itself.

use atriz_db::config::{Inputs, Scope};
use atriz_db::{Catalog, CatalogError, Configuration, Descriptor, Fleet, Plan};
use atriz_kernel::SharedClock;
use atriz_web::{Server, ServerBuilder, is_filter};
use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;
use crate::error::AppError;
use crate::pools::Pools;
use crate::readiness::{Examiner, Probe};

/// An app as its crate declares it: everything that tells it from the others.
#[derive(Clone, Copy, Debug)]
pub struct App {
    /// The name of its database, which is also the app's.
    pub name: &'static str,
    /// The name of its package and program, such as `mextrack-api`.
    pub package: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What it is for, in one sentence.
    pub description: &'static str,
    /// The port it listens on when none is set.
    pub default_port: u16,
    /// Its database.
    pub descriptor: fn() -> Descriptor,
    /// Its routes, without the `/api/v1` in front.
    pub api: fn(&Context) -> OpenApiRouter,
}

impl App {
    /// The databases that its own program knows: core's and its own.
    ///
    /// # Errors
    ///
    /// A descriptor that does not fit core's.
    pub fn catalog(&self) -> Result<Catalog, CatalogError> {
        Catalog::new(vec![atriz_core::descriptor(), (self.descriptor)()])
    }

    /// Its own database and those it comes after, in the order of work.
    ///
    /// # Errors
    ///
    /// A catalog without this app's database.
    pub fn plan(&self, catalog: &Catalog) -> Result<Plan, CatalogError> {
        catalog.plan_with_dependencies(&[self.name.to_owned()])
    }

    /// The databases of its own program, and where this process is told they are.
    ///
    /// # Errors
    ///
    /// The configuration.
    pub fn fleet(&self) -> Result<Fleet, AppError> {
        let catalog = self.catalog().map_err(atriz_db::Error::from)?;
        let inputs = Inputs::of_process(Scope::App(self.name.to_owned()));
        let configuration = Configuration::load(&catalog, &inputs).map_err(atriz_db::Error::from)?;
        configuration.check_log_filters(is_filter).map_err(atriz_db::Error::from)?;
        Ok(Fleet { catalog, configuration })
    }

    /// The app without a port, over pools that are open: what [`crate::Bound::open`] serves, and what a test asks.
    ///
    /// # Errors
    ///
    /// A database that is another one than it is taken for, or that has pending migrations.
    pub async fn server(&self, fleet: &Fleet, pools: &Pools, clock: SharedClock) -> Result<Server, AppError> {
        let environment = fleet.configuration.environment;
        let plan = self.plan(&fleet.catalog).map_err(atriz_db::Error::from)?;
        let mut probes = Vec::new();
        for database in &plan.databases {
            let examiner = Examiner::new(database.clone(), pools.get(&database.name)?.clone(), environment)?;
            let found = examiner.examine().await?;
            found.check(self.package)?;
            found.warn_if_ahead();
            probes.push(Probe::new(examiner));
        }
        let context = Context::new(pools.get(self.name)?.clone(), clock, environment);
        let api = OpenApiRouter::new().nest("/api/v1", (self.api)(&context));
        let server = Server::builder(self.name, self.version).description(self.description);
        let server = server.api(atriz_core_http::with_security(api));
        Ok(probes.into_iter().fold(server, ServerBuilder::probe).build())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An app with nothing in it.
    pub(crate) const SHOP: App = App {
        name: "shop",
        package: "shop-api",
        version: "1.2.3",
        description: "Sells things.",
        default_port: 3003,
        descriptor: || Descriptor::new("shop", "shop_db", "apps/shop").after("core"),
        api: |_| OpenApiRouter::new(),
    };

    #[test]
    fn an_app_comes_after_core_and_knows_no_other() {
        let catalog = SHOP.catalog().unwrap();
        let names: Vec<_> = catalog.databases().iter().map(|database| database.name.clone()).collect();
        assert_eq!(names, ["core", "shop"]);
        assert_eq!(SHOP.plan(&catalog).unwrap().databases.len(), 2);
    }
}

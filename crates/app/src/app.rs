//! What an app declares about itself.

use std::sync::Arc;

use atriz_core::AuthMode;
use atriz_core_http::{AuthState, IssuerState, before_sign_ins, issuer_routes, verifier_routes, with_security};
use atriz_db::config::{Inputs, Scope};
use atriz_db::{Catalog, CatalogError, Configuration, Descriptor, Fleet, Plan};
use atriz_kernel::SharedClock;
use atriz_web::{Server, ServerBuilder, is_filter};
use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;
use crate::error::AppError;
use crate::pools::Pools;
use crate::readiness::{Examiner, Probe};
use crate::sign_in::settings;

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

    /// The databases that it serves from: those of [`App::plan`], or its own alone where an issuer elsewhere answers for
    /// core.
    ///
    /// # Errors
    ///
    /// The configuration.
    pub fn plan_to_serve(&self, fleet: &Fleet) -> Result<Plan, AppError> {
        let mut plan = self.plan(&fleet.catalog).map_err(atriz_db::Error::from)?;
        if settings(fleet)?.mode == AuthMode::Verifier {
            plan.databases.retain(|database| database.name != "core");
        }
        Ok(plan)
    }

    /// The app without a port, over pools that are open: what [`crate::Bound::open`] serves, and what a test asks.
    ///
    /// # Errors
    ///
    /// A database that is another one than it is taken for, or that has pending migrations; keys that are missing.
    pub async fn server(&self, fleet: &Fleet, pools: &Pools, clock: SharedClock) -> Result<Server, AppError> {
        let probes = self.probes(fleet, pools).await?;
        let settings = settings(fleet)?;
        let sign_in = pools.sign_in(fleet, self.name, clock.clone()).await?;
        let auth = AuthState::new(self.name, sign_in.verifier(), &settings);
        let context = Context { database: pools.get(self.name)?.clone(), clock, auth: auth.clone() };
        let mut api = OpenApiRouter::new().nest("/api/v1", (self.api)(&context));
        if let Some(issuer) = sign_in.issuer() {
            api = before_sign_ins(api, issuer).merge(issuer_routes(IssuerState::new(auth, issuer.clone())));
        } else {
            api = api.merge(verifier_routes(auth, &settings));
        }
        let server = Server::builder(self.name, self.version).description(self.description);
        let server = server.api(with_security(api, self.name));
        Ok(probes.into_iter().fold(server, ServerBuilder::probe).build())
    }

    /// Looks at each database, and answers with what will look at them again.
    async fn probes(&self, fleet: &Fleet, pools: &Pools) -> Result<Vec<Probe>, AppError> {
        let mut probes = Vec::new();
        for database in &self.plan_to_serve(fleet)?.databases {
            probes.push(self.probe(fleet, pools, database).await?);
        }
        Ok(probes)
    }

    /// Looks at one database, and refuses one that this program must not work on.
    pub(crate) async fn probe(
        &self,
        fleet: &Fleet,
        pools: &Pools,
        database: &Arc<Descriptor>,
    ) -> Result<Probe, AppError> {
        let pool = pools.get(&database.name)?.clone();
        let examiner = Examiner::new(Arc::clone(database), pool, fleet.configuration.environment)?;
        let found = examiner.examine().await?;
        found.check(self.package)?;
        found.warn_if_ahead();
        Ok(Probe::new(examiner))
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

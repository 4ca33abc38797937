//! Running databases beside what their migrations make.
//!
//! Each database is compared with its folder, replayed on a scratch database as far as its history says, and looked at for
//! indexes that are invalid or there twice; then every reference into another database is followed. Nothing is written to
//! a running database: its sessions are read-only, and wait for no lock longer than three seconds.

mod compare;
mod empty;
mod error;
mod indexes;
mod keys;
mod loss;
mod mend;
mod one;
mod order;
mod orphans;
mod partitions;
mod probe;
mod renamed;
mod replay;
mod report;
mod session;
mod unproved;

use std::sync::Arc;

use atriz_db::migrate::RunContext;
use atriz_db::{Engine, Fleet, Plan};
use tokio::task::JoinSet;

pub(super) use mend::table_sql;

use super::run::configured;
use crate::scratch::Server;
pub use error::LiveError;
pub use report::{Live, LiveDatabase};

/// What to look at.
#[derive(Clone)]
pub struct LiveRequest {
    /// The databases and where they are; those that are referred to are looked into, whether they are in the plan or not.
    pub fleet: Fleet,
    /// Which of them.
    pub plan: Plan,
    /// The environment that their marks have to agree with.
    pub context: RunContext,
    /// The server for scratch databases on PostgreSQL; where none is given and one is needed, the configured one unless
    /// it is production's, else that of [`Server::open`].
    pub server: Option<Arc<Server>>,
}

/// Looks at all databases of the request at the same time. What is wrong with one of them is a finding of its own, and the
/// others go on.
///
/// # Errors
///
/// [`LiveError`] where there is nothing to compare with: no scratch database, or a folder that does not replay.
pub async fn live(request: LiveRequest) -> Result<Live, LiveError> {
    let LiveRequest { fleet, plan, context, mut server } = request;
    let on_server =
        |name: &str| fleet.configuration.target(name).is_ok_and(|target| target.engine() == Engine::Postgres);
    if server.is_none() && plan.databases.iter().any(|database| on_server(&database.name)) {
        server = Some(Server::open_beside(configured(Some(&fleet.configuration))).await?);
    }
    let fleet = Arc::new(fleet);
    let mut tasks = JoinSet::new();
    for (place, database) in plan.databases.into_iter().enumerate() {
        let one = one::One { fleet: Arc::clone(&fleet), database, context: context.clone(), server: server.clone() };
        tasks.spawn(async move { (place, one.look().await) });
    }
    let mut databases = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        let (place, looked) = joined.map_err(|error| LiveError::Broken { reason: error.to_string() })?;
        databases.push((place, looked?));
    }
    databases.sort_by_key(|(place, _)| *place);
    Ok(Live { databases: databases.into_iter().map(|(_, looked)| looked).collect() })
}

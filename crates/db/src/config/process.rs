//! What of the process environment is not meant for us, and what must not stand there.

use std::collections::BTreeMap;

use super::{ConfigError, Target};
use crate::catalog::Catalog;

/// Variables that the driver obeys and that no setting of a connection can take back.
const DRIVER_VARIABLES: [&str; 3] = ["PGOPTIONS", "PGSSLCERT", "PGSSLKEY"];

/// Refuses variables that would be about every database at once.
pub(super) fn check_unambiguous(process: &BTreeMap<String, String>) -> Result<(), ConfigError> {
    let set = |name| process.get(name).is_some_and(|text| !text.is_empty());
    if set("DATABASE_URL") {
        return Err(ConfigError::AmbiguousUrl);
    }
    if set("DB_NAME") {
        return Err(ConfigError::AmbiguousName);
    }
    Ok(())
}

/// Refuses what would change connections to PostgreSQL behind the configuration, where there are any.
pub(super) fn check_driver_variables(
    targets: &BTreeMap<String, Target>,
    process: &BTreeMap<String, String>,
) -> Result<(), ConfigError> {
    let set = |name: &&str| process.get(*name).is_some_and(|text| !text.is_empty());
    match DRIVER_VARIABLES.iter().find(|name| set(name)) {
        Some(variable) if targets.values().any(|target| matches!(target, Target::Postgres(_))) => {
            Err(ConfigError::DriverVariable { variable: (*variable).to_owned() })
        }
        _ => Ok(()),
    }
}

/// The environment without what Kubernetes and Docker tell every program about services of its neighbourhood: a service
/// called `pshop` sets `PSHOP_PORT=tcp://10.0.0.1:3002`, `PSHOP_PORT_3002_TCP_ADDR`, `PSHOP_SERVICE_HOST` and more.
pub(super) fn without_service_links(process: &BTreeMap<String, String>, catalog: &Catalog) -> BTreeMap<String, String> {
    let names: Vec<String> = catalog.databases().iter().map(|database| database.name.to_uppercase()).collect();
    let about_a_service = |variable: &str| {
        let rest = names.iter().find_map(|name| variable.strip_prefix(name.as_str()));
        rest.is_some_and(|rest| rest.starts_with("_SERVICE_") || rest.starts_with("_PORT_"))
    };
    let is_address = |text: &str| ["tcp://", "udp://", "sctp://"].iter().any(|scheme| text.starts_with(scheme));
    let is_link = |name: &str, text: &str| about_a_service(name) || (name.ends_with("_PORT") && is_address(text));
    process
        .iter()
        .filter(|(name, text)| !is_link(name, text))
        .map(|(name, text)| (name.clone(), text.clone()))
        .collect()
}

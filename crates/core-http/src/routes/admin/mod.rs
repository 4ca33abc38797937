//! Administration: accounts, their sessions, invitations, roles, service accounts, apps and the audit trail.

mod apps;
mod audit;
mod invitations;
mod roles;
mod service_accounts;
mod service_keys;
mod sessions;
mod users;

use utoipa_axum::router::OpenApiRouter;

use crate::state::IssuerState;

pub(super) use invitations::accept_routes;

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new()
        .merge(users::routes())
        .merge(sessions::routes())
        .merge(invitations::routes())
        .merge(roles::routes())
        .merge(service_accounts::routes())
        .merge(service_keys::routes())
        .merge(apps::routes())
        .merge(audit::routes())
}

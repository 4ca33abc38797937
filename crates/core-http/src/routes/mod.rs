//! The issuer's routes, which an app mounts below `/auth`, and the few that a verifier has in their place.

mod admin;
mod answer;
mod api_keys;
mod authorize;
mod email;
mod introspect;
mod lists;
mod me;
mod pages;
mod password;
mod permissions;
mod phone;
mod sessions;
mod sign_in;
mod sign_up;
mod step_up;
mod token;
mod totp;
mod values;
mod visiting;
mod well_known;

use atriz_web::body_limit;
use axum::middleware::from_fn_with_state;
use utoipa_axum::router::OpenApiRouter;

pub use visiting::verifier_routes;

use crate::csrf;
use crate::state::IssuerState;

/// The largest body that a route of sign-in reads.
const BODY_LIMIT: usize = 16 * 1024;

/// All of them, with their state applied, at the paths where an app serves them.
pub fn issuer_routes(state: IssuerState) -> OpenApiRouter {
    let below = OpenApiRouter::new()
        .merge(sign_up::routes())
        .merge(email::routes())
        .merge(password::routes())
        .merge(phone::routes())
        .merge(sign_in::routes())
        .merge(token::routes())
        .merge(authorize::routes())
        .merge(step_up::routes())
        .merge(sessions::routes())
        .merge(me::routes())
        .merge(totp::routes())
        .merge(api_keys::routes())
        .merge(pages::routes())
        .merge(introspect::routes())
        .merge(well_known::routes())
        .merge(admin::accept_routes())
        .nest("/admin", admin::routes());
    let guard = from_fn_with_state(state.auth.clone(), csrf::layer);
    OpenApiRouter::new()
        .nest("/auth", below)
        .merge(well_known::at_root())
        .layer((body_limit(BODY_LIMIT), guard))
        .with_state(state)
}

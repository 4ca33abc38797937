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
mod sign_in_page;
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
use crate::precedence::before_sign_ins;
use crate::state::IssuerState;

/// The largest body that a route of sign-in reads.
const BODY_LIMIT: usize = 16 * 1024;

/// All of them, with their state applied, at the paths where an app serves them.
pub fn issuer_routes(state: IssuerState) -> OpenApiRouter {
    // Those that hash whatever they are asked are not among them, nor are those that programs ask all the time.
    let others = OpenApiRouter::new()
        .merge(phone::routes())
        .merge(token::routes())
        .merge(authorize::routes())
        .merge(sessions::routes())
        .merge(me::routes())
        .merge(totp::routes())
        .merge(api_keys::routes())
        .nest("/admin", admin::routes());
    let below = before_sign_ins(others, &state.issuer)
        .merge(sign_up::routes())
        .merge(email::routes())
        .merge(password::routes())
        .merge(sign_in::routes())
        .merge(sign_in_page::routes())
        .merge(step_up::routes())
        .merge(introspect::routes())
        .merge(well_known::routes())
        .merge(pages::routes())
        .merge(admin::accept_routes());
    let guard = from_fn_with_state(state.auth.clone(), csrf::layer);
    OpenApiRouter::new()
        .nest("/auth", below)
        .merge(well_known::at_root())
        .layer((body_limit(BODY_LIMIT), guard))
        .with_state(state)
}

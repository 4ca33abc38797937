//! Who may call a handler, as its signature says it.
//!
//! Every handler of an app has exactly one of these: [`Public`], [`Auth`], [`AuthFresh`], [`SteppedUp`], [`Require`],
//! [`RequireFresh`] or [`RequireSteppedUp`]. A handler without one has no rule, which a test of each app finds.

mod auth;
mod credential;
mod form;
mod fresh;
mod permission;
mod public;
mod require;

pub use atriz_core::STEP_UP_AGE;
pub use auth::Auth;
pub(crate) use form::Form;
pub use fresh::{AuthFresh, SteppedUp};
pub use permission::Permission;
pub use public::Public;
pub use require::{Require, RequireFresh, RequireSteppedUp};

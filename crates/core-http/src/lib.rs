//! The only axum code that knows the authentication database.
//!
//! **Invariant:** whatever belongs to a person, a fleet or a store is behind an extractor of this crate, so that a
//! handler without one is visibly public.
//!
//! There is no sign-in yet. Until there is, [`Private`] keeps such things closed wherever real data could be.

mod openapi;
mod private;

pub use openapi::{SECURITY_SCHEME, with_security};
pub use private::{Private, SignIn};

//! Sessions: how they begin, go on and end.
//!
//! **Invariant:** no secret of a session stands in the database: of a cookie there is its SHA-256, of a refresh token
//! its number alone.
//! **Invariant:** a session that ends takes those that were derived from it along, in the same transaction.

mod advance;
mod app;
mod ask;
mod authorize;
mod cookie;
mod everybody;
mod exchange;
mod held;
mod limits;
mod list;
mod live;
mod note;
mod open;
mod prove;
mod redeem;
mod redirects;
mod refresh;
mod repeat;
mod revoke;
mod sign_in;
mod start;
mod step_up;
mod sweep;
mod types;

use crate::ground::Ground;

pub(crate) use app::{AppBook, may_be_code, no_such_app};
pub use everybody::EndedForAll;
pub use limits::STEP_UP_FRESHNESS;
pub(crate) use limits::{ACCESS, SEEN};
pub(crate) use note::Note;
pub(crate) use redeem::knows_secret;
pub(crate) use revoke::{Spared, revoke_all_of, revoke_tree};
pub use types::{
    AppInfo, Authorization, AuthorizationRequest, Exchange, Held, Keep, Redemption, SameSite, SessionCookie,
    SessionInfo, SignIn, SignedIn, TokenPair,
};

/// Begins, continues and ends sessions.
#[derive(Clone, Debug)]
pub struct Sessions {
    ground: Ground,
}

impl Sessions {
    /// Over what all flows share.
    pub(crate) fn new(ground: Ground) -> Self {
        Self { ground }
    }
}

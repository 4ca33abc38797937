//! The words that agree to losing data.

use atriz_db::Consent;
use clap::Args;

/// The words that agree to losing data.
#[derive(Args, Clone, Debug)]
pub(crate) struct ConsentArguments {
    /// Agree without being asked
    #[arg(long, short)]
    pub(crate) yes: bool,
}

impl ConsentArguments {
    pub(crate) fn consent(&self) -> Consent {
        Consent { yes: self.yes, confirm: None, ask: atriz_app::is_interactive().then_some(atriz_app::ask) }
    }
}

//! `X-api sessions`.

use atriz_db::Fleet;

use super::arguments::SessionsVerb;
use super::issuer::with_issuer;
use super::print;
use crate::app::App;
use crate::error::AppError;

/// `X-api sessions end --everybody`.
pub(super) async fn run(app: &App, fleet: &Fleet, verb: &SessionsVerb) -> Result<(), AppError> {
    let SessionsVerb::End { everybody: _ } = verb;
    let ended =
        with_issuer(app, fleet, "sessions", async |issuer| Ok(issuer.sessions().end_everybodys().await?)).await?;
    print::answer(&format!("ended: sessions {}, of people {}; API keys go on", ended.sessions, ended.people));
    Ok(())
}

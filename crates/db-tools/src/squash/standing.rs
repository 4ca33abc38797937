//! Databases that a checkpoint would leave behind.

use atriz_db::Fleet;
use atriz_db::migrate::{RunContext, Standing};

use super::SquashError;

/// Refuses where the configured database has some of `versions` and not all: a checkpoint in their place is no way on for
/// it. One that cannot be read says so in the answer, and is not asked for more.
///
/// # Errors
///
/// [`SquashError::HalfWay`].
pub async fn check_standing(
    fleet: &Fleet,
    database: &str,
    versions: &[String],
    context: &RunContext,
) -> Result<Option<String>, SquashError> {
    let plan = fleet.catalog.plan(&[database.to_owned()]).map_err(atriz_db::Error::from)?;
    let Some(status) = fleet.status(&plan, context).await?.into_iter().next() else { return Ok(None) };
    if status.migrations.is_empty() {
        return Ok(status.error);
    }
    let is_done = |version: &&String| {
        let found = status.migrations.iter().find(|migration| migration.version == **version);
        found.is_some_and(|found| matches!(found.standing, Standing::Applied | Standing::Foreign | Standing::Edited))
    };
    let is_begun = status
        .migrations
        .iter()
        .any(|migration| versions.contains(&migration.version) && !matches!(migration.standing, Standing::Pending));
    let applied = versions.iter().filter(is_done).count();
    if !is_begun || applied == versions.len() {
        return Ok(None);
    }
    Err(SquashError::HalfWay {
        database: database.to_owned(),
        place: status.place,
        applied,
        count: versions.len(),
        version: versions.last().cloned().unwrap_or_default(),
    })
}

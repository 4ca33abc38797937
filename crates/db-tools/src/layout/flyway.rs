//! Flyway: `V1__name.sql` with dotted versions, `U1__name.sql` as the way back.

use std::collections::BTreeMap;

use atriz_db::Engine;
use atriz_db::migrate::VersionKey;

use super::listing::Listing;
use super::{Found, Layout, LayoutError, Text};

/// flyway/flyway.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flyway;

const REPEATABLE: &str = "it runs again whenever its text changes, which no history of versions can say";
const BASELINE: &str = "it stands for all versions up to its own, and is run in place of them";

/// The letter and the stem of a file, if it is named as Flyway's are.
fn apart(path: &str) -> Option<(char, &str)> {
    let stem = path.rsplit('/').next()?.strip_suffix(".sql")?;
    let letter = stem.chars().next()?;
    let (number, name) = stem.get(1..)?.split_once("__")?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = number.split(['.', '_']).all(is_number);
    let fits = !name.is_empty() && if letter == 'R' { number.is_empty() } else { numbered };
    (fits && matches!(letter, 'V' | 'U' | 'R' | 'B')).then_some((letter, stem))
}

impl Layout for Flyway {
    fn name(&self) -> &'static str {
        "flyway"
    }

    fn pattern(&self) -> &'static str {
        "V<version>__<name>.sql and U<version>__<name>.sql"
    }

    fn recognises(&self, listing: &Listing) -> bool {
        listing.sql().any(|path| apart(path).is_some())
    }

    fn read(&self, listing: &Listing, _: Engine) -> Result<Vec<Found>, LayoutError> {
        listing.check_programs()?;
        let (mut there, mut back) = (Vec::new(), BTreeMap::new());
        for path in listing.sql() {
            let refused = |reason, hint| LayoutError::refused(&listing.full(path), reason, hint);
            match apart(path) {
                Some(('V', stem)) => there.push((stem, text(listing, path)?)),
                Some(('U', stem)) => drop(back.insert(VersionKey::of(stem), text(listing, path)?)),
                Some(('R', _)) => {
                    return Err(refused(REPEATABLE, "give it a version, and write a new one when it changes"));
                }
                Some(_) => return Err(refused(BASELINE, "move it out of the folder; the versions themselves are run")),
                None => return Err(LayoutError::Odd { path: listing.full(path), layout: self.name() }),
            }
        }
        let pair = |(stem, up): (&str, Text)| {
            let down = back.remove(&VersionKey::of(stem));
            Found { version: stem.to_owned(), up, down }
        };
        let found: Vec<_> = there.into_iter().map(pair).collect();
        match back.into_values().next() {
            Some(lost) => Err(LayoutError::NoUp { path: listing.full(&lost.path) }),
            None => Ok(found),
        }
    }
}

fn text(listing: &Listing, path: &str) -> Result<Text, LayoutError> {
    let sql = listing.text(path)?;
    if sql.contains("${") {
        let reason = "it has a placeholder `${…}`, which Flyway fills in from its own settings";
        return Err(LayoutError::refused(&listing.full(path), reason, "write the value in its place"));
    }
    let settings = listing.optional(&format!("{path}.conf")).unwrap_or_default();
    let alone = |line: &str| line.replace(' ', "").eq_ignore_ascii_case("executeInTransaction=false");
    let no_transaction = String::from_utf8_lossy(&settings).lines().any(alone);
    Ok(Text { path: path.to_owned(), sql, no_transaction })
}

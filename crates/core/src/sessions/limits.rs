//! How long things last. `docs/security.md` says where each number is from.

use std::time::Duration;

use chrono::TimeDelta;

/// An access token lasts this long.
pub(crate) const ACCESS: TimeDelta = TimeDelta::seconds(crate::jwt::ACCESS_TTL);
/// A refresh token that is not used lasts this long.
pub(super) const TOKENS_IDLE: TimeDelta = TimeDelta::days(14);
/// A cookie that is not used lasts this long.
pub(super) const COOKIE_IDLE: TimeDelta = TimeDelta::hours(12);
/// A session lasts no longer than this, however much it is used.
pub(super) const ABSOLUTE: TimeDelta = TimeDelta::days(30);
/// The refresh token before the current one may be shown again for this long.
pub(super) const GRACE: TimeDelta = TimeDelta::seconds(60);
/// Within this time after a refresh, showing the token before it is one of many requests sent at once, or one sent
/// again since the answer was lost. It is not counted, for a browser with many tabs sends any number of them.
pub(super) const BURST: TimeDelta = TimeDelta::seconds(10);
/// After that it is counted, and taken no more than this often.
pub(super) const REPLAYS: i32 = 10;
/// So many sessions a person may have open in one app; one more ends the oldest.
pub(super) const OPEN: u64 = 100;
/// An authorization code lasts this long.
pub(super) const CODE: TimeDelta = TimeDelta::seconds(60);
/// When somebody was last seen is written no more than once in this time.
pub(crate) const SEEN: TimeDelta = TimeDelta::seconds(60);
/// Rows of sessions that ended are kept this long, so that their owner still sees what was stolen back.
pub(super) const KEPT: TimeDelta = TimeDelta::days(30);

/// What a person does to their own credentials, and what an administrator does to others, asks for a proof of who they
/// are that is no older than this.
pub const STEP_UP_FRESHNESS: Duration = Duration::from_mins(10);

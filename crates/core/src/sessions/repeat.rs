//! What a refresh token means that is not the one that is valid now. It decides, and does nothing.

use chrono::{DateTime, Utc};

use super::limits::{BURST, GRACE, REPLAYS};
use super::live::is_open;
use crate::entity::auth::sessions;
use crate::secret::refresh::Parsed;

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// One of many requests sent at once, or one sent again: the same answer once more.
    Repeat,
    /// The same, if it was not done too often yet.
    CountedRepeat,
    /// Used up long ago, or too often since: end the session.
    Reused,
    /// Never given out.
    Ahead,
    /// The session has ended.
    Over,
}

/// Judges the token `shown` of a session, after a compare-and-swap on it failed.
///
/// One of another key than the current token's is never answered with a successor, for that key may be known to others
/// by now. Its session ends where that of any old token would; a token that was the last one before the key changed is
/// refused and no more, so that many requests sent at once at that moment end nothing.
pub(super) fn judge(session: &sessions::Model, shown: &Parsed, now: DateTime<Utc>) -> Verdict {
    let Some(key) = session.rt_key_id.as_deref().filter(|_| is_open(session, now)) else { return Verdict::Over };
    let verdict = by_number(session, shown.counter, now);
    match verdict {
        Verdict::Repeat | Verdict::CountedRepeat if key != shown.key_id => Verdict::Over,
        _ => verdict,
    }
}

fn by_number(session: &sessions::Model, shown: i64, now: DateTime<Utc>) -> Verdict {
    // The number that is valid would have been taken, unless its key is another or the session ran out between the two
    // looks at it.
    match shown.cmp(&session.rt_counter) {
        std::cmp::Ordering::Greater => return Verdict::Ahead,
        std::cmp::Ordering::Equal => return Verdict::Over,
        std::cmp::Ordering::Less => {}
    }
    // A clock that was set back makes an age below zero, which is as young as none.
    let age = session.rt_rotated_at.map(|rotated| now - rotated);
    match age {
        Some(age) if shown == session.rt_counter - 1 && age <= BURST => Verdict::Repeat,
        Some(age) if shown == session.rt_counter - 1 && age <= GRACE && session.rt_replays < REPLAYS => {
            Verdict::CountedRepeat
        }
        _ => Verdict::Reused,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    fn token(counter: i64) -> Parsed {
        Parsed { key_id: "k1".to_owned(), sid: Uuid::nil(), counter }
    }

    fn session(counter: i64, replays: i32) -> (sessions::Model, DateTime<Utc>) {
        let now = DateTime::from_timestamp(1_770_000_000, 0).expect("a valid time");
        let session = sessions::Model {
            id: Uuid::nil(),
            user_id: Uuid::nil(),
            app_id: Uuid::nil(),
            parent_id: None,
            cookie_hash: None,
            rt_counter: counter,
            rt_rotated_at: Some(now),
            rt_replays: replays,
            rt_key_id: Some("k1".to_owned()),
            auth_time: now,
            amr: serde_json::json!(["pwd"]),
            acr: "aal1".to_owned(),
            ip: None,
            ua: None,
            last_seen_at: now,
            idle_expires_at: now + TimeDelta::days(14),
            absolute_expires_at: now + TimeDelta::days(30),
            revoked_at: None,
            reason: None,
            created_at: now,
            needs_secret: false,
        };
        (session, now)
    }

    #[test]
    fn the_token_before_is_repeated_for_a_while() {
        let (session, now) = session(7, 0);
        let after = |seconds| judge(&session, &token(6), now + TimeDelta::seconds(seconds));
        assert_eq!(after(0), Verdict::Repeat);
        assert_eq!(after(10), Verdict::Repeat);
        assert_eq!(after(11), Verdict::CountedRepeat);
        assert_eq!(after(60), Verdict::CountedRepeat);
        assert_eq!(after(61), Verdict::Reused);
        assert_eq!(after(-5), Verdict::Repeat);
    }

    #[test]
    fn the_count_ends_it() {
        let (session, now) = session(7, REPLAYS);
        assert_eq!(judge(&session, &token(6), now + TimeDelta::seconds(30)), Verdict::Reused);
    }

    #[test]
    fn other_numbers_are_never_repeated() {
        let (mut session, now) = session(7, 0);
        assert_eq!(judge(&session, &token(5), now), Verdict::Reused);
        assert_eq!(judge(&session, &token(0), now), Verdict::Reused);
        assert_eq!(judge(&session, &token(-1), now), Verdict::Reused);
        assert_eq!(judge(&session, &token(8), now), Verdict::Ahead);
        assert_eq!(judge(&session, &token(7), now), Verdict::Over);
        session.revoked_at = Some(now);
        assert_eq!(judge(&session, &token(6), now), Verdict::Over);
        session.revoked_at = None;
        assert_eq!(judge(&session, &token(6), now + TimeDelta::days(15)), Verdict::Over);
    }
    #[test]
    fn another_key_gets_no_successor() {
        let (session, now) = session(7, 0);
        let after = |counter, seconds| {
            let shown = Parsed { key_id: "k0".to_owned(), ..token(counter) };
            judge(&session, &shown, now + TimeDelta::seconds(seconds))
        };
        assert_eq!(after(7, 0), Verdict::Over);
        assert_eq!(after(6, 0), Verdict::Over);
        assert_eq!(after(6, 30), Verdict::Over);
        assert_eq!(after(6, 61), Verdict::Reused);
        assert_eq!(after(5, 0), Verdict::Reused);
        assert_eq!(after(8, 0), Verdict::Ahead);
    }
}

//! What a verifier knows to be refused.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Revocation;

/// The revocations that still matter.
#[derive(Debug, Default)]
pub(super) struct RevokedSet {
    /// Sessions and API keys, by their ids.
    held: HashMap<Uuid, DateTime<Utc>>,
    users: HashMap<Uuid, (i64, DateTime<Utc>)>,
}

impl RevokedSet {
    /// Takes one in. The order does not matter, nor does the same one twice.
    pub(super) fn add(&mut self, one: &Revocation) {
        if let Some(held) = one.session_id.or(one.key_id) {
            let until = self.held.entry(held).or_insert(one.expires_at);
            *until = one.expires_at.max(*until);
        }
        if let (Some(user), Some(epoch)) = (one.user_id, one.epoch) {
            let known = self.users.entry(user).or_insert((epoch, one.expires_at));
            *known = (epoch.max(known.0), one.expires_at.max(known.1));
        }
    }

    /// Forgets those that no token is left for.
    pub(super) fn forget(&mut self, now: DateTime<Utc>) {
        self.held.retain(|_, until| *until > now);
        self.users.retain(|_, (_, until)| *until > now);
    }

    /// Whether this session or API key has ended.
    pub(super) fn has_ended(&self, held: Uuid) -> bool {
        self.held.contains_key(&held)
    }

    /// Whether a token of this session, person and epoch is refused.
    pub(super) fn refuses(&self, session: Uuid, user: Uuid, epoch: i64) -> bool {
        self.has_ended(session) || self.users.get(&user).is_some_and(|(lowest, _)| epoch < *lowest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn of_user(epoch: i64, until: i64) -> Revocation {
        let user = Some(Uuid::from_u128(1));
        Revocation { seq: 1, user_id: user, epoch: Some(epoch), expires_at: at(until), ..Revocation::default() }
    }

    #[test]
    fn the_highest_epoch_and_the_longest_time_count() {
        let (mut set, user, session) = (RevokedSet::default(), Uuid::from_u128(1), Uuid::from_u128(2));
        set.add(&of_user(5, 100));
        set.add(&of_user(3, 200));
        assert!(set.refuses(session, user, 4) && !set.refuses(session, user, 5));
        set.forget(at(150));
        assert!(set.refuses(session, user, 4));
        set.forget(at(200));
        assert!(!set.refuses(session, user, 4));
        set.add(&Revocation { seq: 2, session_id: Some(session), expires_at: at(300), ..Revocation::default() });
        assert!(set.refuses(session, user, 9) && !set.refuses(Uuid::from_u128(3), user, 9));
        set.forget(at(300));
        assert!(!set.refuses(session, user, 9));
    }

    #[test]
    fn a_key_that_ended_is_known_by_its_id() {
        let (mut set, key) = (RevokedSet::default(), Uuid::from_u128(4));
        set.add(&Revocation { seq: 1, key_id: Some(key), expires_at: at(100), ..Revocation::default() });
        assert!(set.has_ended(key) && !set.has_ended(Uuid::from_u128(5)));
        set.forget(at(100));
        assert!(!set.has_ended(key));
    }
}

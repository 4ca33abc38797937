//! The hash of an entry: SHA-256 of the hash before and of every field, each with its length in front.

use sea_orm::prelude::Json;
use sha2::{Digest as _, Sha256};

use crate::entity::auth::audit_log::{ActorKind, AuditOutcome, Model};

/// What stands in the place of the hash before the first entry.
pub(super) const START: [u8; 32] = [0; 32];

/// The hash of an entry. The one in the row does not matter.
pub(super) fn hash(row: &Model) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut field = |bytes: Option<&[u8]>| {
        // A field that is empty and one that is not there differ.
        hasher.update([u8::from(bytes.is_some())]);
        let bytes = bytes.unwrap_or_default();
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    field(Some(b"atriz audit v1"));
    field(Some(&row.prev_hash));
    field(Some(&row.seq.to_be_bytes()));
    field(Some(row.id.as_bytes()));
    field(Some(&row.at.timestamp_micros().to_be_bytes()));
    field(row.actor_id.as_ref().map(|id| id.as_bytes().as_slice()));
    field(Some(actor(row.actor_kind).as_bytes()));
    field(row.subject_id.as_ref().map(|id| id.as_bytes().as_slice()));
    field(row.app.as_deref().map(str::as_bytes));
    field(Some(row.action.as_bytes()));
    field(Some(outcome(row.outcome).as_bytes()));
    field(row.ip.as_deref().map(str::as_bytes));
    field(row.ua_hash.as_deref());
    field(row.session_id.as_ref().map(|id| id.as_bytes().as_slice()));
    field(Some(canonical(&row.detail).as_bytes()));
    hasher.finalize().into()
}

/// The kind of actor in one word.
pub(super) fn actor(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::User => "user",
        ActorKind::ApiKey => "api_key",
        ActorKind::Service => "service",
        ActorKind::System => "system",
        ActorKind::Anonymous => "anonymous",
    }
}

/// The outcome in one word.
pub(super) fn outcome(outcome: AuditOutcome) -> &'static str {
    match outcome {
        AuditOutcome::Success => "success",
        AuditOutcome::Failure => "failure",
        AuditOutcome::Denied => "denied",
    }
}

/// JSON in one form, with its names in order: PostgreSQL keeps them in an order of its own.
fn canonical(value: &Json) -> String {
    match value {
        Json::Object(map) => {
            let mut names: Vec<&String> = map.keys().collect();
            names.sort();
            let pairs =
                names.into_iter().map(|name| format!("{}:{}", Json::from(name.as_str()), canonical(&map[name])));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
        }
        Json::Array(list) => format!("[{}]", list.iter().map(canonical).collect::<Vec<_>>().join(",")),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn row() -> Model {
        Model {
            seq: 1,
            id: Uuid::from_u128(1),
            at: DateTime::from_timestamp(1_767_225_600, 0).unwrap(),
            actor_id: None,
            actor_kind: ActorKind::System,
            subject_id: None,
            app: None,
            action: "keys.rotate".to_owned(),
            outcome: AuditOutcome::Success,
            ip: None,
            ua_hash: None,
            session_id: None,
            detail: json!({ "b": [1, { "d": "x", "c": null }], "a": true }),
            prev_hash: START.to_vec(),
            hash: Vec::new(),
        }
    }

    #[test]
    fn json_has_one_form() {
        assert_eq!(canonical(&row().detail), r#"{"a":true,"b":[1,{"c":null,"d":"x"}]}"#);
    }

    #[test]
    fn every_field_counts() {
        let changes: [fn(&mut Model); 15] = [
            |row| row.seq = 2,
            |row| row.id = Uuid::from_u128(2),
            |row| row.at += chrono::TimeDelta::microseconds(1),
            |row| row.actor_id = Some(Uuid::nil()),
            |row| row.actor_kind = ActorKind::Anonymous,
            |row| row.subject_id = Some(Uuid::nil()),
            |row| row.app = Some(String::new()),
            |row| row.action = "keys.rotatE".to_owned(),
            |row| row.outcome = AuditOutcome::Failure,
            |row| row.ip = Some(String::new()),
            |row| row.ua_hash = Some(Vec::new()),
            |row| row.session_id = Some(Uuid::nil()),
            |row| row.detail = json!({}),
            |row| row.prev_hash[31] = 1,
            |row| (row.app, row.ip) = (Some("1".to_owned()), Some("2".to_owned())),
        ];
        let mut seen = vec![hash(&row())];
        for change in changes {
            let mut altered = row();
            change(&mut altered);
            let hash = hash(&altered);
            assert!(!seen.contains(&hash), "{altered:?}");
            seen.push(hash);
        }
    }
}

//! What is refused before it expires by itself: sessions and API keys that ended, and tokens older than a person's epoch.
//!
//! A revocation is a row, written in the transaction of what caused it. Verifiers read the rows behind the last one they
//! know, and keep them until the last token they are about has expired.

mod feed;
mod set;
mod source;
mod write;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use feed::Feed;
pub(crate) use source::{DatabaseSource, RevocationSource};
pub(crate) use write::{RevocationLog, Signal};

/// One revocation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Its place in the feed.
    pub seq: i64,
    /// The session that ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Uuid>,
    /// The person whose older tokens are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Uuid>,
    /// Tokens with a lower epoch are older ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<i64>,
    /// The API key that ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<Uuid>,
    /// When it may be forgotten.
    pub expires_at: DateTime<Utc>,
}

/// The revocations behind a place in the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationPage {
    /// The revocations, in their order.
    pub revocations: Vec<Revocation>,
    /// The last number that was given out. One below the place that was asked for means that the feed began anew.
    pub head: i64,
    /// Whether more are behind these.
    pub more: bool,
    /// The names of the keys whose tokens are good. A name that is missing here is refused at once.
    pub keys: Vec<String>,
}

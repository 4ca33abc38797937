//! Reads the log, the newest entry first.

use chrono::{DateTime, Utc};
use sea_orm::prelude::Json;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use super::{Audit, chain};
use crate::AuthError;
use crate::entity::auth::audit_log::{Column, Entity, Model};

/// Which entries to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// By this actor.
    pub actor: Option<Uuid>,
    /// About this subject.
    pub subject: Option<Uuid>,
    /// Of this action.
    pub action: Option<String>,
    /// Before this number.
    pub before: Option<i64>,
    /// This many at most; a thousand is the most there is.
    pub limit: u64,
}

/// An entry.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Its number.
    pub seq: i64,
    /// Its id.
    pub id: Uuid,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What kind of actor did it.
    pub actor_kind: String,
    /// Who did it.
    pub actor_id: Option<Uuid>,
    /// Whom or what it was done to.
    pub subject_id: Option<Uuid>,
    /// The code of the app it happened in.
    pub app: Option<String>,
    /// What was done.
    pub action: String,
    /// How it came out.
    pub outcome: String,
    /// The address of the client.
    pub ip: Option<String>,
    /// The session it was done in.
    pub session_id: Option<Uuid>,
    /// What else belongs to it.
    pub detail: Json,
}

impl Audit {
    /// The entries that `filter` asks for, the newest first. Whether somebody may read them is asked before.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn list(&self, filter: &AuditFilter) -> Result<Vec<AuditEntry>, AuthError> {
        let rows = Entity::find()
            .apply_if(filter.actor, |query, actor| query.filter(Column::ActorId.eq(actor)))
            .apply_if(filter.subject, |query, subject| query.filter(Column::SubjectId.eq(subject)))
            .apply_if(filter.action.as_deref(), |query, action| query.filter(Column::Action.eq(action)))
            .apply_if(filter.before, |query, before| query.filter(Column::Seq.lt(before)))
            .order_by_desc(Column::Seq)
            .limit(filter.limit.clamp(1, 1_000))
            .all(self.database.read())
            .await?;
        Ok(rows.into_iter().map(entry).collect())
    }
}

fn entry(row: Model) -> AuditEntry {
    AuditEntry {
        seq: row.seq,
        id: row.id,
        at: row.at,
        actor_kind: chain::actor(row.actor_kind).to_owned(),
        actor_id: row.actor_id,
        subject_id: row.subject_id,
        app: row.app,
        action: row.action,
        outcome: chain::outcome(row.outcome).to_owned(),
        ip: row.ip,
        session_id: row.session_id,
        detail: row.detail,
    }
}

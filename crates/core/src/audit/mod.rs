//! What happened: an append-only log, in which each entry is chained to the one before by its hash.
//!
//! An entry is written in the transaction of the change it tells of; a failure, which changes nothing, in one of its own.

mod chain;
mod head;
mod list;
mod verify;

use atriz_db::{Database, with_transaction};
use atriz_kernel::{SharedClock, new_id};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::Json;
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

pub use head::AuditHead;
pub use list::{AuditEntry, AuditFilter};
pub use verify::AuditReport;

use crate::caller::{Caller, Client};
use crate::counter::Counter;
use crate::entity::auth::audit_log::{self, ActorKind, AuditOutcome};
use crate::secret::sha256;
use crate::sql;

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person, in a session.
    User(Uuid),
    /// A person, by an API key; the id is the person's.
    ApiKey(Uuid),
    /// A service account.
    Service(Uuid),
    /// The platform itself, or a command at its console.
    System,
    /// Somebody who is not signed in.
    Anonymous,
}

impl Actor {
    /// Whoever calls.
    pub fn of(caller: &Caller) -> Self {
        match (caller.user, caller.service, caller.key) {
            (Some(user), _, Some(_)) => Self::ApiKey(user.0),
            (Some(user), _, None) => Self::User(user.0),
            (None, Some(service), _) => Self::Service(service),
            (None, None, _) => Self::Anonymous,
        }
    }

    fn columns(self) -> (ActorKind, Option<Uuid>) {
        match self {
            Self::User(id) => (ActorKind::User, Some(id)),
            Self::ApiKey(id) => (ActorKind::ApiKey, Some(id)),
            Self::Service(id) => (ActorKind::Service, Some(id)),
            Self::System => (ActorKind::System, None),
            Self::Anonymous => (ActorKind::Anonymous, None),
        }
    }
}

/// How something came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was tried with something wrong, such as a password.
    Failure,
    /// It was not permitted.
    Denied,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct AuditEvent<'a> {
    /// Who did it.
    pub actor: Actor,
    /// Whom or what it was done to.
    pub subject: Option<Uuid>,
    /// The code of the app it happened in.
    pub app: Option<&'a str>,
    /// What was done, such as `session.start`.
    pub action: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// The program at the other end.
    pub client: &'a Client,
    /// The session it was done in.
    pub session: Option<Uuid>,
    /// What else belongs to it: an object, never with a secret.
    pub detail: Json,
}

/// The audit log; a copy costs a few counters.
#[derive(Clone, Debug)]
pub struct Audit {
    database: Database,
    clock: SharedClock,
}

impl Audit {
    /// Over core's database.
    pub(crate) fn new(database: Database, clock: SharedClock) -> Self {
        Self { database, clock }
    }

    /// Writes an entry in the transaction of what it tells of. It comes last there: others who write one wait for the end
    /// of the transaction.
    pub(crate) async fn record(&self, transaction: &DatabaseTransaction, event: AuditEvent<'_>) -> Result<(), DbErr> {
        let (seq, prev_hash) = next(transaction).await?;
        let (actor_kind, actor_id) = event.actor.columns();
        let mut row = audit_log::Model {
            seq,
            id: new_id(&*self.clock),
            at: self.clock.now(),
            actor_id,
            actor_kind,
            subject_id: event.subject,
            app: event.app.map(str::to_owned),
            action: event.action.to_owned(),
            outcome: match event.outcome {
                Outcome::Success => AuditOutcome::Success,
                Outcome::Failure => AuditOutcome::Failure,
                Outcome::Denied => AuditOutcome::Denied,
            },
            ip: event.client.ip.map(|ip| ip.to_string()),
            ua_hash: event.client.user_agent.as_ref().map(|agent| sha256(agent.as_bytes()).to_vec()),
            session_id: event.session,
            detail: event.detail,
            prev_hash,
            hash: Vec::new(),
        };
        row.hash = chain::hash(&row).to_vec();
        let row = active(row);
        audit_log::Entity::insert(row).exec_without_returning(transaction).await.map(drop)
    }

    /// Writes an entry in a transaction of its own: about what changed nothing.
    pub(crate) async fn record_alone(&self, event: AuditEvent<'_>) -> Result<(), DbErr> {
        let (audit, client) = (self.clone(), event.client.clone());
        let app = event.app.map(str::to_owned);
        let (actor, subject, action) = (event.actor, event.subject, event.action);
        let (outcome, session, detail) = (event.outcome, event.session, event.detail);
        with_transaction(&self.database, move |transaction| {
            let (audit, client, app, detail) = (audit.clone(), client.clone(), app.clone(), detail.clone());
            Box::pin(async move {
                let app = app.as_deref();
                let event = AuditEvent { actor, subject, app, action, outcome, client: &client, session, detail };
                audit.record(transaction, event).await
            })
        })
        .await
    }
}

/// The next place in the chain, and the hash of the entry before it. Others who want one wait until `transaction` ends.
async fn next(transaction: &DatabaseTransaction) -> Result<(i64, Vec<u8>), DbErr> {
    const NEXT: &str = "INSERT INTO sync_scopes (scope_id, version, min_version) VALUES ($1, 1, 0) \
        ON CONFLICT (scope_id) DO UPDATE SET version = sync_scopes.version + 1 \
        RETURNING version, (SELECT a.hash FROM audit_log a WHERE a.seq = sync_scopes.version - 1) AS before";
    let row = sql::one(transaction, NEXT, [Counter::Audit.id().into()]).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the counter of the audit log".to_owned()))?;
    let (seq, before): (i64, Option<Vec<u8>>) = (row.try_get("", "version")?, row.try_get("", "before")?);
    if let Some(before) = before {
        return Ok((seq, before));
    }
    // PostgreSQL reads what was committed when the statement began: of an entry that it waited for it sees the number only.
    let before = audit_log::Entity::find().filter(audit_log::Column::Seq.eq(seq - 1)).one(transaction).await?;
    Ok((seq, before.map_or_else(|| chain::START.to_vec(), |before| before.hash)))
}

fn active(row: audit_log::Model) -> audit_log::ActiveModel {
    audit_log::ActiveModel {
        seq: Set(row.seq),
        id: Set(row.id),
        at: Set(row.at),
        actor_id: Set(row.actor_id),
        actor_kind: Set(row.actor_kind),
        subject_id: Set(row.subject_id),
        app: Set(row.app),
        action: Set(row.action),
        outcome: Set(row.outcome),
        ip: Set(row.ip),
        ua_hash: Set(row.ua_hash),
        session_id: Set(row.session_id),
        detail: Set(row.detail),
        prev_hash: Set(row.prev_hash),
        hash: Set(row.hash),
    }
}

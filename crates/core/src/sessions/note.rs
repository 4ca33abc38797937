//! A line of the audit trail that outlives the retries of its transaction.

use sea_orm::prelude::Json;
use uuid::Uuid;

use crate::audit::{Actor, AuditEvent, Outcome};
use crate::caller::{Caller, Client};

/// What will be written into the audit trail. A transaction may run more than once, so this is owned.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    actor: Actor,
    subject: Option<Uuid>,
    app: Option<String>,
    action: &'static str,
    outcome: Outcome,
    client: Client,
    session: Option<Uuid>,
    detail: Json,
}

impl Note {
    /// Something a signed-in caller did to themselves.
    pub(crate) fn of(caller: &Caller, action: &'static str, client: &Client) -> Self {
        Self {
            actor: Actor::of(caller),
            subject: caller.user.map(|user| user.0),
            app: Some(caller.app.clone()),
            action,
            outcome: Outcome::Success,
            client: client.clone(),
            session: caller.session,
            detail: Json::Object(serde_json::Map::new()),
        }
    }

    /// Something that nobody who is known did.
    pub(crate) fn anonymous(action: &'static str, client: &Client) -> Self {
        Self {
            actor: Actor::Anonymous,
            subject: None,
            app: None,
            action,
            outcome: Outcome::Success,
            client: client.clone(),
            session: None,
            detail: Json::Object(serde_json::Map::new()),
        }
    }

    /// By that person.
    pub(crate) fn by(mut self, user: Uuid) -> Self {
        self.actor = Actor::User(user);
        self.subject = Some(user);
        self
    }

    /// By somebody else than its subject.
    pub(crate) fn actor(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    /// It happened to that person or thing.
    pub(crate) fn to(mut self, subject: impl Into<Option<Uuid>>) -> Self {
        self.subject = subject.into();
        self
    }

    /// In that app.
    pub(crate) fn at(mut self, app: &str) -> Self {
        self.app = Some(app.to_owned());
        self
    }

    /// In that session.
    pub(crate) fn session(mut self, session: Uuid) -> Self {
        self.session = Some(session);
        self
    }

    /// It came out so.
    pub(crate) fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// What else there is to say; never a secret.
    pub(crate) fn detail(mut self, detail: Json) -> Self {
        self.detail = detail;
        self
    }

    /// The event to record.
    pub(crate) fn event(&self) -> AuditEvent<'_> {
        AuditEvent {
            actor: self.actor,
            subject: self.subject,
            app: self.app.as_deref(),
            action: self.action,
            outcome: self.outcome,
            client: &self.client,
            session: self.session,
            detail: self.detail.clone(),
        }
    }
}

//! The audit trail.

use atriz_core::{AuditEntry, AuditFilter};
use atriz_web::{ListQuery, Page, PageQuery, Problem};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::super::permissions::AuditRead;
use crate::extract::RequireFresh;
use crate::problem::Refusal;
use crate::state::IssuerState;

/// Which entries are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Only what this account did.
    actor: Option<Uuid>,
    /// Only what was done to this account.
    subject: Option<Uuid>,
    /// Only this action.
    #[param(example = "sign_in")]
    action: Option<String>,
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
struct EntryView {
    seq: i64,
    id: Uuid,
    at: DateTime<Utc>,
    /// `user`, `api_key`, `service`, `system` or `anonymous`.
    actor_kind: String,
    #[schema(required)]
    actor_id: Option<Uuid>,
    /// The account that it was done to.
    #[schema(required)]
    subject_id: Option<Uuid>,
    #[schema(required)]
    app: Option<String>,
    action: String,
    /// `success`, `failure` or `denied`.
    outcome: String,
    #[schema(required)]
    ip: Option<String>,
    #[schema(required)]
    session_id: Option<Uuid>,
    /// What else belongs to it; never a secret.
    detail: serde_json::Value,
}

impl From<AuditEntry> for EntryView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            seq: entry.seq,
            id: entry.id,
            at: entry.at,
            actor_kind: entry.actor_kind,
            actor_id: entry.actor_id,
            subject_id: entry.subject_id,
            app: entry.app,
            action: entry.action,
            outcome: entry.outcome,
            ip: entry.ip,
            session_id: entry.session_id,
            detail: entry.detail,
        }
    }
}

/// Lists what happened, the newest first.
#[utoipa::path(get, path = "/audit", tag = "administration", params(AuditQuery, PageQuery),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-permission" = json!("audit.read")), ("x-fresh" = json!(true))),
    responses((status = 200, body = Page<EntryView>)))]
async fn list(
    _: RequireFresh<AuditRead>,
    State(state): State<IssuerState>,
    ListQuery { filters, page }: ListQuery<AuditQuery>,
) -> Result<Response, Refusal> {
    if filters.action.as_deref().is_some_and(|action| action.len() > 64 || action.contains(char::is_control)) {
        return Err(Problem::invalid_parameter("action", "is the name of no action").into());
    }
    let filter = AuditFilter {
        actor: filters.actor,
        subject: filters.subject,
        action: filters.action,
        before: page.key::<i64>()?,
        limit: u64::from(page.limit()) + 1,
    };
    let rows = state.issuer.audit().list(&filter).await?;
    let shown = Page::from_rows(rows, &page, |row: &AuditEntry| row.seq);
    Ok(shown.map(EntryView::from).linked(&page))
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(list))
}

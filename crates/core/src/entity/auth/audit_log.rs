//! The entity of table `audit_log`.

use sea_orm::entity::prelude::*;

/// Who does things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ActorKind {
    /// A person in a session.
    User,
    /// A person by an API key.
    ApiKey,
    /// A service account.
    Service,
    /// The platform itself, or a command at its console.
    System,
    /// Somebody who is not signed in.
    Anonymous,
}

/// How something came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was done.
    Success,
    /// It was tried with something wrong, such as a password.
    Failure,
    /// It was not permitted.
    Denied,
}

/// Something that happened.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log")]
pub struct Model {
    /// The place in the chain, without gaps; drawn from a counter that is locked until commit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Identifies the entry.
    #[sea_orm(unique)]
    pub id: Uuid,
    /// When it happened.
    pub at: ChronoDateTimeUtc,
    /// Who did it; `None` for the platform itself and for somebody unknown.
    pub actor_id: Option<Uuid>,
    /// What kind of actor that was.
    pub actor_kind: ActorKind,
    /// Whom or what it was done to; `None` where there is no such row.
    pub subject_id: Option<Uuid>,
    /// The code of the app it happened in; `None` where it was in none.
    #[sea_orm(column_type = "Text")]
    pub app: Option<String>,
    /// What was done, such as session.start.
    #[sea_orm(column_type = "Text")]
    pub action: String,
    /// How it came out.
    pub outcome: AuditOutcome,
    /// The address of the client; `None` where there was none.
    #[sea_orm(column_type = "Text")]
    pub ip: Option<String>,
    /// SHA-256 of what the client calls itself; `None` where it said nothing.
    pub ua_hash: Option<Vec<u8>>,
    /// The session it was done in; `None` where it was in none.
    pub session_id: Option<Uuid>,
    /// What else belongs to it; never a secret.
    #[sea_orm(column_type = "JsonBinary")]
    pub detail: Json,
    /// The hash of the entry before; zeros for the first.
    pub prev_hash: Vec<u8>,
    /// SHA-256 of the hash before and of everything in this row.
    pub hash: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

//! The entity of table `sessions`.

use sea_orm::entity::prelude::*;

/// A signed-in device of a person, in one app.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// Identifies the session; it stands in tokens as `sid` and is no secret.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who is signed in.
    pub user_id: Uuid,
    /// The app they are signed in to.
    pub app_id: Uuid,
    /// The session of the sign-in portal this one was derived from; revoking that revokes this.
    pub parent_id: Option<Uuid>,
    /// SHA-256 of the session cookie; `None` for a client that holds tokens instead.
    #[sea_orm(unique)]
    pub cookie_hash: Option<Vec<u8>>,
    /// The number of the refresh token that is valid now.
    pub rt_counter: i64,
    /// When that refresh token was issued; `None` before the first refresh.
    pub rt_rotated_at: Option<ChronoDateTimeUtc>,
    /// How often the previous refresh token was shown again within the grace period.
    pub rt_replays: i32,
    /// Which master key the refresh tokens are derived from; `None` when there are none.
    #[sea_orm(column_type = "Text")]
    pub rt_key_id: Option<String>,
    /// When the person last proved who they are.
    pub auth_time: ChronoDateTimeUtc,
    /// How they proved it: a list of method names.
    #[sea_orm(column_type = "JsonBinary")]
    pub amr: Json,
    /// How strong that proof was.
    #[sea_orm(column_type = "Text")]
    pub acr: String,
    /// The address of the client at sign-in.
    #[sea_orm(column_type = "Text")]
    pub ip: Option<String>,
    /// The user agent of the client at sign-in.
    #[sea_orm(column_type = "Text")]
    pub ua: Option<String>,
    /// When the session was last used, written at most once a minute.
    pub last_seen_at: ChronoDateTimeUtc,
    /// When it ends unless it is used before.
    pub idle_expires_at: ChronoDateTimeUtc,
    /// When it ends however much it is used.
    pub absolute_expires_at: ChronoDateTimeUtc,
    /// When it was ended early.
    pub revoked_at: Option<ChronoDateTimeUtc>,
    /// Why it was ended early, as a short code.
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// Whether it was begun with the secret of its app, and goes on with that alone.
    #[sea_orm(default_value = false)]
    pub needs_secret: bool,
    /// The person.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: BelongsTo<super::users::Entity>,
    /// The app.
    #[sea_orm(belongs_to, from = "app_id", to = "id", on_delete = "Restrict")]
    pub app: BelongsTo<super::apps::Entity>,
    /// The session of the portal.
    #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_id", to = "id", on_delete = "Cascade")]
    pub parent: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

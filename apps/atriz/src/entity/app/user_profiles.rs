//! The entity of table `user_profiles`.

use sea_orm::entity::prelude::*;

/// Who may see a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// People who are signed in.
    Members,
    /// The person alone.
    Private,
}

/// What a person shows of themselves.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user_profiles")]
pub struct Model {
    /// The account in the core database.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The name in addresses; `None` until the person picks one.
    #[sea_orm(column_type = "Text")]
    pub handle: Option<String>,
    /// What other people see.
    #[sea_orm(column_type = "Text")]
    pub display_name: String,
    /// What the person says about themselves.
    #[sea_orm(column_type = "Text")]
    pub bio: String,
    /// Where their picture is.
    #[sea_orm(column_type = "Text")]
    pub avatar_url: Option<String>,
    /// The language they read, as a BCP 47 tag.
    #[sea_orm(column_type = "Text")]
    pub locale: String,
    /// Where they live, if they say so.
    pub home_location_id: Option<Uuid>,
    /// Who may see the profile.
    pub visibility: Visibility,
    /// Drawn from the counter of the person: entity tag, compare-and-swap value and sync cursor at once.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// When the profile was taken down; its handle is free again from then on.
    pub deleted_at: Option<ChronoDateTimeUtc>,
    /// Where the person lives.
    #[sea_orm(belongs_to, from = "home_location_id", to = "id", on_delete = "SetNull")]
    pub home_location: BelongsTo<Option<super::super::master::locations::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

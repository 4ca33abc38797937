//! What differs, and in what.

use std::fmt;

use serde::{Serialize, Serializer};

/// One thing that two schemas do not agree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// In what they differ.
    pub kind: DifferenceKind,
    /// What differs.
    pub object: Object,
    /// What the left schema has; nothing where it is not there.
    pub left: Option<String>,
    /// What the right schema has.
    pub right: Option<String>,
}

impl Difference {
    /// What tells it from all others.
    pub fn key(&self) -> (DifferenceKind, &Object) {
        (self.kind, &self.object)
    }
}

/// In what two schemas differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// One has no such table.
    TableMissing,
    /// One has no such view.
    ViewMissing,
    /// The columns of a view.
    ViewDiffers,
    /// One has no such column.
    ColumnMissing,
    /// The columns that both have stand in another order.
    OrderDiffers,
    /// What a column holds.
    TypeDiffers,
    /// Whether NULL may stand in a column.
    NullableDiffers,
    /// The default of a column.
    DefaultDiffers,
    /// What tells the texts of a column apart and sorts them.
    CollationDiffers,
    /// How a column is computed.
    GeneratedDiffers,
    /// Whether the database numbers a column.
    IdentityDiffers,
    /// The columns of a primary key, or their order.
    PrimaryKeyDiffers,
    /// One has no such index or unique constraint.
    IndexMissing,
    /// What is indexed, or of which rows.
    IndexDiffers,
    /// One has no such foreign key.
    ForeignKeyMissing,
    /// What a foreign key refers to, or what it does.
    ForeignKeyDiffers,
    /// One has no such CHECK.
    CheckMissing,
    /// The condition of a CHECK.
    CheckDiffers,
    /// One has no such exclusion constraint.
    ExclusionMissing,
    /// One has no trigger for this purpose.
    TriggerMissing,
    /// Triggers of one name are for other purposes.
    TriggerDiffers,
    /// The same thing has two names.
    NameDiffers,
    /// The schema that a table stands in.
    SchemaDiffers,
}

impl DifferenceKind {
    /// Whether one side has nothing where the other has something.
    pub fn is_absence(self) -> bool {
        matches!(
            self,
            Self::TableMissing
                | Self::ViewMissing
                | Self::ColumnMissing
                | Self::IndexMissing
                | Self::ForeignKeyMissing
                | Self::CheckMissing
                | Self::ExclusionMissing
                | Self::TriggerMissing
        )
    }

    /// As JSON and declarations spell it: `column_missing`.
    pub fn name(self) -> &'static str {
        match self {
            Self::TableMissing => "table_missing",
            Self::ViewMissing => "view_missing",
            Self::ViewDiffers => "view_differs",
            Self::ColumnMissing => "column_missing",
            Self::OrderDiffers => "order_differs",
            Self::TypeDiffers => "type_differs",
            Self::NullableDiffers => "nullable_differs",
            Self::DefaultDiffers => "default_differs",
            Self::CollationDiffers => "collation_differs",
            Self::GeneratedDiffers => "generated_differs",
            Self::IdentityDiffers => "identity_differs",
            Self::PrimaryKeyDiffers => "primary_key_differs",
            Self::IndexMissing => "index_missing",
            Self::IndexDiffers => "index_differs",
            Self::ForeignKeyMissing => "foreign_key_missing",
            Self::ForeignKeyDiffers => "foreign_key_differs",
            Self::CheckMissing => "check_missing",
            Self::CheckDiffers => "check_differs",
            Self::ExclusionMissing => "exclusion_missing",
            Self::TriggerMissing => "trigger_missing",
            Self::TriggerDiffers => "trigger_differs",
            Self::NameDiffers => "name_differs",
            Self::SchemaDiffers => "schema_differs",
        }
    }
}

/// What differs: a table, or something on one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Object {
    /// `table`, `view`, `column`, `index`, `foreign key`, `check`, `exclusion`, `trigger`, `primary key`.
    pub sort: &'static str,
    /// The table.
    pub table: String,
    /// Its name within the table; nothing for the table itself and its primary key.
    pub name: Option<String>,
}

impl Object {
    pub(crate) fn table(name: &str) -> Self {
        Self { sort: "table", table: name.to_owned(), name: None }
    }

    pub(crate) fn view(name: &str) -> Self {
        Self { sort: "view", table: name.to_owned(), name: None }
    }

    pub(crate) fn primary_key(table: &str) -> Self {
        Self { sort: "primary key", table: table.to_owned(), name: None }
    }

    pub(crate) fn of(sort: &'static str, table: &str, name: &str) -> Self {
        Self { sort, table: table.to_owned(), name: Some(name.to_owned()) }
    }
}

/// `column users.email`, `primary key users`.
impl fmt::Display for Object {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.sort, self.table)?;
        self.name.as_ref().map_or(Ok(()), |name| write!(formatter, ".{name}"))
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

//! What an owner crate declares about its database.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use sea_orm::{DatabaseTransaction, EntityTrait};
use sea_orm_migration::MigrationTrait;
use serde::Serialize;

use super::{FileSet, TableModel};
use crate::entity::{idempotency, outbox, sync_scopes};
use crate::migrate::MigrationSource;
use crate::seed::{SeedContext, SeedError, SeedOutcome};

/// A database as its owner crate declares it.
#[derive(Clone)]
pub struct Descriptor {
    /// The name in commands: `core`, `mextrack`, …
    pub name: String,
    /// The name of the database on a server unless a URL says otherwise, and the stem of the SQLite file.
    pub default_database: String,
    /// The owner crate's folder in the workspace, where its `.env` stands.
    pub folder: String,
    /// Other variables that hold the app's URL besides `<NAME>_DATABASE_URL`.
    pub url_aliases: Vec<String>,
    /// The databases this one comes after.
    pub after: Vec<String>,
    /// The PostgreSQL schemas of its tables, `public` aside.
    pub schemas: Vec<String>,
    /// Its tables, as the entities describe them.
    pub tables: Vec<TableModel>,
    /// Columns that point into other databases.
    pub references: Vec<LogicalReference>,
    /// Its migration files: `<engine>/<version>_<name>.<direction>.sql`.
    pub migrations: FileSet,
    /// Where its migrations come from instead of `migrations`: a folder of another layout.
    pub source: Option<Arc<dyn MigrationSource>>,
    /// What its mark says it is, where that is not `name`.
    pub marked_as: Option<String>,
    /// Migrations in Rust, for what SQL cannot compute.
    pub rust_migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
    /// Its seed files: `<set>/<NN>_<table>.<extension>`.
    pub seeds: FileSet,
    /// Seeds in Rust, for what must be computed.
    pub seed_functions: Vec<SeedFunction>,
    /// Roles on PostgreSQL that read what migrations grant them, by what follows the database's name.
    pub reader_roles: Vec<String>,
    /// Whose counter a row's `version` is drawn from; without a rule, the counter of the nil id.
    pub scope: Option<ScopeRule>,
}

/// A column that points into another database; no foreign key can hold it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogicalReference {
    /// The table with the column.
    pub table: String,
    /// The column.
    pub column: String,
    /// The database pointed into.
    pub database: String,
    /// The table pointed to, by its `id`.
    pub referenced_table: String,
    /// What happens to the row when the one it points to is erased.
    pub on_erase: OnErase,
}

/// What becomes of a row when the user it points to is erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnErase {
    /// The row stays, the column is emptied.
    Anonymise,
    /// The row goes.
    Erase,
    /// The row stays as it is, for this reason.
    Retain(String),
}

/// Which set of seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SeedSet {
    /// Rows every environment needs.
    Reference,
    /// Rows for development and tests, never for production.
    Demo,
}

impl SeedSet {
    /// The name of the set's folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Demo => "demo",
        }
    }
}

/// A seed in Rust. It runs among the files of its set, in the order of the names.
#[derive(Clone)]
pub struct SeedFunction {
    /// The set it belongs to.
    pub set: SeedSet,
    /// Its place among the files, such as `02_user_credentials`.
    pub name: String,
    /// The work, inside one transaction.
    pub run: SeedRun,
    /// Takes back what it inserted, where nobody changed it; rows of files that it belongs to stay without it.
    pub back: Option<SeedRun>,
}

/// The work of a [`SeedFunction`].
pub type SeedRun = Arc<
    dyn for<'a> Fn(&'a DatabaseTransaction, &'a SeedContext) -> BoxFuture<'a, Result<SeedOutcome, SeedError>>
        + Send
        + Sync,
>;

/// Where a row's `version` is drawn from (`sync_scopes`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeRule {
    /// The column that names the scope, in every table that has it.
    pub column: String,
    /// The table whose own `id` is the scope.
    pub root_table: String,
}

impl Descriptor {
    /// A database called `name`, whose owner crate stands in `folder`.
    pub fn new(name: &str, default_database: &str, folder: &str) -> Self {
        Self {
            name: name.to_owned(),
            default_database: default_database.to_owned(),
            folder: folder.to_owned(),
            url_aliases: Vec::new(),
            after: Vec::new(),
            schemas: Vec::new(),
            tables: Vec::new(),
            references: Vec::new(),
            migrations: FileSet::empty(),
            source: None,
            marked_as: None,
            rust_migrations: Vec::new,
            seeds: FileSet::empty(),
            seed_functions: Vec::new(),
            reader_roles: Vec::new(),
            scope: None,
        }
    }

    /// Adds a database that this one comes after.
    #[must_use]
    pub fn after(mut self, database: &str) -> Self {
        self.after.push(database.to_owned());
        self
    }

    /// Adds another variable that holds the app's URL.
    #[must_use]
    pub fn url_alias(mut self, variable: &str) -> Self {
        self.url_aliases.push(variable.to_owned());
        self
    }

    /// Adds a PostgreSQL schema. Schemas go into `search_path` in this order, behind `public`.
    #[must_use]
    pub fn schema(mut self, schema: &str) -> Self {
        self.schemas.push(schema.to_owned());
        self
    }

    /// Adds a role `<database>_<name>` on PostgreSQL. It may connect, and read what migrations grant it; nothing else.
    #[must_use]
    pub fn reader_role(mut self, name: &str) -> Self {
        self.reader_roles.push(name.to_owned());
        self
    }

    /// Adds an entity's table to the schema that was added last.
    #[must_use]
    pub fn entity<E: EntityTrait>(mut self) -> Self {
        let schema = self.schemas.last().map_or("public", String::as_str);
        self.tables.push(TableModel::of::<E>(schema));
        self
    }

    /// Adds the tables that every database has ([`crate::entity`]) to the schema that was added last.
    #[must_use]
    pub fn delivery_tables(self) -> Self {
        self.entity::<idempotency::Entity>().entity::<outbox::Entity>().entity::<sync_scopes::Entity>()
    }

    /// Declares `table.column` to point to the `id` of a table of another database.
    #[must_use]
    pub fn reference(mut self, table: &str, column: &str, to: (&str, &str), on_erase: OnErase) -> Self {
        self.references.push(LogicalReference {
            table: table.to_owned(),
            column: column.to_owned(),
            database: to.0.to_owned(),
            referenced_table: to.1.to_owned(),
            on_erase,
        });
        self
    }

    /// Sets the migration files.
    #[must_use]
    pub fn migrations(mut self, files: FileSet) -> Self {
        self.migrations = files;
        self
    }

    /// Takes the migrations from a folder of another layout.
    #[must_use]
    pub fn source(mut self, source: Arc<dyn MigrationSource>) -> Self {
        self.source = Some(source);
        self
    }

    /// Says what the mark in the database calls it, where that is not its name here.
    #[must_use]
    pub fn marked_as(mut self, mark: &str) -> Self {
        self.marked_as = Some(mark.to_owned());
        self
    }

    /// What its mark says it is.
    pub fn mark(&self) -> &str {
        self.marked_as.as_deref().unwrap_or(&self.name)
    }

    /// Sets the migrations in Rust.
    #[must_use]
    pub fn rust_migrations(mut self, migrations: fn() -> Vec<Box<dyn MigrationTrait>>) -> Self {
        self.rust_migrations = migrations;
        self
    }

    /// Sets the seed files.
    #[must_use]
    pub fn seeds(mut self, files: FileSet) -> Self {
        self.seeds = files;
        self
    }

    /// Adds a seed in Rust.
    #[must_use]
    pub fn seed_function(mut self, set: SeedSet, name: &str, run: SeedRun) -> Self {
        self.seed_functions.push(SeedFunction { set, name: name.to_owned(), run, back: None });
        self
    }

    /// Adds the way back of the seed in Rust that was added last. It answers what it removed as `inserted`, and what it
    /// left as `unchanged`.
    #[must_use]
    pub fn seed_function_back(mut self, back: SeedRun) -> Self {
        if let Some(function) = self.seed_functions.last_mut() {
            function.back = Some(back);
        }
        self
    }

    /// Says whose counter versions are drawn from.
    #[must_use]
    pub fn scope(mut self, column: &str, root_table: &str) -> Self {
        self.scope = Some(ScopeRule { column: column.to_owned(), root_table: root_table.to_owned() });
        self
    }

    /// The variable that holds the app's URL: `<NAME>_DATABASE_URL`.
    pub fn url_variable(&self) -> String {
        format!("{}_DATABASE_URL", self.name.to_uppercase())
    }

    /// The variable that overrides the credentials of migrations: `<NAME>_MIGRATE_URL`.
    pub fn migrate_variable(&self) -> String {
        format!("{}_MIGRATE_URL", self.name.to_uppercase())
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&TableModel> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// `search_path` of every connection: `public` first, or SeaORM would make a second history table in the first
    /// schema.
    pub fn search_path(&self) -> Vec<&str> {
        std::iter::once("public").chain(self.schemas.iter().map(String::as_str)).collect()
    }
}

impl std::fmt::Debug for Descriptor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Descriptor")
            .field("name", &self.name)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

//! A login with the rights of an app and no more.

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Executor};
use uuid::Uuid;

use atriz_db::Target;
use atriz_db::config::PostgresTarget;

use crate::fleet::TestFleet;
use crate::server;

/// A login of its own that is a member of a database's app role: what production gives an app.
#[derive(Clone, Debug)]
pub struct Login {
    options: PgConnectOptions,
}

impl Login {
    /// Makes a login for the app role of database `name`. It goes away with the fleet.
    ///
    /// # Panics
    ///
    /// If the fleet is not one on PostgreSQL.
    pub async fn of_app(test: &TestFleet, name: &str) -> Self {
        let Target::Postgres(target) = test.target(name) else { panic!("only PostgreSQL has logins") };
        Self::of_role(target, &target.app_role).await
    }

    /// Makes a login for the role of database `name` that reads what migrations grant it.
    ///
    /// # Panics
    ///
    /// If the fleet is not one on PostgreSQL, or the database has no such role.
    pub async fn of_reader(test: &TestFleet, name: &str, reader: &str) -> Self {
        let Target::Postgres(target) = test.target(name) else { panic!("only PostgreSQL has logins") };
        let role = target.reader_roles.iter().find(|role| role.ends_with(&format!("_{reader}")));
        Self::of_role(target, role.expect("a test names a role there is")).await
    }

    async fn of_role(target: &PostgresTarget, role: &str) -> Self {
        let (login, password) = (format!("{}_login", target.database), Uuid::new_v4().simple().to_string());
        let mut server = server::connect().await;
        for sql in
            [format!("CREATE ROLE \"{login}\" LOGIN PASSWORD '{password}'"), format!("GRANT \"{role}\" TO \"{login}\"")]
        {
            server.execute(AssertSqlSafe(sql)).await.expect("the tests' server lets tests make logins");
        }
        let options = server::options().clone().username(&login).password(&password).database(&target.database);
        Self { options }
    }

    /// Its options, for a configuration.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// A connection to its own database.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        self.options.clone().connect().await
    }

    /// A connection to another database of the same server.
    ///
    /// # Errors
    ///
    /// What the server says, which is the point.
    pub async fn connect_to(&self, database: &str) -> Result<PgConnection, sqlx::Error> {
        self.options.clone().database(database).connect().await
    }
}

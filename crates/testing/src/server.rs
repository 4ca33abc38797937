//! The PostgreSQL server of this test process.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::OnceLock;

use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};

/// Login to the server that tests use, aimed at its maintenance database.
pub(crate) fn options() -> &'static PgConnectOptions {
    static OPTIONS: OnceLock<PgConnectOptions> = OnceLock::new();
    OPTIONS.get_or_init(|| match atriz_db_tools::cluster::test_server_url() {
        Ok(url) => PgConnectOptions::from_str(&url).expect("the tests' server has a PostgreSQL URL"),
        Err(error) => panic!("{error}"),
    })
}

/// A connection to the maintenance database as the server's superuser.
pub(crate) async fn connect() -> PgConnection {
    let options = options().clone().application_name("atriz testing");
    options.connect().await.expect("the tests' server answers")
}

/// The variables that lead a configuration to the tests' server.
///
/// # Panics
///
/// If there is no server to test on.
pub fn server_variables() -> BTreeMap<String, String> {
    let options = options();
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => options.get_host().to_owned(),
    };
    let mut variables = BTreeMap::from([
        ("PGHOST".to_owned(), host),
        ("PGPORT".to_owned(), options.get_port().to_string()),
        ("PGUSER".to_owned(), options.get_username().to_owned()),
    ]);
    if let Some(password) = options.to_url_lossy().password() {
        let password = percent_encoding::percent_decode_str(password).decode_utf8_lossy().into_owned();
        variables.insert("PGPASSWORD".to_owned(), password);
    }
    variables
}

/// The address of the server, for a child process.
pub(crate) fn url() -> String {
    atriz_db_tools::cluster::test_server_url().unwrap_or_else(|error| panic!("{error}"))
}

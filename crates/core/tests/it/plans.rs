//! What the statements of every day read on SQLite: what they ask for, however much there is of others.
//!
//! SQLite keeps no statistics here, so it runs a statement in the same way however full its tables are. PostgreSQL decides
//! anew by what they hold, so its plans for a few rows say nothing.

use atriz_core::{DEMO_PASSWORD, Keep, SignIn};
use atriz_testing::{Child, Engine, given};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};
use secrecy::ExposeSecret as _;

use crate::people::{PASSWORD, at, enter, of, secret, sign_up};
use crate::queries;
use crate::support::House;

/// What a statement made itself: rows that it was given, and what it named. And the book of roles, which is read as a whole.
const OWN: &[&str] = &["CONSTANT", "VALUES", "w", "held", "roles", "role_includes", "role_permissions"];

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_of_every_day_walks_through_all_there_is() {
    if given().is_none() {
        let test = "plans::no_statement_of_every_day_walks_through_all_there_is";
        let (told, _) = Child::of_test(test, "explain").told();
        assert!(told.contains("plans looked at"), "{told}");
        return;
    }
    queries::listen();
    let house = House::new(Engine::Sqlite).await;
    let queries = everyday(&house).await;
    let mut looked_at = 0;
    for query in queries.iter().filter(|query| !["BEGIN", "COMMIT"].iter().any(|word| query.starts_with(word))) {
        for step in steps(&house, query).await {
            assert!(!walks(&step), "{step}: {query}");
            looked_at += 1;
        }
    }
    println!("plans looked at: {looked_at}");
    assert!(looked_at >= 20, "{looked_at}");
}

#[test]
fn a_walk_is_seen() {
    for step in [
        "SCAN sessions",
        "SCAN h USING COVERING INDEX pk_user_roles",
        "SEARCH sessions USING INDEX idx_sessions_app_id (app_id=?)",
        "SEARCH sessions USING INDEX idx_sessions_app_id_created_at (app_id=? AND created_at>?)",
        "SEARCH sessions USING INDEX idx_sessions_absolute_expires_at (absolute_expires_at>?)",
        "SEARCH s USING AUTOMATIC COVERING INDEX (user_id=?)",
    ] {
        assert!(walks(step), "{step}");
    }
    for step in [
        "SCAN w",
        "SCAN 2 CONSTANT ROWS",
        "SCALAR SUBQUERY 1",
        "SEARCH sessions USING INDEX idx_sessions_user_id_app_id (user_id=? AND app_id=?)",
        "SEARCH a USING INDEX sqlite_autoindex_audit_log_1 (app_id=? AND user_id=?)",
    ] {
        assert!(!walks(step), "{step}");
    }
}

/// Whether a step reads rows that nobody asked for: all of a table or of an app, or all since a time.
fn walks(step: &str) -> bool {
    if let Some(scanned) = step.strip_prefix("SCAN ") {
        return !scanned.split(' ').any(|word| OWN.contains(&word));
    }
    let Some((_, found_by)) = step.strip_prefix("SEARCH ").and_then(|searched| searched.split_once('(')) else {
        return false;
    };
    let mut equal = found_by.split([' ', ')']).filter_map(|term| term.strip_suffix("=?"));
    step.contains(" AUTOMATIC ") || equal.all(|column| column == "app_id")
}

/// How SQLite would run it.
async fn steps(house: &House, query: &str) -> Vec<String> {
    let statement = Statement::from_string(DatabaseBackend::Sqlite, format!("EXPLAIN QUERY PLAN {query}"));
    let rows = house.fleet.database("core").await.read().query_all_raw(statement).await;
    let rows = rows.unwrap_or_else(|error| panic!("{query}: {error}"));
    rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect()
}

/// A day of somebody: signing up, in by password and with tokens, being recognised, refreshing, looking around and out.
async fn everyday(house: &House) -> Vec<String> {
    let (sessions, client) = (house.issuer.sessions(), at(1));
    queries::of(async {
        sign_up(house, "new@new.example", PASSWORD, &at(2)).await.unwrap();
        assert!(enter(house, "member@example.com", "wrong", None, &at(3)).await.is_err());
        let attempt = SignIn {
            email: "member@example.com".to_owned(),
            password: secret(DEMO_PASSWORD),
            code: None,
            app: "atriz".to_owned(),
            keep: Keep::Cookie,
        };
        let signed = sessions.sign_in(attempt, &client).await.unwrap();
        let caller = of(house, signed).await;
        let tokens = house.tokens("buyer@example.com", "atriz").await;
        sessions.refresh(tokens.refresh_token.expose_secret(), &client).await.unwrap();
        assert!(!sessions.list(&caller).await.unwrap().is_empty());
        house.issuer.accounts().forgot_password("member@example.com", &client).await.unwrap();
        sessions.sign_out(&caller, &client).await.unwrap();
    })
    .await
}

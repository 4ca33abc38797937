//! What the database lets a verifier's login read, and that it lets it do nothing else.

use std::collections::BTreeSet;

use atriz_testing::{Engine, Login, run};
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, Row as _};

use crate::support::House;

/// All that a verifier may read.
const READABLE: [&str; 3] = ["auth.verifier_keys", "auth.verifier_profiles", "auth.verifier_revocations"];

async fn list(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(connection).await;
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

/// The code of the server's refusal.
async fn refusal(connection: &mut PgConnection, sql: &str) -> String {
    let error = connection.execute(AssertSqlSafe(sql.to_owned())).await;
    let error = error.map(|done| panic!("{sql}: {done:?}")).unwrap_err();
    error.as_database_error().and_then(|error| error.code().map(Into::into)).unwrap_or_default()
}

/// `insufficient_privilege`.
const DENIED: &str = "42501";

#[test]
fn a_verifiers_login_reads_three_views_and_nothing_else() {
    run(Engine::Postgres, "denial", async |engine| {
        let house = House::new(engine).await;
        house.tokens("member@example.com", "pshop").await;
        let login = Login::of_reader(&house.fleet, "core", "verifier").await;
        let mut verifier = login.connect().await.unwrap();

        for view in READABLE {
            verifier.execute(AssertSqlSafe(format!("SELECT * FROM {view}"))).await.unwrap();
        }
        let columns = "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'auth' ORDER BY 1";
        let columns: BTreeSet<String> = list(&mut verifier, columns).await.into_iter().collect();
        for secret in
            ["phc", "private_sealed", "secret_hash", "cookie_hash", "token_hash", "email", "phone_e164", "code_mac"]
        {
            assert!(!columns.contains(secret), "{secret}");
        }
        let names = list(&mut verifier, "SELECT name FROM auth.verifier_profiles").await;
        assert!(!names.is_empty(), "the views show rows");

        // The catalogue says which relations there are; every right on each but these is refused, and so is trying.
        let relations = "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
            WHERE n.nspname IN ('auth', 'public') AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') ORDER BY 1";
        let relations = list(&mut verifier, relations).await;
        assert!(relations.len() > 20, "{relations:?}");
        for relation in &relations {
            let readable = READABLE.contains(&relation.as_str());
            if !readable {
                assert_eq!(refusal(&mut verifier, &format!("SELECT * FROM {relation}")).await, DENIED, "{relation}");
                assert_eq!(refusal(&mut verifier, &format!("SELECT 1 FROM {relation}")).await, DENIED, "{relation}");
            }
            for statement in ["INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {}"] {
                let refused = refusal(&mut verifier, &statement.replace("{}", relation)).await;
                // A view is no table to truncate, with or without the right to.
                assert!([DENIED, "42809"].contains(&refused.as_str()), "{statement} {relation}: {refused}");
            }
        }
        let granted = "SELECT format('%s %s', privilege_type, table_name) FROM information_schema.role_table_grants \
            WHERE table_schema IN ('auth', 'public') ORDER BY 1";
        let expected = READABLE.map(|view| format!("SELECT {}", view.trim_start_matches("auth.")));
        assert_eq!(list(&mut verifier, granted).await, expected);

        for statement in [
            "CREATE TABLE auth.mine (a int)",
            "CREATE TABLE public.mine (a int)",
            "CREATE SCHEMA mine",
            "CREATE OR REPLACE VIEW auth.verifier_keys AS SELECT 1",
            "UPDATE auth.verifier_profiles SET name = 'x'",
            "UPDATE auth.users SET status = 'active'",
            "ALTER TABLE auth.users ADD COLUMN a int",
            "DROP VIEW auth.verifier_keys",
            "SELECT auth.set_updated_at()",
            "SELECT pg_read_file('/etc/passwd')",
            "CREATE ROLE mine",
        ] {
            assert_eq!(refusal(&mut verifier, statement).await, DENIED, "{statement}");
        }
        for (role, kind) in [("_app", "app"), ("_owner", "owner")] {
            let others = format!(
                "SELECT rolname::text FROM pg_roles WHERE rolname LIKE '%{role}' AND pg_has_role(oid, 'MEMBER')"
            );
            assert_eq!(list(&mut verifier, &others).await, Vec::<String>::new(), "{kind}");
        }
        verifier.close().await.unwrap();
    });
}

#[test]
fn a_view_does_not_leak_rows_to_functions_of_its_reader() {
    run(Engine::Postgres, "barrier", async |engine| {
        let house = House::new(engine).await;
        let session = house.fleet.session("core").await;
        let barriers = "SELECT count(*) FROM pg_class WHERE relname LIKE 'verifier_%' AND relkind = 'v' \
            AND 'security_barrier=true' = ANY(reloptions)";
        assert_eq!(atriz_testing::number(&session.connection, barriers).await, 3);
        session.close().await;
    });
}

/// The app itself adds to the audit log, and changes nothing in it.
#[test]
fn the_app_cannot_change_the_audit_log() {
    run(Engine::Postgres, "append only", async |engine| {
        let house = House::new(engine).await;
        let login = Login::of_app(&house.fleet, "core").await;
        let mut app = login.connect().await.unwrap();
        for statement in
            ["UPDATE auth.audit_log SET action = 'x'", "DELETE FROM auth.audit_log", "TRUNCATE auth.audit_log"]
        {
            assert_eq!(refusal(&mut app, statement).await, DENIED, "{statement}");
        }
        assert_eq!(refusal(&mut app, "ALTER TABLE auth.audit_log DISABLE TRIGGER USER").await, DENIED);
        app.close().await.unwrap();
    });
}

//! Whom each extractor lets in.

use std::time::Duration;

use atriz_testing::{both_engines, number};
use serde_json::json;

use crate::support::{PASSWORD, house};

const ANN: &str = "ann@example.net";

both_engines! {
    async fn whoever_is_signed_out_is_asked_for_a_token(engine) {
        let house = house(engine).await;
        house.http().get_expecting("/try/public", 200).await;
        for path in ["/try/auth", "/try/fresh", "/try/stepped-up", "/try/users"] {
            let answer = house.http().get_expecting(path, 401).await;
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{path}");
            let broken = house.http().bearing("a.b.c").get_expecting(path, 401).await;
            assert_eq!(broken.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#), "{path}");
        }
    }

    async fn whoever_lacks_the_permission_is_told_which(engine) {
        let house = house(engine).await;
        let member = house.http().signed_in("member@example.com").await;
        assert_eq!(member.get_expecting("/try/auth", 200).await.text, "atriz");
        for (method, path) in [("GET", "/try/users"), ("POST", "/try/users-now")] {
            let refused = member.send(method.parse().unwrap(), path, None, 403).await;
            let challenge = r#"Bearer error="insufficient_scope", scope="users.read""#;
            assert_eq!(refused.header("www-authenticate"), Some(challenge), "{path}");
        }
        let support = house.http().signed_in("support@example.com").await;
        support.get_expecting("/try/users", 200).await;
    }

    async fn an_old_proof_is_not_enough_for_what_is_worth_stealing(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let tokens = house.tokens(ANN).await;
        let ann = house.http().bearing(tokens["access_token"].as_str().unwrap());
        ann.get_expecting("/try/stepped-up", 200).await;
        house.wait(Duration::from_secs(601));
        let renewed = json!({"refresh_token": tokens["refresh_token"]});
        let renewed = house.http().post("/auth/token/refresh", &renewed, 200).await.json();
        let ann = house.http().bearing(renewed["access_token"].as_str().unwrap());
        ann.get_expecting("/try/auth", 200).await;
        let refused = ann.get_expecting("/try/stepped-up", 401).await;
        let challenge = refused.header("www-authenticate").unwrap();
        assert!(challenge.contains("insufficient_user_authentication") && challenge.contains("max_age=600"), "{challenge}");
        let proven = ann.post("/auth/step-up", &json!({"password": PASSWORD}), 200).await.json();
        house.http().bearing(proven["access_token"].as_str().unwrap()).get_expecting("/try/stepped-up", 200).await;
    }

    async fn an_api_key_does_what_it_was_made_for(engine) {
        let house = house(engine).await;
        let support = house.http().signed_in("support@example.com").await;
        let asked = json!({"name": "report", "app": "atriz", "permissions": ["users.read"]});
        let made = support.post("/auth/api-keys", &asked, 201).await.json();
        let program = house.http().bearing(made["secret"].as_str().unwrap());
        program.get_expecting("/try/users", 200).await;
        // Nobody sits behind it who could prove who they are.
        program.get_expecting("/try/stepped-up", 401).await;
        // What is its owner's own is not for whoever found it.
        for path in ["/auth/me", "/auth/sessions", "/auth/api-keys", "/auth/totp"] {
            program.get_expecting(path, 403).await;
        }
        let too_much = json!({"name": "more", "app": "atriz", "permissions": ["users.disable"]});
        let refused = support.ask("POST".parse().unwrap(), "/auth/api-keys", Some(&too_much)).await;
        assert!([403, 422].contains(&refused.status.as_u16()), "{}", refused.text);
        support.delete(&format!("/auth/api-keys/{}", made["id"].as_str().unwrap()), 204).await;
        program.get_expecting("/try/users", 401).await;
    }

    /// Who is refused again and again writes one line a minute.
    async fn a_refusal_is_noted_once_a_minute(engine) {
        let house = house(engine).await;
        let member = house.http().signed_in("member@example.com").await;
        let cashier = house.http().signed_in("cashier@example.com").await;
        for _ in 0..5 {
            member.get_expecting("/try/users", 403).await;
            member.get_expecting("/auth/admin/roles", 403).await;
        }
        let owner = house.app.databases.session("core").await;
        let noted = "SELECT count(*) FROM audit_log WHERE action = 'permission.refused' AND outcome = 'denied'";
        assert_eq!(number(&owner.connection, noted).await, 2, "one for each permission");
        cashier.get_expecting("/try/users", 403).await;
        assert_eq!(number(&owner.connection, noted).await, 3, "each person has lines of their own");
        house.wait(Duration::from_secs(61));
        member.get_expecting("/try/users", 403).await;
        member.get_expecting("/try/users", 403).await;
        assert_eq!(number(&owner.connection, noted).await, 4);
        let said = "SELECT count(*) FROM audit_log WHERE action = 'permission.refused' AND actor_id IS NOT NULL AND ip IS NOT NULL \
            AND app = 'atriz' AND REPLACE(CAST(detail AS text), ' ', '') = '{\"permission\":\"users.read\"}'";
        assert_eq!(number(&owner.connection, said).await, 3);
    }
}

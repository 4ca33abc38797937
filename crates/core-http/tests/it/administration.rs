//! What administrators do.

use std::time::{Duration, Instant};

use atriz_testing::both_engines;
use serde_json::json;

use crate::support::{PASSWORD, house};

const ANN: &str = "ann@example.net";

both_engines! {
    async fn a_role_is_in_force_within_two_seconds(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let admin = house.http().signed_in("admin@example.com").await;
        let users = admin.get(&format!("/auth/admin/users?search={ANN}")).await;
        let id = users["items"][0]["id"].as_str().unwrap().to_owned();
        let tokens = house.tokens(ANN).await;
        let ann = house.http().bearing(tokens["access_token"].as_str().unwrap());
        ann.get_expecting("/try/users", 403).await;
        let path = format!("/auth/admin/users/{id}/roles/auditor");
        admin.send("PUT".parse().unwrap(), &path, None, 204).await;
        let shown = admin.get(&format!("/auth/admin/users/{id}")).await;
        assert!(shown["roles"].as_array().unwrap().contains(&"auditor".into()), "{shown}");
        let tokens = house.tokens(ANN).await;
        let ann = house.http().bearing(tokens["access_token"].as_str().unwrap());
        ann.get_expecting("/try/users", 200).await;
        admin.delete(&path, 204).await;
        let since = Instant::now();
        while ann.ask("GET".parse().unwrap(), "/try/users", None).await.status.is_success() {
            assert!(since.elapsed() < Duration::from_secs(2), "the role is still in force");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn an_account_is_disabled_and_enabled(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let tokens = house.tokens(ANN).await;
        let ann = house.http().bearing(tokens["access_token"].as_str().unwrap());
        let id = ann.get("/auth/me").await["id"].as_str().unwrap().to_owned();
        let admin = house.http().signed_in("admin@example.com").await;
        admin.post(&format!("/auth/admin/users/{id}/disable"), &json!({}), 204).await;
        ann.get_expecting("/try/fresh", 401).await;
        house.http().post("/auth/token/refresh", &json!({"refresh_token": tokens["refresh_token"]}), 400).await;
        house.http().post("/auth/sign-in", &json!({"email": ANN, "password": PASSWORD}), 403).await;
        admin.post(&format!("/auth/admin/users/{id}/enable"), &json!({}), 204).await;
        house.wait(Duration::from_mins(1));
        house.tokens(ANN).await;
        let trail = house.http().signed_in("auditor@example.com").await;
        let entries = trail.get(&format!("/auth/admin/audit?subject={id}&limit=2")).await;
        assert_eq!(entries["items"].as_array().unwrap().len(), 2);
        assert!(entries["next"].is_string());
    }

    async fn somebody_is_invited(engine) {
        let house = house(engine).await;
        let admin = house.http().signed_in("admin@example.com").await;
        let asked = json!({"email": "bob@example.net", "roles": ["mextrack.driver"]});
        admin.post("/auth/admin/invitations", &asked, 202).await;
        let token = house.token_of_mail("bob@example.net", "/invitation").await;
        let accepted = json!({"token": token, "name": "Bob", "password": PASSWORD});
        house.http().post("/auth/invitations/accept", &accepted, 204).await;
        house.http().post("/auth/invitations/accept", &accepted, 400).await;
        let body = json!({"email": "bob@example.net", "password": PASSWORD});
        let tokens = house.http().post("/auth/sign-in", &body, 200).await.json();
        let bob = house.http().bearing(tokens["access_token"].as_str().unwrap());
        assert_eq!(bob.get("/auth/me").await["name"], "Bob");
    }

    async fn sessions_of_others_are_read_and_ended_one_by_one(engine) {
        let house = house(engine).await;
        let support = house.http().signed_in("support@example.com").await;
        let (one, other) =
            (house.http().signed_in("member@example.com").await, house.http().signed_in("member@example.com").await);
        let member = one.get("/auth/me").await["id"].as_str().unwrap().to_owned();
        let path = format!("/auth/admin/users/{member}/sessions");
        let own = one.get("/auth/sessions").await["items"].as_array().unwrap().clone();
        let current = own.iter().find(|session| session["current"] == true).unwrap()["id"].as_str().unwrap().to_owned();
        let listed = support.get(&path).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 2, "{listed}");
        assert!(listed["items"].as_array().unwrap().iter().all(|session| session["current"] == false), "{listed}");
        support.delete(&format!("{path}/{current}"), 204).await;
        support.delete(&format!("{path}/{current}"), 204).await;
        one.get_expecting("/auth/me", 401).await;
        other.get_expecting("/auth/me", 200).await;
        let left = support.get(&path).await;
        assert_eq!(left["items"].as_array().unwrap().len(), 1, "{left}");
        // One of another person, under this one's address; a person who is not there; and nobody's business.
        let session = support.get("/auth/sessions").await["items"][0]["id"].as_str().unwrap().to_owned();
        support.delete(&format!("{path}/{session}"), 404).await;
        let nobody = "/auth/admin/users/00000000-0000-0000-0000-000000000000/sessions";
        support.get_expecting(nobody, 404).await;
        other.get_expecting(&path, 403).await;
        house.http().signed_in("auditor@example.com").await.delete(&format!("{path}/{session}"), 403).await;
    }

    async fn a_service_account_gets_a_key(engine) {
        let house = house(engine).await;
        let admin = house.http().signed_in("admin@example.com").await;
        let asked = json!({"code": "report", "name": "Report", "app": "atriz", "permissions": ["users.read"]});
        let made = admin.post("/auth/admin/service-accounts", &asked, 201).await.json();
        let keys = format!("/auth/admin/service-accounts/{}/keys", made["id"].as_str().unwrap());
        let asked = json!({"name": "nightly", "app": "atriz", "permissions": ["users.read"]});
        let key = admin.post(&keys, &asked, 201).await.json();
        let program = house.http().bearing(key["secret"].as_str().unwrap());
        program.get_expecting("/try/users", 200).await;
        // It is no person: it has no account to show.
        program.get_expecting("/auth/me", 403).await;
        let listed = admin.get(&keys).await;
        assert!(listed["items"][0].get("secret").is_none(), "{listed}");
        admin.delete(&format!("{keys}/{}", key["id"].as_str().unwrap()), 204).await;
        program.get_expecting("/try/users", 401).await;
    }

    async fn accounts_are_listed_page_by_page(engine) {
        let house = house(engine).await;
        let admin = house.http().signed_in("admin@example.com").await;
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("/auth/admin/users?limit=7{after}")).await;
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 7);
            found.extend(items.iter().map(|user| user["email"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert!(found.is_sorted() && found.len() == 20, "{found:?}");
        let searched = admin.get("/auth/admin/users?search=seller").await;
        assert_eq!(searched["items"].as_array().unwrap().len(), 5);
        for query in ["search=a%00", "after=x", "limit=0", "role=admin"] {
            admin.get_expecting(&format!("/auth/admin/users?{query}"), 400).await;
        }
    }
}

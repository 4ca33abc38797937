//! Input that nobody sends by accident.

use atriz_testing::both_engines;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::json;

use crate::support::house;

const JSON: &str = "application/json";

/// Routes that read JSON and are for everybody.
const OPEN: [&str; 8] = [
    "/auth/sign-up",
    "/auth/sign-in",
    "/auth/email/verify",
    "/auth/email/verification",
    "/auth/password/forgot",
    "/auth/password/reset",
    "/auth/token/refresh",
    "/auth/invitations/accept",
];

both_engines! {
    async fn bodies_that_are_no_good_are_refused(engine) {
        let house = house(engine).await;
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        let large = format!(r#"{{"email":"{}"}}"#, "x".repeat(17 * 1024));
        for path in OPEN {
            for (kind, body, status) in [
                (JSON, b"".to_vec(), 400),
                (JSON, b"{".to_vec(), 400),
                (JSON, b"{} {}".to_vec(), 422),
                (JSON, deep.clone().into_bytes(), 400),
                (JSON, large.clone().into_bytes(), 413),
                (JSON, b"{\"\xff\":1}".to_vec(), 400),
                (JSON, b"{}".to_vec(), 422),
                (JSON, b"[]".to_vec(), 422),
                (JSON, br#"{"surprise":1}"#.to_vec(), 422),
                ("text/plain", b"{}".to_vec(), 415),
                ("application/x-www-form-urlencoded", b"token=x".to_vec(), 415),
                ("", b"{}".to_vec(), 415),
            ] {
                let answer = house.http().raw(Method::POST, path, kind, body.clone()).await;
                let sent = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
                assert_eq!(answer.status.as_u16(), status, "{path} {kind} {sent}: {}", answer.text);
                assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
            }
        }
    }

    async fn a_body_that_is_compressed_is_not_read(engine) {
        let house = house(engine).await;
        for (path, kind, body) in [
            ("/auth/sign-in", JSON, r#"{"email":"a@example.net","password":"x"}"#),
            ("/auth/token", "application/x-www-form-urlencoded", "grant_type=refresh_token&refresh_token=x"),
        ] {
            let packed = house.http().with("content-encoding", "gzip").raw(Method::POST, path, kind, body).await;
            assert_eq!((packed.status.as_u16(), packed.header("accept-encoding")), (415, Some("identity")), "{path}");
            let plain = house.http().with("content-encoding", "identity").raw(Method::POST, path, kind, body).await;
            assert!([400, 401].contains(&plain.status.as_u16()), "{path}: {}", plain.text);
        }
    }

    async fn what_comes_twice_or_is_unknown_is_named(engine) {
        let house = house(engine).await;
        for body in [
            r#"{"email":"a@example.net","email":"b@example.net","password":"x"}"#,
            r#"{"email":"a@example.net","password":"x","admin":true}"#,
            r#"{"email":"a@example.net","password":5}"#,
            r#"{"email":"a@example.net","password":"x","session":"forever"}"#,
        ] {
            let answer = house.http().raw(Method::POST, "/auth/sign-in", JSON, body).await;
            assert_eq!(answer.status.as_u16(), 422, "{body}: {}", answer.text);
        }
        let twice = house.http().raw(Method::POST, "/auth/token", "application/x-www-form-urlencoded", "grant_type=a&grant_type=b");
        assert_eq!(twice.await.status.as_u16(), 400);
    }

    async fn odd_text_is_a_matter_of_course(engine) {
        let house = house(engine).await;
        for odd in ["a\0b", "\u{202e}abc", "\u{fffd}", "e\u{301}@example.net", "' OR 1=1 --", "\r\nBcc: x@y", "\u{1f600}"] {
            for (path, body) in [
                ("/auth/sign-in", json!({"email": odd, "password": odd, "code": odd})),
                ("/auth/sign-in", json!({"email": "member@example.com", "password": odd, "app": odd})),
                ("/auth/sign-up", json!({"email": odd, "name": odd, "password": odd})),
                ("/auth/password/forgot", json!({"email": odd})),
                ("/auth/email/verify", json!({"token": odd, "password": odd})),
                ("/auth/email/change/confirm", json!({"token": odd, "password": odd})),
                ("/auth/token/refresh", json!({"refresh_token": odd})),
                ("/auth/password/reset", json!({"token": odd, "password": odd})),
                ("/auth/invitations/accept", json!({"token": odd, "name": odd, "password": odd})),
            ] {
                let answer = house.http().ask(Method::POST, path, Some(&body)).await;
                let status = answer.status.as_u16();
                assert!((200..500).contains(&status), "{path} {odd:?}: {status} {}", answer.text);
            }
        }
    }

    async fn tokens_cut_short_or_changed_are_refused(engine) {
        let house = house(engine).await;
        let body = json!({"email": "member@example.com", "password": atriz_core::DEMO_PASSWORD});
        let tokens = house.http().post("/auth/sign-in", &body, 200).await.json();
        let (access, refresh) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
        for length in (0..access.len()).step_by(7) {
            house.http().with("authorization", &format!("Bearer {}", &access[..length])).get_expecting("/try/auth", 401).await;
        }
        for length in (0..refresh.len()).step_by(5) {
            let cut = json!({"refresh_token": &refresh[..length]});
            house.http().post("/auth/token/refresh", &cut, 400).await;
        }
        // The tokens themselves are still good.
        house.http().bearing(access).get_expecting("/try/auth", 200).await;
        house.http().post("/auth/token/refresh", &json!({"refresh_token": refresh}), 200).await;
    }

    async fn random_bytes_are_no_fault_of_ours(engine) {
        let house = house(engine).await;
        let mut runner = TestRunner::deterministic();
        let bytes = proptest::collection::vec(any::<u8>(), 0..200);
        for round in 0..60 {
            let body = bytes.new_tree(&mut runner).unwrap().current();
            for path in OPEN {
                let answer = house.http().raw(Method::POST, path, JSON, body.clone()).await;
                assert!(answer.status.is_client_error(), "{round} {path}: {}", answer.text);
            }
            let form = "application/x-www-form-urlencoded";
            let answer = house.http().raw(Method::POST, "/auth/token", form, body).await;
            assert!(answer.status.is_client_error(), "{round}: {}", answer.text);
        }
    }
}

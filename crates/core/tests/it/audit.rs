//! The audit log: one chain, whoever writes, and nothing in it can be changed unseen.

use std::sync::Arc;

use atriz_core::{AuditFilter, AuditHead, Client};
use atriz_db::Database;
use atriz_testing::{Engine, both_engines, execute, number};
use tokio::task::JoinSet;

use crate::people::words;
use crate::support::House;

/// Sets the triggers aside, as somebody may who owns the database.
async fn tamper(house: &House, sql: &str) {
    let session = house.fleet.session("core").await;
    let (aside, back) = match house.fleet.engine {
        Engine::Postgres => {
            ("ALTER TABLE auth.audit_log DISABLE TRIGGER USER", "ALTER TABLE auth.audit_log ENABLE TRIGGER USER")
        }
        Engine::Sqlite => {
            ("DROP TRIGGER trg_audit_log_append_only_update; DROP TRIGGER trg_audit_log_append_only_delete", "SELECT 1")
        }
    };
    // On SQLite they are gone the second time.
    let _ = execute(&session.connection, aside).await;
    execute(&session.connection, sql).await.unwrap();
    execute(&session.connection, back).await.unwrap();
    session.close().await;
}

async fn refuses(database: &Database, sql: &str) {
    let error = execute(database.write(), sql).await.unwrap_err().to_string();
    let told = ["never changed or deleted", "permission denied", "no such table", "syntax error"];
    assert!(told[..2].iter().any(|text| error.contains(text)), "{sql}: {error}");
}

/// Some sign-ins, good and bad.
async fn happenings(house: &House) {
    for email in ["member@example.com", "admin@example.com", "driver@example.com"] {
        house.tokens(email, "atriz").await;
    }
}

both_engines! {
    async fn what_happened_is_one_chain(engine) {
        let house = House::new(engine).await;
        happenings(&house).await;
        let report = house.issuer.audit().verify(None).await.unwrap();
        assert_eq!(report.broken, None);
        // The first keys, and three sign-ins.
        assert!(report.entries >= 4, "{report:?}");
        let head = report.head.unwrap();
        assert_eq!(u64::try_from(head.seq).unwrap(), report.entries);
        house.tokens("member@example.com", "pshop").await;
        assert_eq!(house.issuer.audit().verify(Some(head)).await.unwrap().broken, None, "an older head is still in it");

        let entries = house.issuer.audit().list(&AuditFilter { limit: 100, ..AuditFilter::default() }).await.unwrap();
        assert!(entries.windows(2).all(|pair| pair[0].seq == pair[1].seq + 1));
        let newest = &entries[0];
        assert_eq!((newest.actor_kind.as_str(), newest.outcome.as_str()), ("user", "success"));
        assert_eq!(newest.ip.as_deref(), Some("203.0.113.7"));
        let filter = AuditFilter { actor: newest.actor_id, before: Some(newest.seq), limit: 1, ..AuditFilter::default() };
        let before = house.issuer.audit().list(&filter).await.unwrap();
        assert_eq!(before[0].actor_id, newest.actor_id);
        assert_eq!(before.len(), 1);
    }

    async fn many_write_at_once_without_a_gap(engine) {
        let house = Arc::new(House::new(engine).await);
        let other = house.another().await;
        let admin = house.caller("admin@example.com", "atriz").await;
        let user = house.caller("member@example.com", "atriz").await.user.unwrap();
        let before = house.issuer.audit().verify(None).await.unwrap().entries;
        let mut tasks = JoinSet::new();
        for index in 0..32 {
            let issuer = if index % 2 == 0 { house.issuer.clone() } else { other.clone() };
            let admin = admin.clone();
            tasks.spawn(async move {
                issuer.roles().grant(&admin, user, "auditor", None, &Client::default()).await.unwrap();
            });
        }
        tasks.join_all().await;
        let report = house.issuer.audit().verify(None).await.unwrap();
        assert_eq!((report.broken, report.entries), (None, before + 32));
    }

    async fn rows_cannot_be_changed_by_the_app(engine) {
        let house = House::new(engine).await;
        let database = house.fleet.database("core").await;
        refuses(&database, "UPDATE audit_log SET action = 'x'").await;
        refuses(&database, "DELETE FROM audit_log").await;
        if engine == Engine::Postgres {
            refuses(&database, "TRUNCATE audit_log").await;
            // Nor by the owner, without setting the triggers aside.
            let session = house.fleet.session("core").await;
            for sql in ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"] {
                let error = execute(&session.connection, sql).await.unwrap_err().to_string();
                assert!(error.contains("never changed or deleted"), "{sql}: {error}");
            }
        }
        assert!(number(database.read(), "SELECT count(*) FROM audit_log").await > 0);
    }

    async fn whatever_was_changed_is_found(engine) {
        let house = House::new(engine).await;
        happenings(&house).await;
        let audit = house.issuer.audit();
        let head = audit.verify(None).await.unwrap().head.unwrap();
        let kept: AuditHead = head.to_string().parse().unwrap();
        assert_eq!(kept, head);

        tamper(&house, "UPDATE audit_log SET outcome = 'failure' WHERE seq = 2").await;
        assert_eq!(audit.verify(None).await.unwrap().broken.as_deref(), Some("entry 2 was changed"));
        tamper(&house, "UPDATE audit_log SET outcome = 'success' WHERE seq = 2").await;
        assert_eq!(audit.verify(None).await.unwrap().broken, None);

        tamper(&house, "UPDATE audit_log SET ip = NULL WHERE seq = 3").await;
        assert_eq!(audit.verify(None).await.unwrap().broken.as_deref(), Some("entry 3 was changed"));
        tamper(&house, "DELETE FROM audit_log WHERE seq = 3").await;
        assert_eq!(audit.verify(None).await.unwrap().broken.as_deref(), Some("entry 3 is missing"));
    }

    /// Text that is read as another text has the same hash; whoever looks at the table would see what is not hashed.
    async fn text_that_says_more_than_is_read_is_found(engine) {
        let house = House::new(engine).await;
        happenings(&house).await;
        let audit = house.issuer.audit();
        if engine == Engine::Postgres {
            // There a document has one form, and times have no more digits.
            tamper(&house, "UPDATE audit_log SET detail = (' {\"amr\":\"x\",' || substr(CAST(detail AS text), 2))::jsonb \
                WHERE seq = 3").await;
            assert_eq!(audit.verify(None).await.unwrap().broken, None);
            return;
        }
        for change in [
            "detail = '{\"amr\":\"x\",' || substr(detail, 2)",
            "detail = ' ' || detail",
            "at = replace(at, '+00:00', '.0000001+00:00')",
        ] {
            let before = words(&house, "SELECT detail || '|' || at FROM audit_log WHERE seq = 3").await.remove(0);
            let (detail, at) = before.split_once('|').unwrap();
            tamper(&house, &format!("UPDATE audit_log SET {change} WHERE seq = 3")).await;
            assert_eq!(audit.verify(None).await.unwrap().broken.as_deref(), Some("entry 3 was changed"), "{change}");
            tamper(&house, &format!("UPDATE audit_log SET detail = '{detail}', at = '{at}' WHERE seq = 3")).await;
            assert_eq!(audit.verify(None).await.unwrap().broken, None);
        }
    }

    async fn a_tail_that_is_gone_is_found(engine) {
        let house = House::new(engine).await;
        happenings(&house).await;
        let audit = house.issuer.audit();
        let head = audit.verify(None).await.unwrap().head.unwrap();
        tamper(&house, &format!("DELETE FROM audit_log WHERE seq = {}", head.seq)).await;
        let told = format!("it ends at entry {}, and {} were written", head.seq - 1, head.seq);
        assert_eq!(audit.verify(None).await.unwrap().broken, Some(told));
        // Somebody who sets the counter back as well is found out by the head that was kept.
        tamper(&house, &format!("UPDATE sync_scopes SET version = {} WHERE version = {}", head.seq - 1, head.seq)).await;
        assert_eq!(audit.verify(None).await.unwrap().broken, None);
        let told = format!("it ends at entry {}, and the head that was kept is entry {}", head.seq - 1, head.seq);
        assert_eq!(audit.verify(Some(head)).await.unwrap().broken, Some(told));
        // And so is who goes on from there.
        house.tokens("cashier@example.com", "pshop").await;
        let broken = audit.verify(Some(head)).await.unwrap().broken.unwrap();
        assert!(broken.contains("is not the one that was kept"), "{broken}");
    }
}

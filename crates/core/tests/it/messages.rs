//! What is sent, by whom, how often, and what is left of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use atriz_testing::both_engines;
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use crate::people::{Post, at, count, run_sql, words};
use crate::support::House;

const PEOPLE: [&str; 12] = [
    "admin",
    "auditor",
    "support",
    "member",
    "site-admin",
    "editor",
    "moderator",
    "seller1",
    "buyer",
    "driver",
    "manager",
    "cashier",
];

/// Waits for what a query counts.
async fn wait_for(house: &House, sql: &str, expected: i64) {
    for _ in 0..600 {
        if count(house, sql).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{sql}: {} and not {expected}", count(house, sql).await);
}

both_engines! {
    async fn several_workers_send_each_message_once(engine) {
        let house = House::new(engine).await;
        let others = [house.another().await, house.another().await];
        for (number, name) in (0..).zip(PEOPLE) {
            let issuer = &others[usize::from(number % 2)];
            issuer.accounts().forgot_password(&format!("{name}@example.com"), &at(number)).await.unwrap();
        }
        let post = Post::of(&house);
        for name in PEOPLE {
            assert_eq!(post.one(&format!("{name}@example.com")).await.subject, "Set a new password");
        }
        let sent = "SELECT count(*) FROM messages WHERE sent_at IS NOT NULL AND sealed IS NULL AND attempts = 1";
        assert_eq!(count(&house, sent).await, 12);
        for issuer in others {
            issuer.shutdown().await;
        }
    }

    async fn a_message_is_sealed_until_it_is_sent(engine) {
        // Nobody listens there.
        let house = House::with(engine, |settings| {
            settings.smtp_url = Some(SecretString::from("smtp://user:hunter@127.0.0.1:1"));
        })
        .await;
        house.issuer.accounts().forgot_password("member@example.com", &at(1)).await.unwrap();
        wait_for(&house, "SELECT count(*) FROM messages WHERE attempts = 1 AND error IS NOT NULL", 1).await;
        let error = words(&house, "SELECT error FROM messages").await;
        assert_eq!(error, ["the mail server could not be reached"], "neither address nor password");
        let sealed = words(&house, "SELECT CAST(length(sealed) AS text) FROM messages").await;
        assert!(sealed[0].parse::<usize>().unwrap() > 100, "{sealed:?}");
        // Too early for the second try.
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        assert_eq!(count(&house, "SELECT CAST(attempts AS bigint) FROM messages").await, 1);
        run_sql(&house, "UPDATE messages SET attempts = 9").await;
        house.fleet.clock.advance(Duration::from_secs(31));
        let given_up = "SELECT count(*) FROM messages WHERE attempts = 10 AND failed_at IS NOT NULL AND sealed IS NULL";
        wait_for(&house, given_up, 1).await;
    }

    async fn a_mail_server_gets_the_mail(engine) {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        let letters: Arc<Mutex<Vec<String>>> = Arc::default();
        tokio::spawn(serve(server, Arc::clone(&letters)));
        let house = House::with(engine, |settings| {
            settings.smtp_url = Some(SecretString::from(format!("smtp://127.0.0.1:{port}")));
            "House <house@atriz.example>".clone_into(&mut settings.mail_from);
        })
        .await;
        house.issuer.accounts().forgot_password("member@example.com", &at(1)).await.unwrap();
        wait_for(&house, "SELECT count(*) FROM messages WHERE sent_at IS NOT NULL", 1).await;
        let letters = letters.lock().unwrap();
        assert_eq!(letters.len(), 1);
        let letter = letters[0].replace("=\n", "").replace("=3D", "=");
        for part in ["From: House <house@atriz.example>", "To: member@example.com", "/password/reset?token=rst_", "Message-ID: <"] {
            assert!(letter.contains(part), "{part}: {letter}");
        }
    }

    async fn files_are_their_owners_alone(engine) {
        let house = House::new(engine).await;
        house.issuer.accounts().forgot_password("member@example.com", &at(1)).await.unwrap();
        Post::of(&house).one("member@example.com").await;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let folder = house.fleet.folder().join("messages");
            let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&folder), 0o700);
            for entry in std::fs::read_dir(&folder).unwrap() {
                assert_eq!(mode(&entry.unwrap().path()), 0o600);
            }
        }
    }
}

/// A mail server that takes everything.
async fn serve(server: TcpListener, letters: Arc<Mutex<Vec<String>>>) {
    loop {
        let (stream, _) = server.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 test\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let answer: &[u8] = match line.get(..4).unwrap_or_default() {
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.unwrap();
                    let mut letter = String::new();
                    while let Ok(Some(line)) = lines.next_line().await {
                        if line == "." {
                            break;
                        }
                        letter.push_str(&line);
                        letter.push('\n');
                    }
                    letters.lock().unwrap().push(letter);
                    b"250 taken\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 good\r\n",
            };
            if write.write_all(answer).await.is_err() {
                break;
            }
        }
    }
}

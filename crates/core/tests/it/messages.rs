//! What is sent, by whom, how often, and what is left of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use atriz_core::AuthSettings;
use atriz_testing::{Child, Engine, TestFleet, both_engines, given};
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use crate::people::{PASSWORD, Post, at, count, run_sql, sign_up, words};
use crate::support::{House, open, settings_of};

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

/// What a child of a test does: opens an issuer over its parent's database, whose worker sends to its parent's server.
const ERRAND: &str = "messages::sends_on_an_errand";

#[test]
fn sends_on_an_errand() {
    let Some(errand) = given() else { return };
    let (port, handle) = errand.split_once('|').unwrap();
    let fleet = TestFleet::attach(vec![atriz_core::descriptor()], handle);
    let mut settings = settings_of(&fleet);
    to_server(&mut settings, port.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let _issuer = open(&fleet, settings).await.unwrap();
        // It does not end by itself; should its parent fail, it does not stay for ever either.
        tokio::time::sleep(Duration::from_mins(1)).await;
    });
}

fn to_server(settings: &mut AuthSettings, port: u16) {
    settings.smtp_url = Some(SecretString::from(format!("smtp://127.0.0.1:{port}")));
}

/// A line of a letter's head.
fn line<'a>(letter: &'a str, name: &str) -> &'a str {
    letter.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {letter}"))
}

both_engines! {
    /// Who is killed while it sends loses nothing, and repeats what it had in hand alone.
    async fn a_worker_that_is_killed_loses_nothing(engine) {
        const PEOPLE: u16 = 24;
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        let letters: Arc<Mutex<Vec<String>>> = Arc::default();
        tokio::spawn(serve_slowly(server, Arc::clone(&letters), Duration::from_millis(60)));
        // Not a copy of the template: its roles are the template's, which a child cannot know.
        let fleet = TestFleet::migrated(engine, vec![atriz_core::descriptor()]).await;
        fleet.seed().await.unwrap();
        let mut settings = settings_of(&fleet);
        to_server(&mut settings, port);
        let house = House { issuer: open(&fleet, settings).await.unwrap(), fleet };
        // Its own worker sends nothing: all is left to those that are killed.
        house.issuer.shutdown().await;
        for number in 0..PEOPLE {
            sign_up(&house, &format!("person{number}@new.example"), PASSWORD, &at(number)).await.unwrap();
        }
        let (mut kills, mut seen) = (0, 0);
        while seen < 15 {
            let child = Child::of_test(ERRAND, &format!("{port}|{}", house.fleet.handle()));
            let mut child = if engine == Engine::Postgres { child.with_server().spawn() } else { child.spawn() };
            let enough = seen + 4;
            for _ in 0..2_000 {
                seen = letters.lock().unwrap().len();
                if seen >= enough {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            // The server holds a letter and has not said so yet.
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            assert!(seen >= enough, "the child sends: {seen} of {enough}");
        }
        let waiting = "SELECT count(*) FROM messages WHERE sealed IS NOT NULL";
        assert!(count(&house, waiting).await >= 1, "something is left to be sent");
        // What a killed one had in hand is taken over once nobody can have it any more.
        house.fleet.clock.advance(Duration::from_mins(4));
        let last = house.another().await;
        wait_for(&house, waiting, 0).await;
        last.shutdown().await;
        let letters = letters.lock().unwrap().clone();
        let mut again = 0;
        for number in 0..PEOPLE {
            let to = format!("person{number}@new.example");
            let theirs: Vec<&String> = letters.iter().filter(|letter| line(letter, "To: ") == to).collect();
            assert!((1..=2).contains(&theirs.len()), "{to} has {} letters", theirs.len());
            let names: std::collections::BTreeSet<&str> = theirs.iter().map(|letter| line(letter, "Message-ID: ")).collect();
            assert_eq!(names.len(), 1, "a letter that comes again has its name, by which a server knows it");
            again += theirs.len() - 1;
        }
        assert!(again <= kills, "{again} came again, {kills} were killed");
        assert_eq!(letters.len(), usize::from(PEOPLE) + again);
        assert_eq!(count(&house, "SELECT count(*) FROM messages WHERE failed_at IS NOT NULL").await, 0);
    }

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
    serve_slowly(server, letters, Duration::ZERO).await;
}

/// The same, which says so a while after it has taken something.
async fn serve_slowly(server: TcpListener, letters: Arc<Mutex<Vec<String>>>, pause: Duration) {
    loop {
        let (stream, _) = server.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        if write.write_all(b"220 test\r\n").await.is_err() {
            continue;
        }
        while let Ok(Some(line)) = lines.next_line().await {
            let answer: &[u8] = match line.get(..4).unwrap_or_default() {
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.unwrap();
                    let (mut letter, mut is_whole) = (String::new(), false);
                    while let Ok(Some(line)) = lines.next_line().await {
                        if line == "." {
                            is_whole = true;
                            break;
                        }
                        letter.push_str(&line);
                        letter.push('\n');
                    }
                    // What broke off is no letter, and nobody waits for an answer.
                    if !is_whole {
                        break;
                    }
                    letters.lock().unwrap().push(letter);
                    tokio::time::sleep(pause).await;
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

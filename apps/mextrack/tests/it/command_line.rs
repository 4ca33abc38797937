//! The program: what it prints where, and its exit codes.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use atriz_db::config::SqliteTarget;
use atriz_db::{Purpose, Session, Target};
use atriz_testing::{Child, execute};
use serde_json::Value;
use tempfile::TempDir;

struct Program {
    folder: TempDir,
    port: u16,
}

impl Program {
    fn new() -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        Self { folder: tempfile::tempdir().unwrap(), port: free.port() }
    }

    /// The program on SQLite in a folder of its own, in the environment `test`. The URLs come before whatever a
    /// developer's own `.env` says.
    fn child(&self, line: &[&str]) -> Child {
        self.child_of(env!("CARGO_BIN_EXE_mextrack-api"), line)
    }

    /// Another program in the same environment.
    fn child_of(&self, program: &str, line: &[&str]) -> Child {
        let url = |name: &str| format!("sqlite:{}", self.folder.path().join(name).display());
        let program = Child::program(program)
            .env("APP_ENV", "test")
            .env("DATA_DIR", self.folder.path())
            .env("CORE_DATABASE_URL", url("core.db"))
            .env("MEXTRACK_DATABASE_URL", url("mextrack.db"))
            .env("HOST", "127.0.0.1")
            .env("PORT", self.port.to_string());
        line.iter().fold(program, Child::arg)
    }

    fn run(&self, line: &[&str]) -> Told {
        Told::of(self.child(line).run())
    }

    /// Changes one of its databases by hand.
    fn execute(&self, name: &str, sql: &str) {
        let path = self.folder.path().join(format!("{name}.db"));
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let database = Target::Sqlite(SqliteTarget { path });
            let session = Session::open(&database, Purpose::Own).await.unwrap();
            execute(&session.connection, sql).await.unwrap();
            session.close().await;
        });
    }

    /// What a terminal shows while somebody makes the first administrator and types these at its questions. `script` is
    /// the terminal; it comes with every Debian and most others.
    #[cfg(target_os = "linux")]
    fn type_passwords(&self, passwords: [&str; 2]) -> String {
        let program = env!("CARGO_BIN_EXE_mextrack-api");
        let line = format!(
            "{program} admin create --email ann@example.net --name Ann; echo rc=$?; \
             stty -a | grep -q ' echo ' && echo echo is on again"
        );
        let mut terminal = self.child_of("script", &["-q", "-e", "-c", &line, "/dev/null"]).stdin().spawn();
        let (mut keys, mut screen) = (terminal.stdin.take().unwrap(), terminal.stdout.take().unwrap());
        let mut shown = String::new();
        let mut waits = passwords.into_iter().zip(["Password: ", "Once more: "]).peekable();
        let mut chunk = [0; 256];
        while let Ok(count) = screen.read(&mut chunk) {
            if count == 0 {
                break;
            }
            shown.push_str(&String::from_utf8_lossy(&chunk[..count]));
            if let Some((password, _)) = waits.next_if(|(_, question)| shown.contains(question)) {
                // The question comes first, and the terminal is made silent right behind it.
                std::thread::sleep(Duration::from_millis(300));
                writeln!(keys, "{password}").unwrap();
            }
        }
        drop(keys);
        terminal.wait().unwrap();
        shown
    }

    /// The answer of the app once it listens.
    fn ask(&self, path: &str) -> String {
        let patience = Instant::now() + Duration::from_secs(20);
        let mut stream = loop {
            match TcpStream::connect(("127.0.0.1", self.port)) {
                Ok(stream) => break stream,
                Err(_) if Instant::now() < patience => std::thread::sleep(Duration::from_millis(20)),
                Err(error) => panic!("the app does not listen: {error}"),
            }
        };
        write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

struct Told {
    code: i32,
    out: String,
    err: String,
}

impl Told {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

#[test]
fn an_error_ends_with_what_to_do() {
    let program = Program::new();
    for (line, error, hint) in [
        (&["fly"][..], "error: unrecognized subcommand 'fly'", "hint: `mextrack-api --help`"),
        (&["seed", "--demo", "--reference"], "error: the argument '--demo'", "hint: `mextrack-api --help`"),
        (&["fresh", "-u"], "error: `mextrack-api fresh` is refused", "hint: `cargo xtask db reset`"),
        (&["reset"], "error: `mextrack-api reset` is refused", "hint: `cargo xtask db reset`"),
        (&["serve"], "error: core: database ", "hint: `mextrack-api migrate` makes the file"),
        (&["down", "-n", "x"], "error: invalid value 'x'", "hint: `mextrack-api --help`"),
    ] {
        let told = program.run(line);
        assert_eq!((told.code, told.out.as_str()), (1, ""), "{line:?}: {}", told.err);
        let (first, last) = told.err.rsplit_once("\n\n").unwrap();
        assert!(first.contains(error) && last.starts_with(hint), "{line:?}: {}", told.err);
    }
}

#[test]
fn help_and_version_are_what_was_asked_for() {
    let program = Program::new();
    let help = program.run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    assert!(help.out.contains("Usage: mextrack-api") && !help.out.contains('\u{1b}'), "{}", help.out);
    for verb in ["serve", "migrate", "seed", "status", "up", "down", "keys", "sessions", "audit", "admin"] {
        assert!(program.run(&[verb, "--help"]).out.contains("Example:\n  "), "{verb}");
    }
    assert_eq!(program.run(&["--version"]).out.trim(), concat!("mextrack-api ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_app_needs_no_workspace_to_migrate() {
    let program = Program::new();
    let migrated = program.run(&["migrate"]);
    assert_eq!(migrated.code, 0, "{}", migrated.err);
    assert_eq!(migrated.out, "core: is up to date, 24 applied\nmextrack: is up to date, 12 applied\n");
    assert!(migrated.err.starts_with("core: 20260101000000_create_schemas ("), "{}", migrated.err);
    let again = program.run(&["up", "--json"]);
    let report: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!((again.err.as_str(), &report[1]["phase"]), ("", &"current".into()));
    assert_eq!(program.run(&["migrate", "--dry-run"]).out, "nothing is pending\n");
    assert_eq!(program.run(&["status", "--check"]).code, 0);
}

#[test]
fn what_was_migrated_can_be_taken_back() {
    let program = Program::new();
    assert_eq!(program.run(&["migrate"]).code, 0);
    let down = program.run(&["down", "-n", "2"]);
    assert_eq!(down.code, 0, "{}", down.err);
    assert!(down.out.starts_with("mextrack: 20260101001100_create_sync_scopes taken back\n"), "{}", down.out);
    let status = program.run(&["status", "--check"]);
    assert_eq!(status.code, 1);
    assert!(status.out.contains("10 applied, 2 pending\n  20260101001000_create_outbox: pending"), "{}", status.out);
    assert!(status.err.ends_with("hint: `mextrack-api migrate` applies what is pending\n"), "{}", status.err);
    let dry = program.run(&["migrate", "--dry-run"]).out;
    assert!(
        dry.starts_with("-- mextrack: 20260101001000_create_outbox (") && dry.contains("CREATE TABLE outbox"),
        "{dry}"
    );
    let dry: Value = serde_json::from_str(&program.run(&["migrate", "--dry-run", "--json"]).out).unwrap();
    assert_eq!(dry[0]["version"], "20260101001000_create_outbox");
}

#[test]
fn rows_are_not_lost_without_a_word() {
    let program = Program::new();
    assert_eq!(program.run(&["migrate"]).code, 0);
    let seeded = program.run(&["seed", "--reference"]);
    assert_eq!((seeded.code, seeded.out.lines().count()), (0, 2), "{}", seeded.err);
    assert_eq!(program.run(&["seed", "--demo"]).code, 0);
    let refused = program.run(&["down", "-n", "12"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("`rollback` would lose 1"), "{}", refused.err);
    assert_eq!(program.run(&["down", "-n", "12", "--yes"]).code, 0);
}

#[test]
fn an_older_program_serves_and_does_not_migrate() {
    let program = Program::new();
    let run = |line: &[&str]| program.child(line).env("APP_ENV", "development");
    assert_eq!(Told::of(run(&["migrate"]).run()).code, 0);
    for name in ["core", "mextrack"] {
        program.execute(name, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('20990101000000_more', 1)");
    }
    let refused = Told::of(run(&["migrate"]).run());
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("20990101000000_more") && refused.err.contains("hint: migrate with the newer"));
    let serving = run(&["serve"]).spawn();
    let ready = program.ask("/health/ready");
    assert!(ready.starts_with("HTTP/1.1 200 OK\r\n") && ready.contains("\"ahead\":1"), "{ready}");
    assert!(Command::new("kill").args(["-TERM", &serving.id().to_string()]).status().unwrap().success());
    let ended = Told::of(serving.wait_with_output().unwrap());
    assert_eq!(ended.code, 0, "{}", ended.err);
    let warnings: Vec<_> = ended.err.lines().filter(|line| line.contains("20990101000000_more")).collect();
    assert!(warnings.len() == 2 && warnings.iter().all(|line| line.contains("WARN")), "{}", ended.err);
}

#[test]
fn it_serves_until_it_is_asked_to_end() {
    let program = Program::new();
    assert_eq!(program.run(&["migrate"]).code, 0);
    let serving = program.child(&[]).spawn();
    let ready = program.ask("/health/ready");
    assert!(ready.starts_with("HTTP/1.1 200 OK\r\n"), "{ready}");
    assert!(program.ask("/api/v1/vehicles").starts_with("HTTP/1.1 401 Unauthorized\r\n"));
    assert!(program.ask("/auth/.well-known/jwks.json").starts_with("HTTP/1.1 200 OK\r\n"));
    let second = program.run(&["serve"]);
    assert_eq!(second.code, 1);
    assert!(second.err.starts_with(&format!("error: port {} is already in use", program.port)), "{}", second.err);
    assert!(Command::new("kill").args(["-TERM", &serving.id().to_string()]).status().unwrap().success());
    let ended = Told::of(serving.wait_with_output().unwrap());
    assert_eq!((ended.code, ended.out.as_str()), (0, ""), "{}", ended.err);
    assert!(ended.err.contains("stopped serving"), "{}", ended.err);
    // The pools were closed in good order: a write-ahead log would be left behind otherwise.
    assert!(!program.folder.path().join("mextrack.db-wal").exists());
}

#[test]
fn keys_are_listed_and_rotated() {
    let program = Program::new();
    let early = program.run(&["keys", "list"]);
    assert_eq!(early.code, 1);
    assert!(early.err.contains("hint: `mextrack-api migrate`"), "{}", early.err);
    assert_eq!(program.run(&["migrate"]).code, 0);
    let active = || {
        let listed = program.run(&["keys", "list", "--json"]);
        assert_eq!(listed.code, 0, "{}", listed.err);
        let keys: Value = serde_json::from_str(&listed.out).unwrap();
        let active = keys.as_array().unwrap().iter().filter(|key| key["state"] == "active");
        let kids: Vec<_> = active.map(|key| key["kid"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kids.len(), 1, "{keys}");
        kids[0].clone()
    };
    let before = active();
    assert_eq!(before, active());
    assert_eq!(program.run(&["down", "-n", "1"]).code, 0);
    assert_eq!(before, active());
    program.execute("core", "DELETE FROM seaql_migrations WHERE version = (SELECT max(version) FROM seaql_migrations)");
    let behind = program.run(&["keys", "rotate"]);
    assert_eq!(behind.code, 1, "{}", behind.err);
    assert!(behind.err.contains("1 pending migration, "), "{}", behind.err);
    program.execute(
        "core",
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('20260301000200_index_sessions_of_one_person', 1)",
    );
    let rotated = program.run(&["keys", "rotate", "--emergency"]);
    assert_eq!(rotated.code, 0, "{}", rotated.err);
    assert_ne!(before, active());
    assert!(!rotated.out.contains(&format!("{before}  active")), "{}", rotated.out);
}

#[test]
fn everybody_is_signed_out() {
    let program = Program::new();
    assert_eq!(program.run(&["migrate"]).code, 0);
    let vague = program.run(&["sessions", "end"]);
    assert!(vague.code == 1 && vague.err.contains("--everybody"), "{}", vague.err);
    let none = program.run(&["sessions", "end", "--everybody"]);
    assert_eq!((none.code, none.out.as_str()), (0, "ended: sessions 0, of people 0; API keys go on\n"), "{}", none.err);
}

#[test]
fn the_first_administrator_is_made_once_and_with_a_password_of_their_own() {
    let program = Program::new();
    assert_eq!(program.run(&["migrate"]).code, 0);
    assert_eq!(program.run(&["seed", "--reference"]).code, 0);
    let create = ["admin", "create", "--email", "ann@example.net", "--name", "Ann"];
    let silent = program.run(&create);
    assert_eq!(silent.code, 1);
    assert!(silent.err.contains("no terminal") && silent.err.contains("--password-stdin"), "{}", silent.err);
    let given = |password: &str| {
        let line = format!("printf '%s\\n' '{password}' | \"$0\" \"$@\" --password-stdin");
        let program = program.child_of("sh", &["-c", &line, env!("CARGO_BIN_EXE_mextrack-api")]);
        Told::of(create.iter().fold(program, Child::arg).run())
    };
    let weak = given("password");
    assert_eq!(weak.code, 1);
    assert!(!weak.err.contains("unexpected") && weak.err.contains("password: "), "{}", weak.err);
    let made = given("nine quiet rivers bend south");
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(made.out.starts_with("ann@example.net administers the platform now"), "{}", made.out);
    assert!(!made.err.contains("nine quiet"), "{}", made.err);
    assert_eq!(given("nine quiet rivers bend south").code, 1);
    let verified = program.run(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.err);
    let head = verified.out.trim().rsplit_once("head ").unwrap().1.to_owned();
    assert_eq!(program.run(&["audit", "verify", "--head", &head]).code, 0);
    let (seq, hash) = head.split_once(':').unwrap();
    let other: String = hash.chars().rev().collect();
    for head in [format!("{seq}:{other}"), format!("9{seq}:{hash}"), "x".to_owned()] {
        assert_eq!(program.run(&["audit", "verify", "--head", &head]).code, 1, "{head}");
    }
}

/// Somebody at a terminal types the password twice, and the terminal does not show it.
#[cfg(target_os = "linux")]
#[test]
fn a_password_is_typed_twice_and_not_shown() {
    let program = Program::new();
    assert_eq!(program.run(&["migrate"]).code, 0);
    assert_eq!(program.run(&["seed", "--reference"]).code, 0);
    let differ = program.type_passwords(["nine quiet rivers bend south", "seven loud kettles sing north"]);
    assert!(differ.contains("the two passwords differ") && differ.contains("rc=1"), "{differ}");
    let made = program.type_passwords(["nine quiet rivers bend south"; 2]);
    assert!(made.contains("ann@example.net administers the platform now") && made.contains("rc=0"), "{made}");
    for told in [&differ, &made] {
        assert!(!told.contains("rivers") && !told.contains("kettles"), "{told}");
        assert!(told.contains("echo is on again"), "{told}");
    }
}

#[test]
fn a_head_is_kept_elsewhere() {
    let program = Program::new();
    assert_eq!(program.run(&["migrate"]).code, 0);
    assert_eq!(program.run(&["seed", "--reference"]).code, 0);
    let heads = program.folder.path().join("heads");
    let append = ["audit", "head", "--append", heads.to_str().unwrap()];
    let line = "printf '%s\\n' 'nine quiet rivers bend south' | \"$0\" admin create --email ann@example.net --name Ann --password-stdin";
    let made = Told::of(program.child_of("sh", &["-c", line, env!("CARGO_BIN_EXE_mextrack-api")]).run());
    assert_eq!(made.code, 0, "{}", made.err);
    let first = program.run(&append);
    assert_eq!(first.code, 0, "{}", first.err);
    let told: Value = serde_json::from_str(&program.run(&["audit", "head", "--json"]).out).unwrap();
    assert_eq!(told["head"], first.out.trim());
    assert_eq!(program.run(&append).code, 0);
    let kept = std::fs::read_to_string(&heads).unwrap();
    let lines: Vec<&str> = kept.lines().collect();
    assert_eq!(lines.len(), 2, "{kept}");
    let (time, head) = lines[0].split_once(' ').unwrap();
    assert!(time.ends_with('Z') && time.len() == 20, "{time}");
    assert_eq!(program.run(&["audit", "verify", "--head", head]).code, 0);
    // Somebody takes the last entry away: the chain before it is whole, and only the head that was kept tells.
    program.execute("core", "DROP TRIGGER IF EXISTS trg_audit_log_append_only_delete");
    program.execute("core", "DELETE FROM audit_log WHERE seq = (SELECT max(seq) FROM audit_log)");
    let counter = atriz_kernel::seed_id("sync_scopes", "audit_log").simple();
    let back = format!("UPDATE sync_scopes SET version = version - 1 WHERE scope_id = x'{counter}'");
    program.execute("core", &back);
    assert_eq!(program.run(&["audit", "verify"]).code, 0);
    assert_eq!(program.run(&["audit", "verify", "--head", head]).code, 1);
    let nowhere = program.run(&["audit", "head", "--append", "/nowhere/at/all"]);
    assert_ne!(nowhere.code, 0);
}

#[test]
fn a_verifier_leaves_the_tables_of_the_issuer_alone() {
    let program = Program::new();
    assert_eq!(program.run(&["migrate"]).code, 0);
    for line in [&["keys", "list"][..], &["audit", "verify"], &["sessions", "end", "--everybody"]] {
        let refused = Told::of(program.child(line).env("AUTH_MODE", "verifier").run());
        assert_eq!(refused.code, 1, "{}", refused.err);
        assert!(refused.err.contains("told to be a verifier") && refused.err.contains("`atriz-api"), "{}", refused.err);
    }
}

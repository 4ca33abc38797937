//! What somebody gets who holds a copy of the database, or of the logs: nothing to sign in with.

mod posted;

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use atriz_core::{ClientCredential, DEMO_PASSWORD, Keep, NewKey, SignIn, Verifier};
use atriz_testing::{Child, Engine, TestFleet, both_engines, given, texts};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use tracing_subscriber::filter::LevelFilter;

use crate::sessions::codes::{redemption, register_redirects, request};
use crate::sessions::{admin, cookie, sign_in, to, tokens, with_cookie};
use crate::support::House;
use posted::Posted;

async fn house(engine: Engine) -> House {
    House::with(engine, |settings| settings.sms_countries = vec!["49".to_owned()]).await
}

const APPS: [&str; 3] = ["atriz", "mextrack", "pshop"];

/// One of each kind of secret that is handed out.
struct Issued {
    access: String,
    refresh: String,
    cookie: String,
    code: SecretString,
    key: String,
    app_secret: SecretString,
}

impl Issued {
    async fn by(house: &House) -> Self {
        register_redirects(house).await;
        let client = house.client();
        let pair = tokens(sign_in(house, "manager@example.com", "pshop", Keep::Tokens).await);
        let pair = house.issuer.sessions().refresh(pair.refresh_token.expose_secret(), &client).await.unwrap();
        let (me, value) = with_cookie(house, "manager@example.com", "atriz").await;
        let derived = house.issuer.sessions().exchange(&me, to("mextrack", Keep::Cookie), &client).await.unwrap();
        drop(cookie(derived));
        let code = house.issuer.sessions().authorize(&me, request("atriz"), &client).await.unwrap().code;
        let wanted = NewKey {
            name: "a key".to_owned(),
            app: "pshop".to_owned(),
            permissions: vec!["inventory.read".to_owned()],
            expires_at: None,
        };
        let (_, key) = house.issuer.api_keys().create(&me, wanted, &client).await.unwrap();
        let admin = admin(house).await;
        let app_secret = house.issuer.introspection().rotate_app_secret(&admin, "pshop", &client).await.unwrap();
        Self {
            access: pair.access_token.expose_secret().to_owned(),
            refresh: pair.refresh_token.expose_secret().to_owned(),
            cookie: value,
            code,
            key: key.expose_secret().to_owned(),
            app_secret,
        }
    }

    fn all(&self) -> Vec<String> {
        let (code, secret) = (self.code.expose_secret().to_owned(), self.app_secret.expose_secret().to_owned());
        vec![self.access.clone(), self.refresh.clone(), self.cookie.clone(), code, self.key.clone(), secret]
    }
}

/// Every value of every column of every table, as text, or in hexadecimal digits where it is bytes.
async fn dump(fleet: &TestFleet) -> (BTreeSet<String>, BTreeSet<Vec<u8>>) {
    let session = fleet.session("core").await;
    let connection = &session.connection;
    let columns = match fleet.engine {
        Engine::Postgres => {
            "SELECT format('%I.%I|%I', table_schema, table_name, column_name) FROM information_schema.columns \
             WHERE table_schema IN ('auth', 'public')"
        }
        Engine::Sqlite => {
            "SELECT '\"' || m.name || '\"|\"' || c.name || '\"' FROM sqlite_schema m, pragma_table_info(m.name) c \
             WHERE m.type = 'table'"
        }
    };
    let (mut words, mut bytes) = (BTreeSet::new(), BTreeSet::new());
    let columns = texts(connection, columns).await;
    assert!(columns.len() > 100, "this is no dump of core: {columns:?}");
    for column in columns {
        let (table, column) = column.split_once('|').unwrap();
        let value = match fleet.engine {
            // PostgreSQL writes bytes as `\\x` and hexadecimal digits by itself.
            Engine::Postgres => format!("{column}::text"),
            Engine::Sqlite => {
                format!("CASE typeof({column}) WHEN 'blob' THEN '\\x' || hex({column}) ELSE CAST({column} AS text) END")
            }
        };
        for value in texts(connection, &format!("SELECT DISTINCT {value} FROM {table}")).await {
            if let Some(value) = value.strip_prefix("\\x").and_then(unhex) {
                bytes.insert(value);
            } else {
                // Ids are bytes on one engine alone.
                bytes.extend(uuid::Uuid::try_parse(&value).map(|id| id.as_bytes().to_vec()));
                words.insert(value);
            }
        }
    }
    (words, bytes)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair.filter(|pair| pair.len() == 2)?, 16).ok()).collect()
}

/// All that a thief would try of a dump: each value in each spelling, alone and behind each prefix.
fn spellings(words: &BTreeSet<String>, bytes: &BTreeSet<Vec<u8>>) -> HashSet<String> {
    let mut bare: HashSet<String> = words.iter().cloned().collect();
    for word in words {
        // Lists and documents hold words of their own.
        bare.extend(word.split(['"', ',', ' ', '{', '}', '[', ']', ':']).map(str::to_owned));
    }
    for value in bytes {
        let hex: String = value
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|half| char::from_digit(half.into(), 16))
            .collect();
        bare.extend([hex.to_uppercase(), hex, String::from_utf8_lossy(value).into_owned()]);
        bare.extend([&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD].map(|engine| engine.encode(value)));
    }
    let mut all = bare.clone();
    for prefix in ["ses_", "key_", "cod_", "rst_", "vfy_", "chg_", "inv_", "cli_"] {
        all.extend(bare.iter().map(|word| format!("{prefix}{word}")));
    }
    all
}

/// Shows `text` as everything that lets somebody in; answers what did.
async fn let_in(house: &House, verifier: &Verifier, text: &str) -> Option<&'static str> {
    let (sessions, client, secret) = (house.issuer.sessions(), house.client(), SecretString::from(text));
    if sessions.refresh(text, &client).await.is_ok() {
        return Some("refresh token");
    }
    for app in APPS {
        if verifier.bearer(text, app).await.is_ok() {
            return Some("bearer token");
        }
        if verifier.cookie(text, app).await.is_ok() || sessions.by_cookie(text, app).await.is_ok() {
            return Some("cookie");
        }
        if house.issuer.api_keys().verify(text, app).await.is_ok() {
            return Some("API key");
        }
        let credential = ClientCredential::Secret { app: app.to_owned(), secret: secret.clone() };
        if house.issuer.introspection().authenticate(&credential).await.is_ok() {
            return Some("secret of an app");
        }
        if sessions.redeem(redemption(app, &secret), &client).await.is_ok() {
            return Some("code");
        }
    }
    let accounts = house.issuer.accounts();
    // The passwords of those who were sent a link.
    let password = SecretString::from("nine quiet rivers bend south");
    let of_demo = SecretString::from(DEMO_PASSWORD);
    if accounts.verify_email(&secret, &password, &client).await.is_ok()
        || accounts.confirm_email_change(&secret, &of_demo, &client).await.is_ok()
    {
        return Some("proof of an address");
    }
    if accounts.reset_password(&secret, &password, &client).await.is_ok() {
        return Some("reset of a password");
    }
    if accounts.accept_invitation(&secret, "A Thief", &password, &client).await.is_ok() {
        return Some("invitation");
    }
    None
}

/// What would stand in the table if the code were hashed without a key that stands elsewhere: alone, with a value of the
/// dump as its salt, and with one as its key. There are a million codes, so whoever finds one of these has the code.
fn keyless(code: &str, words: &BTreeSet<String>, bytes: &BTreeSet<Vec<u8>>) -> BTreeSet<Vec<u8>> {
    let code = code.as_bytes();
    let salts = words.iter().map(String::as_bytes).chain(bytes.iter().map(Vec::as_slice));
    let salted = salts.flat_map(|salt| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, salt);
        let (before, behind) = ([salt, code].concat(), [code, salt].concat());
        let hashed = [&before, &behind].map(|text| digest(&SHA256, text).as_ref().to_vec());
        hashed.into_iter().chain([hmac::sign(&key, code).as_ref().to_vec()])
    });
    salted.chain([digest(&SHA256, code).as_ref().to_vec()]).collect()
}

both_engines! {
    async fn a_dump_lets_nobody_in(engine) {
        let house = house(engine).await;
        let (issued, posted) = (Issued::by(&house).await, Posted::by(&house).await);
        let (words, bytes) = dump(&house.fleet).await;
        let all = spellings(&words, &bytes);
        assert!(all.len() > 5_000 && bytes.len() > 50, "{} spellings of {} values", all.len(), bytes.len());
        assert!(!all.contains(&posted.code), "the code of a text message stands in the database as it is");
        for secret in [issued.all(), posted.links, posted.factors].concat() {
            assert!(!all.contains(&secret), "a secret stands in the database as it is");
            assert!(!words.iter().any(|word| word.contains(&secret)), "a secret stands in the database as it is");
        }
        let tried = keyless(&posted.code, &words, &bytes);
        assert!(tried.len() > 1_000, "{}", tried.len());
        assert!(tried.is_disjoint(&bytes), "whoever has the dump finds the code of a text message by trying all there are");
        let verifier = house.verifier();
        for text in &all {
            let found = let_in(&house, &verifier, text).await;
            assert_eq!(found, None, "{text} of the dump lets somebody in");
        }
        // Stored hashes are no passwords either.
        for phc in words.iter().filter(|word| word.starts_with("$argon2")).take(6) {
            house.fleet.clock.advance(Duration::from_hours(1));
            let attempt = SignIn {
                email: "manager@example.com".to_owned(),
                password: SecretString::from(phc.as_str()),
                code: None,
                app: "pshop".to_owned(),
                keep: Keep::Tokens,
            };
            assert!(house.issuer.sessions().sign_in(attempt, &house.client()).await.is_err());
        }
    }

    async fn the_drill_would_notice(engine) {
        let house = house(engine).await;
        let (issued, verifier) = (Issued::by(&house).await, house.verifier());
        let posted = Posted::by(&house).await;
        let (words, mut bytes) = dump(&house.fleet).await;
        assert!(words.contains("+4915112345678"), "the number is there to be a salt");
        bytes.insert(digest(&SHA256, format!("+4915112345678{}", posted.code).as_bytes()).as_ref().to_vec());
        assert!(!keyless(&posted.code, &words, &bytes).is_disjoint(&bytes), "a code without a key is found");
        for link in &posted.links {
            assert!(let_in(&house, &verifier, link).await.is_some(), "a link that was sent is good");
        }
        assert_eq!(let_in(&house, &verifier, &issued.access).await, Some("bearer token"));
        assert_eq!(let_in(&house, &verifier, &issued.refresh).await, Some("refresh token"));
        assert_eq!(let_in(&house, &verifier, &issued.cookie).await, Some("cookie"));
        assert_eq!(let_in(&house, &verifier, &issued.key).await, Some("bearer token"));
        assert_eq!(let_in(&house, &verifier, issued.code.expose_secret()).await, Some("code"));
        assert_eq!(let_in(&house, &verifier, issued.app_secret.expose_secret()).await, Some("secret of an app"));
    }

    async fn logs_hold_no_secret(engine) {
        if given().is_some() {
            return talk(engine).await;
        }
        let (secrets, log) = Child::of_test_on(engine, "leak::logs_hold_no_secret", "talk").told();
        let secrets: Vec<&str> = secrets.lines().filter_map(|line| line.split_once("ISSUED ")).map(|(_, one)| one).collect();
        assert!(secrets.len() >= 26, "{secrets:?}");
        assert!(log.contains("TRACE") && log.contains("INSERT INTO"), "the log is none at TRACE: {}", log.len());
        for secret in secrets {
            for line in log.lines() {
                assert!(!says(line, secret), "a secret is logged: {line}");
            }
        }
    }
}

/// Whether a line of a log holds a secret; one of six digits as a word of its own, for times have as many.
fn says(line: &str, secret: &str) -> bool {
    let is_word = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_ascii_alphanumeric() && letter != '.');
    line.match_indices(secret).any(|(at, _)| {
        let (before, after) = (line[..at].chars().next_back(), line[at + secret.len()..].chars().next());
        secret.len() > 6 || (is_word(before) && is_word(after))
    })
}

/// Does what people do, with everything logged to standard error, and tells the secrets on standard output.
async fn talk(engine: Engine) {
    let log =
        tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(std::io::stderr).with_ansi(false);
    tracing::subscriber::set_global_default(log.finish()).expect("this process is for this test alone");
    let house = house(engine).await;
    let (client, sessions) = (house.client(), house.issuer.sessions());
    let issued = Issued::by(&house).await;
    let posted = Posted::by(&house).await;
    let mut secrets = [issued.all(), posted.links, posted.factors, vec![posted.code]].concat();
    let wrong = "a wrong password that somebody typed";
    let attempt = SignIn {
        email: "member@example.com".to_owned(),
        password: SecretString::from(wrong),
        code: Some(SecretString::from("918273645546372819")),
        app: "atriz".to_owned(),
        keep: Keep::Cookie,
    };
    tracing::debug!(?attempt, "what is debugged hides what is secret");
    assert!(sessions.sign_in(attempt, &client).await.is_err());
    let pair = tokens(sessions.redeem(redemption("atriz", &issued.code), &client).await.unwrap());
    tracing::debug!(?pair, "so does this");
    secrets.extend([pair.access_token, pair.refresh_token].map(|secret| secret.expose_secret().to_owned()));
    let verifier = house.verifier();
    for secret in &secrets {
        let _ = let_in(&house, &verifier, secret).await;
        let _ = let_in(&house, &verifier, &format!("{secret}x")).await;
    }
    secrets.extend([wrong, "918273645546372819", DEMO_PASSWORD].map(str::to_owned));
    for secret in secrets {
        println!("ISSUED {secret}");
    }
}

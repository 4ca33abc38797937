//! Small things that are done often, each by itself: splitting and hashing migrations, plans, tokens, cursors.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use atriz_core::{AuthSettings, Client, DEMO_PASSWORD, Held, Issuer, Keep, SignIn, TokenPair, Verifier};
use atriz_db::config::{Inputs, Scope};
use atriz_db::migrate::{RunContext, Statement, split};
use atriz_db::{Catalog, Configuration, Database, Descriptor, Engine, Fleet};
use atriz_db_tools::plan::effect;
use atriz_kernel::{Cursor, SystemClock, seed_id};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::Runtime;

const DEMO_USER: &str = "member@example.com";

criterion_group!(benches, migrations, plans, tokens, cursors);
criterion_main!(benches);

/// The way there of core's migrations on PostgreSQL, as one text.
fn text() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/core/postgres");
    let files = std::fs::read_dir(folder).expect("the folder of migrations can be read");
    let mut files: Vec<_> = files.flatten().map(|file| file.path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".up.sql"));
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).expect("a migration is text"));
    texts.collect::<Vec<_>>().join("\n")
}

fn statements(text: &str) -> Vec<Statement> {
    split(text).expect("the migrations of this workspace can be split")
}

fn migrations(criterion: &mut Criterion) {
    let text = text();
    let bytes = u64::try_from(text.len()).expect("a text has a length");
    let mut group = criterion.benchmark_group("migrations of core");
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("split", |bencher| bencher.iter(|| statements(black_box(&text))));
    let all = statements(&text);
    group.bench_function("checksum", |bencher| {
        bencher.iter(|| all.iter().map(Statement::checksum).map(|sum| sum.len()).sum::<usize>());
    });
    group.bench_function("what each statement locks", |bencher| {
        bencher.iter(|| all.iter().map(|statement| effect(statement, Engine::Postgres).notes.len()).sum::<usize>());
    });
    group.finish();
}

/// Two hundred databases, each after the one before.
fn plans(criterion: &mut Criterion) {
    let name = |number: usize| format!("d{number}");
    let one = |number: usize| {
        let new = Descriptor::new(&name(number), &name(number), "bench");
        if number == 0 { new } else { new.after(&name(number - 1)) }
    };
    let catalog = Catalog::new((0..200).map(one).collect()).expect("a chain is a catalog");
    criterion.bench_function("plan of 200 databases", |bencher| {
        bencher.iter(|| catalog.plan(black_box(&[])).expect("everything can be planned").databases.len());
    });
}

fn cursors(criterion: &mut Criterion) {
    let key = (7_u32, ("2026-01-31T06:00:00.123456Z", seed_id("vehicles", "demo/MX01")));
    let text = Cursor::encode(&key);
    let mut group = criterion.benchmark_group("cursor");
    group.bench_function("encode", |bencher| bencher.iter(|| Cursor::encode(black_box(&key))));
    group.bench_function("decode", |bencher| {
        bencher.iter(|| Cursor::decode::<(u32, (String, String))>(black_box(&text)).expect("it was made so"));
    });
    group.finish();
}

/// Access tokens seen for the first time, and again.
fn tokens(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a benchmark can have threads");
    let folder = tempfile::tempdir().expect("a benchmark has a temporary folder");
    let (issuer, mut pair) = runtime.block_on(async {
        let issuer = issuer(folder.path()).await.expect("an issuer can be made");
        let pair = sign_in(&issuer).await.expect("a demo user can sign in");
        (issuer, pair)
    });
    let verifier = Verifier::local(&issuer);
    let mut group = criterion.benchmark_group("access token");
    group.sample_size(10).warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(200));
    group.bench_function("first time", |bencher| {
        bencher.iter_custom(|count| {
            runtime.block_on(async {
                let mut fresh: Vec<SecretString> = Vec::new();
                for _ in 0..count {
                    let refreshed = issuer.sessions().refresh(pair.refresh_token.expose_secret(), &client()).await;
                    pair = refreshed.expect("a session can be refreshed");
                    fresh.push(pair.access_token.clone());
                }
                check(&verifier, &fresh).await
            })
        });
    });
    let again = vec![pair.access_token.clone(); 1_000];
    group.bench_function("again", |bencher| {
        bencher.iter_custom(|count| {
            let count = usize::try_from(count).expect("a count of iterations is a length");
            runtime.block_on(async {
                let mut took = Duration::ZERO;
                for start in (0..count).step_by(again.len()) {
                    took += check(&verifier, &again[..again.len().min(count - start)]).await;
                }
                took
            })
        });
    });
    group.finish();
    runtime.block_on(issuer.shutdown());
}

async fn check(verifier: &Verifier, tokens: &[SecretString]) -> Duration {
    let started = Instant::now();
    for token in tokens {
        black_box(verifier.bearer_shared(token.expose_secret(), "atriz").await.expect("the token is good"));
    }
    started.elapsed()
}

fn client() -> Client {
    Client { ip: None, user_agent: None }
}

async fn sign_in(issuer: &Issuer) -> Result<TokenPair, Box<dyn std::error::Error>> {
    let password = SecretString::from(DEMO_PASSWORD);
    let (email, app) = (DEMO_USER.to_owned(), "atriz".to_owned());
    let asked = SignIn { email, password, code: None, app, keep: Keep::Tokens };
    match issuer.sessions().sign_in(asked, &client()).await?.held {
        Held::Tokens(pair) => Ok(pair),
        Held::Cookie(_) => Err("tokens were asked for".into()),
    }
}

/// An issuer over a database in `folder`.
async fn issuer(folder: &Path) -> Result<Issuer, Box<dyn std::error::Error>> {
    let catalog = Catalog::new(vec![atriz_core::descriptor()])?;
    let process = [("DATA_DIR".to_owned(), folder.display().to_string())].into();
    let inputs = Inputs { scope: Scope::Workspace, root: Some(folder.to_path_buf()), in_workspace: false, process };
    let configuration = Configuration::load(&catalog, &inputs)?;
    let fleet = Fleet { catalog, configuration };
    let context = RunContext::silent(fleet.configuration.environment, Arc::new(SystemClock));
    fleet.prepare(&fleet.catalog.plan(&[])?, &context).await?;
    let database = Database::open(fleet.configuration.target("core")?, fleet.configuration.slow_query).await?;
    let settings = Arc::new(AuthSettings::of(&fleet.configuration)?);
    Ok(Issuer::open(database, Arc::new(SystemClock), settings).await?)
}

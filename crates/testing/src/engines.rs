//! One test body, both engines.

use std::future::Future;
use std::io::Write as _;

use atriz_db::Engine;

/// Makes `name::sqlite` and `name::postgres` of each async body. `TEST_ENGINE` leaves one engine out, and says so.
///
/// ```ignore
/// atriz_testing::both_engines! {
///     async fn a_row_comes_back(engine) {
///         let fleet = TestFleet::new(engine, vec![descriptor()]);
///     }
/// }
/// ```
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($engine:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn body($engine: $crate::Engine) $body

            #[test]
            fn sqlite() {
                $crate::run($crate::Engine::Sqlite, concat!(module_path!(), "::sqlite"), body);
            }

            #[test]
            fn postgres() {
                $crate::run($crate::Engine::Postgres, concat!(module_path!(), "::postgres"), body);
            }
        }
    )+};
}

/// Runs `body` on `engine` in a runtime of its own with several threads, unless `TEST_ENGINE` names the other engine.
///
/// # Panics
///
/// If `TEST_ENGINE` names no engine, or there is no PostgreSQL to test on.
pub fn run<F: Future<Output = ()>>(engine: Engine, name: &str, body: impl FnOnce(Engine) -> F) {
    if let Some(only) = std::env::var_os("TEST_ENGINE").filter(|only| !only.is_empty()) {
        let only = only.to_str().and_then(Engine::parse).expect("TEST_ENGINE is sqlite or postgres");
        if only != engine {
            // Straight to the file: a test's captured output would be thrown away, and with it the only trace.
            let _ = writeln!(std::io::stderr(), "{name}: left out, TEST_ENGINE is {only}");
            return;
        }
    }
    if engine == Engine::Postgres {
        // Starting a server blocks, and is done once a process.
        crate::server::options();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a test can have threads").block_on(body(engine));
}

//! `cargo xtask db verify`.

use std::sync::Arc;

use atriz_db::Engine;
use atriz_db_tools::verify::{Verified, VerifyError, VerifyRequest, verify};
use clap::Args;

use super::{Databases, Format};
use crate::error::Failure;
use crate::output;
use crate::progress::Shown;
use crate::workspace::catalog;

/// What to prove.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db verify\n  cargo xtask db verify pshop --engine sqlite")]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    databases: Databases,
    /// On one engine alone: postgres or sqlite
    #[arg(long, value_parser = engine)]
    engine: Option<Engine>,
    #[command(flatten)]
    format: Format,
}

fn engine(text: &str) -> Result<Engine, String> {
    Engine::parse(text).ok_or_else(|| "the engines are postgres and sqlite".to_owned())
}

pub(crate) async fn run(arguments: &VerifyArguments) -> Result<(), Failure> {
    let plan = catalog()?.plan(&arguments.databases.databases)?;
    let shown = Arc::new(Shown::new());
    let request = VerifyRequest {
        databases: plan.databases,
        engines: arguments.engine.map_or_else(|| Engine::ALL.to_vec(), |engine| vec![engine]),
        server: None,
        observer: Arc::clone(&shown) as Arc<_>,
    };
    let verified = verify(request).await;
    shown.clear();
    let verified = verified?;
    if arguments.format.json {
        output::json(&verified)?;
    } else {
        verified.iter().for_each(print);
    }
    if verified.iter().all(Verified::is_good) { Ok(()) } else { Err(Failure::told()) }
}

fn print(verified: &Verified) {
    output::data(&format!("{verified} ({:.1} s)", verified.took.as_secs_f64()));
    for migration in &verified.migrations {
        if let Some(reason) = &migration.irreversible {
            output::say(&format!("  {} has no way back: {reason}", migration.version));
        }
    }
    for fault in verified.faults() {
        output::data(&format!("  {}", fault.to_string().replace('\n', "\n  ")));
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        let code = if error.is_unexpected() { 2 } else { 1 };
        Self { message: error.to_string(), hint: Some(error.hint()), code, told: false }
    }
}

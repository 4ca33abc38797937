//! `cargo xtask db verify`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use atriz_db::{Descriptor, Engine};
use atriz_db_tools::layout::SourceFolder;
use atriz_db_tools::verify::{Verified, VerifyError, VerifyRequest, verify};
use clap::Args;

use super::{Databases, Format};
use crate::error::Failure;
use crate::output;
use crate::progress::Shown;
use crate::workspace::catalog;

/// What to prove.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db verify\n  cargo xtask db verify pshop --engine sqlite\n  \
                        cargo xtask db verify --source ../other/migrations --engine postgres")]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    databases: Databases,
    /// On one engine alone: postgres or sqlite
    #[arg(long, value_parser = engine)]
    engine: Option<Engine>,
    /// Prove the migrations of this folder, in any layout, in place of the workspace's
    #[arg(long, value_name = "DIR", requires = "engine", conflicts_with = "databases")]
    source: Option<PathBuf>,
    /// The folder's layout, where it does not say
    #[arg(long, value_name = "NAME", requires = "source")]
    layout: Option<String>,
    #[command(flatten)]
    format: Format,
}

fn engine(text: &str) -> Result<Engine, String> {
    Engine::parse(text).ok_or_else(|| "the engines are postgres and sqlite".to_owned())
}

pub(crate) async fn run(arguments: &VerifyArguments) -> Result<(), Failure> {
    let databases = match &arguments.source {
        Some(folder) => vec![of_folder(folder, arguments.layout.as_deref())?],
        None => catalog()?.plan(&arguments.databases.databases)?.databases,
    };
    let shown = Arc::new(Shown::new());
    let request = VerifyRequest {
        databases,
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

/// A database that has the migrations of a folder and nothing else, called by the folder's name.
fn of_folder(folder: &Path, layout: Option<&str>) -> Result<Arc<Descriptor>, Failure> {
    let source = SourceFolder::open(folder, layout)?;
    let name = folder.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_str()?.to_owned()));
    let name = name.unwrap_or_else(|| "source".to_owned());
    Ok(Arc::new(Descriptor::new(&name, &name, "").source(Arc::new(source))))
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

//! Squashing migrations on both engines.

mod refused;
mod shop;
mod twice;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use atriz_db::progress::Silent;
use atriz_db::{Consent, DestructiveToken, Engine};
use atriz_db_tools::scratch::Server;
use atriz_db_tools::squash::{SquashError, SquashRequest, Squashed, squash};
use atriz_kernel::Clock as _;
use atriz_testing::{FixedClock, Workspace};

/// Makes and proves a checkpoint.
pub(crate) async fn squashed(workspace: &Workspace, to: &str) -> Result<Squashed, SquashError> {
    let request = SquashRequest {
        database: Arc::new(workspace.descriptor("core")),
        folder: folder(workspace),
        to: to.to_owned(),
        server: Some(Server::of_tests().await.unwrap()),
        now: FixedClock::new().now(),
        observer: Arc::new(Silent),
    };
    squash(request).await
}

/// Makes, proves and writes a checkpoint.
pub(crate) async fn squash_to(workspace: &Workspace, to: &str) -> Squashed {
    let squashed = squashed(workspace, to).await.unwrap_or_else(|error| panic!("{error}"));
    let consent = Consent { yes: true, ..Consent::default() };
    let token = DestructiveToken::for_files("squash", "core", squashed.removed.len(), &consent).unwrap();
    squashed.apply(&token).unwrap();
    squashed
}

pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("migrations/core")
}

/// The names of the files for one engine, sorted.
pub(crate) fn names(workspace: &Workspace, engine: Engine) -> Vec<String> {
    let entries = fs::read_dir(folder(workspace).join(engine.to_string())).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The text of one of the files of a checkpoint.
pub(crate) fn text(squashed: &Squashed, engine: Engine, direction: &str) -> String {
    let path = format!("{engine}/{}.{direction}.sql", squashed.checkpoint);
    squashed.files.iter().find(|file| file.path == path).unwrap().text.clone()
}

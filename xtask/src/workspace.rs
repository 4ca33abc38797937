//! The catalog of this workspace, and what every verb over it needs.

use std::ffi::OsStr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use atriz_app::{App, is_filter};
use atriz_db::config::{Inputs, Scope};
use atriz_db::migrate::{OutOfOrder, RunContext};
use atriz_db::{Catalog, Configuration, Fleet};
use atriz_kernel::SystemClock;

use crate::error::Failure;
use crate::progress::Shown;

/// All databases of this workspace.
pub(crate) fn catalog() -> Result<Catalog, Failure> {
    let own = apps().into_iter().map(|app| (app.descriptor)());
    Ok(Catalog::new(std::iter::once(atriz_core::descriptor()).chain(own).collect())?)
}

/// The apps of this workspace; a new one is added here.
pub(crate) fn apps() -> Vec<App> {
    vec![atriz_api::APP, mextrack_api::APP, pshop_api::APP]
}

/// The cargo that runs this command.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A program that may start cargo. It hears nothing of what cargo says of this one: build scripts that ask for it would run
/// again, and whatever stands on them be compiled again.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_")) {
            command.env_remove(name);
        }
    }
    command
}

/// A verb's surroundings.
pub(crate) struct Workspace {
    pub(crate) fleet: Fleet,
    pub(crate) context: RunContext,
    pub(crate) shown: Arc<Shown>,
}

/// What the command line says about a run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RunOptions {
    pub(crate) lock_wait: Option<Duration>,
    pub(crate) out_of_order: Option<OutOfOrder>,
    pub(crate) ignore_unknown: bool,
}

impl Workspace {
    /// Reads the configuration.
    pub(crate) fn load(options: RunOptions) -> Result<Self, Failure> {
        let catalog = catalog()?;
        let configuration = Configuration::load(&catalog, &Inputs::of_process(Scope::Workspace))?;
        configuration.check_log_filters(is_filter)?;
        Ok(Self::over(Fleet { catalog, configuration }, options))
    }

    /// A run over these databases.
    pub(crate) fn over(fleet: Fleet, options: RunOptions) -> Self {
        let shown = Arc::new(Shown::new());
        let observer = Arc::clone(&shown);
        let mut context = RunContext::new(fleet.configuration.environment, Arc::new(SystemClock), observer);
        if let Some(wait) = options.lock_wait {
            context.lock_wait = wait;
        }
        if let Some(policy) = options.out_of_order {
            context.tolerance.out_of_order = policy;
        }
        context.tolerance.ignore_unknown = options.ignore_unknown;
        crate::interrupt::watch(&context, &shown);
        Self { fleet, context, shown }
    }
}

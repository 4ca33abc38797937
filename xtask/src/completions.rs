//! `cargo xtask completions`.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::error::Failure;

/// Which shell.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  cargo xtask completions bash > ~/.local/share/bash-completion/completions/xtask")]
pub(crate) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(arguments: &CompletionsArguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "xtask", &mut script);
    let text = String::from_utf8(script).map_err(|error| Failure::unexpected(error.to_string()))?;
    crate::output::data(text.trim_end());
    Ok(())
}

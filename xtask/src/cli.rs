//! The command line as a whole.

use clap::{Parser, Subcommand};

use crate::bench::BenchArguments;
use crate::completions::CompletionsArguments;
use crate::db::DbArguments;
use crate::test::TestArguments;
use crate::up::UpArguments;

/// Prepare, serve, test and look after the workspace's databases.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, max_term_width = 100)]
#[command(after_help = "Examples:\n  cargo xtask up\n  cargo xtask db status\n  cargo xtask test --engine sqlite")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Prepare all databases, then serve all three apps in this process
    Up(UpArguments),
    /// Run all tests, on one throwaway PostgreSQL and on SQLite
    Test(TestArguments),
    /// Run what CI runs
    #[command(after_help = "Example:\n  cargo xtask ci")]
    Ci,
    /// Measure the release programs beside their floors
    Bench(BenchArguments),
    /// Create, migrate, seed, check, clean and drop databases
    Db(DbArguments),
    /// Print a completion script for a shell
    Completions(CompletionsArguments),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_has_an_example() {
        fn check(command: &clap::Command, path: &str) {
            for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
                let path = format!("{path} {}", verb.get_name());
                let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("Example"), "`{path} --help` has no example");
                check(verb, &path);
            }
        }
        check(&Cli::command(), "cargo xtask");
    }
}

//! The workspace's own commands. Each verb is one file, and none has logic of its own: they read the command line, call
//! the toolkit, and print what came back.

mod bench;
mod ci;
mod cli;
mod completions;
mod db;
mod error;
mod interrupt;
mod output;
mod progress;
mod routes;
mod test;
mod up;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;

use cli::{Cli, Command};
use error::Failure;

/// Reading a folder of migrations makes and frees millions of small nodes; the system's allocator takes a quarter more
/// time for that.
#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return output::failure(&Failure::unexpected(format!("the runtime cannot start: {error}"))),
    };
    let done = runtime.block_on(run(cli.command));
    // Connections that are still open are closed by the servers when this process ends; waiting for them helps nobody.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output::failure(&failure),
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Up(arguments) => up::run(&arguments).await,
        Command::Test(arguments) => test::run(&arguments).await,
        Command::Ci => ci::run(),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Db(arguments) => Box::pin(interrupt::unless_interrupted(db::run(arguments))).await,
        Command::Completions(arguments) => completions::run(&arguments),
    }
}

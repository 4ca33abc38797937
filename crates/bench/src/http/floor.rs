//! The floor of every route: axum that answers the same bytes.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::Stdio;

use crate::machine::{BenchError, Machine, program};
use crate::serve::{Running, start};

/// The floor's program.
pub(super) struct Bare {
    pub(super) running: Running,
    pub(super) address: SocketAddr,
}

impl Bare {
    /// Starts it with these answers: the first at `/0`, and so on.
    pub(super) fn start(machine: &Machine, answers: &[Vec<u8>]) -> Result<Self, BenchError> {
        let mut command = machine.command(program("atriz-bench-bare")?);
        for (number, answer) in answers.iter().enumerate() {
            let file = machine.folder.path().join(format!("answer_{number}.json"));
            std::fs::write(&file, answer)?;
            command.arg(file);
        }
        let mut running = start(command.stdout(Stdio::piped()))?;
        let mut line = String::new();
        if let Some(said) = running.stdout() {
            BufReader::new(said).read_line(&mut line)?;
        }
        let address = line.trim().parse();
        let address = address.map_err(|_| BenchError::Odd("the bare route told no address".to_owned()))?;
        Ok(Self { running, address })
    }
}

//! How soon all three apps answer, and what they hold at rest.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::machine::{BenchError, Machine, program, workspace};
use crate::measure::{Measure, float, milliseconds};
use crate::process::note;

/// How long a program may take until it is ready.
const PATIENCE: Duration = Duration::from_mins(2);

/// A program that is ended when nobody holds it any more.
pub(crate) struct Running {
    program: String,
    child: Child,
}

impl Running {
    /// What it writes, where that was asked for.
    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// What the system tells of its memory, as [`resident`] does.
    pub(crate) fn memory(&self, which: &str) -> Result<f64, BenchError> {
        resident(self, which)
    }
}

/// An app that answers.
pub(crate) struct Serving {
    pub(crate) running: Running,
    pub(crate) address: SocketAddr,
}

/// Starts an app on a port of its own, and waits until it is ready.
pub(crate) fn serving(machine: &Machine, name: &str) -> Result<Serving, BenchError> {
    let port = free_ports()?[0];
    let mut command = machine.command(program(name)?);
    command.current_dir(workspace()).env("PORT", port.to_string()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = start(&mut command)?;
    let started = Instant::now();
    while !answers(port) {
        if let Some(status) = running.child.try_wait()? {
            return Err(BenchError::Odd(format!("{name} ended with {status} before it answered: is it built anew?")));
        }
        if started.elapsed() > PATIENCE {
            return Err(BenchError::Odd(format!("{name} did not answer within two minutes")));
        }
        sleep(Duration::from_millis(5));
    }
    Ok(Serving { running, address: SocketAddr::from(([127, 0, 0, 1], port)) })
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(kilobytes) = kilobytes(&self.child, "VmHWM") {
            note(&self.program, kilobytes);
        }
        // A program that has ended already needs no end.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// The measures of this area.
pub(crate) fn run(pairs: usize) -> Result<Vec<Measure>, BenchError> {
    let (mut fresh, mut warm) = (Vec::new(), Vec::new());
    for _ in 0..pairs.min(3) {
        let machine = Machine::sqlite()?;
        fresh.push(milliseconds(up(&machine)?));
        for _ in 0..2 {
            warm.push(milliseconds(up(&machine)?));
        }
    }
    let mut measures = vec![
        Measure::alone("`up` until three ports answer, everything to be made", fresh, "ms", "under 15 s"),
        Measure::alone("`up` until three ports answer, nothing pending", warm, "ms", "under 1.5 s"),
    ];
    let machine = Machine::sqlite()?;
    // Makes the databases that the programs then find.
    up(&machine)?;
    for name in ["atriz-api", "mextrack-api", "pshop-api"] {
        measures.push(Measure::alone(
            &format!("{name}: memory at rest"),
            vec![memory(&machine, name)?],
            "MB",
            "under 30 MB",
        ));
    }
    Ok(measures)
}

pub(crate) fn free_ports() -> Result<Vec<u16>, BenchError> {
    let listeners = (0..3).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<Vec<_>, _>>()?;
    Ok(listeners
        .iter()
        .map(TcpListener::local_addr)
        .collect::<Result<Vec<_>, _>>()?
        .iter()
        .map(std::net::SocketAddr::port)
        .collect())
}

/// From the start of the process until all three say that they are ready.
fn up(machine: &Machine) -> Result<Duration, BenchError> {
    let ports = free_ports()?;
    let mut command = machine.command(program("xtask")?);
    command.arg("up").current_dir(workspace()).stdout(Stdio::null()).stderr(Stdio::null());
    for (name, port) in ["ATRIZ_PORT", "MEXTRACK_PORT", "PSHOP_PORT"].into_iter().zip(&ports) {
        command.env(name, port.to_string());
    }
    let started = Instant::now();
    let _running = start(&mut command)?;
    for port in ports {
        wait_for(port, started)?;
    }
    Ok(started.elapsed())
}

pub(crate) fn start(command: &mut Command) -> Result<Running, BenchError> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.spawn() {
        Ok(child) => Ok(Running { program, child }),
        Err(source) => Err(BenchError::Start { program, source }),
    }
}

pub(crate) fn wait_for(port: u16, started: Instant) -> Result<(), BenchError> {
    while started.elapsed() < PATIENCE {
        if answers(port) {
            return Ok(());
        }
        sleep(Duration::from_millis(5));
    }
    Err(BenchError::Odd(format!("port {port} did not answer within two minutes")))
}

fn answers(port: u16) -> bool {
    get(port, "/health/ready").is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_mins(1))).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// Resident memory a second after the first answer.
fn memory(machine: &Machine, name: &str) -> Result<f64, BenchError> {
    let serving = serving(machine, name)?;
    sleep(Duration::from_secs(1));
    serving.running.memory("VmRSS")
}

/// What the system tells of a program's memory: `VmRSS` is now, `VmHWM` the most so far. In MB.
pub(crate) fn resident(running: &Running, which: &str) -> Result<f64, BenchError> {
    kilobytes(&running.child, which).map(|kilobytes| float(kilobytes) / 1_024.0)
}

fn kilobytes(child: &Child, which: &str) -> Result<u64, BenchError> {
    let status = std::fs::read_to_string(Path::new("/proc").join(child.id().to_string()).join("status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .ok_or_else(|| BenchError::Odd("the system tells no resident memory".to_owned()))
}

//! Starting a program, and what it took: its peak memory is the kernel's own count.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;

use crate::machine::BenchError;

/// The largest peak of each program since [`take_peaks`] was last called, in kilobytes.
static PEAKS: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

/// The largest peak of each program so far, in kilobytes.
static ALL_PEAKS: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

/// The largest peak of each program so far, in kilobytes.
pub(crate) fn all_peaks() -> BTreeMap<String, u64> {
    ALL_PEAKS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
}

/// Peak memory by program since the last call, in kilobytes.
pub(crate) fn take_peaks() -> BTreeMap<String, u64> {
    std::mem::take(&mut *PEAKS.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// Remembers a program's peak.
pub(crate) fn note(program: &str, kilobytes: u64) {
    let name = program.rsplit('/').next().unwrap_or(program).to_owned();
    for peaks in [&PEAKS, &ALL_PEAKS] {
        let mut peaks = peaks.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let peak = peaks.entry(name.clone()).or_default();
        *peak = kilobytes.max(*peak);
    }
}

/// Runs a program and demands success.
pub(crate) fn run(command: &mut Command) -> Result<(), BenchError> {
    finish(start(command)?)
}

/// Runs programs at the same time and demands success of all.
pub(crate) fn run_at_once(commands: Vec<Command>) -> Result<(), BenchError> {
    let count = commands.len();
    run_at_most(count, commands)
}

/// Runs programs, `jobs` of them at the same time, and demands success of all.
pub(crate) fn run_at_most(jobs: usize, commands: Vec<Command>) -> Result<(), BenchError> {
    let queue = Mutex::new(commands.into_iter());
    let next = || queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    let work = || -> Result<(), BenchError> {
        while let Some(mut command) = next() {
            run(&mut command)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        let mut ends = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        ends.try_for_each(|end| end.unwrap_or_else(|_| Err(BenchError::Odd("a thread broke off".to_owned()))))
    })
}

/// Runs a program, demands success, and answers what it wrote to stdout.
pub(crate) fn answer(command: &mut Command) -> Result<String, BenchError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|source| BenchError::Start { program: program.clone(), source })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(BenchError::Failed { program, said: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
}

fn start(command: &mut Command) -> Result<(String, Child), BenchError> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    match command.spawn() {
        Ok(child) => Ok((program, child)),
        Err(source) => Err(BenchError::Start { program, source }),
    }
}

fn finish((program, mut child): (String, Child)) -> Result<(), BenchError> {
    let mut said = Vec::new();
    if let Some(mut errors) = child.stderr.take() {
        errors.read_to_end(&mut said)?;
    }
    let (status, kilobytes) = wait(&child)?;
    note(&program, kilobytes);
    if status.success() {
        return Ok(());
    }
    Err(BenchError::Failed { program, said: String::from_utf8_lossy(&said).trim().to_owned() })
}

/// Waits for a child and answers its peak resident memory in kilobytes. Linux counts from the start of the process, which
/// shares this program's pages for a moment; so nothing is ever less than this small program.
fn wait(child: &Child) -> io::Result<(ExitStatus, u64)> {
    let id = i32::try_from(child.id()).map_err(io::Error::other)?;
    let mut status = 0;
    loop {
        #[expect(unsafe_code, reason = "the standard library does not tell what a child used; wait4 fills two values")]
        let (ended, usage) = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            (libc::wait4(id, &raw mut status, 0, &raw mut usage), usage)
        };
        if ended == id {
            let peak = u64::try_from(usage.ru_maxrss).unwrap_or_default();
            // macOS counts bytes.
            let kilobytes = if cfg!(target_os = "macos") { peak / 1_024 } else { peak };
            return Ok((ExitStatus::from_raw(status), kilobytes));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

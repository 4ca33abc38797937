//! The report: a table for people, JSON for programs.

mod demand;
mod table;

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde::Serialize;

use crate::machine::{BenchError, Machine, workspace};
use crate::measure::{Measure, float};
use crate::migrate::Found;
use crate::plot::{Plot, svg};
use crate::process::all_peaks;

/// Everything measured in one run, and on what.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    header: Vec<(String, String)>,
    pub(crate) measures: Vec<Measure>,
    plots: Vec<Plot>,
    /// The largest peak of each program in megabytes.
    memory: Vec<(String, f64)>,
    /// What could not be measured, and why.
    missing: Vec<String>,
    /// How many seconds each area took.
    times: Vec<(String, u64)>,
    /// Whether every area came to its end.
    is_whole: bool,
}

impl Report {
    /// A report that begins now.
    pub(crate) fn new(postgres: bool) -> Result<Self, BenchError> {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let mut header = vec![
            ("processor".to_owned(), format!("{cores} cores, {}", processor())),
            ("system".to_owned(), said("uname", &["-sr"])),
            ("sqlite3".to_owned(), said("sqlite3", &["--version"])),
            ("rustc".to_owned(), said("rustc", &["--version"])),
        ];
        if postgres {
            let machine = Machine::postgres()?;
            let server = machine.server.as_ref().map(|server| server.server().to_owned());
            // The folder of the programs belongs to the machine.
            let version = server.and_then(|said| said.split(" of ").next().map(str::to_owned));
            header.push(("server".to_owned(), version.unwrap_or_default()));
            header.push(("its settings".to_owned(), settings(&machine)?));
        }
        header.push(("load when it began".to_owned(), load()));
        header.retain(|(_, value)| !value.is_empty());
        Ok(Self {
            header,
            measures: Vec::new(),
            plots: Vec::new(),
            memory: Vec::new(),
            missing: Vec::new(),
            times: Vec::new(),
            is_whole: true,
        })
    }

    /// Adds what an area found.
    pub(crate) fn add(&mut self, found: Found) {
        self.measures.extend(found.measures);
        self.plots.extend(found.plots);
        self.missing.extend(found.missing);
    }

    /// An area came to no end.
    pub(crate) fn broke_off(&mut self, area: &str, error: &BenchError) {
        self.missing.push(format!("{area} broke off: {error}"));
        self.is_whole = false;
    }

    /// Whether every area came to its end.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// An area is done.
    pub(crate) fn took(&mut self, area: &str, time: Duration) {
        self.times.push((area.to_owned(), time.as_secs()));
    }

    /// Everything is measured.
    pub(crate) fn end(&mut self) {
        let total: u64 = self.times.iter().map(|(_, seconds)| seconds).sum();
        let each: Vec<_> = self.times.iter().map(|(area, seconds)| format!("{area} {seconds}")).collect();
        let took = format!("{total} s, beside what was compiled: {}", each.join(", "));
        self.header.push(("time".to_owned(), took));
        self.header.push(("load when it ended".to_owned(), load()));
        self.memory = all_peaks().into_iter().map(|(program, peak)| (program, float(peak) / 1_024.0)).collect();
    }

    pub(crate) fn json(&self) -> Result<String, BenchError> {
        serde_json::to_string_pretty(self).map_err(|error| BenchError::Odd(error.to_string()))
    }

    pub(crate) fn write(&self) -> Result<(), BenchError> {
        let docs = workspace().join("docs");
        fs::write(docs.join("benchmarks.md"), self.markdown())?;
        fs::write(docs.join("benchmarks.json"), self.json()? + "\n")?;
        fs::create_dir_all(docs.join("benchmarks"))?;
        for plot in &self.plots {
            fs::write(docs.join("benchmarks").join(plot.file).with_extension("svg"), svg(plot))?;
        }
        Ok(())
    }
}

/// What others keep the machine busy with, too: processes that want to run, averaged over one, five and fifteen minutes.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(", ")
}

/// The settings that decide how long a commit takes.
fn settings(machine: &Machine) -> Result<String, BenchError> {
    const QUERY: &str = "SELECT string_agg(name || '=' || setting || COALESCE(unit, ''), ', ' ORDER BY name) \
                         FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', \
                         'shared_buffers', 'wal_level', 'autovacuum', 'jit', \
                         'checkpoint_timeout', 'max_wal_size')";
    let output = machine.psql("postgres").args(["-c", QUERY]).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map(|(_, name)| name.to_owned()).unwrap_or_default()
}

/// What a program says of itself; nothing where it is not installed.
pub(crate) fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

//! The report: a table for people, JSON for programs.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde::Serialize;

use crate::machine::{BenchError, Machine, workspace};
use crate::measure::{Measure, Spread};
use crate::migrate::Found;
use crate::plot::{Line, svg};

/// Everything measured in one run, and on what.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    header: Vec<(String, String)>,
    pub(crate) measures: Vec<Measure>,
    growth: Vec<Line>,
    /// What could not be measured, and why.
    missing: Vec<String>,
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
        Ok(Self { header, measures: Vec::new(), growth: Vec::new(), missing: Vec::new() })
    }

    /// Adds what the area of migrations found.
    pub(crate) fn add(&mut self, found: Found) {
        self.measures.extend(found.measures);
        self.growth.extend(found.growth);
        self.missing.extend(found.missing);
    }

    /// Everything is measured.
    pub(crate) fn end(&mut self) {
        self.header.push(("load when it ended".to_owned(), load()));
    }

    pub(crate) fn json(&self) -> Result<String, BenchError> {
        serde_json::to_string_pretty(self).map_err(|error| BenchError::Odd(error.to_string()))
    }

    pub(crate) fn markdown(&self) -> String {
        let mut text = String::from(
            "# Benchmarks\n\nWritten by `cargo xtask bench --write`: release programs beside their floors, \
             in turn, in one run. Ratios are medians of pairs;\nabsolute times belong to the machine.\n\n",
        );
        for (name, value) in &self.header {
            line(&mut text, &format!("* {name}: {value}"));
        }
        line(
            &mut text,
            "\n| what | minimum / median / maximum | peak memory | floor | minimum / median / maximum | peak memory | ratio \
             | demanded |",
        );
        line(&mut text, "|---|---|---|---|---|---|---|---|");
        for measure in &self.measures {
            let ratio = measure.ratio().map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
            line(
                &mut text,
                &format!(
                    "| {} | {} | {} | {} | {} | {} | {ratio} | {} |",
                    measure.name,
                    spread(Measure::spread(&measure.values), measure.unit),
                    peak(measure.peak),
                    measure.floor_name.as_deref().unwrap_or("–"),
                    spread(Measure::spread(&measure.floors), measure.unit),
                    peak(measure.floor_peak),
                    measure.target,
                ),
            );
        }
        if !self.growth.is_empty() {
            line(&mut text, "\n![Time per migration by their number](benchmarks/growth.svg)");
        }
        for missing in &self.missing {
            line(&mut text, &format!("\nNot measured: {missing}."));
        }
        text
    }

    pub(crate) fn write(&self) -> Result<(), BenchError> {
        let docs = workspace().join("docs");
        fs::write(docs.join("benchmarks.md"), self.markdown())?;
        fs::write(docs.join("benchmarks.json"), self.json()? + "\n")?;
        if !self.growth.is_empty() {
            fs::create_dir_all(docs.join("benchmarks"))?;
            fs::write(docs.join("benchmarks/growth.svg"), svg(&self.growth))?;
        }
        Ok(())
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a string cannot fail");
}

fn spread(spread: Option<Spread>, unit: &str) -> String {
    match spread {
        Some(Spread { minimum, median, maximum }) => format!("{minimum:.1} / {median:.1} / {maximum:.1} {unit}"),
        None => "–".to_owned(),
    }
}

/// Of the largest process.
fn peak(megabytes: f64) -> String {
    if megabytes > 0.0 { format!("{megabytes:.0} MB") } else { "–".to_owned() }
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
                         'shared_buffers', 'wal_level', 'autovacuum', 'jit')";
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

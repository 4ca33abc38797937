//! The report: a table for people, JSON for programs.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde::Serialize;

use crate::machine::{BenchError, workspace};
use crate::measure::{Measure, Spread};

/// Everything measured in one run, and on what.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    header: Vec<(String, String)>,
    measures: Vec<Measure>,
}

impl Report {
    pub(crate) fn new(measures: Vec<Measure>) -> Self {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let header = vec![
            ("processor".to_owned(), format!("{cores} cores, {}", processor())),
            ("system".to_owned(), said("uname", &["-sr"])),
            ("PostgreSQL".to_owned(), said("postgres", &["--version"])),
            ("sqlite3".to_owned(), said("sqlite3", &["--version"])),
            ("rustc".to_owned(), said("rustc", &["--version"])),
        ];
        Self { header: header.into_iter().filter(|(_, value)| !value.is_empty()).collect(), measures }
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
            "\n| what | minimum / median / maximum | floor | minimum / median / maximum | ratio | demanded |",
        );
        line(&mut text, "|---|---|---|---|---|---|");
        for measure in &self.measures {
            let ratio = measure.ratio().map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
            line(
                &mut text,
                &format!(
                    "| {} | {} | {} | {} | {ratio} | {} |",
                    measure.name,
                    spread(Measure::spread(&measure.values), measure.unit),
                    measure.floor_name.as_deref().unwrap_or("–"),
                    spread(Measure::spread(&measure.floors), measure.unit),
                    measure.target,
                ),
            );
        }
        text
    }

    pub(crate) fn write(&self) -> Result<(), BenchError> {
        let docs = workspace().join("docs");
        fs::write(docs.join("benchmarks.md"), self.markdown())?;
        fs::write(docs.join("benchmarks.json"), self.json()?)?;
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

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map(|(_, name)| name.to_owned()).unwrap_or_default()
}

/// What a program says of itself; nothing where it is not installed.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

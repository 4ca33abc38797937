//! Progress on standard error: bars on a terminal, lines elsewhere.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use atriz_db::progress::{Event, Observer};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::output::say;

/// Shows what the toolkit tells.
pub(crate) struct Shown {
    bars: Option<MultiProgress>,
    by_database: Mutex<HashMap<String, ProgressBar>>,
    in_flight: AtomicUsize,
}

impl Shown {
    pub(crate) fn new() -> Self {
        let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
        Self { bars, by_database: Mutex::new(HashMap::new()), in_flight: AtomicUsize::new(0) }
    }

    /// Whether a migration runs just now.
    pub(crate) fn is_migrating(&self) -> bool {
        self.in_flight.load(Ordering::SeqCst) > 0
    }

    fn step(&self, database: &str, number: usize, count: usize, what: &str) {
        let Some(bars) = &self.bars else { return };
        let Ok(mut by_database) = self.by_database.lock() else { return };
        let bar = by_database.entry(database.to_owned()).or_insert_with(|| bars.add(bar(database)));
        bar.set_length(count as u64);
        bar.set_position(number as u64);
        bar.set_message(what.to_owned());
        if number == count {
            bar.set_message(format!("{what} …"));
        }
    }

    /// Takes the bars away, so that what is printed next stands alone.
    pub(crate) fn clear(&self) {
        if let (Some(bars), Ok(mut by_database)) = (&self.bars, self.by_database.lock()) {
            by_database.clear();
            // A terminal that cannot be cleared keeps the bars; the report below them is complete.
            let _ = bars.clear();
        }
    }

    pub(crate) fn line(&self, line: &str) {
        match &self.bars {
            Some(bars) => {
                let _ = bars.println(line);
            }
            None => say(line),
        }
    }
}

fn bar(database: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:>9} [{bar:24}] {pos}/{len} {msg}");
    let bar = ProgressBar::new(1).with_prefix(database.to_owned());
    match style {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}

impl Observer for Shown {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::LockWaiting { database, holder } => {
                self.line(&format!("{database}: waiting for {holder}, who works on it"));
            }
            Event::MigrationStarted { database, version, number, count } => {
                self.in_flight.fetch_add(1, Ordering::SeqCst);
                self.step(database, *number, *count, version);
            }
            Event::MigrationRetried { database, version, reason } => {
                self.line(&format!("{database}: {version} is tried again: {reason}"));
            }
            Event::OutOfOrder { database, version, applied } => {
                self.line(&format!(
                    "{database}: {version} is older than {applied}, which is applied; it runs nevertheless"
                ));
            }
            Event::StatementProgress { database, progress } => self.line(&format!("{database}: {progress}")),
            Event::SeedRetried { database, file, reason } => {
                self.line(&format!("{database}: {file} is tried again: {reason}"));
            }
            Event::ParentsMissing { database, table, rows, parents, other } => self.line(&format!(
                "{database}: {rows} {table} refer to {parents} that {other} does not hold; seed {other} first"
            )),
            Event::SeedStarted { database, file, number, count } => self.step(database, *number, *count, file),
            Event::MigrationFinished { .. } => {
                self.in_flight.fetch_sub(1, Ordering::SeqCst);
            }
            Event::StatementFinished { .. } | Event::SeedFinished { .. } => {}
        }
    }
}

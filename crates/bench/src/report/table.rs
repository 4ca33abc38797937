//! The report as Markdown.

use std::fmt::Write as _;

use super::Report;
use super::demand::verdict;
use crate::measure::{Measure, Spread};

/// What is known of where the time goes, kept by hand.
const WHERE: &str = include_str!("where.md");

impl Report {
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::from(
            "# Benchmarks\n\nWritten by `cargo xtask bench --write`: release programs beside their floors, in turn, in one \
             run. Ratios are medians of pairs;\nabsolute times belong to the machine.\n\n",
        );
        for (name, value) in &self.header {
            line(&mut text, &format!("* {name}: {value}"));
        }
        line(
            &mut text,
            "\n| what | minimum / median / maximum | peak memory | floor | minimum / median / maximum | peak memory | ratio \
             | demanded | met |",
        );
        line(&mut text, "|---|---|---|---|---|---|---|---|---|");
        self.measures.iter().for_each(|measure| line(&mut text, &row(measure)));
        for plot in &self.plots {
            line(&mut text, &format!("\n![{}](benchmarks/{}.svg)", plot.title, plot.file));
        }
        for missing in &self.missing {
            line(&mut text, &format!("\nNot measured: {missing}."));
        }
        if !self.memory.is_empty() {
            line(&mut text, "\n## Memory\n\nThe largest peak of every program that ran, each process by itself.\n");
            line(&mut text, "| program | MB |\n|---|---|");
            self.memory.iter().for_each(|(name, peak)| line(&mut text, &format!("| {name} | {peak:.0} |")));
        }
        line(&mut text, "");
        text + WHERE
    }
}

fn row(measure: &Measure) -> String {
    let ratio = measure.ratio().map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
    format!(
        "| {} | {} | {} | {} | {} | {} | {ratio} | {} | {} |",
        measure.name,
        spread(Measure::spread(&measure.values), measure.unit),
        peak(measure.peak),
        measure.floor_name.as_deref().unwrap_or("–"),
        spread(Measure::spread(&measure.floors), measure.unit),
        peak(measure.floor_peak),
        measure.target,
        verdict(measure).unwrap_or_else(|| "–".to_owned()),
    )
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a string cannot fail");
}

fn spread(spread: Option<Spread>, unit: &str) -> String {
    // What takes less than ten of its unit needs more digits.
    let digits = spread.map_or(1, |spread| if spread.median < 10.0 { 2 } else { 1 });
    match spread {
        Some(Spread { minimum, median, maximum }) => {
            format!("{minimum:.digits$} / {median:.digits$} / {maximum:.digits$} {unit}")
        }
        None => "–".to_owned(),
    }
}

/// Of the largest process.
fn peak(megabytes: f64) -> String {
    if megabytes > 0.0 { format!("{megabytes:.0} MB") } else { "–".to_owned() }
}

//! A plain plot of how cost grows, as SVG.

use std::fmt::Write as _;

use serde::Serialize;

use crate::measure::Measure;

/// One program's points.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// How many there are, and the median in milliseconds.
    pub(crate) points: Vec<(usize, f64)>,
}

impl Line {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), points: Vec::new() }
    }

    pub(crate) fn add(&mut self, count: usize, values: &[f64]) {
        self.points.extend(Measure::spread(values).map(|spread| (count, spread.median)));
    }
}

/// How the cost of one thing grows with a number.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Plot {
    /// Below docs/benchmarks, without its ending.
    pub(crate) file: &'static str,
    /// What is shown, by what.
    pub(crate) title: &'static str,
    pub(crate) lines: Vec<Line>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 130.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 50.0;
/// Told apart also by those who see few colours.
const COLOURS: [&str; 4] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7"];

/// The plot: numbers on a logarithmic axis, times on one from zero.
pub(crate) fn svg(plot: &Plot) -> String {
    let scale = Scale::of(&plot.lines);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"20\" font-size=\"14\">{}</text>\n",
        plot.title
    );
    scale.axes(&mut text);
    for (number, line) in plot.lines.iter().enumerate() {
        scale.line(&mut text, line, COLOURS[number % COLOURS.len()], number);
    }
    text.push_str("</svg>\n");
    text
}

struct Scale {
    /// Of the numbers, as logarithms.
    low: f64,
    high: f64,
    highest: f64,
    counts: Vec<usize>,
}

impl Scale {
    fn of(lines: &[Line]) -> Self {
        let points = || lines.iter().flat_map(|line| line.points.iter().copied());
        let mut counts: Vec<usize> = points().map(|(count, _)| count).collect();
        counts.sort_unstable();
        counts.dedup();
        let (low, high) = (counts.first().copied().unwrap_or(1), counts.last().copied().unwrap_or(10));
        let highest = points().map(|(_, value)| value).fold(1.0, f64::max);
        Self { low: logarithm(low), high: logarithm(high).max(logarithm(low) + 0.1), highest: highest.ceil(), counts }
    }

    fn x(&self, count: usize) -> f64 {
        LEFT + (logarithm(count) - self.low) / (self.high - self.low) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - value / self.highest * (HEIGHT - TOP - BOTTOM)
    }

    fn axes(&self, text: &mut String) {
        let (right, ground) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for part in 0..=4 {
            let value = self.highest * f64::from(part) / 4.0;
            let y = self.y(value);
            put(text, &format!("<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"#ddd\"/>"));
            put(
                text,
                &format!("<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{value:.1}</text>", LEFT - 8.0, y + 4.0),
            );
        }
        for &count in &self.counts {
            let (x, y) = (self.x(count), ground + 18.0);
            put(text, &format!("<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{count}</text>"));
        }
    }

    fn line(&self, text: &mut String, line: &Line, colour: &str, number: usize) {
        let at: Vec<String> =
            line.points.iter().map(|&(count, value)| format!("{:.1},{:.1}", self.x(count), self.y(value))).collect();
        put(text, &format!("<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\"/>", at.join(" ")));
        for point in at.iter().filter_map(|point| point.split_once(',')) {
            put(text, &format!("<circle cx=\"{}\" cy=\"{}\" r=\"3\" fill=\"{colour}\"/>", point.0, point.1));
        }
        // A legend rather than names at the ends, where lines that lie close would cover each other's.
        let y = TOP + 18.0 * f64::from(u16::try_from(number).unwrap_or(u16::MAX));
        put(text, &format!("<text x=\"{}\" y=\"{y}\" fill=\"{colour}\">● {}</text>", WIDTH - RIGHT + 16.0, line.name));
    }
}

fn logarithm(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)).max(1.0).log10()
}

fn put(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_stand_within_the_frame_and_nothing_is_no_error() {
        let mut line = Line::new("one");
        line.add(10, &[2.0, 3.0, 4.0]);
        line.add(1_000, &[1.0]);
        let plot = |lines| Plot { file: "test", title: "Cost by number", lines };
        let text = svg(&plot(vec![line]));
        assert!(text.contains("points=\"60.0,40.0 590.0,246.7\""), "{text}");
        assert!(svg(&plot(Vec::new())).ends_with("</svg>\n"));
    }
}

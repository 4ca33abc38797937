//! Pieces of a migration: what is done, and what undoes it.

/// When a piece runs. Pieces of one stage stand in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// In one transaction.
    Main,
    /// Indexes, built beside running work: each statement alone.
    Indexes,
    /// What needs the indexes, or waits for rows to be looked at under a weak lock.
    Finish,
    /// Rows behind what [`Stage::Finish`] added are looked at.
    Late,
}

impl Stage {
    pub(super) const ALL: [Self; 4] = [Self::Main, Self::Indexes, Self::Finish, Self::Late];

    /// What the name of its file ends in, where it is not the first.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Main => "",
            Self::Indexes => "_indexes",
            Self::Finish => "_validated",
            Self::Late => "_keys_validated",
        }
    }
}

/// A piece: lines that are statements without their semicolon, or comments.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) stage: Stage,
    pub(super) up: Vec<String>,
    pub(super) down: Vec<String>,
    /// Why there is no way back.
    pub(super) irreversible: Option<String>,
}

impl Step {
    pub(super) fn new(stage: Stage, up: Vec<String>, down: Vec<String>) -> Self {
        Self { stage, up, down, irreversible: None }
    }

    /// One statement and what undoes it, in the transaction.
    pub(super) fn main(up: impl Into<String>, down: impl Into<String>) -> Self {
        Self::new(Stage::Main, vec![up.into()], vec![down.into()])
    }

    pub(super) fn at(mut self, stage: Stage) -> Self {
        self.stage = stage;
        self
    }

    pub(super) fn remark(mut self, text: &str) -> Self {
        self.up.insert(0, comment(text));
        self
    }
}

/// A line comment; a line break in it does not end it.
pub(super) fn comment(text: &str) -> String {
    format!("-- {}", text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A statement of several lines as comments, for somebody to write anew.
pub(super) fn commented(statement: &str) -> String {
    if statement.starts_with("--") {
        return statement.to_owned();
    }
    let lines: Vec<String> = statement.lines().map(|line| format!("-- {}", line.trim_end())).collect();
    format!("{};", lines.join("\n"))
}

/// A place that somebody has to decide on before the file runs.
pub(super) fn mark(text: &str) -> String {
    format!("{MARK} \"{}\"", text.replace('"', "'"))
}

/// How a marked place begins.
pub(super) const MARK: &str = "-- atriz: decide";

/// The lines as text: a semicolon behind each statement, a blank line around what is long.
pub(super) fn rendered(lines: &[String]) -> String {
    let mut text = String::new();
    let mut after_long = false;
    for line in lines {
        let is_comment = line.starts_with("--");
        let long = !is_comment && line.contains('\n');
        if !text.is_empty() && (after_long || long) && !text.ends_with("\n\n") && !previous_is_comment(&text) {
            text.push('\n');
        }
        text.push_str(line);
        text.push_str(if is_comment { "\n" } else { ";\n" });
        after_long = long;
    }
    text
}

fn previous_is_comment(text: &str) -> bool {
    text.trim_end_matches('\n').rsplit('\n').next().is_some_and(|line| line.starts_with("--"))
}

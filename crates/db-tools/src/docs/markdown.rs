//! Text that Markdown shows as it is.

/// A code span. A fence of backticks is one longer than any within, and a blank keeps it apart from one at the border.
pub(super) fn code(text: &str) -> String {
    let text = line(text);
    let (mut longest, mut run) = (0, 0);
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let blank = if longest > 0 { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// A code span in a cell of a table, where a bar would end the cell even within code.
pub(super) fn cell_code(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Code spans, separated by commas.
pub(super) fn codes<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    texts.into_iter().map(|text| code(text)).collect::<Vec<_>>().join(", ")
}

/// The same in a cell of a table.
pub(super) fn cell_codes<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    codes(texts).replace('|', "\\|")
}

/// Prose of somebody who did not think of Markdown: on one line, with nothing in it that Markdown or HTML reads.
pub(super) fn prose(text: &str) -> String {
    let text = line(text);
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let inside_word = |other: Option<&char>| before.is_alphanumeric() && other.is_some_and(|c| c.is_alphanumeric());
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '_' if inside_word(characters.peek()) => escaped.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '>' | '~' => escaped.extend(['\\', character]),
            // What begins a line of its own would be a heading or a list.
            '#' | '+' | '-' | '=' if escaped.is_empty() => escaped.extend(['\\', character]),
            other => escaped.push(other),
        }
        before = character;
    }
    escaped
}

/// On one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A table; nothing where it has no rows. A column without a single entry is left out.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let told: Vec<usize> =
        (0..headings.len()).filter(|column| rows.iter().any(|row| !row[*column].is_empty())).collect();
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(told.iter().map(|column| headings[*column]).collect());
    text.push_str(&line(told.iter().map(|_| "---").collect()));
    for row in rows {
        text.push_str(&line(told.iter().map(|column| row[*column].as_str()).collect()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(cell_code("a || b"), "`a \\|\\| b`");
        assert_eq!(prose("see user_id, *not* <b>_this_</b> | [x](y)\nnext & more"), {
            "see user_id, \\*not\\* &lt;b\\>\\_this\\_&lt;/b\\> \\| \\[x\\](y) next &amp; more"
        });
        assert_eq!(prose("# no heading"), "\\# no heading");
    }

    #[test]
    fn columns_without_entries_are_left_out() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let text = table(&["a", "b", "c"], &[row(["1", "", "x"]), row(["2", "", ""])]);
        assert_eq!(text, "| a | c |\n| --- | --- |\n| 1 | x |\n| 2 |  |\n");
    }
}

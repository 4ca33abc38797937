//! What holds of every text that is split, and of the checksum of what comes out.

use std::time::{Duration, Instant};

use atriz_db::migrate::{SplitError, Statement, split};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Pieces that change how what follows them is read.
const PIECES: &[&str] = &[
    ";",
    "'",
    "''",
    "\"",
    "$$",
    "$a$",
    "$",
    "--",
    "/*",
    "*/",
    "\n",
    "\r",
    "\r\n",
    " ",
    "\t",
    "(",
    ")",
    "E'",
    "U&'",
    "x'",
    "\\",
    "\\'",
    "create ",
    "trigger ",
    "function ",
    "on ",
    "begin ",
    "atomic ",
    "case ",
    "end",
    "end;",
    "copy ",
    "from ",
    "stdin",
    "a",
    "1",
    "1.",
    "::",
    "->>",
    "\u{feff}",
    "é",
    "\u{a0}",
    "😀",
    "\u{1}",
    "`",
    "[",
    "]",
];

/// Tokens that stay what they are beside any other, as long as something blank stands between them.
const TOKENS: &[&str] = &[
    "select",
    "\"a;b\"",
    "'it''s'",
    "'--'",
    "'/*'",
    "E'\\';'",
    "U&'d\\0061'",
    "x'00'",
    "$$;$$",
    "$a$ $$ '$a$",
    "$1",
    "17",
    "1.5e-3",
    ".5",
    "(a)",
    "(;)",
    ",",
    "=",
    "é",
    "a$b",
    "café",
    "case",
    "end",
    "begin",
    "atomic",
    "trigger",
    "on",
    "from",
    "to",
    "stdout",
    ";",
];

/// What may stand between any two tokens without a change of what they mean.
const BLANKS: &[&str] =
    &[" ", "\n", "\r\n", "\t", " \r\n\t", "/* a; */", "/* /* ' */ */", "-- it's; \"\n", "--\r\n", "\u{c}"];

/// Nothing of the input is lost but what a server would skip: the statements stand in it in their order, and between them
/// stands nothing but comments, blank space and semicolons.
fn nothing_is_lost(sql: &str, statements: &[Statement]) -> Result<(), TestCaseError> {
    let (mut rest, mut line) = (sql, 1);
    for statement in statements {
        let at = rest.find(&statement.text);
        prop_assert!(at.is_some(), "{:?} is not in what is left, {rest:?}", statement.text);
        // The first place where it stands may be within a comment before it.
        let found = rest
            .match_indices(&statement.text)
            .find(|(at, _)| line + lines(&rest[..*at]) == statement.line && is_blank(&rest[..*at]));
        prop_assert!(found.is_some(), "{statement:?} is not where it says, in {rest:?}");
        let end = found.map_or(0, |(at, text)| at + text.len());
        line += lines(&rest[..end]);
        rest = &rest[end..];
    }
    prop_assert!(is_blank(rest), "{rest:?} is left");
    Ok(())
}

fn lines(text: &str) -> usize {
    text.matches('\n').count()
}

/// Whether nothing but blank space, semicolons and whole comments stand here; read without the splitter's lexer.
fn is_blank(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}');
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}', ';']);
        if rest.is_empty() {
            return true;
        }
        rest = match rest.get(..2) {
            Some("--") => rest.find('\n').map_or("", |end| &rest[end..]),
            Some("/*") => match behind_comment(rest) {
                Some(rest) => rest,
                None => return false,
            },
            _ => return false,
        };
    }
}

fn behind_comment(text: &str) -> Option<&str> {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        match text.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") if depth == 1 => return Some(&text[at + 2..]),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    None
}

fn is_split_well(sql: &str) -> Result<(), TestCaseError> {
    let started = Instant::now();
    let statements = split(sql);
    prop_assert!(started.elapsed() < Duration::from_secs(1), "it took {:?}", started.elapsed());
    match statements {
        Ok(statements) => nothing_is_lost(sql, &statements),
        Err(error) => {
            prop_assert!(!error.hint().is_empty());
            let (SplitError::Unterminated { line, .. }
            | SplitError::PsqlCommand { line, .. }
            | SplitError::CopyRows { line, .. }
            | SplitError::LoneReturn { line }
            | SplitError::CommentInComment { line }) = error;
            prop_assert!((1..=lines(sql) + 1).contains(&line), "line {line}");
            Ok(())
        }
    }
}

/// The checksums of all statements.
fn checksum(sql: &str) -> Result<Vec<String>, SplitError> {
    Ok(split(sql)?.iter().map(Statement::checksum).collect())
}

fn joined(tokens: &[&str], blanks: &[&str]) -> String {
    tokens.iter().zip(blanks.iter().cycle()).flat_map(|(token, blank)| [*token, *blank]).collect()
}

/// Words between which something blank stands are the tokens of the file, but for parentheses.
fn tokens_and_blanks() -> impl Strategy<Value = (Vec<&'static str>, Vec<&'static str>)> {
    (vec(select(TOKENS), 1..24), vec(select(BLANKS), 1..24))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_text_is_split_or_refused(sql in any::<String>()) {
        is_split_well(&sql)?;
    }

    #[test]
    fn any_bytes_are_split_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        is_split_well(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn odd_pieces_are_split_or_refused(pieces in vec(select(PIECES), 0..40)) {
        is_split_well(&pieces.concat())?;
    }

    #[test]
    fn layout_changes_no_checksum((tokens, blanks) in tokens_and_blanks(), mark in any::<bool>(), windows in any::<bool>()) {
        let plain = joined(&tokens, &[" "]);
        let mut laid_out = joined(&tokens, &blanks);
        if windows {
            laid_out = laid_out.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        if mark {
            laid_out.insert(0, '\u{feff}');
        }
        prop_assert_eq!(checksum(&plain), checksum(&laid_out), "{:?} and {:?}", plain, laid_out);
    }

    #[test]
    fn another_token_is_another_checksum((tokens, _) in tokens_and_blanks(), at in any::<prop::sample::Index>(), other in select(TOKENS)) {
        let at = at.index(tokens.len());
        let before = checksum(&joined(&tokens, &[" "]));
        let changed = |change: &dyn Fn(&mut Vec<&'static str>)| {
            let mut changed = tokens.clone();
            change(&mut changed);
            checksum(&joined(&changed, &[" "]))
        };
        // A semicolon ends nothing where nothing stands before it; what cannot be split has no checksum to compare.
        let counts = |token: &str| token != ";";
        if before.is_ok() && counts(tokens[at]) && counts(other) {
            if tokens[at] != other {
                prop_assert_ne!(&before, &changed(&|tokens| tokens[at] = other));
            }
            prop_assert_ne!(&before, &changed(&|tokens| tokens.insert(at, other)));
            prop_assert_ne!(&before, &changed(&|tokens| { tokens.remove(at); }));
        }
    }

    #[test]
    fn what_is_split_once_is_split_the_same_again(pieces in vec(select(PIECES), 0..40)) {
        if let Ok(statements) = split(&pieces.concat()) {
            // A byte-order mark is one at the start of a file alone, and part of a name anywhere else.
            for statement in statements.iter().filter(|statement| !statement.text.starts_with('\u{feff}')) {
                let again = split(&statement.text).unwrap();
                prop_assert_eq!(again.len(), 1);
                prop_assert_eq!((&again[0].text, &again[0].tokens), (&statement.text, &statement.tokens));
            }
        }
    }
}

#[test]
fn a_large_file_takes_no_time() {
    let many = "INSERT INTO t VALUES (1, 'a');\n".repeat(50_000);
    for sql in [
        many,
        "(".repeat(500_000),
        "$a".repeat(500_000),
        "/*".repeat(500_000),
        "-".repeat(500_000),
        "'".repeat(500_001),
    ] {
        let started = Instant::now();
        // Whether it can be split is not the question here.
        let _ = split(&sql);
        assert!(started.elapsed() < Duration::from_secs(5), "{:?} for {}…", started.elapsed(), &sql[..10]);
    }
}

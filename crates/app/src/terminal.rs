//! Questions to somebody who sits in front of the program.

use std::io::{IsTerminal, Write};

/// Whether somebody sits in front of it.
pub fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks a question that is answered with yes or no. Without a terminal, and for anything but yes, the answer is no.
pub fn ask(question: &str) -> bool {
    if !is_interactive() {
        return false;
    }
    let mut answer = String::new();
    let asked = write!(anstream::stderr(), "{question} [y/N] ").and_then(|()| std::io::stdin().read_line(&mut answer));
    asked.is_ok() && is_yes(&answer)
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim(), "y" | "Y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        assert!(is_yes("y\n") && is_yes("Y\r\n") && is_yes("yes"));
        assert!(!is_yes("") && !is_yes("n\n") && !is_yes("yesterday"));
    }
}

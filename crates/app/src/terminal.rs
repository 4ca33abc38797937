//! Questions to somebody who sits in front of the program.

use std::io::{IsTerminal, Write};
use std::sync::mpsc;

use tokio::runtime::Handle;

/// Whether somebody sits in front of it.
pub fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks a question that is answered with yes or no. Without a terminal, and for anything but yes, the answer is no; so it
/// is for a Ctrl-C, which ends no process that handles it elsewhere.
pub fn ask(question: &str) -> bool {
    if !is_interactive() {
        return false;
    }
    if write!(anstream::stderr(), "{question} [y/N] ").is_err() {
        return false;
    }
    let (answers, answer) = mpsc::channel();
    if let Ok(runtime) = Handle::try_current() {
        let answers = answers.clone();
        runtime.spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                let _ = answers.send(false);
            }
        });
    }
    // A read of a terminal cannot be broken off, so it waits in a thread of its own.
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line);
        let _ = answers.send(read.is_ok() && is_yes(&line));
    });
    answer.recv().unwrap_or(false)
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

//! Checksums that change when the meaning of a file may have, and not when its line ends have.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::split::Statement;

/// The name stored beside each checksum, so that a later algorithm can tell its own from this one's.
pub const ALGORITHM: &str = "sha256-tokens-1";

/// The checksum of statements: SHA-256 over their tokens. Comments, blank space, line ends and a byte-order mark do not
/// count.
pub(super) fn of_statements(statements: &[Statement]) -> String {
    let mut hash = Sha256::new();
    for statement in statements {
        for token in &statement.tokens {
            hash.update(token.as_bytes());
            hash.update([0]);
        }
        hash.update([1]);
    }
    hex(&hash.finalize())
}

impl Statement {
    /// The checksum of this statement alone.
    pub fn checksum(&self) -> String {
        of_statements(std::slice::from_ref(self))
    }
}

/// SHA-256 over the bytes as they are.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::super::split::split;
    use super::*;

    fn checksum(sql: &str) -> String {
        of_statements(&split(sql).unwrap())
    }

    #[test]
    fn layout_does_not_count_and_meaning_does() {
        let plain = checksum("create table t (a int);\nselect 'x  y';");
        assert_eq!(plain, checksum("-- why\r\ncreate  table t(a int) ; /* b */ select 'x  y'"));
        assert_ne!(plain, checksum("create table t (a int); select 'x y';"));
        assert_ne!(plain, checksum("create table t (a int); select 'x  y'; select 1"));
        assert_ne!(checksum("select 1; select 2"), checksum("select 1 select 2"));
    }
}

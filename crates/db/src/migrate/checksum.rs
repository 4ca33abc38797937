//! Checksums that change when the meaning of a file may have, and not when its line ends have.

use sha2::{Digest, Sha256};

use super::piece::Piece;
use super::split::Statement;

/// The name stored beside each checksum, so that a later algorithm can tell its own from this one's.
pub const ALGORITHM: &str = "sha256-tokens-1";

/// The checksum of statements: SHA-256 over their tokens. Comments, blank space, line ends and a byte-order mark do not
/// count.
pub(super) fn of_pieces(pieces: &[Piece<'_>]) -> String {
    let mut hash = Sha256::new();
    for piece in pieces {
        add(&mut hash, &piece.tokens);
    }
    hex(&hash.finalize())
}

impl Statement {
    /// The checksum of this statement alone.
    pub fn checksum(&self) -> String {
        let mut hash = Sha256::new();
        add(&mut hash, &self.tokens);
        hex(&hash.finalize())
    }
}

fn add(hash: &mut Sha256, tokens: &[impl AsRef<str>]) {
    for token in tokens {
        hash.update(token.as_ref().as_bytes());
        hash.update([0]);
    }
    hash.update([1]);
}

/// SHA-256 over the bytes as they are.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::super::split::pieces;
    use super::*;

    fn checksum(sql: &str) -> String {
        of_pieces(&pieces(sql).unwrap())
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

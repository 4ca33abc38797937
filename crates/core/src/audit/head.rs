//! The end of the chain, written down elsewhere: who has it can tell whether anything before it was changed since.

use std::fmt::{self, Write as _};
use std::str::FromStr;

/// The last entry's number and hash. Its text is `NUMBER:HASH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The number.
    pub seq: i64,
    /// The hash.
    pub hash: [u8; 32],
}

impl fmt::Display for AuditHead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:", self.seq)?;
        self.hash.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl FromStr for AuditHead {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const FORM: &str = "a head is a number, a colon and 64 hexadecimal digits, as `audit verify` prints it";
        let (seq, hex) = text.trim().split_once(':').ok_or(FORM)?;
        let seq = seq.parse().ok().filter(|seq| *seq >= 1).ok_or(FORM)?;
        if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(FORM.to_owned());
        }
        let mut hash = [0; 32];
        for (index, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).map_err(|_| FORM)?;
        }
        Ok(Self { seq, hash })
    }
}

/// A hash in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_is_written() {
        let head = AuditHead { seq: 12, hash: std::array::from_fn(|index| u8::try_from(index * 7).unwrap()) };
        assert_eq!(head.to_string().parse(), Ok(head));
        for text in
            ["", "12", "12:", "0:00", "x:00", &format!("1:{}", "g".repeat(64)), &format!("1:{}", "ä".repeat(32))]
        {
            assert!(text.parse::<AuditHead>().is_err(), "{text}");
        }
    }
}

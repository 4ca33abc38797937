//! Numbers in the digits 0-9, A-Z, a-z, at a fixed width: nothing in them is special in a URL, a header or a shell.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Writes a big-endian number with `width` digits. The caller chooses a width that is enough.
pub(super) fn encode(bytes: &[u8], width: usize) -> String {
    let mut number = bytes.to_vec();
    let mut digits = vec![DIGITS[0]; width];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = (rest << 8) | u32::from(*byte);
            *byte = u8::try_from(value / 62).expect("the rest is less than 62, so the quotient fits a byte");
            rest = value % 62;
        }
        *digit = DIGITS[rest as usize];
    }
    digits.into_iter().map(char::from).collect()
}

/// Whether all of it are digits.
pub(super) fn is_written(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Reads a number of at most 128 bits; nothing for what is none, or too large.
pub(super) fn decode(text: &str) -> Option<u128> {
    text.bytes().try_fold(0_u128, |number, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 36,
            _ => return None,
        };
        number.checked_mul(62)?.checked_add(u128::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ends_of_the_range_fit() {
        assert_eq!(encode(&[0; 32], 43), "0".repeat(43));
        assert_eq!(encode(&[255; 32], 43).len(), 43);
        assert_ne!(encode(&[255; 32], 44).as_bytes()[1], b'0', "43 digits are needed");
        assert_eq!(encode(&[255; 32], 44).as_bytes()[0], b'0', "and 43 are enough");
        assert_eq!(decode(&"z".repeat(22)), None);
        assert_eq!(decode("-"), None);
    }

    proptest! {
        #[test]
        fn numbers_come_back(number in any::<u128>()) {
            prop_assert_eq!(decode(&encode(&number.to_be_bytes(), 22)), Some(number));
        }
    }
}

//! Secrets that are handed out, and what is kept of them.

mod base62;
mod crc;
pub(crate) mod opaque;
pub(crate) mod refresh;

use sha2::{Digest as _, Sha256};

/// SHA-256. Enough for secrets of 256 random bits; anything shorter is keyed instead.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

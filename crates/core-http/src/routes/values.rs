//! Values of bodies that several routes read.

use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

/// A password, code or token of a body. It shows in no log and is wiped from memory.
#[derive(Clone)]
pub(super) struct Secret(pub(super) SecretString);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        String::deserialize(source).map(|text| Self(SecretString::from(text)))
    }
}

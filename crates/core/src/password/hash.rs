//! Password hashes: Argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet; ASVS 5 appendix C).

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, PasswordHasher, PasswordVerifier, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::entity::auth::user_credentials;

/// A password could not be hashed, or a stored hash not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// The hash function refused, which it does for absurd lengths alone.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
    /// The stored text is no hash of ours.
    #[error("the stored password hash cannot be read")]
    Stored,
    /// The stored text asks for more memory or time than any hash of ours: a hostile row, which is not computed.
    #[error("the stored password hash asks for more than is ever spent on one")]
    Excessive,
}

/// Memory of one hash in KiB, which is also its number of blocks.
pub(super) const MEMORY_KIB: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Bytes of a salt.
pub(super) const SALT: usize = 16;
/// Bytes of a hash.
const TAG: usize = 32;
/// What a stored hash may ask for at most.
const MOST: (u32, u32, u32) = (128 * 1024, 16, 4);
/// The `pepper_id` of a hash without one: seeds run where no pepper is.
pub(crate) const NO_PEPPER: &str = "none";

/// A hash to be stored.
#[derive(Clone, Debug)]
pub(crate) struct Hashed {
    /// The PHC string.
    pub(crate) phc: String,
    /// The pepper that went into it.
    pub(crate) pepper_id: String,
    /// The normalisation that was applied.
    pub(crate) norm_version: i32,
}

/// A hash that was stored.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// The PHC string.
    pub(crate) phc: String,
    /// The pepper that went into it.
    pub(crate) pepper_id: String,
    /// The normalisation that was applied.
    pub(crate) norm_version: i32,
}

impl From<&user_credentials::Model> for Stored {
    fn from(row: &user_credentials::Model) -> Self {
        Self { phc: row.phc.clone(), pepper_id: row.pepper_id.clone(), norm_version: row.norm_version }
    }
}

/// What a password turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// It is the right one.
    pub(crate) matches: bool,
    /// It is right, and its hash is made with old parameters or an old pepper.
    pub(crate) upgrade: bool,
}

impl Verdict {
    /// The wrong password, or none there to compare with.
    pub(super) const WRONG: Self = Self { matches: false, upgrade: false };
}

/// A stored hash, read and found affordable.
pub(super) struct Parsed {
    params: Params,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

impl Parsed {
    /// Reads a PHC string. Nothing is computed before its cost is known.
    pub(super) fn read(phc: &str) -> Result<Self, PasswordError> {
        let stored = PasswordHash::new(phc).map_err(|_| PasswordError::Stored)?;
        let ours = stored.algorithm.as_str() == "argon2id" && stored.version == Some(Version::V0x13.into());
        if !ours {
            return Err(PasswordError::Stored);
        }
        let cost = |name: &str| stored.params.get_decimal(name).ok_or(PasswordError::Stored);
        let (memory, passes, lanes) = (cost("m")?, cost("t")?, cost("p")?);
        if memory > MOST.0 || passes > MOST.1 || lanes > MOST.2 {
            return Err(PasswordError::Excessive);
        }
        let salt = stored.salt.ok_or(PasswordError::Stored)?.as_ref().to_vec();
        let tag = stored.hash.ok_or(PasswordError::Stored)?.as_bytes().to_vec();
        let params = Params::new(memory, passes, lanes, Some(tag.len())).map_err(|_| PasswordError::Stored)?;
        Ok(Self { params, salt, tag })
    }

    /// Whether a hash made now would have the same parameters.
    pub(super) fn is_current(&self) -> bool {
        let params = (self.params.m_cost(), self.params.t_cost(), self.params.p_cost());
        params == (MEMORY_KIB, PASSES, LANES) && self.tag.len() == TAG && self.salt.len() == SALT
    }

    /// Whether `password` is the one behind it.
    pub(super) fn matches(&self, password: &[u8], pepper: Option<&[u8]>, memory: &mut Vec<Block>) -> bool {
        let tag = compute(&self.params, password, &self.salt, pepper, self.tag.len(), memory);
        tag.is_ok_and(|tag| tag.ct_eq(&self.tag).into())
    }
}

/// Hashes a password under `salt`, with the parameters of today.
pub(super) fn seal(
    password: &[u8],
    salt: [u8; SALT],
    pepper: Option<&[u8]>,
    memory: &mut Vec<Block>,
) -> Result<String, PasswordError> {
    let tag = compute(&current(), password, &salt, pepper, TAG, memory)?;
    let (salt, tag) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(tag));
    Ok(format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${tag}"))
}

fn compute(
    params: &Params,
    password: &[u8],
    salt: &[u8],
    pepper: Option<&[u8]>,
    length: usize,
    memory: &mut Vec<Block>,
) -> Result<Vec<u8>, PasswordError> {
    let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
    let argon2 = match pepper {
        Some(pepper) => Argon2::new_with_secret(pepper, algorithm, version, params.clone()),
        None => Ok(Argon2::new(algorithm, version, params.clone())),
    };
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::new());
    }
    let mut tag = vec![0; length];
    argon2
        .and_then(|argon2| argon2.hash_password_into_with_memory(password, salt, &mut tag, memory.as_mut_slice()))
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(tag)
}

fn current() -> Params {
    Params::new(MEMORY_KIB, PASSES, LANES, Some(TAG)).expect("the parameters are within Argon2's own limits")
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, current())
}

/// Hashes a password under a new random salt and without a pepper: for seeds, which run where none is. The answer is a
/// PHC string that holds the parameters and the salt.
///
/// It takes some 30 ms and 19 MiB.
///
/// # Errors
///
/// [`PasswordError::Hash`].
pub fn hash_password(password: &SecretString) -> Result<String, PasswordError> {
    let hash = argon2().hash_password(password.expose_secret().as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
}

/// Whether `password` is the one behind `phc`, which has no pepper.
///
/// # Errors
///
/// [`PasswordError::Stored`] for text that is no PHC string.
pub fn verify_password(password: &SecretString, phc: &str) -> Result<bool, PasswordError> {
    let stored = PasswordHash::new(phc).map_err(|_| PasswordError::Stored)?;
    Ok(argon2().verify_password(password.expose_secret().as_bytes(), &stored).is_ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hash_verifies_its_own_password_alone() {
        let password = SecretString::from("nine quiet rivers");
        let phc = hash_password(&password).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert_eq!(verify_password(&password, &phc), Ok(true));
        assert_eq!(verify_password(&SecretString::from("nine quiet river"), &phc), Ok(false));
        assert_eq!(verify_password(&password, "not a hash"), Err(PasswordError::Stored));
        assert_ne!(phc, hash_password(&password).unwrap(), "the salt is new each time");
    }

    #[test]
    fn both_ways_to_hash_agree_and_the_pepper_counts() {
        let mut memory = Vec::new();
        let password = SecretString::from("nine quiet rivers");
        let phc = seal(b"nine quiet rivers", [7; SALT], None, &mut memory).unwrap();
        assert_eq!(verify_password(&password, &phc), Ok(true));
        let parsed = Parsed::read(&phc).unwrap();
        assert!(parsed.is_current());
        assert!(parsed.matches(b"nine quiet rivers", None, &mut memory));
        assert!(!parsed.matches(b"nine quiet rivers", Some(&[1; 32]), &mut memory));
        let peppered = seal(b"nine quiet rivers", [7; SALT], Some(&[1; 32]), &mut memory).unwrap();
        assert!(Parsed::read(&peppered).unwrap().matches(b"nine quiet rivers", Some(&[1; 32]), &mut memory));
        assert!(!Parsed::read(&peppered).unwrap().matches(b"nine quiet rivers", Some(&[2; 32]), &mut memory));
    }

    #[test]
    fn a_hostile_row_is_not_computed() {
        let row = |cost: &str| format!("$argon2id$v=19${cost}$BwcHBwcHBwcHBwcHBwcHBw${}", "A".repeat(43));
        for cost in ["m=131073,t=1,p=1", "m=19456,t=17,p=1", "m=19456,t=2,p=5", "m=4294967295,t=4294967295,p=1"] {
            assert_eq!(Parsed::read(&row(cost)).err(), Some(PasswordError::Excessive), "{cost}");
        }
        for text in ["", "$", "$2b$10$abc", &row("m=1,t=1,p=1"), &row("t=2,p=1"), "$argon2i$v=19$m=19456,t=2,p=1$YQ$YQ"]
        {
            assert_eq!(Parsed::read(text).err(), Some(PasswordError::Stored), "{text}");
        }
        assert!(!Parsed::read(&row("m=9216,t=4,p=1")).unwrap().is_current());
    }

    proptest! {
        #[test]
        fn any_stored_text_is_read_or_refused(text in "\\PC{0,120}") {
            let _ = Parsed::read(&text);
            let _ = Parsed::read(&format!("$argon2id$v=19$m=19456,t=2,p=1${text}"));
        }
    }
}

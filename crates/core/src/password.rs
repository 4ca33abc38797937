//! Password hashes: Argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet; ASVS 5 appendix C).

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// A password could not be hashed, or a stored hash not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// The hash function refused, which it does for absurd lengths alone.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
    /// The stored text is no hash of ours.
    #[error("the stored password hash cannot be read")]
    Stored,
}

/// Memory of one hash in KiB.
const MEMORY_KIB: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("the parameters are within Argon2's own limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a password under a new random salt. The answer is a PHC string that holds the parameters and the salt.
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

/// Whether `password` is the one behind `phc`.
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
    use super::*;

    #[test]
    fn a_hash_verifies_its_own_password_alone() {
        let password = SecretString::from("correct horse battery staple");
        let phc = hash_password(&password).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert_eq!(verify_password(&password, &phc), Ok(true));
        assert_eq!(verify_password(&SecretString::from("correct horse battery stapl"), &phc), Ok(false));
        assert_eq!(verify_password(&password, "not a hash"), Err(PasswordError::Stored));
        assert_ne!(phc, hash_password(&password).unwrap(), "the salt is new each time");
    }
}

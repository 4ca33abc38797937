//! Codes that an authenticator app shows (RFC 6238): six digits, half a minute each.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use crate::AuthError;

/// Bytes of a seed: 160 bits.
pub(super) const SEED: usize = 20;
/// What an authenticator app shows beside the account.
const ISSUER: &str = "Atriz";

/// A seed that codes are made of.
pub(super) struct Seed(Totp);

impl Seed {
    /// Of these bytes, for an account.
    ///
    /// # Errors
    ///
    /// [`AuthError::Inside`] for bytes that are no seed.
    pub(super) fn new(bytes: &Zeroizing<Vec<u8>>, account: &str) -> Result<Self, AuthError> {
        // A colon parts issuer and account in the address.
        let account = account.replace(':', " ");
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(1)
            .with_step_duration(30)
            .with_secret(bytes.to_vec())
            .with_account_name(account)
            .with_issuer(Some(ISSUER))
            .build();
        totp.map(Self).map_err(|_| AuthError::inside("the seed of an authenticator cannot be used"))
    }

    /// The step whose code this is, if it is that of now, the one before, or the one after. Apps show it in two halves, and
    /// people type it so.
    pub(super) fn step_of(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let digits = Zeroizing::new(code.chars().filter(|letter| *letter != ' ').take(7).collect::<String>());
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let seconds = u64::try_from(now.timestamp()).ok()?;
        i64::try_from(self.0.check(&digits, seconds)?).ok()
    }

    /// The seed in base 32, to be typed.
    pub(super) fn base32(&self) -> SecretString {
        SecretString::from(self.0.secret().to_base32())
    }

    /// The seed as an address, to be shown as a picture.
    pub(super) fn url(&self) -> Result<SecretString, AuthError> {
        let url = self.0.to_url().map_err(|_| AuthError::inside("the seed of an authenticator has no address"))?;
        Ok(SecretString::from(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a valid time")
    }

    #[test]
    fn the_codes_of_the_standard_are_right_for_their_step_and_its_neighbours() {
        // RFC 6238 appendix B, its last six digits.
        let seed = Seed::new(&Zeroizing::new(b"12345678901234567890".to_vec()), "ada@example.com").unwrap();
        for (time, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            let step = time / 30;
            assert_eq!(seed.step_of(code, at(time)), Some(step));
            assert_eq!(seed.step_of(code, at((step + 1) * 30)), Some(step));
            assert_eq!(seed.step_of(code, at((step + 2) * 30)), None);
            let typed = format!(" {} {} ", &code[..3], &code[3..]);
            assert_eq!(seed.step_of(&typed, at(time)), Some(step));
        }
        for code in ["", "28708", "2870822", "28708a", "287-082", "２８７０８２"] {
            assert_eq!(seed.step_of(code, at(59)), None, "{code}");
        }
    }
}

//! Reads access tokens, and takes exactly what [`super::sign()`] writes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{ACCESS_TTL, Claims, JwtError, LEEWAY, PublicKey};

/// Many roles and permissions still fit; a parser's time is bounded.
const LONGEST: usize = 16 * 1024;

/// What a token has to say besides being signed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    /// Who issued it.
    pub(crate) issuer: &'a str,
    /// Whom it is for; nothing for any app.
    pub(crate) audience: Option<&'a str>,
    /// The time, in seconds.
    pub(crate) now: i64,
}

/// A token that was taken apart, and of which nothing is believed yet.
#[derive(Debug)]
pub(crate) struct Unverified<'a> {
    /// The name of the key that it says it is signed by.
    pub(crate) kid: String,
    signed: &'a str,
    payload: &'a str,
    signature: [u8; 64],
}

/// Everything a header may say. `crit`, `jku`, `jwk`, `x5u` and whatever else there may be is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart.
    pub(crate) fn parse(token: &'a str) -> Result<Self, JwtError> {
        if token.len() > LONGEST {
            return Err(JwtError::TooLong);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwtError::Shape);
        };
        let header: Header = object(&decode(header)?).ok_or(JwtError::Header)?;
        if header.alg != "EdDSA" {
            return Err(JwtError::Algorithm);
        }
        if header.typ != "at+jwt" {
            return Err(JwtError::Type);
        }
        let signature = decode(signature)?.try_into().map_err(|_| JwtError::Signature)?;
        let signed = &token[..token.len() - token.rsplit('.').next().map_or(0, str::len) - 1];
        Ok(Self { kid: header.kid, signed, payload, signature })
    }

    /// Checks the signature by the public key of its name, and then what it says.
    pub(crate) fn verify(&self, public_key: &PublicKey, expected: &Expected<'_>) -> Result<Claims, JwtError> {
        if !public_key.signed(self.signed.as_bytes(), &self.signature) {
            return Err(JwtError::Signature);
        }
        let claims: Claims = object(&decode(self.payload)?).ok_or(JwtError::Claims)?;
        check(&claims, expected)?;
        Ok(claims)
    }
}

/// Checks what changes with time and place; also for a token whose signature was checked before.
pub(crate) fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), JwtError> {
    if claims.iss != expected.issuer {
        return Err(JwtError::Issuer);
    }
    if expected.audience.is_some_and(|audience| claims.aud != audience) {
        return Err(JwtError::Audience);
    }
    if !(1..=ACCESS_TTL).contains(&claims.exp.saturating_sub(claims.iat))
        || claims.auth_time > claims.iat.saturating_add(LEEWAY)
    {
        return Err(JwtError::Lifetime);
    }
    if claims.iat > expected.now.saturating_add(LEEWAY) {
        return Err(JwtError::Future);
    }
    if claims.exp <= expected.now.saturating_sub(LEEWAY) {
        return Err(JwtError::Expired);
    }
    Ok(())
}

/// Base64url without padding and without stray bits at its end, so that no two texts are one token.
fn decode(part: &str) -> Result<Vec<u8>, JwtError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Encoding)
}

/// A JSON object. The derived readers refuse a doubled name, and would take an array for one.
fn object<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    if bytes.first() != Some(&b'{') {
        return None;
    }
    serde_json::from_slice(bytes).ok()
}

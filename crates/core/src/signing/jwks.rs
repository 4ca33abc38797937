//! The published set of keys (RFC 7517; RFC 8037 for Ed25519).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::secret::sha256;

/// A set of public keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// The kind of key: `OKP`.
    pub kty: String,
    /// The curve: `Ed25519`.
    pub crv: String,
    /// The algorithm: `EdDSA`.
    pub alg: String,
    /// What it is for: `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// Its name.
    pub kid: String,
    /// The key, base64url.
    pub x: String,
}

impl Jwk {
    /// The public key of this name.
    pub(crate) fn of(kid: &str, key: &[u8; 32]) -> Self {
        Self {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            alg: "EdDSA".to_owned(),
            usage: "sig".to_owned(),
            kid: kid.to_owned(),
            x: URL_SAFE_NO_PAD.encode(key),
        }
    }

    /// The key, if it is one of the only kind there is here.
    pub(crate) fn key(&self) -> Option<[u8; 32]> {
        let ours = self.kty == "OKP" && self.crv == "Ed25519" && self.alg == "EdDSA" && self.usage == "sig";
        if !ours {
            return None;
        }
        URL_SAFE_NO_PAD.decode(&self.x).ok()?.try_into().ok()
    }
}

/// The name of a key: the thumbprint of its public half (RFC 7638), so that no two keys have one name.
pub(crate) fn thumbprint(key: &[u8; 32]) -> String {
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(key));
    URL_SAFE_NO_PAD.encode(sha256(canonical.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        // RFC 8037, appendix A.3.
        let key = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let key: [u8; 32] = key.try_into().unwrap();
        assert_eq!(thumbprint(&key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(Jwk::of("a", &key).key(), Some(key));
        let rsa = Jwk { kty: "RSA".to_owned(), ..Jwk::of("a", &key) };
        assert_eq!(rsa.key(), None);
    }
}

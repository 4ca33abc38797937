//! Writes access tokens (RFC 7515, compact serialisation).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::Ed25519KeyPair;
use serde_json::json;

use super::Claims;

/// The token of these claims, signed by the key of this name.
pub(crate) fn sign(kid: &str, key: &Ed25519KeyPair, claims: &Claims) -> String {
    let header = json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": kid }).to_string();
    let payload = serde_json::to_vec(claims).expect("claims are text and numbers");
    let mut token = URL_SAFE_NO_PAD.encode(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut token);
    let signature = key.sign(token.as_bytes());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut token);
    token
}

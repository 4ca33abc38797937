//! Tokens that have to be refused, each for its own reason.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use ring::hmac;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Claims, Expected, JwtError, PublicKey, Unverified, sign};

const NOW: i64 = 1_767_225_600;
const ISSUER: &str = "https://accounts.example.com/auth";

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn claims() -> Claims {
    Claims {
        iss: ISSUER.to_owned(),
        aud: "pshop".to_owned(),
        sub: Uuid::from_u128(1),
        sid: Uuid::from_u128(2),
        jti: Uuid::from_u128(3),
        iat: NOW - 1,
        exp: NOW + 299,
        auth_time: NOW - 100,
        acr: "1".to_owned(),
        epoch: 4,
        roles: vec!["member".to_owned()],
        scope: "account.read account.write".to_owned(),
    }
}

/// Reads as the verifier does: the one key there is is called `k1`.
fn read(token: &str) -> Result<Claims, JwtError> {
    let unverified = Unverified::parse(token)?;
    let public: [u8; 32] = key().public_key().as_ref().try_into().unwrap();
    let known = if unverified.kid == "k1" { Ok(PublicKey::of(&public)) } else { Err(JwtError::UnknownKey) };
    unverified.verify(&known?, &Expected { issuer: ISSUER, audience: Some("pshop"), now: NOW })
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": "k1" })
}

fn payload() -> Value {
    serde_json::to_value(claims()).unwrap()
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().unwrap().remove(name);
    object
}

/// A token of any texts, rightly signed.
fn signed(header: &str, payload: &str) -> String {
    let body = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = key().sign(body.as_bytes());
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

fn headed(header: &Value) -> String {
    signed(&header.to_string(), &payload().to_string())
}

fn saying(payload: &Value) -> String {
    signed(&header().to_string(), &payload.to_string())
}

fn good() -> String {
    sign("k1", &key(), &claims())
}

#[test]
fn a_good_token_is_read() {
    assert_eq!(read(&good()), Ok(claims()));
    assert_eq!(read(&saying(&payload())), Ok(claims()));
    // A claim of a newer issuer is passed over.
    assert_eq!(read(&saying(&with(payload(), "new", json!(1)))), Ok(claims()));
    let caller = claims().caller().unwrap();
    assert!(caller.may("account.write") && !caller.may("account") && caller.app == "pshop");
}

fn headers() -> Vec<(&'static str, String, JwtError)> {
    let text = header().to_string();
    let doubled = text.replacen('{', r#"{"alg":"none","#, 1);
    vec![
        ("alg none", headed(&with(header(), "alg", json!("none"))), JwtError::Algorithm),
        ("alg NONE", headed(&with(header(), "alg", json!("NONE"))), JwtError::Algorithm),
        ("alg empty", headed(&with(header(), "alg", json!(""))), JwtError::Algorithm),
        ("alg HS256", headed(&with(header(), "alg", json!("HS256"))), JwtError::Algorithm),
        ("alg ES256", headed(&with(header(), "alg", json!("ES256"))), JwtError::Algorithm),
        ("alg RS256", headed(&with(header(), "alg", json!("RS256"))), JwtError::Algorithm),
        ("alg Ed25519", headed(&with(header(), "alg", json!("Ed25519"))), JwtError::Algorithm),
        ("alg in another case", headed(&with(header(), "alg", json!("eddsa"))), JwtError::Algorithm),
        ("alg a list", headed(&with(header(), "alg", json!(["EdDSA"]))), JwtError::Header),
        ("alg missing", headed(&without(header(), "alg")), JwtError::Header),
        ("alg doubled", signed(&doubled, &payload().to_string()), JwtError::Header),
        ("typ JWT", headed(&with(header(), "typ", json!("JWT"))), JwtError::Type),
        ("typ of an id token", headed(&with(header(), "typ", json!("id_token+jwt"))), JwtError::Type),
        ("typ in another case", headed(&with(header(), "typ", json!("AT+JWT"))), JwtError::Type),
        ("typ missing", headed(&without(header(), "typ")), JwtError::Header),
        ("typ null", headed(&with(header(), "typ", Value::Null)), JwtError::Header),
        ("kid unknown", headed(&with(header(), "kid", json!("k2"))), JwtError::UnknownKey),
        ("kid a path", headed(&with(header(), "kid", json!("../../dev/null"))), JwtError::UnknownKey),
        ("kid SQL", headed(&with(header(), "kid", json!("k1' OR '1'='1"))), JwtError::UnknownKey),
        ("kid empty", headed(&with(header(), "kid", json!(""))), JwtError::UnknownKey),
        ("kid with a NUL", headed(&with(header(), "kid", json!("k1\0"))), JwtError::UnknownKey),
        ("kid a number", headed(&with(header(), "kid", json!(1))), JwtError::Header),
        ("kid missing", headed(&without(header(), "kid")), JwtError::Header),
        ("crit", headed(&with(header(), "crit", json!(["exp"]))), JwtError::Header),
        ("jku", headed(&with(header(), "jku", json!("https://evil.example/jwks"))), JwtError::Header),
        ("x5u", headed(&with(header(), "x5u", json!("https://evil.example/x5u"))), JwtError::Header),
        ("jwk", headed(&with(header(), "jwk", json!({ "kty": "OKP" }))), JwtError::Header),
        ("zip", headed(&with(header(), "zip", json!("DEF"))), JwtError::Header),
        ("b64", headed(&with(header(), "b64", json!(false))), JwtError::Header),
        ("header a list", signed(r#"["EdDSA","at+jwt","k1"]"#, &payload().to_string()), JwtError::Header),
        ("header empty", signed("", &payload().to_string()), JwtError::Header),
        ("header with more behind it", signed(&format!("{text} {text}"), &payload().to_string()), JwtError::Header),
        ("header no UTF-8", format!("{}.e30.AA", URL_SAFE_NO_PAD.encode([b'{', 0xff, b'}'])), JwtError::Header),
    ]
}

fn claims_of_all_kinds() -> Vec<(String, String, JwtError)> {
    let mut tokens = Vec::new();
    for name in ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "auth_time", "acr", "epoch", "roles", "scope"] {
        tokens.push((format!("{name} missing"), saying(&without(payload(), name)), JwtError::Claims));
        tokens.push((format!("{name} null"), saying(&with(payload(), name, Value::Null)), JwtError::Claims));
        tokens.push((format!("{name} an object"), saying(&with(payload(), name, json!({}))), JwtError::Claims));
        let doubled = payload().to_string().replacen('{', &format!("{{\"{name}\":{},", payload()[name]), 1);
        tokens.push((format!("{name} doubled"), signed(&header().to_string(), &doubled), JwtError::Claims));
    }
    for name in ["iat", "exp", "auth_time", "epoch"] {
        let text = payload()[name].to_string();
        let float = serde_json::from_str(&format!("{text}.0")).unwrap();
        tokens.push((format!("{name} a string"), saying(&with(payload(), name, json!(text))), JwtError::Claims));
        tokens.push((format!("{name} a float"), saying(&with(payload(), name, float)), JwtError::Claims));
        tokens.push((format!("{name} true"), saying(&with(payload(), name, json!(true))), JwtError::Claims));
        tokens.push((format!("{name} too large"), saying(&with(payload(), name, json!(u64::MAX))), JwtError::Claims));
    }
    tokens
}

fn values() -> Vec<(&'static str, String, JwtError)> {
    let say = |name: &str, value: Value| saying(&with(payload(), name, value));
    let lasting = |iat: i64, exp: i64| {
        let payload = with(with(payload(), "auth_time", json!(iat)), "iat", json!(iat));
        saying(&with(payload, "exp", json!(exp)))
    };
    vec![
        ("another issuer", say("iss", json!("https://evil.example/auth")), JwtError::Issuer),
        ("the issuer with a slash", say("iss", json!(format!("{ISSUER}/"))), JwtError::Issuer),
        ("another app", say("aud", json!("mextrack")), JwtError::Audience),
        ("several apps", say("aud", json!(["pshop", "mextrack"])), JwtError::Claims),
        ("the app in another case", say("aud", json!("PSHOP")), JwtError::Audience),
        ("no app", say("aud", json!("")), JwtError::Audience),
        ("a person that is no id", say("sub", json!("admin")), JwtError::Claims),
        ("expired", lasting(NOW - 310, NOW - 10), JwtError::Expired),
        ("expired long ago", lasting(1, 2), JwtError::Expired),
        ("from the future", lasting(NOW + 11, NOW + 100), JwtError::Future),
        ("from the far future", lasting(i64::MAX - 100, i64::MAX), JwtError::Future),
        ("for ever", lasting(NOW, i64::MAX), JwtError::Lifetime),
        ("for an hour", lasting(NOW, NOW + 3600), JwtError::Lifetime),
        ("ending before it begins", lasting(NOW, NOW - 1), JwtError::Lifetime),
        ("of the least time", lasting(i64::MIN, i64::MIN + 1), JwtError::Expired),
        ("proven in the future", say("auth_time", json!(NOW + 60)), JwtError::Lifetime),
        ("payload a list", signed(&header().to_string(), "[]"), JwtError::Claims),
        ("payload empty", signed(&header().to_string(), ""), JwtError::Claims),
        ("payload with more behind it", signed(&header().to_string(), &format!("{}x", payload())), JwtError::Claims),
        ("payload nested", signed(&header().to_string(), &format!("{{\"a\":{}", "[".repeat(5000))), JwtError::Claims),
    ]
}

fn shapes() -> Vec<(&'static str, String, JwtError)> {
    let token = good();
    let parts: Vec<&str> = token.split('.').collect();
    let (head, body, tail) = (parts[0], parts[1], parts[2]);
    let hmac_of_public_key = {
        let header = URL_SAFE_NO_PAD.encode(with(header(), "alg", json!("HS256")).to_string());
        let secret = hmac::Key::new(hmac::HMAC_SHA256, key().public_key().as_ref());
        let tag = hmac::sign(&secret, format!("{header}.{body}").as_bytes());
        format!("{header}.{body}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
    };
    let other = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
    let raised = URL_SAFE_NO_PAD.encode(with(payload(), "roles", json!(["admin"])).to_string());
    let standard = STANDARD.encode(with(payload(), "acr", json!("???>>>")).to_string());
    // The last of 86 digits holds four bits that mean nothing.
    let stray = format!("{}{}", &tail[..85], if tail.ends_with('A') { 'B' } else { 'z' });
    vec![
        ("nothing", String::new(), JwtError::Shape),
        ("one part", head.to_owned(), JwtError::Shape),
        ("two parts", format!("{head}.{body}"), JwtError::Shape),
        ("four parts", format!("{token}.{tail}"), JwtError::Shape),
        ("five parts, as if encrypted", format!("{token}.{body}.{tail}"), JwtError::Shape),
        ("a dot behind", format!("{token}."), JwtError::Shape),
        ("a dot before", format!(".{token}"), JwtError::Shape),
        ("no signature", format!("{head}.{body}."), JwtError::Signature),
        ("half a signature", format!("{head}.{body}.{}", &tail[..40]), JwtError::Signature),
        ("a signature of zeros", format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode([0; 64])), JwtError::Signature),
        ("another key's", sign("k1", &other, &claims()), JwtError::Signature),
        ("the public key as a secret", hmac_of_public_key, JwtError::Algorithm),
        ("a raised role", format!("{head}.{raised}.{tail}"), JwtError::Signature),
        (
            "a signature of something else",
            format!("{head}.{body}.{}", saying(&json!({})).rsplit('.').next().unwrap()),
            JwtError::Signature,
        ),
        ("padding", format!("{head}.{body}.{tail}=="), JwtError::Encoding),
        ("padded parts", format!("{}.{body}.{tail}", URL_SAFE.encode(header().to_string())), JwtError::Encoding),
        ("the standard alphabet", format!("{head}.{standard}.{tail}"), JwtError::Signature),
        ("stray bits", format!("{head}.{body}.{stray}"), JwtError::Encoding),
        ("a blank before", format!(" {token}"), JwtError::Encoding),
        ("a line end behind", format!("{token}\n"), JwtError::Encoding),
        ("a NUL within", format!("{head}.{body}.{}\0", &tail[..85]), JwtError::Encoding),
        ("a scheme before", format!("Bearer {token}"), JwtError::Encoding),
        ("letters of another script", format!("{head}.{body}.ä{tail}"), JwtError::Encoding),
        ("huge", format!("{head}.{}.{tail}", "A".repeat(1 << 20)), JwtError::TooLong),
        ("a thousand dots", ".".repeat(1000), JwtError::Shape),
    ]
}

#[test]
fn each_bad_token_is_refused_for_its_reason() {
    let mut count = 0;
    let named = headers().into_iter().chain(values()).chain(shapes());
    let named = named.map(|(name, token, reason)| (name.to_owned(), token, reason));
    for (name, token, reason) in named.chain(claims_of_all_kinds()) {
        assert_eq!(read(&token), Err(reason), "{name}: {token:.200}");
        count += 1;
    }
    assert!(count >= 40, "{count}");
}

proptest! {
    #[test]
    fn anything_can_be_read(text in ".*", bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let junk = URL_SAFE_NO_PAD.encode(&bytes);
        let token = good();
        let parts: Vec<&str> = token.split('.').collect();
        for token in [
            text.clone(),
            String::from_utf8_lossy(&bytes).into_owned(),
            format!("{junk}.{junk}.{junk}"),
            format!("{}.{junk}.{}", parts[0], parts[2]),
            format!("{junk}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.{junk}", parts[0], parts[1]),
            signed(&header().to_string(), &text),
            signed(&text, &payload().to_string()),
        ] {
            prop_assert!(read(&token).is_err());
        }
    }

    #[test]
    fn a_token_that_was_changed_is_refused(at in any::<prop::sample::Index>(), with in "[0-9A-Za-z_.=-]") {
        let token = good();
        let at = at.index(token.len());
        let mut changed = token.clone();
        changed.replace_range(at..=at, &with);
        prop_assume!(changed != token);
        prop_assert!(read(&changed).is_err());
        prop_assert!(read(&token[..at]).is_err());
    }
}

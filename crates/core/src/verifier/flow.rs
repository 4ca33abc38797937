//! A sign-in of a browser to an app that is a verifier: it leaves for the issuer and comes back with a code (RFC 6749 §4.1
//! with RFC 7636 and RFC 9207).
//!
//! What has to be the same at both ends is kept by the browser itself, in a cookie of the app that no other page can read
//! or set: the app keeps nothing of a sign-in that may never be finished.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::Url;
use zeroize::Zeroizing;

use super::Verifier;
use crate::AuthError;
use crate::secret::opaque::{self, Prefix};
use crate::sessions::SessionCookie;

/// How long a path may be that the browser returns to.
const LONGEST: usize = 512;

/// How many characters of its state a sign-in is called by: enough for a browser to tell its own apart.
const NAME_LENGTH: usize = 12;

/// What a browser tells one of its sign-ins from another by: how its state begins. The rest, which is what nobody can guess,
/// has 184 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowName(String);

impl FlowName {
    /// The name itself; nothing for what is none.
    pub fn parse(text: &str) -> Option<Self> {
        let is_name =
            text.len() == NAME_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        is_name.then(|| Self(text.to_owned()))
    }

    /// That of the sign-in with this state, as it came back.
    pub fn of_state(state: &SecretString) -> Option<Self> {
        Self::parse(state.expose_secret().get(..NAME_LENGTH)?)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a browser keeps from leaving for the issuer until it is back.
pub struct SignInFlow {
    /// Comes back with the code, from this browser alone.
    state: SecretString,
    /// Whose hash goes along, and which is shown with the code.
    verifier: SecretString,
    /// Where the browser wanted to go, at this app.
    return_to: String,
}

impl fmt::Debug for SignInFlow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SignInFlow").field("return_to", &self.return_to).finish_non_exhaustive()
    }
}

impl SignInFlow {
    /// A new one, after which the browser goes to `return_to`.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for what is not a path of this app: a sign-in must not be a way to send people elsewhere.
    pub fn new(return_to: &str) -> Result<Self, AuthError> {
        if !is_path(return_to, LONGEST) {
            return Err(AuthError::unacceptable("return_to", "it takes a path of this app, such as /vehicles"));
        }
        Ok(Self { state: random(), verifier: random(), return_to: return_to.to_owned() })
    }

    /// What [`SignInFlow::to_cookie`] wrote; nothing for anything else.
    pub fn of_cookie(value: &str) -> Option<Self> {
        let mut parts = value.split('.');
        let (state, verifier, path) = (parts.next()?, parts.next()?, parts.next()?);
        let is_random = |text: &str| text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok();
        let path = String::from_utf8(URL_SAFE_NO_PAD.decode(path).ok()?).ok()?;
        (parts.next().is_none() && is_random(state) && is_random(verifier) && is_path(&path, LONGEST)).then(|| Self {
            state: SecretString::from(state),
            verifier: SecretString::from(verifier),
            return_to: path,
        })
    }

    /// All of it as the value of a cookie.
    pub fn to_cookie(&self) -> SecretString {
        let path = URL_SAFE_NO_PAD.encode(&self.return_to);
        SecretString::from(format!("{}.{}.{path}", self.state.expose_secret(), self.verifier.expose_secret()))
    }

    /// What the browser calls it.
    pub fn name(&self) -> FlowName {
        FlowName(self.state.expose_secret().chars().take(NAME_LENGTH).collect())
    }

    /// Where the browser wanted to go.
    pub fn return_to(&self) -> &str {
        &self.return_to
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.expose_secret()))
    }
}

/// What the browser brings back from the issuer.
#[derive(Clone, Debug)]
pub struct Returned {
    /// The code.
    pub code: SecretString,
    /// Has to be that of the flow.
    pub state: SecretString,
    /// Has to be the issuer that the browser was sent to.
    pub issuer: String,
}

impl Verifier {
    /// Where the browser goes to be signed in: the issuer's authorization endpoint.
    ///
    /// # Errors
    ///
    /// [`AuthError::Inside`] where the issuer has no address.
    pub fn leave(&self, flow: &SignInFlow, client_id: &str, redirect_uri: &str) -> Result<String, AuthError> {
        let endpoint = format!("{}/authorize", self.inner.issuer);
        let mut url = Url::parse(&endpoint).map_err(|error| AuthError::inside(error.to_string()))?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("code_challenge", &flow.challenge())
            .append_pair("code_challenge_method", "S256")
            .append_pair("state", flow.state.expose_secret());
        Ok(url.into())
    }

    /// The session that the code is good for, as the cookie of this app.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidGrant`] for an answer that another browser was waiting for, is another issuer's, or whose code is
    /// not good here and now; [`AuthError::Unreachable`]; [`AuthError::Unsupported`] in the issuer's own process.
    pub async fn come_back(
        &self,
        flow: &SignInFlow,
        returned: &Returned,
        redirect_uri: &str,
    ) -> Result<SessionCookie, AuthError> {
        let same = flow.state.expose_secret().as_bytes().ct_eq(returned.state.expose_secret().as_bytes());
        if !bool::from(same) || returned.issuer != self.inner.issuer {
            return Err(AuthError::InvalidGrant);
        }
        // What carries no right checksum is not worth a question.
        opaque::digest(Prefix::Code, returned.code.expose_secret()).ok_or(AuthError::InvalidGrant)?;
        self.inner.face.redeem(&returned.code, &flow.verifier, redirect_uri).await
    }
}

fn random() -> SecretString {
    let mut bytes = Zeroizing::new([0; 32]);
    SystemRandom::new().fill(&mut *bytes).expect("the system gives random bytes, or nothing here can work");
    SecretString::from(URL_SAFE_NO_PAD.encode(*bytes))
}

/// Whether a browser takes it as a path of the site it is on, no longer than `longest`: two slashes or a backslash lead to
/// another.
pub fn is_path(text: &str, longest: usize) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    text.len() <= longest && text.starts_with('/') && !text.starts_with("//") && plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_flow_is_read_as_it_is_written() {
        let flow = SignInFlow::new("/vehicles?limit=5&q=a.b").unwrap();
        let cookie = flow.to_cookie();
        let read = SignInFlow::of_cookie(cookie.expose_secret()).unwrap();
        assert_eq!(read.to_cookie().expose_secret(), cookie.expose_secret());
        assert_eq!((read.return_to(), read.challenge()), ("/vehicles?limit=5&q=a.b", flow.challenge()));
        assert_eq!(flow.verifier.expose_secret().len(), 43, "RFC 7636 asks for no fewer");
        assert_ne!(flow.state.expose_secret(), flow.verifier.expose_secret());
        assert!(flow.state.expose_secret().starts_with(flow.name().as_str()) && flow.name() == read.name());
        let shown = format!("{flow:?}");
        assert!(!shown.contains(flow.state.expose_secret()) && !shown.contains(flow.verifier.expose_secret()));
        let cookie = cookie.expose_secret();
        for junk in ["", ".", "..", "a.b.c", &format!("{cookie}.x"), &cookie[1..], &cookie.replace('.', "")] {
            assert!(SignInFlow::of_cookie(junk).is_none(), "{junk}");
        }
    }

    #[test]
    fn only_paths_of_the_app_are_returned_to() {
        for path in ["/", "/a", "/a/b?c=d#e", "/%2f%2fevil.example"] {
            assert!(SignInFlow::new(path).is_ok(), "{path}");
        }
        let long = format!("/{}", "a".repeat(LONGEST));
        for path in
            ["", "a", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/a b", "/ä", &long]
        {
            assert!(matches!(SignInFlow::new(path), Err(AuthError::Unacceptable { .. })), "{path}");
        }
    }

    #[test]
    fn a_name_is_how_a_state_begins() {
        let of = |state: &str| FlowName::of_state(&SecretString::from(state));
        assert_eq!(of("abc-_6789012rest").unwrap().as_str(), "abc-_6789012");
        for state in ["", "short", "abc;_6789012", "abc=_6789012", "abcdefghijkä", "ääääääääääää"] {
            assert!(of(state).is_none(), "{state}");
        }
        assert!(FlowName::parse("abc-_67890123").is_none(), "it is as long as a name");
    }

    proptest! {
        #[test]
        fn no_cookie_breaks_it(value in "\\PC{0,200}") {
            prop_assert!(SignInFlow::of_cookie(&value).is_none());
        }
    }
}

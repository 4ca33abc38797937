//! The cookies of an app's own pages: the session, and the sign-ins that are on their way.
//!
//! `__Host-` makes the browser insist on `Secure`, on the path `/` and on no domain, so that no sibling domain can set
//! it. Its name has the app in it: on one machine, all ports share a jar.

use std::time::Duration;

use atriz_core::{FlowName, SameSite};
use axum::http::header::{self, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

/// More than one cookie of the name: which one is meant is a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous;

/// A cookie of one app.
#[derive(Clone, Debug)]
pub(crate) struct HostCookie {
    name: String,
}

impl HostCookie {
    /// That of its sessions.
    pub(crate) fn of(app: &str) -> Self {
        Self { name: format!("__Host-{app}_session") }
    }

    /// That of a sign-in which is on its way to the issuer and back. Each has its own, so that no tab takes another's.
    pub(crate) fn of_flow(app: &str, flow: &FlowName) -> Self {
        Self { name: format!("{}{}", flow_prefix(app), flow.as_str()) }
    }

    /// Those of the sign-ins of an app that are on their way, as they stand in a request: browsers name the oldest first
    /// (RFC 6265 §5.4).
    pub(crate) fn of_flows(app: &str, headers: &HeaderMap) -> Vec<Self> {
        let prefix = flow_prefix(app);
        let names = pairs(headers).filter_map(|(name, _)| FlowName::parse(name.strip_prefix(&prefix)?));
        names.map(|flow| Self::of_flow(app, &flow)).collect()
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its value in a request, if there is one.
    pub(crate) fn read(&self, headers: &HeaderMap) -> Result<Option<String>, Ambiguous> {
        let mut values = pairs(headers).filter(|(name, _)| *name == self.name).map(|(_, value)| value.to_owned());
        match (values.next(), values.next()) {
            (found, None) => Ok(found),
            (_, Some(_)) => Err(Ambiguous),
        }
    }

    /// The header that sets it.
    pub(crate) fn set(&self, value: &SecretString, max_age: Duration, same_site: SameSite) -> HeaderValue {
        self.header(value.expose_secret(), max_age.as_secs(), same_site)
    }

    /// The header that takes it away.
    pub(crate) fn clear(&self) -> HeaderValue {
        self.header("", 0, SameSite::Strict)
    }

    fn header(&self, value: &str, max_age: u64, same_site: SameSite) -> HeaderValue {
        let name = &self.name;
        let site = match same_site {
            SameSite::Lax => "Lax",
            SameSite::Strict => "Strict",
        };
        let text = format!("{name}={value}; Max-Age={max_age}; Path=/; Secure; HttpOnly; SameSite={site}");
        let mut header =
            HeaderValue::try_from(text).expect("a token and an app's code are letters, digits, `_`, `-` and `.`");
        header.set_sensitive(true);
        header
    }
}

/// No app's code has a dot, so this begins no cookie of another app.
fn flow_prefix(app: &str) -> String {
    format!("__Host-{app}_flow.")
}

/// The names and values of all cookies in a request.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let pairs = headers.get_all(header::COOKIE).iter().flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(|pair| {
        let (name, value) = std::str::from_utf8(pair).ok()?.split_once('=')?;
        Some((name.trim(), value.trim()))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sent(values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (header::COOKIE, HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn it_is_found_among_others_by_its_whole_name() {
        let cookie = HostCookie::of("shop");
        for (values, found) in [
            (&["__Host-shop_session=ses_a"][..], Ok(Some("ses_a"))),
            (&["a=b; __Host-shop_session=ses_a; c=d"], Ok(Some("ses_a"))),
            (&["a=b", "__Host-shop_session=ses_a"], Ok(Some("ses_a"))),
            (&["__host-shop_session=ses_a"], Ok(None)),
            (&["shop_session=ses_a", "__Host-other_session=ses_b"], Ok(None)),
            (&["__Host-shop_session"], Ok(None)),
            (&["__Host-shop_session=a; __Host-shop_session=b"], Err(Ambiguous)),
            (&["__Host-shop_session=a", "__Host-shop_session=a"], Err(Ambiguous)),
        ] {
            assert_eq!(cookie.read(&sent(values)), found.map(|value| value.map(str::to_owned)), "{values:?}");
        }
    }

    #[test]
    fn it_is_set_for_this_host_alone_and_out_of_reach_of_scripts() {
        let cookie = HostCookie::of("shop");
        let set = cookie.set(&SecretString::from("ses_x"), Duration::from_mins(1), SameSite::Strict);
        let text = set.to_str().unwrap();
        assert_eq!(text, "__Host-shop_session=ses_x; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict");
        assert_eq!(format!("{set:?}"), "Sensitive");
        assert!(cookie.clear().to_str().unwrap().starts_with("__Host-shop_session=; Max-Age=0; "));
    }

    #[test]
    fn sign_ins_on_their_way_are_told_apart() {
        let sent = sent(&[
            "__Host-shop_flow.aaaaaaaaaaa1=x; __Host-shop_session=ses_a; __Host-shop_flow.aaaaaaaaaaa2=y",
            "__Host-other_flow.aaaaaaaaaaa3=z; __Host-shop_flow.short=z; __Host-shop_flow.aaaaaaaaaa\"4=z",
        ]);
        let names: Vec<String> = HostCookie::of_flows("shop", &sent).into_iter().map(|cookie| cookie.name).collect();
        assert_eq!(names, ["__Host-shop_flow.aaaaaaaaaaa1", "__Host-shop_flow.aaaaaaaaaaa2"]);
        let second = HostCookie::of_flow("shop", &FlowName::parse("aaaaaaaaaaa2").unwrap());
        assert_eq!(second.read(&sent), Ok(Some("y".to_owned())));
    }

    proptest! {
        #[test]
        fn no_header_breaks_it_or_makes_a_session(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let Ok(value) = HeaderValue::from_bytes(&bytes) else { return Ok(()) };
            let headers = HeaderMap::from_iter([(header::COOKIE, value)]);
            prop_assert!(HostCookie::of_flows("shop", &headers).is_empty());
            prop_assert_eq!(HostCookie::of("shop").read(&headers), Ok(None));
        }
    }
}

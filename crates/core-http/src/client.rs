//! Who is at the other end of the wire.
//!
//! A header that anybody can write says nothing about an address. `X-Forwarded-For` is believed from right to left, and
//! only as far as the proxies that wrote it are our own.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use atriz_core::Client;
use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::state::AuthState;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// How many characters of what a client calls itself are kept.
const MAX_USER_AGENT: usize = 256;

/// The networks of our own proxies. With none, the address at the other end is the client's.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// Trusts these networks.
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.into())
    }

    fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address of the client whose request came from `peer` with these headers.
    ///
    /// The walk ends at the first address that is not one of our proxies'. What cannot be read ends it, too: behind it
    /// anything may stand.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer.to_canonical();
        if !self.has(nearest) {
            return nearest;
        }
        for value in headers.get_all(FORWARDED_FOR).iter().rev() {
            let Ok(text) = value.to_str() else { return nearest };
            for part in text.rsplit(',') {
                let Some(address) = address(part) else { return nearest };
                nearest = address;
                if !self.has(nearest) {
                    return nearest;
                }
            }
        }
        nearest
    }
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let plain = text.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    plain.ok().or_else(bracketed).map(|address| address.to_canonical())
}

/// The client of the request at hand. As an extractor it never fails.
#[derive(Clone, Debug)]
pub struct Sender(pub Client);

impl<S: Send + Sync> FromRequestParts<S> for Sender
where
    AuthState: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(client_of(parts, &AuthState::from_ref(state))))
    }
}

pub(crate) fn client_of(parts: &Parts, state: &AuthState) -> Client {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let ip = peer.map(|peer| state.proxies().client(peer, &parts.headers));
    Client { ip, user_agent: user_agent(&parts.headers) }
}

/// What the client calls itself, as one short line that a page or a log may show.
fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = String::from_utf8_lossy(headers.get(USER_AGENT)?.as_bytes()).into_owned();
    let line: String = text.chars().filter(|sign| !sign.is_control()).take(MAX_USER_AGENT).collect();
    Some(line).filter(|line| !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn proxies(networks: &[&str]) -> TrustedProxies {
        TrustedProxies::new(&networks.iter().map(|network| network.parse().unwrap()).collect::<Vec<_>>())
    }

    fn headers(values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    fn found(trusted: &[&str], peer: &str, values: &[&str]) -> String {
        let values: Vec<_> = values.iter().map(|value| value.as_bytes()).collect();
        proxies(trusted).client(peer.parse().unwrap(), &headers(&values)).to_string()
    }

    #[test]
    fn the_header_is_believed_as_far_as_our_proxies_wrote_it() {
        const OURS: &[&str] = &["10.0.0.0/8", "fd00::/8"];
        for (trusted, peer, values, expected) in [
            // Nobody is trusted: the header is a claim.
            (&[][..], "203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            // The peer is no proxy of ours.
            (OURS, "203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            // One proxy.
            (OURS, "10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            // The client wrote the left part itself.
            (OURS, "10.0.0.1", &["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
            (OURS, "10.0.0.1", &["10.9.9.9, 198.51.100.1"], "198.51.100.1"),
            // Two proxies, and the header in two lines.
            (OURS, "10.0.0.1", &["198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            (OURS, "10.0.0.1", &["1.2.3.4", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            (OURS, "10.0.0.1", &["198.51.100.1", "10.0.0.2"], "198.51.100.1"),
            // No header, or one that cannot be read, leaves the last address that is known.
            (OURS, "10.0.0.1", &[], "10.0.0.1"),
            (OURS, "10.0.0.1", &[""], "10.0.0.1"),
            (OURS, "10.0.0.1", &["unknown"], "10.0.0.1"),
            (OURS, "10.0.0.1", &["198.51.100.1, _hidden, 10.0.0.2"], "10.0.0.2"),
            // All of them are ours.
            (OURS, "10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            // Forms.
            (OURS, "10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            (OURS, "10.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            (OURS, "10.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            (OURS, "fd00::1", &["2001:db8::1"], "2001:db8::1"),
            // An IPv4 address in IPv6 form is that IPv4 address.
            (OURS, "::ffff:10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
        ] {
            assert_eq!(found(trusted, peer, values), expected, "{peer} {values:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_an_address_out_of_nothing(values in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..80), 0..4)) {
            let mut sent = HeaderMap::new();
            for value in values.iter().filter_map(|value| HeaderValue::from_bytes(value).ok()) {
                sent.append(FORWARDED_FOR, value);
            }
            let untrusted = proxies(&[]).client([203, 0, 113, 9].into(), &sent);
            prop_assert_eq!(untrusted.to_string(), "203.0.113.9");
            proxies(&["0.0.0.0/0", "::/0"]).client([203, 0, 113, 9].into(), &sent);
        }

        #[test]
        fn what_stands_left_of_the_client_changes_nothing(left in "[ -~]{0,60}", client in any::<[u8; 4]>()) {
            prop_assume!(client[0] != 10);
            let client = IpAddr::from(client);
            let value = format!("{left}, {client}, 10.0.0.2");
            let sent = headers(&[value.as_bytes()]);
            prop_assert_eq!(proxies(&["10.0.0.0/8"]).client([10, 0, 0, 1].into(), &sent), client);
        }
    }
}

//! What is limited, and to how much.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use crate::{Client, single_use};

/// One thing that is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Charge {
    /// What is limited.
    pub(crate) kind: Kind,
    /// Whose count it is.
    pub(crate) key: String,
    /// Where the person may be known from, with a count of its own.
    pub(crate) place: Option<String>,
}

impl Charge {
    /// One try of `kind` by `key`.
    pub(crate) fn of(kind: Kind, key: impl Into<String>) -> Self {
        Self { kind, key: key.into(), place: None }
    }
}

/// What is limited. Charges come in this order everywhere, so that no two transactions wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Failed sign-ins from one address.
    SignInIp,
    /// Failed sign-ins to one account from one address.
    SignInPair,
    /// Failed sign-ins to one account from anywhere: it is made slower, never shut.
    Account,
    /// The same from a place that the person signed in from before.
    Place,
    /// Not a limit: a place that a person signed in from.
    Known,
    /// New accounts from one address.
    SignUpIp,
    /// Requests for a mail from one address.
    RecoveryIp,
    /// Mails to one recipient about a new account.
    SignUpAddress,
    /// Mails to one recipient that prove an address once more.
    VerifyAddress,
    /// Mails to one recipient that set a new password. Nothing else takes from these.
    ResetAddress,
    /// Mails to one recipient that make it somebody's new address.
    ChangeAddress,
    /// Wrong second factors of one person within a step of the clock.
    CodeStep,
    /// Wrong codes of authenticator apps of one person, one after another (NIST SP 800-63B-4 §3.2.2).
    Codes,
    /// Text messages one after another by one person.
    PhoneResend,
    /// Text messages to one number in a day.
    PhoneDay,
    /// Text messages of one person in a day.
    PhonePersonDay,
    /// Text messages in a day in all: each costs money.
    SmsDay,
}

/// How many tries a kind takes in which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    /// How many within one window.
    pub(crate) most: i32,
    /// How long a window is.
    pub(crate) window: Duration,
    /// Whether one try has to wait after another, the longer the more there were.
    pub(crate) slows: bool,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// As good as for ever, and still a date.
const FOREVER: u64 = 36_500 * DAY;

/// After so many tries the next one waits so many seconds. One try never makes another wait, so that two devices can
/// sign in at once.
pub(crate) const WAITS: [(i32, u64); 4] = [(2, 1), (3, 3), (9, 5), (25, 10)];

impl Kind {
    /// All of them.
    #[cfg(test)]
    pub(super) const ALL: [Self; 17] = [
        Self::SignInIp,
        Self::SignInPair,
        Self::Account,
        Self::Place,
        Self::Known,
        Self::SignUpIp,
        Self::RecoveryIp,
        Self::SignUpAddress,
        Self::VerifyAddress,
        Self::ResetAddress,
        Self::ChangeAddress,
        Self::CodeStep,
        Self::Codes,
        Self::PhoneResend,
        Self::PhoneDay,
        Self::PhonePersonDay,
        Self::SmsDay,
    ];

    /// Its name in the table.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::SignInIp => "sign_in_ip",
            Self::SignInPair => "sign_in_pair",
            Self::Account => "account",
            Self::Place => "place",
            Self::Known => "known",
            Self::SignUpIp => "sign_up_ip",
            Self::RecoveryIp => "recovery_ip",
            Self::SignUpAddress => "sign_up_address",
            Self::VerifyAddress => "verify_address",
            Self::ResetAddress => "reset_address",
            Self::ChangeAddress => "change_address",
            Self::CodeStep => "code_step",
            Self::Codes => "codes",
            Self::PhoneResend => "phone_resend",
            Self::PhoneDay => "phone_day",
            Self::PhonePersonDay => "phone_person_day",
            Self::SmsDay => "sms_day",
        }
    }

    /// How many tries it takes.
    pub(crate) fn limit(self) -> Limit {
        let (most, seconds) = match self {
            Self::SignInIp => (10, MINUTE),
            Self::SignInPair => (30, HOUR),
            Self::Account | Self::Place => (100, DAY),
            // Six digits are guessed sooner or later by whoever may go on for ever.
            Self::Codes => (100, FOREVER),
            // Never charged; a window of no length would divide nothing.
            Self::Known => (i32::MAX, 30 * DAY),
            Self::SignUpIp | Self::RecoveryIp => (3, HOUR),
            Self::SignUpAddress | Self::VerifyAddress | Self::ChangeAddress => (3, 3 * HOUR),
            // As long as a link lasts: who asks in somebody's name leaves them one that is good, or a mail to come.
            Self::ResetAddress => (3, single_use::RESET.as_secs()),
            Self::CodeStep => (3, 30),
            Self::PhoneResend => (1, MINUTE),
            Self::PhoneDay => (5, DAY),
            Self::PhonePersonDay => (10, DAY),
            Self::SmsDay => (1_000, DAY),
        };
        let slows = matches!(self, Self::Account | Self::Place);
        Limit { most, window: Duration::from_secs(seconds), slows }
    }

    /// Whether no time ends it, once it is exhausted.
    pub(crate) fn is_final(self) -> bool {
        self.limit().window == Duration::from_secs(FOREVER)
    }

    /// Whether a good try clears the count, rather than taking itself out of it: a person who proved who they are starts
    /// anew, an address does not.
    pub(crate) fn clears(self) -> bool {
        matches!(self, Self::SignInPair | Self::Account | Self::Place | Self::CodeStep | Self::Codes)
    }
}

/// What a try of a password costs. `address` is the comparable form, or whatever was written in its place.
pub(crate) fn sign_in(address: &str, client: &Client) -> Vec<Charge> {
    let address: String = address.chars().take(254).collect();
    let Some(network) = network(client) else {
        return vec![Charge::of(Kind::Account, address)];
    };
    let place = format!("{address} {network}");
    vec![
        Charge::of(Kind::SignInIp, network),
        Charge::of(Kind::SignInPair, place.clone()),
        Charge { kind: Kind::Account, key: address, place: Some(place) },
    ]
}

/// What something costs that anybody may ask for, by where they ask from.
pub(crate) fn by_network(kind: Kind, client: &Client) -> Vec<Charge> {
    network(client).map(|network| Charge::of(kind, network)).into_iter().collect()
}

/// Whom an address belongs to: on IPv6 whoever has one address has the 2⁶⁴ around it.
pub(crate) fn network(client: &Client) -> Option<String> {
    client.ip.map(|ip| match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(ip: &str) -> Client {
        Client { ip: Some(ip.parse().unwrap()), user_agent: None }
    }

    #[test]
    fn an_address_stands_for_its_network() {
        for (ip, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ] {
            assert_eq!(network(&client(ip)).as_deref(), Some(expected), "{ip}");
        }
        assert_eq!(network(&Client::default()), None);
    }

    #[test]
    fn charges_come_in_one_order() {
        let charges = sign_in("ada@example.com", &client("192.0.2.7"));
        assert!(charges.is_sorted_by_key(|charge| charge.kind));
        assert_eq!(charges.len(), 3);
        assert_eq!(sign_in(&"x".repeat(10_000), &Client::default())[0].key.len(), 254);
    }
}

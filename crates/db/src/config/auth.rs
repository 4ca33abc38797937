//! The variables of sign-in. What they mean is known to the crate that signs in; here they are found and kept secret.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::SecretString;

use super::ConfigError;
use super::variables::number;

/// The names of the variables of sign-in.
pub(super) const NAMES: [&str; 15] = [
    "AUTH_MODE",
    "AUTH_ISSUER_URL",
    "AUTH_PUBLIC_URL",
    "AUTH_KEYS",
    "AUTH_KEYS_FILE",
    "AUTH_PEPPERS",
    "AUTH_PEPPERS_FILE",
    "AUTH_CLIENT_SECRET",
    "AUTH_HASH_PERMITS",
    "SMTP_URL",
    "MAIL_FROM",
    "SMS_COUNTRIES",
    "TRUSTED_PROXIES",
    "AUTH_CLIENT_ID",
    "AUTH_REDIRECT_URL",
];

/// What was said about signing in, as it was written.
#[derive(Clone, Default)]
pub struct AuthVariables {
    /// `AUTH_MODE`.
    pub mode: Option<String>,
    /// `AUTH_ISSUER_URL`.
    pub issuer_url: Option<String>,
    /// `AUTH_PUBLIC_URL`.
    pub public_url: Option<String>,
    /// `AUTH_KEYS`.
    pub keys: Option<SecretString>,
    /// `AUTH_KEYS_FILE`.
    pub keys_file: Option<String>,
    /// `AUTH_PEPPERS`.
    pub peppers: Option<SecretString>,
    /// `AUTH_PEPPERS_FILE`.
    pub peppers_file: Option<String>,
    /// `AUTH_CLIENT_ID`.
    pub client_id: Option<String>,
    /// `AUTH_CLIENT_SECRET`.
    pub client_secret: Option<SecretString>,
    /// `AUTH_REDIRECT_URL`.
    pub redirect_url: Option<String>,
    /// `AUTH_HASH_PERMITS`.
    pub hash_permits: Option<usize>,
    /// `SMTP_URL`.
    pub smtp_url: Option<SecretString>,
    /// `MAIL_FROM`.
    pub mail_from: Option<String>,
    /// `SMS_COUNTRIES`.
    pub sms_countries: Option<String>,
    /// `TRUSTED_PROXIES`.
    pub trusted_proxies: Option<String>,
    /// Where each of them stands.
    origins: BTreeMap<&'static str, String>,
}

impl AuthVariables {
    /// Picks them out of the merged map, whose keys are lower case.
    pub(super) fn of(
        map: &BTreeMap<String, serde_json::Value>,
        origin: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let text = |name: &str| map.get(&name.to_lowercase()).and_then(|value| value.as_str()).map(str::to_owned);
        let secret = |name: &str| text(name).map(SecretString::from);
        let permits: Option<u16> = number("AUTH_HASH_PERMITS", text("AUTH_HASH_PERMITS"))?;
        Ok(Self {
            mode: text("AUTH_MODE"),
            issuer_url: text("AUTH_ISSUER_URL"),
            public_url: text("AUTH_PUBLIC_URL"),
            keys: secret("AUTH_KEYS"),
            keys_file: text("AUTH_KEYS_FILE"),
            peppers: secret("AUTH_PEPPERS"),
            peppers_file: text("AUTH_PEPPERS_FILE"),
            client_id: text("AUTH_CLIENT_ID"),
            client_secret: secret("AUTH_CLIENT_SECRET"),
            redirect_url: text("AUTH_REDIRECT_URL"),
            hash_permits: permits.map(usize::from),
            smtp_url: secret("SMTP_URL"),
            mail_from: text("MAIL_FROM"),
            sms_countries: text("SMS_COUNTRIES"),
            trusted_proxies: text("TRUSTED_PROXIES"),
            origins: NAMES.iter().filter_map(|name| Some((*name, origin(name)?))).collect(),
        })
    }

    /// An error about the value of a variable, which says where that stands.
    pub fn invalid(&self, variable: &str, reason: &str) -> ConfigError {
        let origin = self.origins.get(variable).map_or("the configuration", String::as_str);
        ConfigError::Invalid { variable: variable.to_owned(), origin: origin.to_owned(), reason: reason.to_owned() }
    }
}

impl fmt::Debug for AuthVariables {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names alone: some of the values are secrets.
        formatter.debug_struct("AuthVariables").field("given", &self.origins.keys()).finish_non_exhaustive()
    }
}

//! What the issuer and the verifier were told, parsed and checked.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use atriz_db::config::AuthVariables;
use atriz_db::{ConfigError, Configuration, Environment};
use ipnet::IpNet;
use secrecy::SecretString;
use url::Url;

use crate::message::SmsGateway;
use crate::signing::LEAD;

/// Which face of core a process shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// It owns the tables and the private keys.
    Issuer,
    /// It checks what an issuer elsewhere made.
    Verifier,
}

/// Keys as they were given: one after another, separated by commas or blanks, or in a file; nothing for development's
/// own.
#[derive(Clone, Debug, Default)]
pub struct GivenKeys {
    /// `id:base64url` of 32 bytes each; the first one is current.
    pub text: Option<SecretString>,
    /// A file that holds the same.
    pub file: Option<PathBuf>,
}

/// What the issuer and the verifier were told.
#[derive(Clone, Debug)]
pub struct AuthSettings {
    /// What kind of process this is.
    pub environment: Environment,
    /// Which face of core it shows.
    pub mode: AuthMode,
    /// Where a remote issuer is reached; nothing where it is the public address.
    pub issuer_url: Option<Url>,
    /// The `iss` of every token, and what every link that is mailed begins with. It has no slash at its end.
    pub public_url: String,
    /// Where secrets and messages of development stand.
    pub data_dir: Option<PathBuf>,
    /// The master keys.
    pub keys: GivenKeys,
    /// The peppers of passwords.
    pub peppers: GivenKeys,
    /// The app as which a verifier speaks to a remote issuer; nothing for its own.
    pub client_id: Option<String>,
    /// With what a verifier proves itself to a remote issuer.
    pub client_secret: Option<SecretString>,
    /// Where the issuer sends browsers back to that sign in to a verifier's own pages; nothing where none do.
    pub redirect_url: Option<String>,
    /// How many passwords are hashed at once; where nothing is given, one per core, less one while others are served.
    pub hash_permits: Option<usize>,
    /// How mail is sent; nothing puts it into a folder.
    pub smtp_url: Option<SecretString>,
    /// Whom mail is from.
    pub mail_from: String,
    /// The country calling codes that codes are sent to, such as `49`; none for no country.
    pub sms_countries: Vec<String>,
    /// How text messages are sent; nothing puts them into a folder, and sends none in production.
    pub sms_gateway: Option<Arc<dyn SmsGateway>>,
    /// How long a signing key is published before it signs.
    pub key_lead: Duration,
    /// The proxies whose word about a client's address is taken.
    pub trusted_proxies: Vec<IpNet>,
}

impl AuthSettings {
    /// Reads them from the configuration.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for a value that cannot be read, or one that production needs and does not have.
    pub fn of(configuration: &Configuration) -> Result<Self, ConfigError> {
        let variables = &configuration.auth;
        let production = configuration.environment == Environment::Production;
        let issuer_url =
            variables.issuer_url.as_deref().map(|url| address(variables, "AUTH_ISSUER_URL", url)).transpose()?;
        let mode = mode(variables, production, issuer_url.is_some())?;
        if production && let Some(url) = &issuer_url {
            check_private(variables, url)?;
        }
        let public_url = public_url(variables, production)?;
        Ok(Self {
            environment: configuration.environment,
            mode,
            issuer_url,
            public_url,
            data_dir: configuration.data_dir.clone(),
            keys: given(variables.keys.as_ref(), variables.keys_file.as_deref(), configuration),
            peppers: given(variables.peppers.as_ref(), variables.peppers_file.as_deref(), configuration),
            client_id: variables.client_id.clone(),
            client_secret: variables.client_secret.clone(),
            redirect_url: redirect_url(variables, production)?,
            hash_permits: variables.hash_permits,
            smtp_url: variables.smtp_url.clone(),
            mail_from: variables.mail_from.clone().unwrap_or_else(|| "Atriz <no-reply@localhost>".to_owned()),
            sms_countries: countries(variables)?,
            sms_gateway: None,
            key_lead: LEAD,
            trusted_proxies: proxies(variables)?,
        })
    }

    /// Whether this is a server that people rely on.
    pub fn is_production(&self) -> bool {
        self.environment == Environment::Production
    }
}

/// One hash fills a core.
fn mode(variables: &AuthVariables, production: bool, elsewhere: bool) -> Result<AuthMode, ConfigError> {
    match variables.mode.as_deref() {
        Some("issuer") => Ok(AuthMode::Issuer),
        Some("verifier") => Ok(AuthMode::Verifier),
        Some(_) => Err(variables.invalid("AUTH_MODE", "it takes issuer or verifier")),
        None if production || elsewhere => Ok(AuthMode::Verifier),
        None => Ok(AuthMode::Issuer),
    }
}

fn public_url(variables: &AuthVariables, must_be_safe: bool) -> Result<String, ConfigError> {
    const NAME: &str = "AUTH_PUBLIC_URL";
    let Some(given) = variables.public_url.as_deref() else {
        if must_be_safe {
            let purpose = "signing in, in production,".to_owned();
            return Err(ConfigError::Missing { variable: NAME.to_owned(), purpose });
        }
        return Ok("http://localhost:3000/auth".to_owned());
    };
    let url = address(variables, NAME, given)?;
    if must_be_safe && url.scheme() != "https" {
        return Err(variables.invalid(NAME, "in production it takes an https:// address"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// It is compared letter by letter, so it stays as it was written.
fn redirect_url(variables: &AuthVariables, must_be_safe: bool) -> Result<Option<String>, ConfigError> {
    const NAME: &str = "AUTH_REDIRECT_URL";
    let Some(given) = variables.redirect_url.as_deref() else { return Ok(None) };
    let url = address(variables, NAME, given)?;
    if must_be_safe && url.scheme() != "https" {
        return Err(variables.invalid(NAME, "in production it takes an https:// address"));
    }
    // Issuers compare it letter by letter, and register it in this form alone.
    if url.as_str() != given {
        return Err(variables.invalid(NAME, "it takes the address as a browser shows it once it is there"));
    }
    if !url.path().ends_with("/auth/callback") {
        return Err(variables.invalid(NAME, "it ends in /auth/callback, where the app answers"));
    }
    Ok(Some(given.to_owned()))
}

/// A verifier sends its secret and other people's cookies there, and believes the keys that come back.
fn check_private(variables: &AuthVariables, url: &Url) -> Result<(), ConfigError> {
    if url.scheme() == "https" || is_this_machine(url) {
        return Ok(());
    }
    Err(variables.invalid("AUTH_ISSUER_URL", "in production it takes an https:// address, or one of this machine"))
}

/// Whether what is sent there never leaves this machine.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn address(variables: &AuthVariables, name: &str, text: &str) -> Result<Url, ConfigError> {
    const FORM: &str = "it takes an address such as https://accounts.example.com/auth";
    let url = Url::parse(text).map_err(|_| variables.invalid(name, FORM))?;
    let plain =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if plain && url.has_host() && matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err(variables.invalid(name, FORM))
    }
}

fn given(text: Option<&SecretString>, file: Option<&str>, configuration: &Configuration) -> GivenKeys {
    let root = configuration.root.clone().unwrap_or_default();
    GivenKeys { text: text.cloned(), file: file.map(|file| root.join(file)) }
}

fn list(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split([',', ' ']).map(str::trim).filter(|part| !part.is_empty())
}

fn countries(variables: &AuthVariables) -> Result<Vec<String>, ConfigError> {
    let code = |part: &str| {
        let digits = part.trim_start_matches('+');
        let fits = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| digits.to_owned())
            .ok_or_else(|| variables.invalid("SMS_COUNTRIES", "it takes country calling codes, such as 49,43"))
    };
    list(variables.sms_countries.as_deref()).map(code).collect()
}

fn proxies(variables: &AuthVariables) -> Result<Vec<IpNet>, ConfigError> {
    let network = |part: &str| {
        let network = part.parse().or_else(|_| part.parse().map(|address: std::net::IpAddr| IpNet::from(address)));
        network.map_err(|_| variables.invalid("TRUSTED_PROXIES", "it takes networks, such as 10.0.0.0/8,fd00::/8"))
    };
    list(variables.trusted_proxies.as_deref()).map(network).collect()
}

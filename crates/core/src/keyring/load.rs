//! Where the keys come from: a variable, a file, or in development and tests a file that is made.

use std::fs;
use std::path::Path;

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::KeyringError;
use super::file::{check_mode, make_once};
use super::parse::{NamedKey, parse};
use crate::settings::{AuthSettings, GivenKeys};

/// The master keys.
pub(super) fn masters(settings: &AuthSettings) -> Result<Vec<NamedKey>, KeyringError> {
    load(settings, &settings.keys, "AUTH_KEYS", "keys")
}

/// The peppers.
pub(super) fn peppers(settings: &AuthSettings) -> Result<Vec<NamedKey>, KeyringError> {
    load(settings, &settings.peppers, "AUTH_PEPPERS", "peppers")
}

fn load(
    settings: &AuthSettings,
    given: &GivenKeys,
    variable: &'static str,
    file: &str,
) -> Result<Vec<NamedKey>, KeyringError> {
    match (&given.text, &given.file) {
        (Some(_), Some(_)) => Err(KeyringError::Twice { variable }),
        (Some(text), None) => {
            let unreadable = |reason| KeyringError::Unreadable { place: format!("`{variable}`"), reason };
            parse(text.expose_secret()).map_err(unreadable)
        }
        (None, Some(path)) => read(path),
        (None, None) if settings.is_production() => Err(KeyringError::Missing { variable }),
        (None, None) => {
            let folder = settings.data_dir.as_ref().ok_or(KeyringError::NoFolder)?.join("secrets");
            let path = folder.join(file);
            make_once(&folder, &path)?;
            read(&path)
        }
    }
}

fn read(path: &Path) -> Result<Vec<NamedKey>, KeyringError> {
    let unreadable = |reason: String| KeyringError::Unreadable { place: path.display().to_string(), reason };
    check_mode(path)?;
    let text = fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    parse(&Zeroizing::new(text)).map_err(unreadable)
}

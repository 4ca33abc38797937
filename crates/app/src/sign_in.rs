//! How a process tells who is asking: by core's own tables, or by asking the issuer that has them.

use std::fmt;
use std::sync::Arc;

use atriz_core::{AuthMode, AuthSettings, Issuer, Verifier};
use atriz_db::{Database, Fleet};
use atriz_kernel::SharedClock;

use crate::error::AppError;

/// What a process was told about signing in.
///
/// # Errors
///
/// The configuration.
pub(crate) fn settings(fleet: &Fleet) -> Result<Arc<AuthSettings>, AppError> {
    Ok(Arc::new(AuthSettings::of(&fleet.configuration).map_err(atriz_db::Error::from)?))
}

/// One face of core, opened once per process and shared by its apps.
#[derive(Clone)]
pub(crate) enum SignIn {
    /// The tables, the keys and what works on them.
    Issuer(Issuer),
    /// Nothing but what checks tokens.
    Verifier(Verifier),
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Issuer(_) => "Issuer",
            Self::Verifier(_) => "Verifier",
        })
    }
}

impl SignIn {
    /// Opens the face that the settings name. An issuer works on `core`, which a verifier has no need of.
    pub(crate) async fn open(
        settings: Arc<AuthSettings>,
        core: Option<&Database>,
        app: &str,
        clock: SharedClock,
    ) -> Result<Self, AppError> {
        match (settings.mode, core) {
            (AuthMode::Issuer, Some(core)) => Ok(Self::Issuer(Issuer::open(core.clone(), clock, settings).await?)),
            (AuthMode::Issuer, None) => {
                let missing = atriz_db::ConfigError::NoTarget { database: "core".to_owned() };
                Err(atriz_db::Error::from(missing).into())
            }
            (AuthMode::Verifier, _) => Ok(Self::Verifier(Verifier::remote(&settings, app, clock).await?)),
        }
    }

    /// What checks tokens.
    pub(crate) fn verifier(&self) -> Verifier {
        match self {
            Self::Issuer(issuer) => Verifier::local(issuer),
            Self::Verifier(verifier) => verifier.clone(),
        }
    }

    /// The issuer, if this process is one.
    pub(crate) fn issuer(&self) -> Option<&Issuer> {
        match self {
            Self::Issuer(issuer) => Some(issuer),
            Self::Verifier(_) => None,
        }
    }

    /// Ends what runs in the background, so that the pools can be closed.
    pub(crate) async fn close(&self) {
        match self {
            Self::Issuer(issuer) => issuer.shutdown().await,
            Self::Verifier(verifier) => verifier.shutdown().await,
        }
    }
}

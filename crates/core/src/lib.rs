//! The shared authentication database that every app signs in against.
//!
//! It has two faces. The *issuer* ([`Issuer`]) owns the tables, the pepper and the private keys; the *verifier*
//! ([`Verifier`]) needs public keys and the feed of revocations alone.
//!
//! **Invariant:** the entities are private. Whoever needs an account asks [`Accounts`] or [`Roles`], and gets values that
//! hold no secret.
//! **Invariant:** a secret is stored as its hash, keyed or sealed; the keys for that are never in the database.

mod accounts;
mod api_keys;
mod audit;
mod caller;
mod counter;
mod database;
mod demo;
mod entity;
mod error;
mod ground;
mod introspect;
mod issuer;
mod jwt;
mod keyring;
mod message;
mod password;
mod recent;
mod refusals;
mod revocation;
mod roles;
mod second_factor;
mod secret;
mod sessions;
mod settings;
mod signing;
mod single_use;
mod sql;
mod throttle;
mod values;
mod verifier;

pub use accounts::*;
pub use api_keys::*;
pub use audit::{Actor, Audit, AuditEntry, AuditEvent, AuditFilter, AuditHead, AuditReport, Outcome};
pub use caller::{Caller, Client};
pub use database::{Migrator, descriptor};
pub use demo::{DEMO_PASSWORD, DEMO_USERS, DemoUser};
pub use error::AuthError;
pub use introspect::*;
pub use issuer::Issuer;
pub use jwt::{Claims, JwtError};
pub use keyring::{Keyring, KeyringError};
pub use message::*;
pub use password::*;
pub use revocation::{Revocation, RevocationPage};
pub use roles::{EffectiveRoles, Role, RoleSummary, Roles};
pub use second_factor::*;
pub use sessions::*;
pub use settings::{AuthMode, AuthSettings, GivenKeys};
pub use signing::{Jwk, Jwks, KeyState, Rotation, SigningKeyInfo};
pub use values::*;
pub use verifier::{FlowName, RemoteSettings, Returned, SignInFlow, Verifier, is_path};

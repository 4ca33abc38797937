//! Signing in against real databases of both engines.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod api_keys;
mod audit;
mod denial;
mod keys;
mod leak;
mod refresh;
mod roles;
mod sessions;
mod settings;
mod support;
mod verifier;
mod wire;

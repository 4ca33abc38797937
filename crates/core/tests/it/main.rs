//! Signing in against real databases of both engines.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod accounts;
mod api_keys;
mod audit;
mod clocks;
mod denial;
mod keys;
mod leak;
mod messages;
mod passwords;
mod people;
mod plans;
mod queries;
mod refresh;
mod revocations;
mod roles;
mod second_factor;
mod sessions;
mod settings;
mod support;
mod throttles;
mod timing;
mod verifier;
mod wire;

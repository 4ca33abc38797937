//! The routes of sign-in over core's real database, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod account;
mod administration;
mod away;
mod bad_input;
mod cookies;
mod extractors;
mod links;
mod logs;
mod oauth;
mod precedence;
mod proxies;
mod rules;
mod second_factor;
mod sign_in_page;
mod support;
mod verifier;
mod visiting;

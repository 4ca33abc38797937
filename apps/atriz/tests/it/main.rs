//! The website over real databases of both engines.

#![expect(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod api;
mod categories;
mod items;
mod locations;
mod odd;
mod rules;
mod start;
mod support;

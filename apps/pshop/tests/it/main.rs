//! Point of sale and inventory over real databases of both engines.

#![expect(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod away;
mod inventory;
mod odd;
mod products;
mod rules;
mod stores;
mod support;

//! What the programs of the benchmark share.

mod client;

pub use client::{Client, Request};

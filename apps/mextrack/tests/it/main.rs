//! Fleet tracking over real databases of both engines, and the program itself.

#![expect(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod api;
mod command_line;
mod members;
mod odd;
mod positions;
mod remote;
mod rules;
mod support;
mod vehicles;

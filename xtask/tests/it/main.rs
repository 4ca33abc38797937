//! Tests of the workspace as a whole, and of its commands as a user runs them.

mod bad_input;
mod check;
mod command;
mod generate;
mod help;
mod house;
mod plan;
mod source;
mod squash;
mod story;
mod up;
mod verify;

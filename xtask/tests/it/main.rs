//! Tests of the workspace as a whole, and of its commands as a user runs them.

mod bad_input;
mod check;
mod check_live;
mod command;
mod docs;
mod generate;
mod help;
mod house;
mod lint;
mod plan;
mod sign_in;
mod source;
mod squash;
mod story;
mod threats;
mod three_processes;
mod up;
mod verify;

//! Lint: every rule by a mistake, what is exempt, ignores, history, mending.

mod damage;
mod folder;
mod history;
mod ignores;
mod mending;
mod near;
mod partitioned;
mod postgres;
mod quiet;
mod rules;
mod sqlite;
mod support;

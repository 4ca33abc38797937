//! The database toolkit against real databases of both engines.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod ahead;
mod alone;
mod blocked;
mod broken;
mod checkpoint;
mod checksums;
mod clean;
mod config;
mod connect;
mod core;
mod create;
#[expect(unreachable_pub, clippy::disallowed_methods, reason = "SeaORM's derive writes and wants it so")]
mod entities;
mod existing;
mod files;
mod histories;
mod identity;
mod killed;
mod leaks;
mod migrate;
mod order;
mod pooler;
mod pools;
mod race;
mod rebuild;
mod repair;
mod rollback;
mod rust_migration;
mod seaorm;
mod seed_down;
mod seed_errors;
mod seed_record;
mod seeds;
mod split_golden;
mod split_properties;
mod sqlite;
mod support;
mod transactions;

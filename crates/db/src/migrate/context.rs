//! What all work of one run has in common.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use atriz_kernel::{SharedClock, new_id};
use sea_orm::prelude::Uuid;

use super::state::{OutOfOrder, Tolerance};
use crate::Environment;
use crate::progress::{SharedObserver, Silent};

/// What all work of one run has in common.
#[derive(Clone)]
pub struct RunContext {
    /// Ties the journal's lines of one run together.
    pub run_id: Uuid,
    /// Who runs it.
    pub operator: String,
    /// The environment of the process.
    pub environment: Environment,
    /// Where the time comes from.
    pub clock: SharedClock,
    /// Who is told.
    pub observer: SharedObserver,
    /// How long to wait for a lock.
    pub lock_wait: Duration,
    /// What a folder and a database may differ in.
    pub tolerance: Tolerance,
    /// How many databases are worked on at the same time, at most; each takes up to three connections.
    pub jobs: usize,
    /// Set when no new migration is to start.
    pub stop: Arc<AtomicBool>,
}

/// How many databases are worked on at once where nothing else is said: enough to hide round trips, few enough for a
/// server's default of 100 connections.
const JOBS: usize = 8;

impl RunContext {
    /// A run by the current user of the machine.
    pub fn new(environment: Environment, clock: SharedClock, observer: SharedObserver) -> Self {
        Self {
            run_id: new_id(clock.as_ref()),
            operator: operator(),
            environment,
            clock,
            observer,
            lock_wait: Duration::from_secs(30),
            tolerance: Tolerance { out_of_order: out_of_order(environment), ignore_unknown: false },
            jobs: JOBS,
            stop: Arc::new(AtomicBool::new(false)),
        }
    }

    /// A run by the current user of the machine that tells nobody.
    pub fn silent(environment: Environment, clock: SharedClock) -> Self {
        Self::new(environment, clock, Arc::new(Silent))
    }
}

/// A late migration is an everyday thing where branches meet, and a surprise where nobody looks on: in production and in
/// continuous integration.
fn out_of_order(environment: Environment) -> OutOfOrder {
    let unattended = std::env::var_os("CI").is_some_and(|word| word == "true" || word == "1");
    if environment == Environment::Production || unattended { OutOfOrder::Refuse } else { OutOfOrder::Warn }
}

/// `user@host`, for the journal.
fn operator() -> String {
    let variable = |name| std::env::var_os(name).and_then(|value| value.into_string().ok());
    let user = variable("USER").or_else(|| variable("USERNAME")).unwrap_or_else(|| "unknown".to_owned());
    let host = std::fs::read_to_string("/etc/hostname").map(|name| name.trim().to_owned());
    match host {
        Ok(host) if !host.is_empty() => format!("{user}@{host}"),
        _ => user,
    }
}

impl std::fmt::Debug for RunContext {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RunContext").field("run_id", &self.run_id).finish_non_exhaustive()
    }
}

//! Refreshes beside the one statement that they cannot do without.

use std::fs;

use super::counted;
use crate::machine::{BenchError, Machine};
use crate::measure::Measure;
use crate::pgbench::Script;
use crate::process;

/// The compare-and-swap of a refresh, on rows of its own: one for each client, as each client has one session.
const SWAP: &str = "UPDATE auth.sessions SET rt_counter = rt_counter + 1, rt_rotated_at = now(), rt_replays = 0, \
    last_seen_at = now(), idle_expires_at = LEAST(absolute_expires_at, now() + interval '14 days') \
    WHERE id = ('00000000-0000-0000-0000-' || lpad((:client_id)::text, 12, '0'))::uuid AND rt_counter >= 0 \
    AND revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now() RETURNING *;\n";

/// Rows for the statement above, like any other.
const ROWS: &str = "INSERT INTO auth.sessions SELECT ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, \
    user_id, app_id, NULL, NULL, 0, NULL, 0, rt_key_id, auth_time, amr, acr, ip, ua, last_seen_at, \
    now() + interval '14 days', now() + interval '30 days', NULL, NULL, created_at \
    FROM (SELECT * FROM auth.sessions LIMIT 1) AS one, generate_series(0, 7) AS n \
    ON CONFLICT (id) DO UPDATE SET rt_counter = 0, revoked_at = NULL, reason = NULL, \
    idle_expires_at = excluded.idle_expires_at, absolute_expires_at = excluded.absolute_expires_at";

/// Whether the statement found each of them. A person's oldest sessions end when there are too many, and where there is
/// nothing to swap there is nothing to wait for.
const SWAPPED: &str = "SELECT min(rt_counter) > 0 FROM auth.sessions WHERE id::text LIKE '00000000-0000-0000-0000-%'";

pub(super) fn run(machine: &Machine, pairs: usize, seconds: u32) -> Result<Measure, BenchError> {
    let mut measure = Measure {
        floor_name: Some("the same compare-and-swap by pgbench, as many clients".to_owned()),
        ..Measure::alone("PostgreSQL: refreshes by 8 clients", Vec::new(), "/s", "0.5 of the compare-and-swap")
    };
    let script = machine.folder.path().join("swap.sql");
    fs::write(&script, SWAP)?;
    let swaps = Script { database: "atriz_shared", file: script, search_path: None };
    for _ in 0..pairs {
        measure.values.extend(counted(machine, "refresh", seconds, &["refresh"])?);
        process::run(machine.psql("atriz_shared").args(["-c", ROWS]))?;
        measure.floors.push(swaps.rate(machine, &seconds.to_string())?);
        if process::answer(machine.psql("atriz_shared").args(["-c", SWAPPED]))?.trim() != "t" {
            return Err(BenchError::Odd("pgbench found no row to swap".to_owned()));
        }
    }
    Ok(measure)
}

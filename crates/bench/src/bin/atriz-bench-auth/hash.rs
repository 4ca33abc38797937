//! Bare Argon2id with the parameters of a password, on all cores, its memory used again: the floor of a sign-in.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::{Failure, rate};

const MEMORY_KIB: u32 = 19_456;

pub(crate) fn run(time: Duration) -> Result<f64, Failure> {
    let params = Params::new(MEMORY_KIB, 2, 1, Some(32)).map_err(|error| error.to_string())?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let done = AtomicUsize::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut blocks = vec![Block::new(); MEMORY_KIB as usize];
                let mut tag = [0; 32];
                while started.elapsed() < time {
                    let hashed = argon2.hash_password_into_with_memory(
                        b"demo password 2026",
                        b"sixteen bytes of",
                        &mut tag,
                        &mut blocks,
                    );
                    done.fetch_add(usize::from(hashed.is_ok()), Ordering::Relaxed);
                }
            });
        }
    });
    Ok(rate(done.load(Ordering::Relaxed), started.elapsed()))
}

//! How many arenas the system's allocator keeps.

/// Lets two cores share an arena.
///
/// The GNU C library gives each thread an arena of its own, up to eight for each core (its manual, "Tunable parameters",
/// `M_ARENA_MAX`), and what a thread gives back stays in its arena. Most of our threads wait most of the time: one for
/// each connection to a file, one for each password that is hashed. What they keep for themselves is memory that nobody
/// uses, while those that work at once are no more than there are cores.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn share() {
    // Whoever sets it knows better.
    if std::env::var_os("MALLOC_ARENA_MAX").is_some() {
        return;
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let arenas = i32::try_from(cores.div_ceil(2)).unwrap_or(i32::MAX);
    #[expect(unsafe_code, reason = "it takes two numbers, and no other thread has begun")]
    // Refused, it is as it would be without.
    let _ = unsafe { libc::mallopt(libc::M_ARENA_MAX, arenas) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn share() {}

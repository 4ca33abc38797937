//! Hashing as work that others need not wait for: who is signed in already goes before who is about to be.

/// Lets every other thread of the system go first, from now until this thread ends.
///
/// Being nice decides who gets how much of a core. How soon, slices decide: whoever wakes takes the core at once from a
/// thread with a longer slice than its own, and otherwise waits for the end of that slice, which the kernel notices at its
/// next tick: up to 4 ms, five times a request. So a hash takes the longest slice there is (Linux 6.12 and later, "EEVDF
/// Scheduler" in the kernel's documentation). Older kernels read the length and leave it.
#[cfg(target_os = "linux")]
pub(super) fn give_way() {
    const NICE: i32 = 10;
    /// In nanoseconds: the most that is taken.
    const SLICE: u64 = 100_000_000;
    let wanted = libc::sched_attr {
        size: size_of::<libc::sched_attr>().try_into().unwrap_or_default(),
        sched_policy: libc::SCHED_OTHER.cast_unsigned(),
        sched_flags: 0,
        sched_nice: NICE,
        sched_priority: 0,
        sched_runtime: SLICE,
        sched_deadline: 0,
        sched_period: 0,
    };
    #[expect(unsafe_code, reason = "the kernel reads as many bytes as `size` says, all of which are there")]
    // Refused, it is as it would be without.
    let _ = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const wanted, 0) };
}

/// Where the system counts such things by process and not by thread, nothing is changed.
#[cfg(not(target_os = "linux"))]
pub(super) fn give_way() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_thread_alone_gives_way() {
        let nice = || rustix::process::nice(0).unwrap();
        let (before, there) = (nice(), std::thread::spawn(move || (give_way(), nice()).1));
        assert_eq!(there.join().unwrap(), before.max(10));
        assert_eq!(nice(), before);
    }
}

//! The memory that Argon2id fills, kept between hashes and given back when nobody signs in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use argon2::Block;

use super::hash::MEMORY_KIB;

/// What a vector reserves, of which one hash touches the first [`MEMORY_KIB`]. Above 32 MiB the C library always asks
/// the system for memory of its own and gives it back when freed; below, what was freed once stays with the process. What
/// is reserved and not touched costs nothing.
const RESERVED_BLOCKS: usize = 33 * 1024;

/// Memory that no hash fills at the moment.
#[derive(Debug)]
pub(super) struct Memory {
    idle: Mutex<Vec<Idle>>,
    keep: Duration,
    watched: AtomicBool,
}

#[derive(Debug)]
struct Idle {
    since: Instant,
    blocks: Vec<Block>,
}

impl Memory {
    /// Memory that is given back once it was idle for `keep`.
    pub(super) fn new(keep: Duration) -> Self {
        Self { idle: Mutex::new(Vec::new()), keep, watched: AtomicBool::new(false) }
    }

    /// What was used last, or new memory.
    pub(super) fn take(&self) -> Vec<Block> {
        let used = self.lock().pop();
        used.map_or_else(fresh, |idle| idle.blocks)
    }

    /// Keeps it for the next hash. It runs within the runtime, which is told to look after it.
    pub(super) fn put_back(self: &Arc<Self>, blocks: Vec<Block>) {
        // A hash of other parameters has made it larger: that is rare, and not worth keeping.
        if blocks.len() > MEMORY_KIB as usize {
            return;
        }
        self.lock().push(Idle { since: Instant::now(), blocks });
        if !self.watched.swap(true, Ordering::AcqRel) {
            tokio::spawn(watch(Arc::downgrade(self), self.keep));
        }
    }

    /// How many pieces are idle.
    pub(super) fn idle(&self) -> usize {
        self.lock().len()
    }

    /// Gives back what was idle for long. Whether none is left.
    fn give_back(&self) -> bool {
        let mut idle = self.lock();
        idle.retain(|piece| piece.since.elapsed() < self.keep);
        let none = idle.is_empty();
        if none {
            idle.shrink_to_fit();
            self.watched.store(false, Ordering::Release);
        }
        none
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fresh() -> Vec<Block> {
    let mut blocks = Vec::with_capacity(RESERVED_BLOCKS);
    ask_for_large_pages(&mut blocks);
    blocks.resize(MEMORY_KIB as usize, Block::new());
    blocks
}

/// Asks for pages of 2 MiB where a hash fills all of one. A hash jumps about in its memory, and among thousands of small
/// pages the processor looks most of them up anew each time, the more so after every switch to another thread.
#[cfg(target_os = "linux")]
fn ask_for_large_pages(blocks: &mut Vec<Block>) {
    use rustix::mm::{Advice, madvise};

    const LARGE: usize = 2 * 1024 * 1024;
    let memory = blocks.as_mut_ptr().cast::<u8>();
    let skipped = memory.addr().next_multiple_of(LARGE) - memory.addr();
    let filled = (blocks.capacity().min(MEMORY_KIB as usize) * size_of::<Block>()).saturating_sub(skipped);
    #[expect(
        unsafe_code,
        reason = "the range lies within the vector, and the advice changes nothing that memory holds"
    )]
    // Refused, it is as it would be without.
    let _ = unsafe { madvise(memory.wrapping_add(skipped).cast(), filled / LARGE * LARGE, Advice::LinuxHugepage) };
}

#[cfg(not(target_os = "linux"))]
fn ask_for_large_pages(_: &mut Vec<Block>) {}

/// Looks until nothing is idle any more.
async fn watch(memory: Weak<Memory>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        match memory.upgrade() {
            Some(memory) if !memory.give_back() => {}
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn memory_is_used_again_and_given_back_when_idle() {
        let memory = Arc::new(Memory::new(Duration::from_millis(40)));
        let first = memory.take();
        let address = first.as_ptr();
        memory.put_back(first);
        let again = memory.take();
        assert_eq!(again.as_ptr(), address);
        assert_eq!(memory.idle(), 0);
        memory.put_back(again);
        assert_eq!(memory.idle(), 1);
        tokio::time::timeout(Duration::from_secs(10), async {
            while memory.idle() > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap();
        memory.put_back(memory.take());
        assert!(memory.watched.load(Ordering::Acquire), "it is looked after again");
    }
}

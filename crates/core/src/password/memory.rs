//! The memory that Argon2id fills: that of one thread, for one hash after the other.

use argon2::Block;

use super::hash::MEMORY_KIB;

/// What a vector reserves, of which one hash touches the first [`MEMORY_KIB`]. Above 32 MiB the C library always asks
/// the system for memory of its own and gives it back when freed; below, what was freed once stays with the process. What
/// is reserved and not touched costs nothing.
const RESERVED_BLOCKS: usize = 33 * 1024;

/// Nothing before the first hash, and from then on what the next one fills anew.
#[derive(Debug, Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// What the last hash left, or new memory.
    pub(super) fn take(&mut self) -> &mut Vec<Block> {
        if self.0.is_empty() {
            self.0 = fresh();
        }
        &mut self.0
    }

    /// Keeps it for the next hash. A hash of other parameters has made it larger: that is rare, and not worth keeping.
    pub(super) fn tidy(&mut self) {
        if self.0.len() > MEMORY_KIB as usize {
            self.0 = Vec::new();
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_unless_it_grew() {
        let mut memory = Memory::default();
        let address = memory.take().as_ptr();
        memory.tidy();
        assert_eq!(memory.take().as_ptr(), address);
        memory.take().resize(MEMORY_KIB as usize + 1, Block::new());
        memory.tidy();
        assert!(memory.0.is_empty());
        assert_eq!(memory.take().len(), MEMORY_KIB as usize);
    }
}

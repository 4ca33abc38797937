//! The same work on many things, on all processors.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many parts each processor gets: they are of unequal size.
const PARTS: usize = 8;

/// Does `work` on each of `items`.
pub(crate) fn each<T: Send>(items: &mut [T], work: impl Fn(&mut T) + Sync) {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    if workers < 2 {
        return items.iter_mut().for_each(work);
    }
    let size = items.len().div_ceil(workers * PARTS);
    let parts = Mutex::new(items.chunks_mut(size));
    let take = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(part) = take() {
                    part.iter_mut().for_each(&work);
                }
            });
        }
    });
}

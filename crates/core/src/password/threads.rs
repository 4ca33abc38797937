//! The threads that hash: as many as may at once, each with memory of its own, and none where nobody signs in.
//!
//! A thread goes on with the next hash by itself. Were it to end with each, the next one would have to be fetched by a
//! thread of the runtime, which a core that has nothing else to do would wait for.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use argon2::Block;

use super::give_way::give_way;
use super::memory::Memory;
use super::reserve::Reserve;

/// What a thread is to do. It answers how its result is told, which is done once the thread is free for the next.
pub(super) type Work = Box<dyn FnOnce(&mut Vec<Block>) -> Tell + Send>;

/// Tells a result to whoever waits for it.
pub(super) type Tell = Box<dyn FnOnce()>;

/// The threads. They end when this is dropped and their work is done.
#[derive(Debug)]
pub(super) struct Threads(Arc<Desk>);

/// There is no room in the queue, or no thread to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

/// A place in the queue, given up when this is dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    desk: Arc<Desk>,
    number: u64,
    is_next: bool,
}

/// Where work is left and fetched.
#[derive(Debug)]
struct Desk {
    most: usize,
    most_waiting: usize,
    /// How long a thread stays that has nothing to do, and keeps its memory.
    keep: Duration,
    begun: AtomicU64,
    reserve: Reserve,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// In the order of their numbers.
    queue: VecDeque<(u64, Work)>,
    next: u64,
    threads: usize,
    /// How many of them are at work.
    busy: usize,
    /// Those that wait to be called; the last one that became free is called first, so that the others can end.
    idle: Vec<Thread>,
    closed: bool,
}

impl std::fmt::Debug for State {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("State")
            .field("queue", &self.queue.len())
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

impl Threads {
    /// At most `most` threads, each of which ends when it had nothing to do for `keep`; `most_waiting` may wait for them.
    /// Beside others they are as few as `reserve` says.
    pub(super) fn new(most: usize, most_waiting: usize, keep: Duration, reserve: Reserve) -> Self {
        let (begun, state) = (AtomicU64::default(), Mutex::default());
        Self(Arc::new(Desk { most: most.max(1), most_waiting, keep, begun, reserve, state }))
    }

    /// Leaves work for the next thread that is free. Once begun, it is done, whoever still waits for it.
    pub(super) fn enter(&self, work: Work) -> Result<Ticket, Full> {
        let desk = &self.0;
        let mut state = desk.lock();
        // Where a thread is idle, there is nobody to wait for.
        if state.queue.len() >= desk.most_waiting + state.idle.len() {
            return Err(Full);
        }
        let called = if let Some(idle) = state.idle.pop() {
            idle.unpark();
            true
        } else if state.threads < desk.most {
            let own = Arc::clone(desk);
            // It begins by waiting for the lock. It is made under it, so that whoever comes next knows whether there is one.
            let begun = thread::Builder::new().name("hash".to_owned()).spawn(move || own.serve()).is_ok();
            state.threads += usize::from(begun);
            if state.threads == 0 {
                return Err(Full);
            }
            begun
        } else {
            false
        };
        let number = state.next;
        state.next += 1;
        let is_next = called && state.queue.is_empty() && desk.reserve.holds_back(state.busy).is_none();
        state.queue.push_back((number, work));
        Ok(Ticket { desk: Arc::clone(desk), number, is_next })
    }

    /// Somebody else is served.
    pub(super) fn give_way(&self) {
        self.0.reserve.note();
    }

    /// Whether somebody else is expected.
    pub(super) fn gives_way(&self) -> bool {
        self.0.reserve.holds_back(usize::MAX).is_some()
    }

    /// How much work was begun so far.
    pub(super) fn begun(&self) -> u64 {
        self.0.begun.load(Ordering::Relaxed)
    }

    /// How many threads wait for work, each with memory if it had any work so far.
    pub(super) fn idle(&self) -> usize {
        self.0.lock().idle.len()
    }

    /// How much work waits for a thread.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.0.lock().queue.len()
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.closed = true;
        state.idle.drain(..).for_each(|thread| thread.unpark());
    }
}

impl Ticket {
    /// Whether a thread was called for this work alone, and nothing is before it: it waits for the system, and for no other
    /// work.
    pub(super) fn is_next(&self) -> bool {
        self.is_next
    }

    /// Takes the work back; false where it was begun.
    pub(super) fn withdraw(&self) -> bool {
        let mut state = self.desk.lock();
        let found = state.queue.binary_search_by_key(&self.number, |(number, _)| *number);
        let work = found.ok().and_then(|at| state.queue.remove(at));
        // What it holds is dropped outside of the lock.
        drop(state);
        work.is_some()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.withdraw();
    }
}

impl Desk {
    /// What a thread does from its begin to its end.
    fn serve(&self) {
        give_way();
        loop {
            let mut memory = Memory::default();
            while let Some(work) = self.next() {
                self.begun.fetch_add(1, Ordering::Relaxed);
                // Whoever waits for work that panics is told so by its end; the next one finds a thread as before.
                let done = catch_unwind(AssertUnwindSafe(|| work(memory.take())));
                memory.tidy();
                // Before it is told: whoever asks again at once shall find this thread, and not begin another.
                let mut state = self.lock();
                state.busy -= 1;
                state.idle.push(thread::current());
                drop(state);
                let _ = done.map(|tell| catch_unwind(AssertUnwindSafe(tell)));
            }
            // Before it is counted no more: another one may begin then, with memory of its own.
            drop(memory);
            if self.leave() {
                return;
            }
        }
    }

    /// The next work, as soon as there is any; nothing once there was none for long.
    fn next(&self) -> Option<Work> {
        let (own, since) = (thread::current().id(), Instant::now());
        loop {
            let mut state = self.lock();
            let place = state.idle.iter().position(|idle| idle.id() == own);
            // Nobody is left whom a pool that ends could be in the way of.
            let held_back = if state.closed { None } else { self.reserve.holds_back(state.busy) };
            let work = if held_back.is_none() { state.queue.pop_front() } else { None };
            let mut rest = self.keep.saturating_sub(since.elapsed());
            if work.is_some() || state.closed || rest.is_zero() {
                place.map(|place| state.idle.remove(place));
                state.busy += usize::from(work.is_some());
                // Once others stay away, each who goes on calls the next.
                let more = work.is_some() && !state.queue.is_empty() && self.reserve.holds_back(state.busy).is_none();
                if let Some(idle) = state.idle.pop_if(|_| more) {
                    idle.unpark();
                }
                return work.map(|(_, work)| work);
            }
            // Where it is already, it stays in its place.
            if place.is_none() {
                state.idle.push(thread::current());
            }
            if !state.queue.is_empty() {
                rest = held_back.map_or(rest, |held_back| rest.min(held_back));
            }
            drop(state);
            thread::park_timeout(rest);
        }
    }

    /// Counts the thread no more, unless work came since it looked, which nobody else may have been called for.
    fn leave(&self) -> bool {
        let mut state = self.lock();
        let leaves = state.queue.is_empty();
        state.threads -= usize::from(leaves);
        leaves
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const PATIENT: Duration = Duration::from_mins(1);

    /// Work that ends when it is told to, and then tells so.
    fn held() -> (Work, Sender<()>, Receiver<thread::ThreadId>) {
        let ((free, held), (tell, told)) = (channel::<()>(), channel());
        let work: Work = Box::new(move |_| {
            let _ = held.recv();
            Box::new(move || {
                let _ = tell.send(thread::current().id());
            })
        });
        (work, free, told)
    }

    fn quick() -> (Work, Receiver<thread::ThreadId>) {
        let (work, _, told) = held();
        (work, told)
    }

    fn until(what: impl Fn() -> bool) {
        let since = Instant::now();
        while !what() {
            assert!(since.elapsed() < PATIENT, "it never came");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Has two at work, neither of which is told to end before both have begun.
    fn two_at_once(threads: &Threads) {
        let (first, second) = (held(), held());
        let _tickets = [threads.enter(first.0).unwrap(), threads.enter(second.0).unwrap()];
        until(|| threads.begun() == 2);
        for (free, told) in [(first.1, first.2), (second.1, second.2)] {
            free.send(()).unwrap();
            told.recv().unwrap();
        }
    }

    #[test]
    fn no_more_work_at_once_than_may_be_and_all_of_it_in_turn() {
        let threads = Threads::new(2, 1_000, PATIENT, Reserve::nothing());
        let (now, most) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (tell, told) = channel();
        let mut tickets = Vec::new();
        for number in 0..400 {
            let (now, most, tell) = (Arc::clone(&now), Arc::clone(&most), tell.clone());
            let work: Work = Box::new(move |_| {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::yield_now();
                now.fetch_sub(1, Ordering::SeqCst);
                Box::new(move || {
                    let _ = tell.send(number);
                })
            });
            tickets.push(threads.enter(work).unwrap());
        }
        let done: BTreeSet<i32> = told.iter().take(400).collect();
        assert_eq!(done, (0..400).collect());
        assert!(most.load(Ordering::SeqCst) <= 2);
        assert_eq!(threads.begun(), 400);
    }

    #[test]
    fn beside_others_fewer_are_at_work_and_they_follow_at_once() {
        let threads = Threads::new(2, 10, PATIENT, Reserve::new(1, PATIENT));
        threads.give_way();
        let (first, second) = (held(), held());
        let _tickets = [threads.enter(first.0).unwrap(), threads.enter(second.0).unwrap()];
        until(|| threads.begun() == 1);
        thread::sleep(Duration::from_millis(50));
        assert_eq!(threads.begun(), 1, "others are expected for a minute");
        first.1.send(()).unwrap();
        first.2.recv().unwrap();
        second.1.send(()).unwrap();
        second.2.recv_timeout(PATIENT / 2).unwrap();
    }

    #[test]
    fn once_others_stay_away_all_are_at_work() {
        let threads = Threads::new(2, 10, PATIENT, Reserve::new(1, Duration::from_millis(50)));
        threads.give_way();
        two_at_once(&threads);
    }

    #[test]
    fn nobody_is_forgotten_while_threads_come_and_go() {
        // Threads end after less time than passes between two that ask, or never, so that each of the two meets the other.
        let short = Duration::from_micros(50);
        for (keep, reserve) in [
            (Duration::ZERO, Reserve::nothing()),
            (short, Reserve::nothing()),
            (PATIENT, Reserve::nothing()),
            (short, Reserve::new(1, Duration::from_millis(2))),
            (PATIENT, Reserve::new(1, Duration::from_millis(2))),
        ] {
            let threads = Threads::new(3, 1_000, keep, reserve);
            thread::scope(|scope| {
                for asker in 0..8 {
                    let threads = &threads;
                    scope.spawn(move || {
                        for round in 0..1_000 {
                            let (work, told) = quick();
                            let ticket = threads.enter(work).unwrap();
                            if (asker + round) % 5 == 0 && ticket.withdraw() {
                                assert!(told.recv().is_err());
                            } else {
                                told.recv_timeout(PATIENT).unwrap();
                            }
                            if round % 5 == 0 {
                                threads.give_way();
                            }
                            if round % 7 == 0 {
                                thread::sleep(Duration::from_micros(60));
                            }
                        }
                    });
                }
            });
            let state = threads.0.lock();
            assert!(state.queue.is_empty() && state.threads <= 3, "{state:?}");
        }
    }

    #[test]
    fn one_after_the_other_takes_one_thread() {
        let threads = Threads::new(4, 10, PATIENT, Reserve::nothing());
        let mut seen = BTreeSet::new();
        for _ in 0..50 {
            let (work, told) = quick();
            let _ticket = threads.enter(work).unwrap();
            seen.insert(format!("{:?}", told.recv().unwrap()));
        }
        assert_eq!(seen.len(), 1);
        assert_eq!(threads.idle(), 1);
    }

    #[test]
    fn one_who_asks_now_and_then_keeps_one_thread_alive() {
        let keep = Duration::from_millis(200);
        let threads = Threads::new(2, 10, keep, Reserve::nothing());
        two_at_once(&threads);
        // Were they called in turn, neither would ever be idle for so long.
        until(|| {
            let (work, told) = quick();
            let _ticket = threads.enter(work).unwrap();
            told.recv().unwrap();
            thread::sleep(keep / 40);
            threads.0.lock().threads < 2
        });
    }

    #[test]
    fn work_is_taken_back_until_it_was_begun() {
        let threads = Threads::new(1, 2, PATIENT, Reserve::nothing());
        let (work, free, told) = held();
        let begun = threads.enter(work).unwrap();
        until(|| threads.begun() == 1);
        let (never, also_never) = (quick(), quick());
        let (waiting, dropped) = (threads.enter(never.0).unwrap(), threads.enter(also_never.0).unwrap());
        assert!(matches!(threads.enter(quick().0), Err(Full)), "two may wait");
        assert!(waiting.withdraw());
        assert!(!waiting.withdraw(), "it is gone already");
        drop(dropped);
        assert!(!begun.withdraw(), "it was begun");
        free.send(()).unwrap();
        told.recv().unwrap();
        assert!(never.1.recv().is_err() && also_never.1.recv().is_err());
        assert_eq!(threads.begun(), 1);
    }

    #[test]
    fn work_that_panics_costs_its_own_result_alone() {
        let threads = Threads::new(1, 10, PATIENT, Reserve::nothing());
        let (tell, told) = channel::<()>();
        let work: Work = Box::new(move |_| {
            let _tell = tell;
            panic!("as a hash never should")
        });
        let _broken = threads.enter(work).unwrap();
        assert!(told.recv().is_err());
        let (work, told) = quick();
        let _ticket = threads.enter(work).unwrap();
        told.recv().unwrap();
    }

    #[test]
    fn a_thread_without_work_ends_and_so_does_one_without_a_pool() {
        let threads = Threads::new(1, 10, Duration::from_millis(20), Reserve::nothing());
        let (work, told) = quick();
        let _ticket = threads.enter(work).unwrap();
        told.recv().unwrap();
        until(|| threads.0.lock().threads == 0);
        assert_eq!(threads.idle(), 0);
        let (work, told) = quick();
        let _ticket = threads.enter(work).unwrap();
        told.recv().unwrap();

        let threads = Threads::new(1, 10, PATIENT, Reserve::nothing());
        let (work, told) = quick();
        drop(threads.enter(work).unwrap());
        // Withdrawn or done by then, it does not keep the thread.
        drop(told);
        let desk = Arc::clone(&threads.0);
        drop(threads);
        until(|| desk.lock().threads == 0);
    }
}

//! Pieces of work on several threads, and what comes of them in order.

use std::{
    collections::BTreeMap,
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// How many pieces may be done before their turn comes. A thread that is further ahead waits: one piece can take as
/// long as very many behind it, and what came of those takes memory.
const AHEAD: usize = 64;

/// Does the pieces 0, 1, 2 … of a work on so many threads, this one among them, until there is none, and hands on what
/// comes of each, in their order, as soon as it and those before it are done. Under a limit of processes there are
/// fewer threads.
///
/// `each` says whether to go on; when it has said no it is not called again, and `work`, which can ask for that, may
/// return whatever it has. What a thread keeps from one piece to the next is made by `room`.
pub fn in_turn<R, T: Send>(
    threads: usize,
    room: impl Fn() -> R + Sync,
    work: impl Fn(usize, &mut R, &dyn Fn() -> bool) -> Option<T> + Sync,
    each: impl FnMut(T) -> bool + Send,
) {
    let (next, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let is_done = || done.load(Ordering::Relaxed);
    let turns = Mutex::new(Turns { turn: 0, waiting: BTreeMap::new(), each });
    let turned = Condvar::new();
    let run = || {
        let mut room = room();
        while !is_done() {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            let Some(result) = work(piece, &mut room, &is_done) else { break };
            let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.waiting.insert(piece, result);
            if !is_done() && !turns.take() {
                done.store(true, Ordering::Relaxed);
            }
            turned.notify_all();
            // Whoever works at the piece whose turn it is does not wait.
            while turns.waiting.len() >= AHEAD && !is_done() {
                turns = turned.wait(turns).unwrap_or_else(PoisonError::into_inner);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            if thread::Builder::new().spawn_scoped(scope, run).is_err() {
                break;
            }
        }
        run();
    });
}

struct Turns<T, E> {
    turn: usize,
    waiting: BTreeMap<usize, T>,
    each: E,
}

impl<T, E: FnMut(T) -> bool> Turns<T, E> {
    /// Hands on those whose turn it is. Whether to go on.
    fn take(&mut self) -> bool {
        while let Some(result) = self.waiting.remove(&self.turn) {
            self.turn += 1;
            if !(self.each)(result) {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_of_pieces_comes_in_order() {
        for threads in [1, 2, 5] {
            for pieces in [0, 1, 3, 500] {
                let mut seen = Vec::new();
                let work = |piece, count: &mut usize, _: &dyn Fn() -> bool| {
                    *count += 1;
                    if piece % 7 == 0 {
                        thread::yield_now();
                    }
                    (piece < pieces).then_some((piece, *count))
                };
                in_turn(
                    threads,
                    || 0,
                    work,
                    |(piece, count)| {
                        assert!((1..=piece + 1).contains(&count), "a thread's own room");
                        seen.push(piece);
                        true
                    },
                );
                assert_eq!(seen, (0..pieces).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn nothing_is_handed_on_behind_a_no() {
        for threads in [1, 2, 5] {
            let mut seen = Vec::new();
            // The piece behind it is begun before, where somebody can, and done only then.
            let begun = AtomicBool::new(threads == 1);
            let work = |piece, (): &mut (), is_done: &dyn Fn() -> bool| {
                begun.fetch_or(piece == 11, Ordering::Relaxed);
                while piece == 10 && !begun.load(Ordering::Relaxed) || piece == 11 && !is_done() {
                    thread::yield_now();
                }
                Some(piece)
            };
            in_turn(
                threads,
                || (),
                work,
                |piece| {
                    seen.push(piece);
                    piece < 10
                },
            );
            assert_eq!(seen, (0..=10).collect::<Vec<_>>());
        }
    }

    /// The first piece ends when the others can do nothing but wait for it.
    #[test]
    fn nobody_is_far_ahead() {
        let done = AtomicUsize::new(0);
        let work = |piece: usize, (): &mut (), _: &dyn Fn() -> bool| {
            if piece == 0 {
                while done.load(Ordering::Relaxed) < AHEAD {
                    thread::yield_now();
                }
                assert_eq!(done.load(Ordering::Relaxed), AHEAD);
            } else {
                done.fetch_add(1, Ordering::Relaxed);
            }
            (piece < 3 * AHEAD).then_some(piece)
        };
        let mut count = 0;
        in_turn(
            2,
            || (),
            work,
            |piece| {
                assert_eq!(piece, count);
                count += 1;
                true
            },
        );
        assert_eq!(count, 3 * AHEAD);
    }
}

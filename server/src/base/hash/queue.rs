//! What waits for a thread: first come, first served. Whoever brings something has
//! a place, so never more waits than there are places.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A queue between many who bring and many who take.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: VecDeque<T>,
    ended: bool,
}

/// What a taker finds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<T> {
    /// The one that has waited longest.
    One(T),
    /// Nothing has come in time.
    Nothing,
    /// Nothing will ever come again.
    End,
}

impl<T> Queue<T> {
    /// Nothing waits yet.
    pub(super) fn new() -> Self {
        let state = State {
            waiting: VecDeque::new(),
            ended: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// How many wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Adds one at the end.
    pub(super) fn push(&self, one: T) {
        self.lock().waiting.push_back(one);
        self.changed.notify_one();
    }

    /// Takes the first; waits for it, for `patience` if that is given.
    pub(super) fn next(&self, patience: Option<Duration>) -> Next<T> {
        let until = patience.map(|patience| Instant::now() + patience);
        let mut state = self.lock();
        loop {
            if state.ended {
                return Next::End;
            }
            if let Some(one) = state.waiting.pop_front() {
                return Next::One(one);
            }
            state = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                None => self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return Next::Nothing,
                Some(left) => {
                    let woken = self.changed.wait_timeout(state, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Sends every taker home; what still waits is dropped.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        state.waiting.clear();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_come_first_served() {
        let queue = Queue::new();
        queue.push(1);
        queue.push(2);
        assert_eq!(queue.next(None), Next::One(1));
        queue.push(3);
        assert_eq!(
            (queue.next(None), queue.next(None)),
            (Next::One(2), Next::One(3))
        );
        assert_eq!(queue.next(Some(Duration::ZERO)), Next::Nothing);
        queue.push(4);
        queue.end();
        assert_eq!(queue.next(None), Next::End);
    }
}

//! What waits for a thread: first come, first served, and never more than fits.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A bounded queue between many who bring and many who take.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    room: usize,
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

/// There is no room.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl<T> Queue<T> {
    /// Room for so many.
    pub(super) fn new(room: usize) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            ended: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            room,
        }
    }

    /// How many wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Adds one at the end.
    pub(super) fn push(&self, one: T) -> Result<(), Full> {
        let mut state = self.lock();
        if state.waiting.len() >= self.room {
            return Err(Full);
        }
        state.waiting.push_back(one);
        self.changed.notify_one();
        Ok(())
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
    fn first_come_first_served_and_no_more_than_fits() {
        let queue = Queue::new(2);
        assert_eq!(
            (queue.push(1), queue.push(2), queue.push(3)),
            (Ok(()), Ok(()), Err(Full))
        );
        assert_eq!(queue.next(None), Next::One(1));
        assert_eq!(queue.push(3), Ok(()));
        assert_eq!(
            (queue.next(None), queue.next(None)),
            (Next::One(2), Next::One(3))
        );
        assert_eq!(queue.next(Some(Duration::ZERO)), Next::Nothing);
        queue.push(4).unwrap();
        queue.end();
        assert_eq!(queue.next(None), Next::End);
    }
}

//! The time of day is passed in, so that every limit is tested at its boundary.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use domain::values::timestamp::Timestamp;

/// Where the server reads the time.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until it is moved: for tests.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `now`.
    pub fn standing_at(now: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(now.0)))
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                Timestamp(0).plus(since)
            }
            Self::Manual(millis) => Timestamp(millis.load(Ordering::SeqCst)),
        }
    }

    /// Puts a standing clock right that was ahead.
    pub fn set_back(&self, span: Duration) {
        if let Self::Manual(millis) = self {
            let next = Timestamp(millis.load(Ordering::SeqCst)).minus(span);
            millis.store(next.0, Ordering::SeqCst);
        }
    }

    /// Moves a standing clock forward; the machine's clock is nobody's to move.
    pub fn advance(&self, span: Duration) {
        if let Self::Manual(millis) = self {
            let next = Timestamp(millis.load(Ordering::SeqCst)).plus(span);
            millis.store(next.0, Ordering::SeqCst);
        }
    }
}

//! What can go wrong inside, and what a visitor hears of it: nothing but a
//! reference, which the log carries too.

use std::fmt;

use domain::ports::ServiceError;

use crate::base::{hash::HashError, tally};

/// A use case could not do its work.
#[derive(Debug)]
pub enum InternalError {
    /// The database.
    Database(store::Error),
    /// The hash workers.
    Hash(HashError),
    /// The machine gives no random numbers.
    Randomness(getrandom::Error),
    /// Anything else, in words for the log.
    Other(String),
}

impl From<store::Error> for InternalError {
    fn from(error: store::Error) -> Self {
        Self::Database(error)
    }
}

impl From<HashError> for InternalError {
    fn from(error: HashError) -> Self {
        Self::Hash(error)
    }
}

impl From<csv::Error> for InternalError {
    fn from(error: csv::Error) -> Self {
        Self::Other(format!("a sheet: {error}"))
    }
}

impl From<getrandom::Error> for InternalError {
    fn from(error: getrandom::Error) -> Self {
        Self::Randomness(error)
    }
}

/// In words for the log, without the values of any row.
impl fmt::Display for InternalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(f, "database: {}", store::told(error)),
            Self::Hash(error) => write!(f, "hash: {error}"),
            Self::Randomness(error) => write!(f, "randomness: {error}"),
            Self::Other(words) => f.write_str(words),
        }
    }
}

impl InternalError {
    /// Writes the log, and gives what the visitor may know.
    pub fn report(self) -> ServiceError {
        if self.is_busy() {
            tally::warn("turned away", self.to_string());
            return ServiceError::Busy;
        }
        let reference = reference();
        tracing::error!(reference, fault = %self, "failed");
        ServiceError::Failed { reference }
    }

    /// Whether trying again soon may help: hash workers at their limit, or a
    /// database that is gone, full or locked for the moment.
    fn is_busy(&self) -> bool {
        match self {
            Self::Hash(error) => matches!(error, HashError::Busy),
            Self::Database(error) => store::is_busy(error),
            _ => false,
        }
    }
}

/// Something to tell on the telephone: two groups of four, no look-alikes.
pub fn reference() -> String {
    const SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut bytes = [0; 8];
    // Without randomness the reference is dull, not dangerous.
    let _ = getrandom::fill(&mut bytes);
    let mut reference: String = bytes
        .iter()
        .map(|byte| char::from(SIGNS[usize::from(byte % 32)]))
        .collect();
    reference.insert(4, '-');
    reference
}

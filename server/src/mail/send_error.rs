//! Why a letter was not handed over.

use std::fmt;

/// Why a letter was not handed over. The words are for the log and the queue:
/// they hold no address and nothing of the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The server does not take this letter, now or later: a 5xx to its recipient
    /// or its text.
    Refused(String),
    /// Something that may pass: no connection, no TLS, a refused sign-in, a 4xx.
    ServiceError(String),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) | Self::ServiceError(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for SendError {}

//! The letters that were asked for, on their way.

use async_trait::async_trait;

use super::Answer;
use crate::{values::timestamp::Timestamp, visit::SentLetter};

/// The way of the letters.
#[async_trait]
pub trait Post: Send + Sync {
    /// How far a letter has come that was asked for in this browser.
    async fn delivery(&self, letter: &SentLetter) -> Answer<Delivery>;
}

/// How far a letter has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// In the queue.
    Waiting,
    /// Handed to the mail server at this instant.
    HandedOver(Timestamp),
    /// Not accepted by the mail server; it will not be tried again.
    GivenUp,
}

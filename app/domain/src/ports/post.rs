//! The letters that were asked for, on their way.

use async_trait::async_trait;

use super::Answer;
use crate::{
    values::timestamp::Timestamp,
    visit::{LinkToken, SentLetter},
};

/// The way of the letters.
#[async_trait]
pub trait DeliveryStatus: Send + Sync {
    /// How far a letter has come that was asked for in this browser.
    async fn delivery(&self, letter: &SentLetter) -> Answer<Delivery>;

    /// Whether the link of a letter was taken back by something later, and neither used
    /// nor run out: a page tells these apart.
    async fn is_taken_back(&self, token: &LinkToken) -> Answer<bool>;
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

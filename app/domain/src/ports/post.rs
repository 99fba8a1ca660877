//! The letters that were asked for, on their way.

use futures_core::future::BoxFuture;

use super::Answer;
use crate::{
    values::timestamp::Timestamp,
    visit::{LinkToken, SentLetter},
};

/// The way of the letters.
pub trait DeliveryStatus: Send + Sync {
    /// How far a letter has come that was asked for in this browser.
    fn delivery<'a>(&'a self, letter: &'a SentLetter) -> BoxFuture<'a, Answer<Delivery>>;

    /// Whether the link of a letter was taken back by something later, and neither used
    /// nor run out: a page tells these apart.
    fn is_taken_back<'a>(&'a self, token: &'a LinkToken) -> BoxFuture<'a, Answer<bool>>;
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

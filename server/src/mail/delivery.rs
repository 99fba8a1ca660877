//! How far a letter has come.

use domain::{
    ports::{Answer, Delivery, DeliveryStatus},
    visit::{LinkToken, SentLetter},
};
use futures::future::BoxFuture;
use store::{Db, letter, link};

use crate::base::{fault::InternalError, secrets::token_hash};

/// Says how far a letter has come.
#[derive(Clone, Debug)]
pub struct DeliveryStatusService {
    /// Where the queue is.
    pub db: Db,
}

impl DeliveryStatus for DeliveryStatusService {
    fn delivery<'a>(&'a self, sent: &'a SentLetter) -> BoxFuture<'a, Answer<Delivery>> {
        Box::pin(async move {
            let delivery = letter::delivery(&self.db, sent.letter)
                .await
                .map_err(|error| InternalError::from(error).report())?;
            Ok(delivery.unwrap_or(Delivery::GivenUp))
        })
    }

    fn is_taken_back<'a>(&'a self, token: &'a LinkToken) -> BoxFuture<'a, Answer<bool>> {
        Box::pin(async move {
            link::is_taken_back(&self.db, &token_hash(&token.0))
                .await
                .map_err(|error| InternalError::from(error).report())
        })
    }
}

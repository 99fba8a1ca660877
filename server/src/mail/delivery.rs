//! How far a letter has come.

use async_trait::async_trait;
use domain::{
    ports::{Answer, Delivery, DeliveryStatus},
    visit::{LinkToken, SentLetter},
};
use store::{Db, letter, link};

use crate::base::{fault::InternalError, secrets::token_hash};

/// Says how far a letter has come.
#[derive(Clone, Debug)]
pub struct DeliveryStatusService {
    /// Where the queue is.
    pub db: Db,
}

#[async_trait]
impl DeliveryStatus for DeliveryStatusService {
    async fn delivery(&self, sent: &SentLetter) -> Answer<Delivery> {
        let delivery = letter::delivery(&self.db, sent.letter)
            .await
            .map_err(|error| InternalError::from(error).report())?;
        Ok(delivery.unwrap_or(Delivery::GivenUp))
    }

    async fn is_taken_back(&self, token: &LinkToken) -> Answer<bool> {
        link::is_taken_back(&self.db, &token_hash(&token.0))
            .await
            .map_err(|error| InternalError::from(error).report())
    }
}

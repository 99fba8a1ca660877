//! How far a letter has come.

use async_trait::async_trait;
use domain::{
    ports::{Answer, Delivery, Post},
    visit::SentLetter,
};
use store::{Db, letter};

use crate::base::fault::Fault;

/// Says how far a letter has come.
#[derive(Clone, Debug)]
pub struct PostOffice {
    /// Where the queue is.
    pub db: Db,
}

#[async_trait]
impl Post for PostOffice {
    async fn delivery(&self, sent: &SentLetter) -> Answer<Delivery> {
        let delivery = letter::delivery(&self.db, sent.letter)
            .await
            .map_err(|error| Fault::from(error).report())?;
        Ok(delivery.unwrap_or(Delivery::GivenUp))
    }
}

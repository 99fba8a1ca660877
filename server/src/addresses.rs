//! A member's further addresses: each counts when the link in its own letter
//! has been opened and the button there pressed.

use app::{
    ports::{Addresses, Answer},
    timestamp::Timestamp,
    visit::{Asker, LinkToken},
};
use async_trait::async_trait;

use crate::{
    fault::Fault,
    secrets::token_hash,
    store::{Db, audit::Event, link, member},
};

/// The use cases of addresses.
#[derive(Clone)]
pub struct AddressBook {
    /// The database.
    pub db: Db,
}

#[async_trait]
impl Addresses for AddressBook {
    async fn waiting(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<String>> {
        link::waiting_address(&self.db, &token_hash(&token.0), now)
            .await
            .map_err(|error| Fault::from(error).report())
    }

    async fn confirm(&self, token: &LinkToken, asker: &Asker, now: Timestamp) -> Answer<bool> {
        self.take(token, asker, now).await.map_err(Fault::report)
    }
}

impl AddressBook {
    async fn take(&self, token: &LinkToken, asker: &Asker, now: Timestamp) -> Result<bool, Fault> {
        let mut tx = self.db.write().await?;
        let Some(used) = link::use_confirmation(&mut tx, &token_hash(&token.0), now).await? else {
            drop(tx);
            // A double click: the first one has confirmed it.
            return Ok(link::has_confirmed(&self.db, &token_hash(&token.0)).await?);
        };
        match member::confirm_address(&mut tx, used.email_id, now).await {
            // Another member confirmed the same address in the meantime.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Ok(false),
            confirmed => confirmed?,
        }
        Event::AddressConfirmed
            .by(asker, now)
            .of_member(used.member_id)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }
}

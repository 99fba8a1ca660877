//! The letter that confirms an address, whoever asks for it.

use domain::{rules::EmailAddress, values::timestamp::Timestamp};
use store::{
    Tx, email,
    letter::{self, LetterKind},
    link::Purpose,
};
use uuid::Uuid;

use super::letter_request::{self, LetterRequest};
use crate::base::{
    fault::InternalError,
    secrets::{Secrets, token_hash},
};

/// A letter to be asked for: what must be derived before the transaction begins.
pub struct ConfirmationLetter {
    address: EmailAddress,
    link: Uuid,
    token_hash: [u8; 32],
}

impl ConfirmationLetter {
    /// One to this address.
    pub fn to(secrets: &Secrets, address: EmailAddress) -> Self {
        let link = Uuid::now_v7();
        let token = secrets.link_token(Purpose::Email.as_str(), link, address.as_str());
        Self {
            token_hash: token_hash(&token),
            link,
            address,
        }
    }

    /// Where it goes.
    pub fn address(&self) -> &EmailAddress {
        &self.address
    }

    /// Sends a member's address (`row`) its confirmation; where it is another member's, the
    /// truth. Answers whether an earlier letter stands instead, since the caps are reached.
    /// The account is held.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn send(
        &self,
        tx: &mut Tx,
        member: Uuid,
        row: Uuid,
        now: Timestamp,
    ) -> Result<bool, InternalError> {
        let address = &self.address;
        letter::lock_address(tx, &address.key(), now).await?;
        let is_taken = email::is_taken(tx, address).await?;
        let asked = letter_request::ask(
            tx,
            &LetterRequest {
                purpose: Purpose::Email,
                link: self.link,
                token_hash: &self.token_hash,
                address,
                member: Some(member),
                email: Some(row),
                session: None,
                letter: LetterKind::AddressConfirmation,
                truth: is_taken.then_some(LetterKind::AlreadyRegistered),
                is_capped: true,
                now,
            },
        )
        .await?;
        Ok(asked.letter != self.link)
    }
}

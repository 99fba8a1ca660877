//! The letter of パスワード再発行, for whoever it is asked.

use domain::{
    rules::EmailAddress,
    values::timestamp::Timestamp,
    visit::{Asker, SentLetter, Way},
};
use store::{
    Tx,
    audit::{self, Event},
    letter::{self, LetterKind},
    link::Purpose,
    member,
};
use uuid::Uuid;

use super::letter_request::{self, Asking};
use crate::base::{
    fault::Fault,
    secrets::{Secrets, token_hash},
};

/// A letter to be asked for: what must be derived before the transaction begins.
pub struct ReissueLetter {
    address: EmailAddress,
    link: Uuid,
    token_hash: [u8; 32],
}

impl ReissueLetter {
    /// One to this address.
    pub fn to(secrets: &Secrets, address: EmailAddress) -> Self {
        let link = Uuid::now_v7();
        let token = secrets.link_token(Purpose::Reissue.as_str(), link, address.as_str());
        Self {
            token_hash: token_hash(&token),
            link,
            address,
        }
    }

    /// Asks for it, whatever is known about the address.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn ask(
        &self,
        tx: &mut Tx,
        is_capped: bool,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<SentLetter, Fault> {
        let address = &self.address;
        letter::lock_address(tx, &address.key(), now).await?;
        let member = member::by_address(tx, address).await?;
        let asked = letter_request::ask(
            tx,
            &Asking {
                purpose: Purpose::Reissue,
                link: self.link,
                token_hash: &self.token_hash,
                address,
                member,
                email: None,
                letter: LetterKind::Reissue,
                truth: member.is_none().then_some(LetterKind::NotFound),
                is_capped,
                now,
            },
        )
        .await?;
        let entry = Event::ReissueAsked.by(asker, now);
        audit::Entry { member, ..entry }.record(tx).await?;
        Ok(asked.told(Way::Reissue, address, now))
    }
}

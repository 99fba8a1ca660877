//! The letter of パスワード再発行, for whoever it is asked.

use domain::{
    rules::EmailAddress,
    values::timestamp::Timestamp,
    visit::{LetterPurpose, RequestOrigin, SentLetter},
};
use store::{
    Tx,
    audit::{self, Event},
    letter::{self, LetterKind},
    link::Purpose,
    member,
};
use uuid::Uuid;

use super::letter_request::{self, LetterRequest};
use crate::base::{
    fault::InternalError,
    secrets::{Secrets, token_hash},
};

/// A letter to be asked for: what must be derived before the transaction begins.
pub struct ReissueLetter {
    address: EmailAddress,
    link: Uuid,
    token_hash: [u8; 32],
}

/// Who asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Whoever types an address; the caps hold.
    Anybody,
    /// Whoever has disowned a sign-in with a link of ours, which is good once.
    Disowning {
        /// Whose account.
        member: Uuid,
        /// The sign-in.
        session: Uuid,
    },
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
        asker: Asker,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<SentLetter, InternalError> {
        let address = &self.address;
        letter::lock_address(tx, &address.key(), now).await?;
        let member = match asker {
            Asker::Anybody => member::by_address(tx, address).await?,
            // Whether the address is still there or not: an intruder may have removed it.
            Asker::Disowning { member, .. } => member::lock(tx, member).await?.then_some(member),
        };
        let asked = letter_request::ask(
            tx,
            &LetterRequest {
                purpose: Purpose::Reissue,
                link: self.link,
                token_hash: &self.token_hash,
                address,
                member,
                email: None,
                session: match asker {
                    Asker::Anybody => None,
                    Asker::Disowning { session, .. } => Some(session),
                },
                letter: LetterKind::Reissue,
                truth: member.is_none().then_some(LetterKind::NotFound),
                is_capped: asker == Asker::Anybody,
                now,
            },
        )
        .await?;
        let entry = Event::ReissueAsked.by(origin, now);
        audit::Entry { member, ..entry }.record(tx).await?;
        Ok(asked.told(LetterPurpose::Reissue, address, now))
    }
}

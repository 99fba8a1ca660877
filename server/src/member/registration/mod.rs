//! 新規利用登録: from the e-mail address to the account.
//!
//! Nobody learns from an answer, its time or its writes whether an address is
//! a member's or why a postcard was refused: no branch returns early.

mod enter;
mod open_account;

use std::sync::Arc;

use domain::{
    age::born_by,
    forms::{NewMember, ProvisionalCredentials},
    ports::{Answer, Completion, Entry, OpenLink, Registration},
    rules::EmailAddress,
    values::timestamp::Timestamp,
    visit::{LetterPurpose, LinkToken, Provisional, RequestOrigin, SentLetter},
};
use futures::future::BoxFuture;
use store::{
    Db,
    audit::Event,
    email,
    letter::{self, LetterKind},
    link::{self, Purpose},
    person::Eligible,
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    account::letter_request::{self, LetterRequest},
    base::{
        fault::InternalError,
        hash::Hasher,
        secrets::{Secrets, token_hash},
    },
};

/// The use cases of the registration.
#[derive(Clone)]
pub struct RegistrationService {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// The server's key.
    pub secrets: Arc<Secrets>,
    /// From which age a dependent may register.
    pub registration_age: u8,
    /// Wakes the worker that sends letters.
    pub wake_mail: Arc<Notify>,
}

impl Registration for RegistrationService {
    fn ask<'a>(
        &'a self,
        address: EmailAddress,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<SentLetter>> {
        Box::pin(async move {
            self.ask_for_letter(address, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn link<'a>(
        &'a self,
        token: &'a LinkToken,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Option<OpenLink>>> {
        Box::pin(async move {
            let hash = token_hash(&token.0);
            link::find_open(&self.db, Purpose::Registration, &hash, now)
                .await
                .map_err(|e| InternalError::from(e).report())
        })
    }

    fn enter<'a>(
        &'a self,
        token: &'a LinkToken,
        postcard: ProvisionalCredentials,
        earlier: Option<Uuid>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Entry>> {
        Box::pin(async move {
            self.enter_with(token, postcard, earlier, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn complete<'a>(
        &'a self,
        provisional: &'a Provisional,
        new: NewMember,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Completion>> {
        Box::pin(async move {
            self.open_account(provisional, new, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }
}

impl RegistrationService {
    fn who(&self, now: Timestamp) -> Eligible {
        let today = now.in_japan().date();
        Eligible {
            today,
            born_by: born_by(today, self.registration_age),
        }
    }

    async fn ask_for_letter(
        &self,
        address: EmailAddress,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<SentLetter, InternalError> {
        let purpose = Purpose::Registration;
        let link = Uuid::now_v7();
        let token = self
            .secrets
            .link_token(purpose.as_str(), link, address.as_str());

        let mut tx = self.db.write().await?;
        letter::lock_address(&mut tx, &address.key(), now).await?;
        let is_member = email::is_taken(&mut tx, &address).await?;
        let asked = letter_request::ask(
            &mut tx,
            &LetterRequest {
                purpose,
                link,
                token_hash: &token_hash(&token),
                address: &address,
                member: None,
                email: None,
                session: None,
                letter: LetterKind::Registration,
                truth: is_member.then_some(LetterKind::AlreadyRegistered),
                is_capped: true,
                now,
            },
        )
        .await?;
        Event::LetterAsked.by(origin, now).record(&mut tx).await?;
        tx.commit().await?;
        self.wake_mail.notify_one();
        Ok(asked.told(LetterPurpose::Registration, &address, now))
    }
}

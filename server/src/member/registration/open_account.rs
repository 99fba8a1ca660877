//! 利用者情報登録: the account, opened for the first time or, with a new postcard,
//! once more.

use domain::{
    forms::NewMember,
    ports::Completion,
    rules::{EmailAddress, LoginIdError, ProvisionalPassword},
    values::timestamp::Timestamp,
    visit::{Provisional, RequestOrigin},
};
use store::{
    audit::Event,
    email,
    letter::{self, LetterKind, NewLetter},
    link::{self, End, Purpose},
    member, postcard,
    session::{self, IdQuestion},
    throttle,
};
use uuid::Uuid;

use super::RegistrationService;
use crate::{
    account::{
        closing,
        letter_request::{self, LetterRequest},
        welcome,
    },
    base::{fault::InternalError, secrets::token_hash},
    mail::letters::Changed,
};

impl RegistrationService {
    pub(super) async fn open_account(
        &self,
        provisional: &Provisional,
        new: NewMember,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Completion, InternalError> {
        let card_hash = postcard::hash_of_session(&self.db, provisional.session).await?;
        if let Some(card_hash) = card_hash
            && let Ok(as_printed) = ProvisionalPassword::parse(new.password.as_str())
            && self.hasher.verify(as_printed.as_str(), &card_hash).await?
        {
            return Ok(Completion::SameAsProvisional);
        }
        let password_hash = self.hasher.hash(new.password.as_str()).await?;
        let confirmation = Uuid::now_v7();
        let purpose = Purpose::Email;
        let confirmation_hash = token_hash(&self.secrets.link_token(
            purpose.as_str(),
            confirmation,
            new.email.as_str(),
        ));

        let mut tx = self.db.write().await?;
        let question = session::ask_for_id(&mut tx, provisional.session, now).await?;
        let existing = member::of_session(&mut tx, provisional.session).await?;
        match question {
            IdQuestion::TooMany => {
                return Ok(Completion::LoginIdRefused(LoginIdError::TooManyToday));
            }
            IdQuestion::Asked
                if member::login_id_taken(&mut tx, &new.login_id, existing).await? =>
            {
                session::count_taken_id(&mut tx, provisional.session).await?;
                tx.commit().await?;
                return Ok(Completion::LoginIdRefused(LoginIdError::Taken));
            }
            IdQuestion::Asked | IdQuestion::Over => {}
        }
        let Some(registering) = session::complete(&mut tx, provisional.session, now).await? else {
            drop(tx);
            // A double click: the other post was quicker, and the account is there.
            let done = session::is_completed(&self.db, provisional.session).await?;
            return Ok(if done {
                Completion::Done
            } else {
                Completion::Over
            });
        };
        let card = registering.postcard_id;
        if !postcard::use_up(&mut tx, self.who(now), card, now).await? {
            return Ok(if postcard::is_used(&mut tx, card).await? {
                Completion::PostcardUsed
            } else {
                Completion::Over
            });
        }
        let Ok(address) = EmailAddress::parse(&registering.address) else {
            return Err(InternalError::Other(format!(
                "link of session {} has no address",
                provisional.session
            )));
        };
        let person = registering.person_id;
        // The link confirms the mailbox it was sent to, for whoever registers that one. Who
        // types another has perhaps been handed a stranger's link, and gets a letter there.
        let is_confirmed = new.email.key() == address.key();
        if is_confirmed && email::is_taken(&mut tx, &address).await? {
            return Ok(Completion::AddressTaken);
        }
        let account = existing.unwrap_or_else(Uuid::now_v7);
        let written = match existing {
            None => {
                throttle::begin(&mut tx, account).await?;
                member::open(&mut tx, account, person, &new, &password_hash, now).await
            }
            Some(_) => member::reopen(&mut tx, account, &new, &password_hash).await,
        };
        match written {
            // Somebody else took the ID between the question and the answer.
            Err(error) if store::is_unique_violation(&error) => {
                return Ok(Completion::LoginIdRefused(LoginIdError::Taken));
            }
            written => written?,
        }
        let told = match existing {
            None => Vec::new(),
            Some(_) => {
                // Whoever has the old mailbox may be in the middle of a reissue.
                session::end_others(&mut tx, account, provisional.session, now).await?;
                closing::take_ways_in(&mut tx, account, End::Replaced, now).await?
            }
        };
        link::end_registrations(&mut tx, &address.key(), now).await?;
        session::led_to(&mut tx, provisional.session, account).await?;
        if is_confirmed {
            match email::add(&mut tx, account, &address, now, Some(now)).await {
                // Another registration with this address was quicker.
                Err(error) if store::is_unique_violation(&error) => {
                    return Ok(Completion::AddressTaken);
                }
                added => added?,
            };
            welcome::send(&mut tx, account, &address, now).await?;
        } else {
            // Whose mailbox it is learns the truth if it is a member's already.
            letter::lock_address(&mut tx, &new.email.key(), now).await?;
            let taken = email::is_taken(&mut tx, &new.email).await?;
            let waiting = email::add(&mut tx, account, &new.email, now, None).await?;
            letter_request::ask(
                &mut tx,
                &LetterRequest {
                    purpose,
                    link: confirmation,
                    token_hash: &confirmation_hash,
                    address: &new.email,
                    member: Some(account),
                    email: Some(waiting),
                    session: None,
                    letter: LetterKind::AddressConfirmation,
                    truth: taken.then_some(LetterKind::AlreadyRegistered),
                    is_capped: true,
                    now,
                },
            )
            .await?;
        }
        let all_new = Changed::about(&[Changed::LoginId, Changed::Password, Changed::Address]);
        for (old, key) in &told {
            letter::queue(
                &mut tx,
                NewLetter {
                    kind: LetterKind::Change,
                    address: old,
                    address_key: key,
                    link: None,
                    member: Some(account),
                    about: &all_new,
                    asked_at: now,
                },
            )
            .await?;
        }
        let event = if existing.is_some() {
            Event::Reopened
        } else {
            Event::Registered
        };
        event
            .by(origin, now)
            .of_person(person)
            .of_member(account)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        self.wake_mail.notify_one();
        Ok(Completion::Done)
    }
}

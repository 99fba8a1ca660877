//! パスワード再発行: from an address to a new password.
//!
//! LetterRequest changes nothing: the present password works until another is chosen.
//! The letter's pair is derived from the server's key and stored nowhere, so
//! what is typed is compared with what the letter must have said.

use std::sync::Arc;

use domain::{
    forms::{NewCredentials, ReissueCredentials},
    ports::{Answer, Entry, OpenLink, Reissue, Renewal},
    rules::{EmailAddress, LoginIdError, Password, ProvisionalPassword},
    values::timestamp::Timestamp,
    visit::{LinkToken, Reissuing, RequestOrigin, SentLetter, SessionToken},
};
use futures::future::BoxFuture;
use store::{
    Db, Tx,
    audit::{self, Event},
    device, email,
    letter::{self, LetterKind},
    link::{self, Purpose},
    member,
    second_step::{self, Holder},
    session::{self, IdQuestion},
    throttle::{self, Count},
};
use subtle::ConstantTimeEq;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    account::{
        reissue_letter::{Asker, ReissueLetter},
        way_back,
    },
    base::{
        fault::InternalError,
        hash::Hasher,
        secrets::{Secrets, session_token, token_hash},
    },
    mail::letters::{Changed, ChangedAddress},
};

/// The use cases of the reissue.
#[derive(Clone)]
pub struct ReissueService {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// The server's key.
    pub secrets: Arc<Secrets>,
    /// Wakes the worker that sends letters.
    pub wake_mail: Arc<Notify>,
}

impl Reissue for ReissueService {
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
            link::find_open(&self.db, Purpose::Reissue, &token_hash(&token.0), now)
                .await
                .map_err(|error| InternalError::from(error).report())
        })
    }

    fn enter<'a>(
        &'a self,
        token: &'a LinkToken,
        letter: ReissueCredentials,
        earlier: Option<Uuid>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Entry>> {
        Box::pin(async move {
            self.enter_with(token, letter, earlier, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn complete<'a>(
        &'a self,
        reissuing: &'a Reissuing,
        new: NewCredentials,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Renewal>> {
        Box::pin(async move {
            self.renew(reissuing, new, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }
}

impl ReissueService {
    async fn ask_for_letter(
        &self,
        address: EmailAddress,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<SentLetter, InternalError> {
        let letter = ReissueLetter::to(&self.secrets, address);
        let mut tx = self.db.write().await?;
        let sent = letter.ask(&mut tx, Asker::Anybody, origin, now).await?;
        tx.commit().await?;
        self.wake_mail.notify_one();
        Ok(sent)
    }

    async fn enter_with(
        &self,
        token: &LinkToken,
        typed: ReissueCredentials,
        earlier: Option<Uuid>,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Entry, InternalError> {
        let link_hash = token_hash(&token.0);
        let session = session_token()?;
        let session_hash = token_hash(&session);

        // Counted before anything is judged, so that parallel guesses count too.
        let mut tx = self.db.write().await?;
        let tried = link::count_try(&mut tx, Purpose::Reissue, &link_hash, now).await?;
        let sent = link::reissue::of_letter(&mut tx, &link_hash).await?;
        tx.commit().await?;

        // Of a link that nobody was sent, a pair is derived all the same.
        let sent = sent.unwrap_or_default();
        let password = self.secrets.reissue_password(sent.id, &sent.address);
        let right = is_same(typed.password.as_str(), password.as_str())
            & is_same(typed.login_id.key(), &sent.login_id_key);

        let mut tx = self.db.write().await?;
        let mut entry = audit::Entry {
            member: sent.member_id,
            ..Event::ReissueRefused.by(origin, now)
        };
        let accepted = tried.is_some() && sent.member_id.is_some() && right;
        session::end_earlier(&mut tx, earlier.filter(|_| accepted), now).await?;
        let answer = match (tried, sent.member_id) {
            (None, _) => Entry::LinkOver,
            (Some(link), Some(member)) if right => {
                let until = Timestamp(link.expires_at);
                session::insert(
                    &mut tx,
                    &session::NewSession {
                        token_hash: &session_hash,
                        of: session::Holder::Reissue {
                            member,
                            link: link.id,
                        },
                        origin,
                        started_at: now,
                        expires_at: until,
                    },
                )
                .await?;
                // The account first, which the session names, then its link.
                link::reset_tries(&mut tx, link.id).await?;
                entry.event = Event::ReissueAccepted;
                Entry::Welcome {
                    session: SessionToken(session),
                    until,
                }
            }
            (Some(_), _) => Entry::Refused,
        };
        entry.record(&mut tx).await?;
        tx.commit().await?;
        Ok(answer)
    }

    async fn renew(
        &self,
        reissuing: &Reissuing,
        new: NewCredentials,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Renewal, InternalError> {
        let typed = new.password.as_str();
        if new.login_id.is_none() && Password::parse(typed, &reissuing.login_id).is_err() {
            return Ok(Renewal::SameAsLoginId);
        }
        let Some(sent) = link::reissue::of_session(&self.db, reissuing.session).await? else {
            return Ok(Renewal::Over);
        };
        if let Ok(as_sent) = ProvisionalPassword::parse(typed)
            && as_sent == self.secrets.reissue_password(sent.id, &sent.address)
        {
            return Ok(Renewal::SameAsProvisional);
        }
        let password_hash = self.hasher.hash(typed).await?;

        let account = reissuing.member;
        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, account, reissuing.session).await? {
            drop(tx);
            // A double click: the other post was quicker, and the password is changed.
            let done = session::is_completed(&self.db, reissuing.session).await?;
            return Ok(if done { Renewal::Done } else { Renewal::Over });
        }
        if new.login_id.is_some()
            && session::ask_for_id(&mut tx, reissuing.session, now).await? == IdQuestion::TooMany
        {
            return Ok(Renewal::LoginIdRefused(LoginIdError::TooManyToday));
        }
        if let Some(login_id) = &new.login_id
            && member::login_id_taken(&mut tx, login_id, Some(account)).await?
        {
            session::count_taken_id(&mut tx, reissuing.session).await?;
            tx.commit().await?;
            return Ok(Renewal::LoginIdRefused(LoginIdError::Taken));
        }
        if !session::complete_reissue(&mut tx, reissuing.session, now).await? {
            return Ok(Renewal::Over);
        }
        match member::set_credentials(
            &mut tx,
            account,
            new.login_id.as_ref(),
            Some(&password_hash),
        )
        .await
        {
            // Somebody else took the ID between the question and the answer.
            Err(error) if store::is_unique_violation(&error) => {
                return Ok(Renewal::LoginIdRefused(LoginIdError::Taken));
            }
            written => written?,
        }
        session::end_others(&mut tx, account, reissuing.session, now).await?;
        link::end_openings_of(&mut tx, account, sent.id, now).await?;
        device::forget_all_of(&mut tx, account).await?;
        email::remove_waiting(&mut tx, account, now).await?;
        undo_addresses(&mut tx, account, &sent, origin, now).await?;
        throttle::reset_tries(&mut tx, Count::Anybody(account)).await?;
        let doubted = now.minus(way_back::DOUBTED);
        let holder = Holder::Member(account);
        let removed = second_step::remove_since(&mut tx, holder, doubted).await?;
        way_back::tell(&mut tx, account, removed, origin, now).await?;
        let other_id = new
            .login_id
            .is_some_and(|id| id.as_str() != reissuing.login_id);
        let about = if other_id {
            Changed::about(&[Changed::LoginId, Changed::Password])
        } else {
            Changed::about(&[Changed::Password])
        };
        letter::notify_all(&mut tx, account, LetterKind::Change, &about, now).await?;
        Event::Reissued
            .by(origin, now)
            .of_member(account)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        self.wake_mail.notify_one();
        Ok(Renewal::Done)
    }
}

/// Undoes what was done to the addresses since the sign-in that was disowned: what was
/// added goes, or its owner would ask for the next reissue; and the mailbox that this one
/// came to is the member's again.
async fn undo_addresses(
    tx: &mut Tx,
    account: Uuid,
    sent: &link::reissue::Reissue,
    origin: &RequestOrigin,
    now: Timestamp,
) -> Result<(), InternalError> {
    let Some(since) = sent.disowned_since else {
        return Ok(());
    };
    let mailbox = EmailAddress::parse(&sent.address)
        .map_err(|_| InternalError::Other("a link has an address that is none".to_owned()))?;
    let addresses = email::of_member(tx, account).await?;
    let (own, others): (Vec<_>, Vec<_>) = addresses
        .iter()
        .partition(|email| email.address_key == mailbox.key());
    if own.is_empty() && !email::is_taken(tx, &mailbox).await? {
        email::add(tx, account, &mailbox, now, Some(now)).await?;
        let added = Event::AddressConfirmed.by(origin, now).of_member(account);
        added.record(tx).await?;
    }
    for email in others.into_iter().filter(|email| email.added_at >= since) {
        let about = ChangedAddress::Removed(email.address.clone()).about();
        letter::notify_all(tx, account, LetterKind::Change, &about, now).await?;
        link::end_all_to(tx, email, now).await?;
        email::remove(tx, email, now).await?;
        let removed = Event::AddressRemoved.by(origin, now).of_member(account);
        removed.record(tx).await?;
    }
    Ok(())
}

/// In a time that tells nothing about where they differ.
fn is_same(typed: &str, sent: &str) -> bool {
    typed.as_bytes().ct_eq(sent.as_bytes()).into()
}

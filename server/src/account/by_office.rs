//! What the office does to an account, at the telephone or at the command line: each act is
//! in the audit, in the member's own history, and told to every confirmed address.
//!
//! The account's row is held first, as for every change of it.

use std::{fmt, sync::Arc};

use domain::{
    looking::ReasonText,
    rules::EmailAddress,
    values::{society::Society, timestamp::Timestamp},
};
use store::{
    Db, Tx,
    audit::Event,
    device, email,
    letter::{self, LetterKind},
    link::{self, End},
    member::{self, Account},
    office_reason::{self, NewReason},
    postcard,
    second_step::{self, Holder},
    session,
};
use uuid::Uuid;

use super::{confirmation_letter::ConfirmationLetter, my_data};
use crate::base::{fault::InternalError, secrets::Secrets};

/// Who of the office does something, from where, and when.
#[derive(Clone, Copy, Debug)]
pub struct Clerk<'a> {
    /// The staff member's identifier as text; empty at the command line.
    pub actor: &'a str,
    /// From where; empty at the command line.
    pub network_address: &'a str,
    /// What was confirmed of who called; empty where nobody did.
    pub confirmed: &'a str,
    /// When.
    pub now: Timestamp,
}

impl Clerk<'_> {
    /// Whoever may run commands on the server.
    pub fn at_the_command_line(now: Timestamp) -> Self {
        Self {
            actor: "",
            network_address: "",
            confirmed: "",
            now,
        }
    }

    /// Notes what was done to a person, and the text of the reason apart from it.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn note(
        &self,
        tx: &mut Tx,
        event: Event,
        (person, member): (Uuid, Option<Uuid>),
        reason: Option<&ReasonText>,
    ) -> Result<(), InternalError> {
        let entry = store::audit::Entry {
            person: Some(person),
            member,
            network_address: self.network_address,
            actor: self.actor,
            ..event.at_the_command_line(self.confirmed, self.now)
        };
        entry.record(tx).await?;
        let words = reason.map(ReasonText::as_str).unwrap_or_default();
        if !words.is_empty() {
            let new = NewReason {
                at: self.now,
                event,
                actor: self.actor,
                person,
                words,
            };
            office_reason::insert(tx, &new).await?;
        }
        Ok(())
    }

    /// Tells it to the confirmed addresses, where there is an account.
    async fn tell(
        &self,
        tx: &mut Tx,
        event: Event,
        member: Option<Uuid>,
    ) -> Result<(), InternalError> {
        if let Some(member) = member {
            let (kind, about) = (LetterKind::ByOffice, event.as_str());
            letter::notify_all(tx, member, kind, about, self.now).await?;
        }
        Ok(())
    }

    /// Notes and tells what was done to a member.
    async fn note_and_tell(
        &self,
        tx: &mut Tx,
        event: Event,
        (person, member): (Uuid, Uuid),
        reason: Option<&ReasonText>,
    ) -> Result<(), InternalError> {
        let member = Some(member);
        self.note(tx, event, (person, member), reason).await?;
        self.tell(tx, event, member).await
    }

    /// The same about somebody who may have no account.
    async fn note_of(
        &self,
        tx: &mut Tx,
        event: Event,
        (person, member): (Uuid, Option<Uuid>),
    ) -> Result<(), InternalError> {
        self.note(tx, event, (person, member), None).await?;
        self.tell(tx, event, member).await
    }
}

/// What became of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acted {
    /// It is done, noted and told.
    Done,
    /// Nobody has registered.
    NoAccount,
    /// It was so already: nothing was changed.
    Already,
}

impl fmt::Display for Acted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "手続きが完了しました。ご本人にメールでお知らせします。",
            Self::NoAccount => "この方は利用登録をされていません。",
            Self::Already => "すでにその状態です。何も変更していません。",
        })
    }
}

/// 利用停止(事務局): nobody is let in any more, and whatever lets in ends; the account
/// stays as it is, with its addresses, password and second steps.
///
/// # Errors
/// Whatever the database answers.
pub async fn disable(
    db: &Db,
    clerk: Clerk<'_>,
    person: Uuid,
    reason: &ReasonText,
) -> Result<Acted, InternalError> {
    let mut tx = db.write().await?;
    let Some(Account { id, .. }) = member::of_person(&mut tx, person).await? else {
        return Ok(Acted::NoAccount);
    };
    if !member::disable(&mut tx, id, clerk.now).await? {
        return Ok(Acted::Already);
    }
    end_what_is_open(&mut tx, id, clerk.now).await?;
    // A letter's postcard too: whoever has it would be let in as soon as the member is.
    postcard::end_all_of(&mut tx, person, clerk.now).await?;
    link::end_all_of(&mut tx, id, End::Removed, clerk.now).await?;
    let whose = (person, id);
    clerk
        .note_and_tell(&mut tx, Event::Disabled, whose, Some(reason))
        .await?;
    tx.commit().await?;
    Ok(Acted::Done)
}

/// Lets a member in again.
///
/// # Errors
/// Whatever the database answers.
pub async fn enable(
    db: &Db,
    clerk: Clerk<'_>,
    person: Uuid,
    reason: &ReasonText,
) -> Result<Acted, InternalError> {
    let mut tx = db.write().await?;
    let Some(Account { id, .. }) = member::of_person(&mut tx, person).await? else {
        return Ok(Acted::NoAccount);
    };
    if !member::enable(&mut tx, id).await? {
        return Ok(Acted::Already);
    }
    let whose = (person, id);
    clerk
        .note_and_tell(&mut tx, Event::Enabled, whose, Some(reason))
        .await?;
    tx.commit().await?;
    Ok(Acted::Done)
}

/// Ends all sessions of a member, half-done reissues too, and forgets the known browsers.
async fn end_what_is_open(tx: &mut Tx, account: Uuid, now: Timestamp) -> Result<(), InternalError> {
    session::end_others(tx, account, Uuid::nil(), now).await?;
    device::forget_all_of(tx, account).await?;
    Ok(())
}

/// Ends all sessions of a member and half-done reissues, and forgets the known browsers:
/// somebody has lost a phone.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_sessions(db: &Db, clerk: Clerk<'_>, person: Uuid) -> Result<Acted, InternalError> {
    let mut tx = db.write().await?;
    let Some(Account { id, .. }) = member::of_person(&mut tx, person).await? else {
        return Ok(Acted::NoAccount);
    };
    if !member::lock(&mut tx, id).await? {
        // Disabled, or left: there are none.
        return Ok(Acted::Already);
    }
    end_what_is_open(&mut tx, id, clerk.now).await?;
    let whose = (person, id);
    clerk
        .note_and_tell(&mut tx, Event::OfficeEndedSessions, whose, None)
        .await?;
    tx.commit().await?;
    Ok(Acted::Done)
}

/// Takes away passkeys and codes that a member has lost: the password is asked for as
/// before, and by nobody of the office.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_second_step(
    db: &Db,
    clerk: Clerk<'_>,
    person: Uuid,
) -> Result<Acted, InternalError> {
    let mut tx = db.write().await?;
    let Some(Account { id, .. }) = member::of_person(&mut tx, person).await? else {
        return Ok(Acted::NoAccount);
    };
    // Disabled, or left: what there is stays for the day on which it is opened again.
    let is_open = member::lock(&mut tx, id).await?;
    if !is_open
        || !second_step::remove_all(&mut tx, Holder::Member(id))
            .await?
            .is_any()
    {
        return Ok(Acted::Already);
    }
    let whose = (person, id);
    clerk
        .note_and_tell(&mut tx, Event::OfficeRemovedSecondStep, whose, None)
        .await?;
    tx.commit().await?;
    Ok(Acted::Done)
}

/// Sends a waiting address its confirmation once more, within the caps that hold for its
/// member.
///
/// # Errors
/// Whatever the database answers.
pub async fn send_confirmation(
    db: &Db,
    secrets: &Secrets,
    clerk: Clerk<'_>,
    person: Uuid,
    row: Uuid,
) -> Result<Acted, InternalError> {
    let Some(email) = email::find(db, row).await? else {
        return Ok(Acted::Already);
    };
    let Ok(address) = EmailAddress::parse(&email.address) else {
        return Ok(Acted::Already);
    };
    let letter = ConfirmationLetter::to(secrets, address);
    let mut tx = db.write().await?;
    let account = member::of_person(&mut tx, person).await?;
    let Some(Account { id, .. }) = account.filter(|account| account.id == email.member_id) else {
        return Ok(Acted::NoAccount);
    };
    let is_open = member::lock(&mut tx, id).await?;
    let addresses = email::of_member(&mut tx, id).await?;
    let waits = addresses
        .iter()
        .any(|one| one.id == row && !one.is_confirmed());
    if !is_open || !waits {
        return Ok(Acted::Already);
    }
    letter.send(&mut tx, id, row, clerk.now).await?;
    let whose = (person, id);
    clerk
        .note_and_tell(&mut tx, Event::OfficeSentConfirmation, whose, None)
        .await?;
    tx.commit().await?;
    Ok(Acted::Done)
}

/// Somebody needs a new postcard: they wait for it until one is issued, and what they have
/// stays good until then.
///
/// # Errors
/// Whatever the database answers.
pub async fn want_postcard(
    db: &Db,
    clerk: Clerk<'_>,
    person: Uuid,
) -> Result<Acted, InternalError> {
    let mut tx = db.write().await?;
    let account = member::of_person(&mut tx, person).await?;
    if account.is_some_and(|account| account.disabled_at.is_some())
        || !postcard::want_another(&mut tx, person, clerk.now).await?
    {
        return Ok(Acted::Already);
    }
    let member = account.map(|account| account.id);
    clerk
        .note_of(&mut tx, Event::PostcardWanted, (person, member))
        .await?;
    tx.commit().await?;
    Ok(Acted::Done)
}

/// 返送: the last postcard came back. It opens nothing any more, and its holder is listed
/// under 住所不明 until the roster has another address.
///
/// # Errors
/// Whatever the database answers.
pub async fn postcard_came_back(
    db: &Db,
    clerk: Clerk<'_>,
    person: Uuid,
) -> Result<Acted, InternalError> {
    let mut tx = db.write().await?;
    let account = member::of_person(&mut tx, person).await?;
    if !postcard::came_back(&mut tx, person, clerk.now).await? {
        return Ok(Acted::Already);
    }
    let member = account.map(|account| account.id);
    clerk
        .note_of(&mut tx, Event::PostcardReturned, (person, member))
        .await?;
    tx.commit().await?;
    Ok(Acted::Done)
}

/// 開示: everything that is held about a person, as one file. Nobody sees it on a screen
/// here, and the member is told.
///
/// # Errors
/// Whatever the database answers, and a file that cannot be packed.
pub async fn disclose(
    db: &Db,
    society: &Arc<Society>,
    clerk: Clerk<'_>,
    person: Uuid,
    reason: &ReasonText,
) -> Result<Vec<u8>, InternalError> {
    let mut tx = db.write().await?;
    let account = member::of_person(&mut tx, person).await?;
    let member = account.map(|account| account.id);
    let whose = (person, member);
    clerk
        .note(&mut tx, Event::DataDisclosed, whose, Some(reason))
        .await?;
    clerk.tell(&mut tx, Event::DataDisclosed, member).await?;
    // Noted before the first byte is read; the file says that it was made.
    tx.commit().await?;
    my_data::packed(db, society, (person, member), clerk.now).await
}

//! What the office does to an account, at the telephone or at the command line: each act is
//! in the audit, in the member's own history, and told to every confirmed address.
//!
//! The account's row is held first, as for every change of it.

use std::{fmt, sync::Arc};

use domain::{
    looking::ReasonText,
    values::{society::Society, timestamp::Timestamp},
};
use store::{
    Db, Tx,
    audit::Event,
    device,
    letter::{self, LetterKind},
    link::{self, End},
    member::{self, Account},
    office_reason::{self, NewReason},
    postcard, session,
};
use uuid::Uuid;

use super::my_data;
use crate::base::fault::InternalError;

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

    /// The same for what its member hears of.
    async fn note_and_tell(
        &self,
        tx: &mut Tx,
        event: Event,
        (person, member): (Uuid, Uuid),
        reason: Option<&ReasonText>,
    ) -> Result<(), InternalError> {
        self.note(tx, event, (person, Some(member)), reason).await?;
        let (kind, about) = (LetterKind::ByOffice, event.as_str());
        letter::notify_all(tx, member, kind, about, self.now).await?;
        Ok(())
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
    match member {
        Some(member) => {
            let whose = (person, member);
            clerk
                .note_and_tell(&mut tx, Event::DataDisclosed, whose, Some(reason))
                .await?;
        }
        None => {
            let whose = (person, None);
            clerk
                .note(&mut tx, Event::DataDisclosed, whose, Some(reason))
                .await?;
        }
    }
    // Noted before the first byte is read; the file says that it was made.
    tx.commit().await?;
    my_data::packed(db, society, (person, member), clerk.now).await
}

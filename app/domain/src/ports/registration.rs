//! 新規利用登録: from the e-mail address to the account.

use futures_core::future::BoxFuture;
use uuid::Uuid;

use super::Answer;
use crate::{
    forms::{NewMember, ProvisionalCredentials},
    rules::{EmailAddress, LoginIdError},
    values::timestamp::Timestamp,
    visit::{LinkToken, Provisional, RequestOrigin, SentLetter, SessionToken},
};

/// From the e-mail address to the account.
pub trait Registration: Send + Sync {
    /// Asks for a letter with a link. The answer is the same whatever is known
    /// about the address: until when the link will work, and which letter to
    /// ask about.
    fn ask<'a>(
        &'a self,
        address: EmailAddress,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<SentLetter>>;

    /// What a link is good for; `None` for one that is forged, over or used.
    fn link<'a>(
        &'a self,
        token: &'a LinkToken,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Option<OpenLink>>>;

    /// 仮ログイン with the postcard. Refusals don't tell their reason, except
    /// that a link which is no longer good has a page of its own, and that whoever has
    /// the right pair is told that it has been used. `earlier` is the session that the
    /// browser carries, which ends when another takes its place.
    fn enter<'a>(
        &'a self,
        token: &'a LinkToken,
        postcard: ProvisionalCredentials,
        earlier: Option<Uuid>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Entry>>;

    /// 利用者情報登録: the account, the end of postcard, link and session, the
    /// audit entry and the letters, all or nothing.
    fn complete<'a>(
        &'a self,
        provisional: &'a Provisional,
        member: NewMember,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Completion>>;
}

/// A link that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLink {
    /// Where its letter was sent.
    pub address: String,
    /// Until when.
    pub until: Timestamp,
}

/// What a provisional sign-in came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Signed in, for as long as the link is good.
    Welcome {
        /// The new session.
        session: SessionToken,
        /// When it ends.
        until: Timestamp,
    },
    /// The pair was not accepted.
    Refused,
    /// It is right, and somebody has registered with it.
    PostcardUsed,
    /// It is right, and good from then on.
    PostcardWaits(Timestamp),
    /// The link was not.
    LinkOver,
}

/// What became of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// The account is there.
    Done,
    /// Somebody else has this login ID, or too many were asked for.
    LoginIdRefused(LoginIdError),
    /// The new password is the postcard's.
    SameAsProvisional,
    /// Somebody was quicker with the same postcard.
    PostcardUsed,
    /// Somebody was quicker with the same address; the postcard is still good.
    AddressTaken,
    /// The session ended before.
    Over,
}

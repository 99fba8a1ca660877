//! パスワード再発行: from the forgotten password to a new one.

use futures_core::future::BoxFuture;
use uuid::Uuid;

use super::{Answer, Entry, OpenLink};
use crate::{
    forms::{NewCredentials, ReissueCredentials},
    rules::{EmailAddress, LoginIdError},
    values::timestamp::Timestamp,
    visit::{LinkToken, Reissuing, RequestOrigin, SentLetter},
};

/// From the forgotten password to a new one.
pub trait Reissue: Send + Sync {
    /// Asks for the letter with link, login ID and provisional password. The answer
    /// is the same whatever is known about the address, and nothing changes by it.
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

    /// 仮ログイン with what the letter bears. `earlier` is the session that the browser
    /// carries, which ends when another takes its place.
    fn enter<'a>(
        &'a self,
        token: &'a LinkToken,
        letter: ReissueCredentials,
        earlier: Option<Uuid>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Entry>>;

    /// パスワード変更: the new password (and ID), the end of every session, reissue
    /// and pending address, the audit entry and the letters, all or nothing.
    fn complete<'a>(
        &'a self,
        reissuing: &'a Reissuing,
        new: NewCredentials,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Renewal>>;
}

/// What became of a change of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// The new password holds.
    Done,
    /// Somebody else has this login ID, or too many were asked for.
    LoginIdRefused(LoginIdError),
    /// The new password is the letter's provisional one.
    SameAsProvisional,
    /// The new password is the login ID, which stayed.
    SameAsLoginId,
    /// The session ended before.
    Over,
}

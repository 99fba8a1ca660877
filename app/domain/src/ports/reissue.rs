//! パスワード再発行: from the forgotten password to a new one.

use async_trait::async_trait;
use uuid::Uuid;

use super::{Answer, Entry, OpenLink};
use crate::{
    forms::{NewCredentials, ReissueCredentials},
    rules::{EmailAddress, LoginIdError},
    values::timestamp::Timestamp,
    visit::{LinkToken, Reissuing, RequestOrigin, SentLetter},
};

/// From the forgotten password to a new one.
#[async_trait]
pub trait Reissue: Send + Sync {
    /// Asks for the letter with link, login ID and provisional password. The answer
    /// is the same whatever is known about the address, and nothing changes by it.
    async fn ask(
        &self,
        address: EmailAddress,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Answer<SentLetter>;

    /// What a link is good for; `None` for one that is forged, over or used.
    async fn link(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<OpenLink>>;

    /// 仮ログイン with what the letter bears. `earlier` is the session that the browser
    /// carries, which ends when another takes its place.
    async fn enter(
        &self,
        token: &LinkToken,
        letter: ReissueCredentials,
        earlier: Option<Uuid>,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Answer<Entry>;

    /// パスワード変更: the new password (and ID), the end of every session, reissue
    /// and pending address, the audit entry and the letters, all or nothing.
    async fn complete(
        &self,
        reissuing: &Reissuing,
        new: NewCredentials,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Answer<Renewal>;
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

//! パスワード再発行: from the forgotten password to a new one.

use async_trait::async_trait;

use super::{Answer, Entry, OpenLink};
use crate::{
    forms::{NewCredentials, ReissueCredentials},
    rules::EmailAddress,
    values::timestamp::Timestamp,
    visit::{Asker, LinkToken, Reissuing, SentLetter},
};

/// From the forgotten password to a new one.
#[async_trait]
pub trait Reissue: Send + Sync {
    /// Asks for the letter with link, login ID and provisional password. The answer
    /// is the same whatever is known about the address, and nothing changes by it.
    async fn ask(&self, address: EmailAddress, asker: &Asker, now: Timestamp)
    -> Answer<SentLetter>;

    /// What a link is good for; `None` for one that is forged, over or used.
    async fn link(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<OpenLink>>;

    /// 仮ログイン with what the letter bears.
    async fn enter(
        &self,
        token: &LinkToken,
        letter: ReissueCredentials,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Entry>;

    /// パスワード変更: the new password (and ID), the end of every session, reissue
    /// and pending address, the audit entry and the letters, all or nothing.
    async fn complete(
        &self,
        reissuing: &Reissuing,
        new: NewCredentials,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Renewal>;
}

/// What became of a change of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// The new password holds.
    Done,
    /// Somebody else has this login ID.
    LoginIdTaken,
    /// The new password is the letter's provisional one.
    SameAsProvisional,
    /// The new password is the login ID, which stayed.
    SameAsLoginId,
    /// The session ended before.
    Over,
}

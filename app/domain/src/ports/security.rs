//! 利用状況とセキュリティ: what a member sees of the use of the account, and ends.

use async_trait::async_trait;

use super::{Answer, SecondSteps};
use crate::{
    values::timestamp::Timestamp,
    visit::{LinkToken, Member, RequestOrigin, SentLetter},
};

/// What a member sees of the use of the account, and can end of it.
#[async_trait]
pub trait Security: Send + Sync {
    /// The open sessions, the one seen last first.
    async fn sessions(&self, member: &Member, now: Timestamp) -> Answer<Vec<OpenSession>>;

    /// What has happened, the newest first; `page` counts from 1.
    async fn history(&self, member: &Member, page: u32, now: Timestamp) -> Answer<History>;

    /// Ends one of the member's sessions.
    async fn end_session(
        &self,
        member: &Member,
        session: uuid::Uuid,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Answer<Ending>;

    /// Ends all sessions but the one that asks; `false` when that one is over.
    async fn end_others(
        &self,
        member: &Member,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Answer<bool>;

    /// The sign-in that a new device's letter told of; `None` for a link that is
    /// forged, over or used.
    async fn reported(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<ReportedSignIn>>;

    /// The second steps of an account.
    async fn second_steps(&self, member: uuid::Uuid) -> Answer<SecondSteps>;

    /// Those of the account that a new device's letter speaks of.
    async fn second_steps_reported(&self, token: &LinkToken) -> Answer<SecondSteps>;

    /// Ends that session and those begun since, forgets the device, and asks for the
    /// reissue's letter.
    async fn disown(
        &self,
        token: &LinkToken,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Answer<Disowning>;
}

/// A session that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Its row.
    pub id: uuid::Uuid,
    /// From where it was opened.
    pub from: RequestOrigin,
    /// The sign-in.
    pub started_at: Timestamp,
    /// The last request, give or take a minute.
    pub last_seen_at: Timestamp,
}

/// One page of what has happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The newest first.
    pub entries: Vec<HistoryEntry>,
    /// How many there are, on all pages; 0 behind the last one.
    pub total: i64,
    /// Whether there are older ones.
    pub goes_on: bool,
}

/// Something that has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When.
    pub at: Timestamp,
    /// Whether only the day is told.
    pub is_of_a_day: bool,
    /// What, in a member's words.
    pub what: String,
    /// From where, if it came in over the net.
    pub from: Option<RequestOrigin>,
}

/// What became of ending a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is over.
    Done,
    /// It is none of this member's.
    NotTheirs,
    /// The session that asks is over itself.
    Over,
}

/// The sign-in that a letter told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedSignIn {
    /// When.
    pub at: Timestamp,
    /// From where.
    pub from: RequestOrigin,
}

/// What became of disowning a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disowning {
    /// The session is over, and the reissue's letter on its way.
    Done(SentLetter),
    /// It was done before: a double click.
    Already,
    /// The link is no longer good.
    Over,
}

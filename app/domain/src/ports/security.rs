//! 利用状況とセキュリティ: what a member sees of the use of the account, and ends.

use futures_core::future::BoxFuture;

use super::{Answer, SecondSteps};
use crate::{
    values::timestamp::Timestamp,
    visit::{LinkToken, Member, RequestOrigin, SentLetter},
};

/// What a member sees of the use of the account, and can end of it.
pub trait Security: Send + Sync {
    /// The open sessions, the one seen last first.
    fn sessions<'a>(
        &'a self,
        member: &'a Member,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Vec<OpenSession>>>;

    /// What has happened, the newest first; `page` counts from 1.
    fn history<'a>(
        &'a self,
        member: &'a Member,
        page: u32,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<History>>;

    /// Ends one of the member's sessions.
    fn end_session<'a>(
        &'a self,
        member: &'a Member,
        session: uuid::Uuid,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Ending>>;

    /// Ends all sessions but the one that asks; `false` when that one is over.
    fn end_others<'a>(
        &'a self,
        member: &'a Member,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<bool>>;

    /// The sign-in that a new device's letter told of; `None` for a link that is
    /// forged, over or used.
    fn reported<'a>(
        &'a self,
        token: &'a LinkToken,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Option<ReportedSignIn>>>;

    /// The second steps of an account.
    fn second_steps(&self, member: uuid::Uuid) -> BoxFuture<'_, Answer<SecondSteps>>;

    /// Those of the account that a new device's letter speaks of.
    fn second_steps_reported<'a>(
        &'a self,
        token: &'a LinkToken,
    ) -> BoxFuture<'a, Answer<SecondSteps>>;

    /// Ends that session and those begun since, forgets the device, and asks for the
    /// reissue's letter.
    fn disown<'a>(
        &'a self,
        token: &'a LinkToken,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Disowning>>;
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

//! プロフィール設定: login ID, nickname and password.

use futures_core::future::BoxFuture;

use super::{Answer, NewSession};
use crate::{
    forms::NewProfile,
    rules::LoginIdError,
    values::timestamp::Timestamp,
    visit::{Changed, Member, RequestOrigin},
};

/// プロフィール設定
pub trait Profile: Send + Sync {
    /// Login ID, nickname and password, the end of every other session and of open
    /// reissues, the audit entries and the letters, all or nothing.
    fn change<'a>(
        &'a self,
        member: &'a Member,
        new: NewProfile,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<ProfileChange>>;
}

/// What became of a change of the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileChange {
    /// It holds; with what the session goes on under, where that is new, and what of it
    /// is another than before.
    Done(Option<NewSession>, Changed),
    /// The present password has to be given, since the last time is too long ago.
    PasswordDue,
    /// It was given, and it is another.
    PasswordWrong,
    /// Somebody else has this login ID, or too many were asked for.
    LoginIdRefused(LoginIdError),
    /// The new login ID is the password, which stayed.
    SameAsPassword,
    /// The session ended before.
    Over,
}

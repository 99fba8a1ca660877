//! 利用停止: the end of the use of the portal.

use futures_core::future::BoxFuture;

use super::Answer;
use crate::{
    rules::SignInPassword,
    values::timestamp::Timestamp,
    visit::{Member, RequestOrigin},
};

/// The end of the use of the portal.
pub trait AccountClosing: Send + Sync {
    /// Ends the account, all or nothing: sessions, links, addresses, login ID,
    /// password and known devices. The history and the data stay; a new postcard
    /// opens the account again.
    fn leave<'a>(
        &'a self,
        member: &'a Member,
        current: SignInPassword,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Closed>>;
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The account is closed.
    Done,
    /// The present password is another, or is not to be tried at the moment.
    WrongPassword,
    /// The session ended before.
    Over,
}

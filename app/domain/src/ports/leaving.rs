//! 利用停止: the end of the use of the portal.

use async_trait::async_trait;

use super::Answer;
use crate::{
    rules::SignInPassword,
    values::timestamp::Timestamp,
    visit::{Asker, Member},
};

/// The end of the use of the portal.
#[async_trait]
pub trait Leaving: Send + Sync {
    /// Ends the account, all or nothing: sessions, links, addresses, login ID,
    /// password and known devices. The history and the data stay; a new postcard
    /// opens the account again.
    async fn leave(
        &self,
        member: &Member,
        current: SignInPassword,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Leave>;
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// The account is closed.
    Done,
    /// The present password is another, or is not to be tried at the moment.
    WrongPassword,
    /// The session ended before.
    Over,
}

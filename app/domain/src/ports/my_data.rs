//! わたしのデータ.

use futures_core::future::BoxFuture;

use super::Answer;
use crate::{
    values::timestamp::Timestamp,
    visit::{Member, RequestOrigin},
};

/// わたしのデータ
pub trait MyData: Send + Sync {
    /// Everything that the portal holds about the member, as one file; the history
    /// says that it was taken.
    fn take<'a>(
        &'a self,
        member: &'a Member,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Download>>;
}

/// What became of taking it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Download {
    /// The bytes of a ZIP file.
    Done(Vec<u8>),
    /// The present password has to be given first.
    PasswordDue,
    /// The session ended before.
    Over,
}

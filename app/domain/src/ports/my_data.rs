//! わたしのデータ.

use async_trait::async_trait;

use super::Answer;
use crate::{
    values::timestamp::Timestamp,
    visit::{Asker, Member},
};

/// わたしのデータ
#[async_trait]
pub trait MyData: Send + Sync {
    /// Everything that the portal holds about the member, as one file; the history
    /// says that it was taken.
    async fn take(&self, member: &Member, asker: &Asker, now: Timestamp) -> Answer<Taking>;
}

/// What became of taking it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taking {
    /// The bytes of a ZIP file.
    Done(Vec<u8>),
    /// The present password has to be given first.
    PasswordDue,
    /// The session ended before.
    Over,
}

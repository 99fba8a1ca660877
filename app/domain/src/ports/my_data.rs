//! わたしのデータ.

use async_trait::async_trait;

use super::Answer;
use crate::{
    values::timestamp::Timestamp,
    visit::{Member, RequestOrigin},
};

/// わたしのデータ
#[async_trait]
pub trait MyData: Send + Sync {
    /// Everything that the portal holds about the member, as one file; the history
    /// says that it was taken.
    async fn take(
        &self,
        member: &Member,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Answer<Download>;
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

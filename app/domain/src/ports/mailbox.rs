//! The mailbox folder, where letters go to a folder.

use futures_core::future::BoxFuture;

use super::Answer;

/// The letters in the mailbox folder.
pub trait Mailbox: Send + Sync {
    /// Newest first.
    fn letters(&self) -> BoxFuture<'_, Answer<Vec<StoredLetter>>>;
}

/// A letter as its reader would see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLetter {
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// 件名
    pub subject: String,
    /// When, as the letter says.
    pub date: String,
    /// The plain text.
    pub text: String,
}

//! 健診結果.

use futures_core::future::BoxFuture;

use super::Answer;
use crate::{
    values::{checkup::Checkup, sex::Sex, timestamp::Timestamp},
    visit::Member,
};

/// 健診結果
pub trait Checkups: Send + Sync {
    /// The member's own results, and nobody else's.
    fn look<'a>(&'a self, member: &'a Member, now: Timestamp)
    -> BoxFuture<'a, Answer<CheckupLook>>;
}

/// What there is to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckupLook {
    /// These results.
    Results(CheckupResults),
    /// Nothing any more: the months after 資格喪失 are over.
    Over,
}

/// The own results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckupResults {
    /// By which some references differ.
    pub sex: Sex,
    /// The newest first; of a member who has left, those of the membership.
    pub checkups: Vec<Checkup>,
    /// Of a member who has left: the last day on which they can be read.
    pub until: Option<time::Date>,
}

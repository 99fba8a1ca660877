//! Why something about a run was not done.

use std::fmt;

use super::choice::ChoiceError;
use crate::base::fault::InternalError;

/// Print sheets are for so many postcards at most: a browser lays each of them out.
pub const MOST_SHEETS: usize = 200;

/// Why a step of a run is not taken.
#[derive(Debug)]
pub enum RunError {
    /// Nobody can be chosen so.
    Choice(ChoiceError),
    /// There is no such run, or none for this person.
    Unknown,
    /// Whoever asked for it does not confirm it.
    Own,
    /// They have made or changed each other's account within a week.
    TooClose,
    /// It was confirmed, handed out, received or withdrawn already.
    Over,
    /// Print sheets are for fewer postcards than these.
    TooManySheets(usize),
    /// What was made is not there any more.
    Gone,
    /// Something broke.
    Internal(InternalError),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choice(error) => error.fmt(f),
            Self::Unknown => f.write_str("この発行はありません。"),
            Self::Own => f.write_str("ご自分が依頼した発行は、ほかの職員が確認します。"),
            Self::TooClose => f.write_str(
                "7日以内に登録や変更をした職員どうしでは、確認できません。ほかの職員に依頼してください。",
            ),
            Self::Over => f.write_str("この発行の手続きは、すでに済んでいます。"),
            Self::TooManySheets(cards) => write!(
                f,
                "印刷シートは{MOST_SHEETS}枚までです（この発行は{cards}枚）。印刷会社用のCSVを選んでください。"
            ),
            Self::Gone => f.write_str(
                "発行データの保存期間が過ぎました。「受け取れませんでした」で取り消して、もう一度発行してください。",
            ),
            Self::Internal(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {}

impl<E: Into<InternalError>> From<E> for RunError {
    fn from(error: E) -> Self {
        Self::Internal(error.into())
    }
}

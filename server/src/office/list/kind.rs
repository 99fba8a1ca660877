//! Which list.

use serde::{Deserialize, Serialize};
use store::audit::Event;

use crate::office::file::columns::{LISTS, List};

/// A kind of list that the office brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// 加入者名簿
    Roster,
    /// 医療費
    Expenses,
    /// 健診結果
    Checkups,
    /// お知らせ
    Notices,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Roster, Self::Expenses, Self::Checkups, Self::Notices];

    /// As an address and a row have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Expenses => "expenses",
            Self::Checkups => "checkups",
            Self::Notices => "notices",
        }
    }

    /// The same backwards.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Its name and its columns.
    pub fn list(self) -> &'static List {
        let [roster, expenses, checkups, notices] = &LISTS;
        match self {
            Self::Roster => roster,
            Self::Expenses => expenses,
            Self::Checkups => checkups,
            Self::Notices => notices,
        }
    }

    /// Whether its values are somebody's health.
    pub fn is_about_health(self) -> bool {
        matches!(self, Self::Expenses | Self::Checkups)
    }

    /// What the audit notes of it.
    pub(super) fn event(self) -> Event {
        match self {
            Self::Roster => Event::RosterImported,
            Self::Expenses => Event::ExpensesImported,
            Self::Checkups => Event::CheckupsImported,
            Self::Notices => Event::NoticesImported,
        }
    }
}

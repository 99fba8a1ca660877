//! 取込: what the office has a server do beside its pages, and how far it has come.

use super::role::Role;

/// What a job is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// 加入者名簿
    Roster,
    /// 医療費
    Expenses,
    /// 健診結果
    Checkups,
    /// お知らせ
    Notices,
    /// ハガキ: nothing comes in, credentials are made.
    Postcards,
}

impl JobKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Roster,
        Self::Expenses,
        Self::Checkups,
        Self::Notices,
        Self::Postcards,
    ];

    /// Those that are a file.
    pub const FILES: [Self; 4] = [Self::Roster, Self::Expenses, Self::Checkups, Self::Notices];

    /// The word in the database and in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Expenses => "expenses",
            Self::Checkups => "checkups",
            Self::Notices => "notices",
            Self::Postcards => "postcards",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What the office calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Roster => "加入者名簿",
            Self::Expenses => "医療費",
            Self::Checkups => "健診結果",
            Self::Notices => "お知らせ",
            Self::Postcards => "ハガキ",
        }
    }

    /// Whose work it is.
    pub const fn role(self) -> Role {
        match self {
            Self::Roster | Self::Postcards => Role::Importer,
            Self::Expenses | Self::Checkups => Role::HealthImporter,
            Self::Notices => Role::Publisher,
        }
    }

    /// Whether it tells of somebody's health: then no value of it is shown by itself.
    pub const fn is_health(self) -> bool {
        matches!(self, Self::Expenses | Self::Checkups)
    }
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Its file is there.
    Received,
    /// It is being read.
    Checking,
    /// Lines are wrong.
    Refused,
    /// Something has to be answered first.
    Questions,
    /// What would change is shown.
    Previewed,
    /// Another person is asked.
    Waiting,
    /// It is being brought in.
    Running,
    /// It is done.
    Done,
    /// It broke, and nothing was changed.
    Failed,
    /// Somebody wanted it no more, and nothing was changed.
    Cancelled,
    /// It waited for too long, or its file is gone; nothing was changed.
    Expired,
}

impl JobState {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Received,
        Self::Checking,
        Self::Refused,
        Self::Questions,
        Self::Previewed,
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The word in the database, and in a page's `data-state`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Checking => "checking",
            Self::Refused => "refused",
            Self::Questions => "questions",
            Self::Previewed => "previewed",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// What the office calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "受付済み",
            Self::Checking => "確認中",
            Self::Refused => "誤りあり",
            Self::Questions => "回答待ち",
            Self::Previewed => "下見",
            Self::Waiting => "承認待ち",
            Self::Running => "取込中",
            Self::Done => "完了",
            Self::Failed => "失敗",
            Self::Cancelled => "中止",
            Self::Expired => "期限切れ",
        }
    }

    /// What it may come from: the one table of what may follow what.
    pub const fn after(self) -> &'static [Self] {
        match self {
            Self::Received => &[],
            // Once more, too: other answers, or a plan that is another one by now.
            Self::Checking => &[Self::Received, Self::Questions, Self::Previewed],
            Self::Refused | Self::Questions => &[Self::Checking, Self::Running],
            Self::Previewed => &[Self::Checking, Self::Running],
            Self::Waiting => &[Self::Previewed],
            // A postcard run has nothing to be read first.
            Self::Running => &[Self::Received, Self::Previewed, Self::Waiting],
            Self::Done => &[Self::Running],
            Self::Failed => &[Self::Received, Self::Checking, Self::Running],
            Self::Cancelled | Self::Expired => &Self::OPEN,
        }
    }

    /// Where there is something left to come.
    pub const OPEN: [Self; 6] = [
        Self::Received,
        Self::Checking,
        Self::Questions,
        Self::Previewed,
        Self::Waiting,
        Self::Running,
    ];

    /// Whether there is something left to come.
    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }

    /// Whether a server works on it, or will by itself.
    pub const fn is_at_work(self) -> bool {
        matches!(self, Self::Received | Self::Checking | Self::Running)
    }

    /// Whether it waits for somebody of the office.
    pub const fn waits_for_somebody(self) -> bool {
        matches!(self, Self::Questions | Self::Previewed | Self::Waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_over_stays_so_and_everything_open_can_end() {
        for state in JobState::ALL {
            for before in state.after() {
                assert!(
                    before.is_open(),
                    "{before:?} is over, and {state:?} follows"
                );
            }
            assert_eq!(JobState::parse(state.as_str()), Some(state));
        }
        for open in JobState::OPEN {
            assert!(JobState::Cancelled.after().contains(&open));
            assert!(JobState::Expired.after().contains(&open));
        }
        for kind in JobKind::ALL {
            assert_eq!(JobKind::parse(kind.as_str()), Some(kind));
        }
    }
}

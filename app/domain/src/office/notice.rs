//! Where a notice stands between its first word and its last day.

use time::Date;

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeState {
    /// 下書き
    Draft,
    /// 確認待ち: a second person has to agree.
    Waiting,
    /// 予約: it comes on view by itself.
    Scheduled,
    /// 公開中
    OnView,
    /// 公開終了: its last day is over.
    Over,
    /// 取り下げ
    Withdrawn,
}

/// What stands in the database; the days say the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nobody has published it.
    Draft,
    /// Somebody wants to, and a second person has to agree.
    Waiting,
    /// It is on view on its days.
    Published,
    /// It was taken from view.
    Withdrawn,
}

impl Kept {
    const ALL: [Self; 4] = [Self::Draft, Self::Waiting, Self::Published, Self::Withdrawn];

    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kept| kept.as_str() == word)
    }

    /// Where the notice stands on a day, of those from its first to its last.
    pub fn on(self, today: Date, first: Date, last: Option<Date>) -> NoticeState {
        match self {
            Self::Draft => NoticeState::Draft,
            Self::Waiting => NoticeState::Waiting,
            Self::Withdrawn => NoticeState::Withdrawn,
            Self::Published if today < first => NoticeState::Scheduled,
            Self::Published if last.is_some_and(|last| last < today) => NoticeState::Over,
            Self::Published => NoticeState::OnView,
        }
    }
}

impl NoticeState {
    /// What the office calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "下書き",
            Self::Waiting => "確認待ち",
            Self::Scheduled => "予約",
            Self::OnView => "公開中",
            Self::Over => "公開終了",
            Self::Withdrawn => "取り下げ",
        }
    }

    /// What a page says of itself to programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::Scheduled => "scheduled",
            Self::OnView => "published",
            Self::Over => "ended",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether somebody has still to publish it.
    pub const fn is_unpublished(self) -> bool {
        matches!(self, Self::Draft | Self::Waiting)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn the_days_say_where_a_published_notice_stands() {
        let (first, last) = (date!(2026 - 11 - 20), Some(date!(2026 - 11 - 22)));
        for (today, state) in [
            (date!(2026 - 11 - 19), NoticeState::Scheduled),
            (date!(2026 - 11 - 20), NoticeState::OnView),
            (date!(2026 - 11 - 22), NoticeState::OnView),
            (date!(2026 - 11 - 23), NoticeState::Over),
        ] {
            assert_eq!(Kept::Published.on(today, first, last), state);
            assert_eq!(Kept::Draft.on(today, first, last), NoticeState::Draft);
        }
        let years_later = date!(2036 - 11 - 22);
        assert_eq!(
            Kept::Published.on(years_later, first, None),
            NoticeState::OnView
        );
        for kept in Kept::ALL {
            assert_eq!(Kept::parse(kept.as_str()), Some(kept));
        }
    }
}

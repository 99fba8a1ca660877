//! The time after 資格喪失: for a set number of months the data of the time before
//! can still be read, then they are removed.

use time::Date;

use crate::values::{expense::YEARS_KEPT, month::Month};

/// How somebody stands to the society on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// They belong to it.
    Current,
    /// They have left, and read what belongs to the time before.
    Disqualified {
        /// The 資格喪失日.
        on: Date,
        /// The last day on which they do.
        until: Date,
    },
    /// They have left, and the months after it are over.
    Over,
}

impl Membership {
    /// By the 資格喪失日, if there is one, and the months after it.
    pub fn on(today: Date, disqualified_on: Option<Date>, months: u16) -> Self {
        let Some(on) = disqualified_on.filter(|day| *day <= today) else {
            return Self::Current;
        };
        let over = over_on(on, months);
        match over.previous_day() {
            Some(until) if today < over => Self::Disqualified { on, until },
            _ => Self::Over,
        }
    }
}

/// The first day on which nothing is shown any more: so many months after the
/// 資格喪失日; for a day that the month lacks, its last one.
pub fn over_on(disqualified_on: Date, months: u16) -> Date {
    Month::of(disqualified_on)
        .plus(months)
        .day(disqualified_on.day())
}

/// The last 資格喪失日 whose months are over by `today`.
pub fn disqualified_by(today: Date, months: u16) -> Date {
    // So many months earlier, and a few days on, is too late for certain; from
    // there it is a matter of days.
    let days = i64::from(months) * 30 - 4;
    let mut day = today.saturating_sub(time::Duration::days(days.max(-4)));
    while over_on(day, months) > today {
        match day.previous_day() {
            Some(earlier) => day = earlier,
            None => break,
        }
    }
    day
}

/// The first month that is kept on a day.
pub fn kept_since(today: Date) -> Month {
    Month::first_of(today.year() - YEARS_KEPT)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn who_has_left_reads_from_that_day_until_the_months_are_over() {
        let on = date!(2025 - 04 - 01);
        let left = Membership::Disqualified {
            on,
            until: date!(2026 - 09 - 30),
        };
        for (today, membership) in [
            (date!(2025 - 03 - 31), Membership::Current),
            (on, left),
            (date!(2026 - 09 - 30), left),
            (date!(2026 - 10 - 01), Membership::Over),
        ] {
            assert_eq!(Membership::on(today, Some(on), 18), membership, "{today}");
            assert_eq!(Membership::on(today, None, 18), Membership::Current);
        }
        assert_eq!(Membership::on(on, Some(on), 0), Membership::Over);
    }

    #[test]
    fn months_are_counted_by_the_calendar() {
        for (left, months, over) in [
            (date!(2025 - 04 - 01), 18, date!(2026 - 10 - 01)),
            (date!(2025 - 08 - 31), 18, date!(2027 - 02 - 28)),
            (date!(2025 - 12 - 31), 2, date!(2026 - 02 - 28)),
            (date!(2025 - 12 - 01), 1, date!(2026 - 01 - 01)),
            (date!(2025 - 12 - 01), 0, date!(2025 - 12 - 01)),
            (date!(2023 - 11 - 30), 3, date!(2024 - 02 - 29)),
        ] {
            assert_eq!(over_on(left, months), over, "{left}, {months} months");
        }
    }

    #[test]
    fn whose_months_are_over_is_the_other_side_of_the_same_rule() {
        for months in [0, 1, 2, 12, 18, 60] {
            let mut today = date!(2026 - 01 - 01);
            while today < date!(2028 - 04 - 05) {
                let last = disqualified_by(today, months);
                assert!(over_on(last, months) <= today, "{today} {months}: {last}");
                let next = last.next_day().unwrap();
                assert!(over_on(next, months) > today, "{today} {months}: {next}");
                today = today.next_day().unwrap();
            }
        }
    }
}

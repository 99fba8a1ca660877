//! The time after 資格喪失: for a set number of months the data of the time before
//! can still be read, then they are removed.

use time::{Date, Month};

/// The first day on which nothing is shown any more: so many months after the
/// 資格喪失日; for a day that the month lacks, its last one.
pub fn over_on(disqualified_on: Date, months: u16) -> Date {
    let count = i32::from(u8::from(disqualified_on.month())) - 1 + i32::from(months);
    let year = disqualified_on.year() + count / 12;
    let month = u8::try_from(count % 12 + 1)
        .ok()
        .and_then(|month| Month::try_from(month).ok())
        .unwrap_or(Month::December);
    let day = disqualified_on.day().min(month.length(year));
    Date::from_calendar_date(year, month, day).unwrap_or(Date::MAX)
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

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

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

//! Months, as 診療年月 has them: a year and a month, no day.

use std::fmt;

use time::{Date, Month as Name};

use crate::values::era;

/// A month of the calendar; later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i64);

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self::new(day.year(), u8::from(day.month()))
    }

    /// January of a year.
    pub fn first_of(year: i32) -> Self {
        Self::new(year, 1)
    }

    /// December of a year.
    pub fn last_of(year: i32) -> Self {
        Self::new(year, 12)
    }

    /// The twelve months of a year.
    pub fn all_of(year: i32) -> impl Iterator<Item = Self> {
        (1..=12).map(move |month| Self::new(year, month))
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// So many months later.
    #[must_use]
    pub fn plus(self, months: u16) -> Self {
        let count = i32::from(self.month()) - 1 + i32::from(months);
        Self(i64::from(self.year() + count / 12) * 100 + i64::from(count % 12 + 1))
    }

    /// Its day of this number, or its last one where it has none; the last day of all
    /// beyond the years that can be counted.
    pub fn day(self, day: u8) -> Date {
        let date = Name::try_from(self.month()).and_then(|month| {
            let day = day.min(month.length(self.year()));
            Date::from_calendar_date(self.year(), month, day)
        });
        date.unwrap_or(Date::MAX)
    }

    fn new(year: i32, month: u8) -> Self {
        Self(i64::from(year) * 100 + i64::from(month))
    }

    /// From `202603`, as it is stored; `None` for a number that is no month.
    pub fn from_number(number: i64) -> Option<Self> {
        ((1..=12).contains(&(number % 100)) && (1..=9999).contains(&(number / 100)))
            .then_some(Self(number))
    }

    /// `202603`: in this shape months sort, and are stored.
    pub fn number(self) -> i64 {
        self.0
    }

    /// The year.
    pub fn year(self) -> i32 {
        (self.0 / 100) as i32
    }

    /// 1 to 12.
    pub fn month(self) -> u8 {
        (self.0 % 100) as u8
    }

    /// `2026年3月`.
    pub fn label(self) -> String {
        format!("{}年{}月", self.year(), self.month())
    }

    /// `令和8年3月`.
    pub fn in_era(self) -> String {
        format!("{}{}月", era::year_of(self.day(1)), self.month())
    }
}

/// `2026-03`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_month_is_read_in_both_calendars_and_sorts() {
        let march = Month::of(date!(2026 - 03 - 31));
        assert_eq!(march.number(), 202_603);
        assert_eq!(march.label(), "2026年3月");
        assert_eq!(march.in_era(), "令和8年3月");
        assert_eq!(march.to_string(), "2026-03");
        assert_eq!(Month::of(date!(2019 - 04 - 01)).in_era(), "平成31年4月");
        assert_eq!(Month::of(date!(2019 - 05 - 01)).in_era(), "令和元年5月");
        assert_eq!(march.next().number(), 202_604);
        assert_eq!(Month::last_of(2025).next(), Month::first_of(2026));
        assert_eq!(march.plus(0), march);
        assert_eq!(march.plus(9), Month::last_of(2026));
        assert_eq!(march.plus(34), Month::first_of(2029));
        assert_eq!(march.day(31), date!(2026 - 03 - 31));
        assert_eq!(march.next().day(31), date!(2026 - 04 - 30));
        assert!(Month::last_of(2025) < Month::first_of(2026) && Month::first_of(2026) < march);
    }

    #[test]
    fn only_a_month_is_taken_from_a_number() {
        assert_eq!(Month::from_number(202_612), Some(Month::last_of(2026)));
        for number in [0, 202_600, 202_613, -202_601, 12, 1_000_001, i64::MAX] {
            assert_eq!(Month::from_number(number), None, "{number}");
        }
    }
}

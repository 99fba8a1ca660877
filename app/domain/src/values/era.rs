//! Eras (元号): which day belongs to which, and the year an office writes.

use time::{Date, Month, macros::date};

/// An era and its days.
#[derive(Debug, PartialEq, Eq)]
pub struct Era {
    /// As it is written: `平成`.
    pub name: &'static str,
    /// The other ways to write it: one character, one sign, one letter.
    pub short: [&'static str; 3],
    /// Its first day.
    pub first: Date,
    /// Its last day. The day on which 明治 and 大正 ended belongs to both eras:
    /// the change took effect that very day, and both are found on documents.
    pub last: Date,
}

/// All of them since dates are counted in the Western calendar too.
pub static ERAS: [Era; 5] = [
    Era {
        name: "明治",
        short: ["明", "㍾", "M"],
        first: date!(1868 - 01 - 25),
        last: date!(1912 - 07 - 30),
    },
    Era {
        name: "大正",
        short: ["大", "㍽", "T"],
        first: date!(1912 - 07 - 30),
        last: date!(1926 - 12 - 25),
    },
    Era {
        name: "昭和",
        short: ["昭", "㍼", "S"],
        first: date!(1926 - 12 - 25),
        last: date!(1989 - 01 - 07),
    },
    Era {
        name: "平成",
        short: ["平", "㍻", "H"],
        first: date!(1989 - 01 - 08),
        last: date!(2019 - 04 - 30),
    },
    Era {
        name: "令和",
        short: ["令", "㋿", "R"],
        first: date!(2019 - 05 - 01),
        last: date!(2199 - 12 - 31),
    },
];

/// `令和8年`, and `令和元年` for a first year: the year of that day.
pub fn year_of(day: Date) -> String {
    // On a day of two eras the later one is written.
    let era = ERAS.iter().rev().find(|era| era.first <= day);
    match era.map(|era| (era.name, day.year() - era.first.year() + 1)) {
        Some((name, 1)) => format!("{name}元年"),
        Some((name, year)) => format!("{name}{year}年"),
        None => format!("{}年", day.year()),
    }
}

/// `2026年（令和8年）`: a whole year, by the era in which it ended.
pub fn calendar_year(year: i32) -> String {
    let last = Date::from_calendar_date(year, Month::December, 31);
    match last {
        Ok(last) => format!("{year}年（{}）", year_of(last)),
        Err(_) => format!("{year}年"),
    }
}

/// The fiscal year (年度) of a day: it begins on 1 April.
pub fn fiscal_year_of(day: Date) -> i32 {
    match day.month() {
        Month::January | Month::February | Month::March => day.year() - 1,
        _ => day.year(),
    }
}

/// `2026年度（令和8年度）`, and `令和元年度` for the one in whose middle the era began.
pub fn fiscal_year(year: i32) -> String {
    let last = Date::from_calendar_date(year, Month::December, 31);
    match last {
        Ok(last) => format!("{year}年度（{}度）", year_of(last)),
        Err(_) => format!("{year}年度"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_written_as_an_office_writes_it() {
        assert_eq!(calendar_year(2026), "2026年（令和8年）");
        assert_eq!(calendar_year(2019), "2019年（令和元年）");
        assert_eq!(year_of(date!(2019 - 04 - 30)), "平成31年");
        assert_eq!(year_of(date!(1926 - 12 - 25)), "昭和元年");
        assert_eq!(year_of(date!(1867 - 01 - 01)), "1867年");
    }

    #[test]
    fn a_fiscal_year_begins_in_april() {
        for (day, written) in [
            (date!(2026 - 03 - 31), "2025年度（令和7年度）"),
            (date!(2026 - 04 - 01), "2026年度（令和8年度）"),
            (date!(2026 - 12 - 31), "2026年度（令和8年度）"),
            (date!(2027 - 01 - 01), "2026年度（令和8年度）"),
            (date!(2019 - 03 - 31), "2018年度（平成30年度）"),
            (date!(2019 - 04 - 30), "2019年度（令和元年度）"),
            (date!(1989 - 03 - 31), "1988年度（昭和63年度）"),
        ] {
            assert_eq!(fiscal_year(fiscal_year_of(day)), written, "{day}");
        }
    }
}

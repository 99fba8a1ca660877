//! On which day an age is reached: 年齢計算ニ関スル法律 (1902) with article 143
//! of the Civil Code. A year of life is complete at the end of the day before
//! the birthday, and the law counts that day.

use time::{Date, Month};

/// The first day on which somebody born on `born` is `years` old: the day
/// before the birthday; for one born on 29 February, in a year without that
/// day, the last of February.
pub fn reaches(born: Date, years: u8) -> Date {
    let year = born.year() + i32::from(years);
    match Date::from_calendar_date(year, born.month(), born.day()) {
        Ok(birthday) => birthday.previous_day().unwrap_or(birthday),
        Err(_) => Date::from_calendar_date(year, Month::February, 28).unwrap_or(Date::MAX),
    }
}

/// How old somebody born on `born` is on `day`, in complete years.
pub fn on(born: Date, day: Date) -> u8 {
    let years = u8::try_from(day.year() - born.year()).unwrap_or(0);
    // Who is born on 1 January is a year older in December already.
    let next = years.saturating_add(1);
    if reaches(born, next) <= day {
        next
    } else if reaches(born, years) <= day {
        years
    } else {
        years.saturating_sub(1)
    }
}

/// The last birth date with which one is `years` old by `today`.
pub fn born_by(today: Date, years: u8) -> Date {
    let year = today.year() - i32::from(years);
    // The end of the month after is too late for certain; from there it is a
    // matter of days.
    let mut born = Date::from_calendar_date(year, today.month(), 1)
        .unwrap_or(Date::MIN)
        .saturating_add(time::Duration::days(62));
    while reaches(born, years) > today {
        match born.previous_day() {
            Some(earlier) => born = earlier,
            None => break,
        }
    }
    born
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn an_age_is_reached_on_the_day_before_the_birthday() {
        for (born, years, day) in [
            (date!(2005 - 04 - 01), 20, date!(2025 - 03 - 31)),
            (date!(2004 - 02 - 29), 20, date!(2024 - 02 - 28)),
            (date!(2004 - 03 - 01), 20, date!(2024 - 02 - 29)),
            (date!(2005 - 03 - 01), 20, date!(2025 - 02 - 28)),
            // No 29 February in 2025: the last day of the month.
            (date!(2004 - 02 - 29), 21, date!(2025 - 02 - 28)),
            (date!(2006 - 01 - 01), 20, date!(2025 - 12 - 31)),
            (date!(2005 - 11 - 22), 0, date!(2005 - 11 - 21)),
        ] {
            assert_eq!(reaches(born, years), day, "born {born}, {years} years");
        }
    }

    #[test]
    fn the_age_on_a_day_is_the_last_one_reached() {
        for born in [
            date!(2004 - 02 - 29),
            date!(2005 - 01 - 01),
            date!(2005 - 12 - 31),
        ] {
            let mut day = date!(2023 - 12 - 25);
            while day < date!(2025 - 04 - 05) {
                let age = on(born, day);
                assert!(reaches(born, age) <= day, "{born} {day} {age}");
                assert!(reaches(born, age + 1) > day, "{born} {day} {age}");
                day = day.next_day().unwrap();
            }
        }
    }

    #[test]
    fn born_by_is_the_other_side_of_the_same_rule() {
        let mut today = date!(2023 - 12 - 25);
        while today < date!(2025 - 04 - 05) {
            let born = born_by(today, 20);
            assert!(reaches(born, 20) <= today, "{today}: {born} is too young");
            let next = born.next_day().unwrap();
            assert!(
                reaches(next, 20) > today,
                "{today}: {next} is old enough too"
            );
            today = today.next_day().unwrap();
        }
    }
}

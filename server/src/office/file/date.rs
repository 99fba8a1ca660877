//! Dates as offices write them: `1990-04-01`, `1990/4/1`, `1990.4.1`,
//! `1990年4月1日`, `19900401`, and in eras `H2.4.1`, `平2.4.1`, `平成2年4月1日`,
//! `令和元年5月1日`, or `4020401`, the era by its number as in claims; all of it in full-width
//! too, with blanks in between, and with the time of midnight that databases add.

use std::fmt;

use domain::{
    rules::half_width::half_width_char,
    values::era::{ERAS, Era},
};
use time::{Date, Month};

/// Nobody on a roster was born before this year, and no date lies after the other.
const YEARS: std::ops::RangeInclusive<i32> = 1868..=2199;

/// Why something is not a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateProblem {
    /// In none of the forms.
    Unreadable,
    /// What a spreadsheet made of a day: `7-Jul-85`, a number of days, `####`.
    Spreadsheet,
    /// A form is right, the calendar has no such day.
    NoSuchDay,
    /// A day before or after the era it is counted in.
    OutsideEra(&'static Era),
    /// Before 1868 or after 2199.
    Year,
}

impl fmt::Display for DateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str(
                "日付として読めません（例: 1990-04-01、1990/4/1、19900401、H2.4.1、平成2年4月1日）",
            ),
            Self::Spreadsheet => f.write_str(
                "Excelが日付を別の形に変えています。Excelで列の表示形式を「文字列」にして、\
                 1990-04-01のように書き直してください",
            ),
            Self::NoSuchDay => f.write_str("暦にない日付です"),
            Self::OutsideEra(era) => {
                let Era {
                    name, first, last, ..
                } = era;
                if last.year() == *YEARS.end() {
                    write!(f, "{name}の期間外です（{name}は{first}からです）")
                } else {
                    write!(f, "{name}の期間外です（{name}は{first}から{last}までです）")
                }
            }
            Self::Year => {
                write!(
                    f,
                    "年が正しくありません（{}年から{}年まで）",
                    YEARS.start(),
                    YEARS.end()
                )
            }
        }
    }
}

/// Reads a date in any of the forms above.
///
/// # Errors
/// Why it is none.
pub fn parse(written: &str) -> Result<Date, DateProblem> {
    let half: String = written.trim().chars().map(half_width_char).collect();
    let plain: String = without_midnight(&half)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    if is_of_a_spreadsheet(&plain, "10000") {
        return Err(DateProblem::Spreadsheet);
    }
    if plain.len() == 7
        && let Some((era, rest)) = after_number_of_era(&plain)
    {
        let (year, rest) = rest.split_at(2);
        let (month, day) = rest.split_at(2);
        return in_era(era, (year, month, day));
    }
    for era in &ERAS {
        if let Some(rest) = after_era(&plain, era) {
            return in_era(era, parts(rest).ok_or(DateProblem::Unreadable)?);
        }
    }
    let (year, month, day) = if plain.len() == 8 && plain.bytes().all(|b| b.is_ascii_digit()) {
        let (year, rest) = plain.split_at(4);
        let (month, day) = rest.split_at(2);
        (year, month, day)
    } else {
        parts(&plain).ok_or(DateProblem::Unreadable)?
    };
    if year.len() != 4 {
        return Err(DateProblem::Unreadable);
    }
    let [year, month, day] = [number(year)?, number(month)?, number(day)?];
    calendar(year, month, day)
}

fn after_era<'a>(plain: &'a str, era: &Era) -> Option<&'a str> {
    let [kanji, sign, letter] = era.short;
    plain
        .strip_prefix(era.name)
        .or_else(|| plain.strip_prefix(kanji))
        .or_else(|| plain.strip_prefix(sign))
        .or_else(|| plain.strip_prefix(letter))
        .or_else(|| plain.strip_prefix(letter.to_ascii_lowercase().as_str()))
}

/// What follows the number by which claims and many systems write an era: 3 for 昭和 to 5
/// for 令和 (診療報酬請求書等の記載要領). All of it digits. Of 1 and 2, 明治 and 大正, nobody is
/// insured any more, and Western years begin so.
pub(super) fn after_number_of_era(plain: &str) -> Option<(&'static Era, &str)> {
    if !plain.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (number, rest) = plain.split_at_checked(1)?;
    let [_, _, showa, heisei, reiwa] = &ERAS;
    let era = match number {
        "3" => showa,
        "4" => heisei,
        "5" => reiwa,
        _ => return None,
    };
    Some((era, rest))
}

/// Without the time of midnight behind a day.
pub(super) fn without_midnight(written: &str) -> &str {
    const TIMES: [&str; 8] = [
        " 00:00:00.000",
        " 00:00:00",
        " 0:00:00",
        " 00:00",
        " 0:00",
        "T00:00:00.000",
        "T00:00:00",
        "T00:00:00Z",
    ];
    let ends = TIMES.iter().find_map(|time| written.strip_suffix(time));
    ends.unwrap_or(written)
}

/// `7-Jul-85`, `Jul-85`; or the days since 1900, five digits from `first` to those of 2099; or
/// a column that is too narrow.
pub(super) fn is_of_a_spreadsheet(plain: &str, first: &str) -> bool {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let is_named = plain.split(['-', '/', ' ']).any(|word| {
        word.get(..3)
            .is_some_and(|start| NAMES.contains(&start.to_ascii_lowercase().as_str()))
    });
    let is_digits = plain.bytes().all(|b| b.is_ascii_digit());
    let is_count = plain.len() == 5 && is_digits && (first..="73050").contains(&plain);
    let is_narrow = !plain.is_empty() && plain.bytes().all(|b| b == b'#');
    is_named || is_count || is_narrow
}

fn in_era(era: &'static Era, (year, month, day): (&str, &str, &str)) -> Result<Date, DateProblem> {
    let year = if year == "元" {
        1
    } else {
        short_number(year)?
    };
    let [month, day] = [short_number(month)?, short_number(day)?];
    if year == 0 {
        return Err(DateProblem::NoSuchDay);
    }
    let date = calendar(era.first.year() + year - 1, month, day)?;
    if date < era.first || date > era.last {
        return Err(DateProblem::OutsideEra(era));
    }
    Ok(date)
}

/// `Y年M月D日`, or three parts between two like signs.
fn parts(plain: &str) -> Option<(&str, &str, &str)> {
    if let Some(rest) = plain.strip_suffix('日') {
        let (year, rest) = rest.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        return Some((year, month, day));
    }
    let sign = plain.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let (year, rest) = plain.split_once(sign)?;
    let (month, day) = rest.split_once(sign)?;
    Some((year, month, day))
}

fn short_number(digits: &str) -> Result<i32, DateProblem> {
    if digits.len() > 2 {
        Err(DateProblem::Unreadable)
    } else {
        number(digits)
    }
}

fn number(digits: &str) -> Result<i32, DateProblem> {
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DateProblem::Unreadable);
    }
    digits.parse().map_err(|_| DateProblem::Unreadable)
}

fn calendar(year: i32, month: i32, day: i32) -> Result<Date, DateProblem> {
    if !YEARS.contains(&year) {
        return Err(DateProblem::Year);
    }
    let month = u8::try_from(month)
        .ok()
        .and_then(|month| Month::try_from(month).ok());
    let day = u8::try_from(day).map_err(|_| DateProblem::NoSuchDay)?;
    Date::from_calendar_date(year, month.ok_or(DateProblem::NoSuchDay)?, day)
        .map_err(|_| DateProblem::NoSuchDay)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    #[test]
    fn every_form_of_the_contract_is_the_same_day() {
        for written in [
            "1990-04-01",
            "1990-4-1",
            "1990/4/1",
            "1990/04/01",
            "1990.4.1",
            "19900401",
            "1990年4月1日",
            "H2.4.1",
            "h02.04.01",
            "H2/4/1",
            "H2-4-1",
            "平2.4.1",
            "平成2年4月1日",
            "平成02年04月01日",
            "㍻2年4月1日",
            "平成 2年 4月 1日",
            " 1990-04-01\u{3000}",
            "１９９０年４月１日",
            "１９９０／４／１",
            "１９９０ー０４ー０１",
            "Ｈ２．４．１",
            "平成２年４月１日",
            "１９９００４０１",
            "4020401",
            "４０２０４０１",
            "1990/4/1 0:00",
            "1990-04-01 00:00:00",
            "1990-04-01T00:00:00",
        ] {
            assert_eq!(parse(written), Ok(date!(1990 - 04 - 01)), "{written:?}");
        }
    }

    #[test]
    fn the_first_year_is_also_called_gannen() {
        assert_eq!(parse("令和元年5月1日"), Ok(date!(2019 - 05 - 01)));
        assert_eq!(parse("R元.5.1"), Ok(date!(2019 - 05 - 01)));
        assert_eq!(parse("平成元年1月8日"), Ok(date!(1989 - 01 - 08)));
        assert_eq!(parse("昭和元年12月25日"), Ok(date!(1926 - 12 - 25)));
    }

    #[test]
    fn a_date_outside_its_era_is_named_so() {
        for (written, name) in [
            ("平成31年5月1日", "平成"),
            ("H31.5.1", "平成"),
            ("昭和64年1月8日", "昭和"),
            ("平成元年1月7日", "平成"),
            ("昭和元年12月24日", "昭和"),
            ("大正15年12月26日", "大正"),
            ("大正元年7月29日", "大正"),
            ("明治45年7月31日", "明治"),
            ("令和元年4月30日", "令和"),
            ("明治元年1月24日", "明治"),
        ] {
            match parse(written) {
                Err(DateProblem::OutsideEra(era)) => assert_eq!(era.name, name, "{written}"),
                other => panic!("{written}: {other:?}"),
            }
        }
        for written in [
            "平成31年4月30日",
            "昭和64年1月7日",
            "大正15年12月25日",
            "明治45年7月30日",
        ] {
            assert!(parse(written).is_ok(), "{written}");
        }
        let said = parse("平成31年5月1日").unwrap_err().to_string();
        assert_eq!(
            said,
            "平成の期間外です（平成は1989-01-08から2019-04-30までです）"
        );
    }

    #[test]
    fn what_is_no_date_is_told_from_a_day_that_never_was() {
        for written in [
            "",
            "なし",
            "90-04-01",
            "1990-04",
            "1990/4-1",
            "199004011",
            "1990040",
            "4/1/1990",
            "1990/4/1 9:30",
            "1020401",
            "6020401",
            "平成",
            "H2",
            "H2.4",
            "H2.4.1.1",
            "X2.4.1",
            "H+2.4.1",
            "1990-+4-01",
            "一九九〇年四月一日",
        ] {
            assert_eq!(parse(written), Err(DateProblem::Unreadable), "{written:?}");
        }
        for written in ["34000", "1-Apr-90", "Apr-90", "########"] {
            assert_eq!(parse(written), Err(DateProblem::Spreadsheet), "{written:?}");
        }
        for written in [
            "1990-02-29",
            "1990-13-01",
            "1990-00-01",
            "19900431",
            "H2.2.30",
            "H0.4.1",
            "4020230",
            "4001301",
        ] {
            assert_eq!(parse(written), Err(DateProblem::NoSuchDay), "{written:?}");
        }
        for written in ["1867-12-31", "2200-01-01", "9999-12-31", "0990-04-01"] {
            assert_eq!(parse(written), Err(DateProblem::Year), "{written:?}");
        }
    }

    fn full_width(text: &str) -> String {
        let wide = |c: char| match c {
            '!'..='~' => char::from_u32(c as u32 + 0xFEE0).unwrap(),
            other => other,
        };
        text.chars().map(wide).collect()
    }

    proptest! {
        #[test]
        fn a_date_survives_every_way_of_writing_it(day in 0_i64..120_000) {
            let date = date!(1868 - 01 - 25).saturating_add(time::Duration::days(day));
            let (y, m, d) = (date.year(), u8::from(date.month()), date.day());
            let mut forms = vec![
                format!("{y}-{m:02}-{d:02}"),
                format!("{y}/{m}/{d}"),
                format!("{y}{m:02}{d:02}"),
                format!("{y}年{m}月{d}日"),
            ];
            for era in ERAS.iter().filter(|era| era.first <= date && date <= era.last) {
                let n = y - era.first.year() + 1;
                // Two digits are all that an era's year has.
                if n < 100 {
                    forms.push(format!("{}{n}.{m}.{d}", era.short[2]));
                    forms.push(format!("{}{n}年{m}月{d}日", era.name));
                }
            }
            for form in forms {
                prop_assert_eq!(parse(&form), Ok(date), "{}", form);
                prop_assert_eq!(parse(&full_width(&form)), Ok(date), "full-width {}", form);
            }
        }

        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,20}|[0-9MTSHR明治大正昭和平成令元年月日/.-]{0,14}") {
            let _ = parse(&text);
        }
    }
}

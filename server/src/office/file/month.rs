//! Months as offices write them: `2026-01`, `2026/02`, `202603`, `2026年3月`, and
//! in eras `R8.3`, `令和8年3月`, `50803`; or as the first of a month, `2026/3/1`, as spreadsheets do
//! it. Each is a date whose day was left out, so it is
//! read as one, with a day added in the same notation.

use std::fmt;

use domain::{
    rules::half_width::half_width_char,
    values::{era::Era, month::Month},
};

use super::date::{self, DateProblem};

/// Days to try: the first of a month may lie before the era that the month is
/// counted in, as in 平成元年1月.
const DAYS: [&str; 2] = ["01", "28"];

/// Why something is not a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthProblem {
    /// In none of the forms.
    Unreadable,
    /// A date other than the first of the month, which is how Excel writes a month:
    /// nobody may take its day for one that the claim names.
    HasDay,
    /// What Excel made of a month: `Mar-25`, or a number of days.
    Excel,
    /// A month 0 or 13.
    NoSuchMonth,
    /// A month that has not begun.
    Future,
    /// A month so long ago that it is a slip of the pen.
    LongAgo,
    /// The year or the era is wrong.
    Date(DateProblem),
}

impl fmt::Display for MonthProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => {
                "年月として読めません（例: 2026-01、2026/1、202601、R8.1、令和8年1月）"
            }
            Self::HasDay => "日は書かずに、年月だけを書いてください",
            Self::Excel => {
                "Excelが年月を別の形に変えています。Excelで列の表示形式を「文字列」にして、\
                 2025-03のように書き直してください"
            }
            Self::NoSuchMonth => "暦にない月です",
            Self::Future => "今月より後の年月です",
            Self::LongAgo => "2000年より前の年月です",
            Self::Date(problem) => return problem.fmt(f),
        })
    }
}

/// Reads a month in any of the forms above.
///
/// # Errors
/// Why it is none.
pub fn parse(written: &str) -> Result<Month, MonthProblem> {
    let half: String = written.trim().chars().map(half_width_char).collect();
    let plain: String = date::without_midnight(&half)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    // 2026年3月分, and 3月診療分.
    let plain = plain
        .strip_suffix('分')
        .map_or(&*plain, |month| month.strip_suffix("診療").unwrap_or(month));
    // As claims have it: 50703. Of the earlier eras it could as well be a number of days.
    if plain.len() == 5
        && let Some((Era { name: "令和", .. }, rest)) = date::after_number_of_era(plain)
    {
        let (year, month) = rest.split_at(2);
        return parse(&format!("令和{year}年{month}月"));
    }
    if let Ok(date) = date::parse(plain) {
        // With hyphens, or digits alone, it is another system's day.
        let is_spreadsheets = plain.contains(['/', '.', '日']);
        return if is_spreadsheets && date.day() == 1 {
            Ok(Month::of(date))
        } else {
            Err(MonthProblem::HasDay)
        };
    }
    // Nobody has a claim of a month before 2000, and 20263 is a month written badly.
    if date::is_of_a_spreadsheet(plain, "36526") {
        return Err(MonthProblem::Excel);
    }
    let mut outcome = Err(MonthProblem::Unreadable);
    for day in DAYS {
        let with_day = with_day(plain, day).ok_or(MonthProblem::Unreadable)?;
        outcome = match date::parse(&with_day) {
            Ok(date) => return Ok(Month::of(date)),
            Err(DateProblem::Unreadable) => Err(MonthProblem::Unreadable),
            Err(DateProblem::NoSuchDay) => Err(MonthProblem::NoSuchMonth),
            Err(problem) => Err(MonthProblem::Date(problem)),
        };
    }
    outcome
}

fn with_day(plain: &str, day: &str) -> Option<String> {
    if plain.len() == 6 && plain.bytes().all(|b| b.is_ascii_digit()) {
        return Some(format!("{plain}{day}"));
    }
    if plain.ends_with('月') {
        return Some(format!("{plain}{day}日"));
    }
    let sign = plain.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    Some(format!("{plain}{sign}{day}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(written: &str) -> Result<i64, MonthProblem> {
        parse(written).map(Month::number)
    }

    #[test]
    fn every_form_of_the_contract_is_the_same_month() {
        for written in [
            "2026-03",
            "2026-3",
            "2026/03",
            "2026/3",
            "2026.3",
            "202603",
            "2026年3月",
            "2026年03月",
            "R8.3",
            "r08.03",
            "R8-3",
            "令和8年3月",
            "令8.3",
            "２０２６年３月",
            "２０２６ー０３",
            "Ｒ８．３",
            " 2026-03\u{3000}",
            "2026/3/1",
            "2026/3/1 0:00",
            "2026/03/01 00:00:00",
            "2026年3月1日",
            "R8.3.1",
            "令和8年3月1日",
            "50803",
            "2026年3月分",
            "令和8年3月診療分",
            "202603分",
        ] {
            assert_eq!(number(written), Ok(202_603), "{written:?}");
        }
        assert_eq!(number("平成元年1月"), Ok(198_901));
        assert_eq!(number("H31.4"), Ok(201_904));
        assert_eq!(number("令和元年5月"), Ok(201_905));
    }

    #[test]
    fn what_is_no_month_is_told_with_its_reason() {
        for written in [
            "", "なし", "2026", "26-03", "3月", "20263", "2026-", "2026-3/1",
        ] {
            assert_eq!(parse(written), Err(MonthProblem::Unreadable), "{written:?}");
        }
        for written in [
            "2026-03-01",
            "20260301",
            "2026-03-02",
            "20260315",
            "R8.3.31",
            "令和8年3月2日",
            "2026/3/31",
        ] {
            assert_eq!(parse(written), Err(MonthProblem::HasDay), "{written:?}");
        }
        for written in [
            "Mar-25",
            "25-Mar",
            "mar-2025",
            "Ｍａｒ－２５",
            "1-Apr-25",
            "45717",
            "42504",
            "#####",
        ] {
            assert_eq!(parse(written), Err(MonthProblem::Excel), "{written:?}");
        }
        assert!(MonthProblem::Excel.to_string().contains("Excel"));
        for written in ["2026-13", "202600", "R8.0", "2026年13月", "50813", "50003"] {
            assert_eq!(
                parse(written),
                Err(MonthProblem::NoSuchMonth),
                "{written:?}"
            );
        }
        for written in ["平成31年5月", "1867-12", "2200-01"] {
            assert!(
                matches!(parse(written), Err(MonthProblem::Date(_))),
                "{written}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,20}|[0-9HR平成令和元年月日/.-]{0,12}") {
            let _ = parse(&text);
        }
    }
}

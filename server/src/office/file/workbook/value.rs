//! What a cell of a workbook says, as a CSV would.

use calamine::{DataRef, ExcelDateTime};

use crate::office::file::problem::ProblemKind;

/// What a column holds, where it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// A code with zeros in front, whose length is known by the texts of the column.
    Code(Option<usize>),
    /// A month, which Excel keeps as its first day.
    Month,
    /// Anything else.
    Other,
}

/// The text of a value, and what is wrong with it.
pub(super) fn text(value: &DataRef<'_>, holds: Holds) -> (String, Option<ProblemKind>) {
    match value {
        DataRef::Empty => (String::new(), None),
        DataRef::String(text) => (text.clone(), None),
        DataRef::SharedString(text) => ((*text).to_owned(), None),
        DataRef::Bool(true) => ("TRUE".to_owned(), None),
        DataRef::Bool(false) => ("FALSE".to_owned(), None),
        DataRef::Int(number) => number_in(number.to_string(), holds),
        DataRef::Float(number) => number_in(number_text(*number), holds),
        DataRef::DateTime(day) => (day_text(day, holds), None),
        DataRef::DateTimeIso(text) => {
            let text = text.strip_suffix("T00:00:00").unwrap_or(text);
            (text.to_owned(), None)
        }
        DataRef::DurationIso(text) => (text.clone(), None),
        DataRef::Error(error) => (error.to_string(), Some(ProblemKind::Formula)),
    }
}

/// A number may have lost its zeros, unless it is as long as all the texts of its column.
fn number_in(text: String, holds: Holds) -> (String, Option<ProblemKind>) {
    let is_whole = match holds {
        Holds::Code(length) => length == Some(text.len()),
        _ => true,
    };
    (text, (!is_whole).then_some(ProblemKind::NumberForCode))
}

/// Fifteen digits: what Excel shows of a number at most, and keeps exactly.
fn number_text(number: f64) -> String {
    let shown: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{shown}")
}

/// `2026-04-01`; with the time, if it has one.
fn day_text(day: &ExcelDateTime, holds: Holds) -> String {
    if day.is_duration() {
        return number_text(day.as_f64());
    }
    let (year, month, date, hour, minute, second, milli) = day.to_ymd_hms_milli();
    let is_day = (hour, minute, second, milli) == (0, 0, 0, 0);
    match (holds, is_day, date) {
        (Holds::Month, true, 1) => format!("{year:04}-{month:02}"),
        (_, true, _) => format!("{year:04}-{month:02}-{date:02}"),
        _ => format!("{year:04}-{month:02}-{date:02} {hour:02}:{minute:02}:{second:02}"),
    }
}

/// `B5`
pub(super) fn cell((row, column): (u32, u32)) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{letters}{}", row + 1)
}

/// The same backwards.
pub(super) fn place(cell: &str) -> Option<(u32, u32)> {
    let digits = cell.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = cell.split_at(digits);
    let mut column: u32 = 0;
    for letter in letters.bytes() {
        if !letter.is_ascii_uppercase() {
            return None;
        }
        column = column
            .checked_mul(26)?
            .checked_add(u32::from(letter - b'A') + 1)?;
    }
    Some((
        row.parse::<u32>().ok()?.checked_sub(1)?,
        column.checked_sub(1)?,
    ))
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn days_and_numbers_are_what_excel_keeps() {
        let day = |number: f64, is_1904: bool, holds: Holds| {
            let day = ExcelDateTime::new(number, ExcelDateTimeType::DateTime, is_1904);
            text(&DataRef::DateTime(day), holds).0
        };
        assert_eq!(day(29_312.0, false, Holds::Other), "1980-04-01");
        assert_eq!(day(27_850.0, true, Holds::Other), "1980-04-01");
        assert_eq!(day(46_266.0, false, Holds::Month), "2026-09");
        assert_eq!(day(46_267.0, false, Holds::Month), "2026-09-02");
        assert_eq!(day(29_312.5, false, Holds::Other), "1980-04-01 12:00:00");
        let number = |number: f64| text(&DataRef::Float(number), Holds::Other).0;
        assert_eq!(number(12_340.0), "12340");
        assert_eq!(number(5.600_000_000_000_000_5), "5.6");
        assert_eq!(number(0.1 + 0.2), "0.3");
        assert_eq!(number(123_456_789_012.0), "123456789012");
    }

    #[test]
    fn a_number_is_a_code_only_beside_texts_as_long_as_it_is() {
        let code = |length| text(&DataRef::Float(1001.0), Holds::Code(length)).1;
        assert_eq!(code(Some(4)), None);
        assert_eq!(code(Some(6)), Some(ProblemKind::NumberForCode));
        assert_eq!(code(None), Some(ProblemKind::NumberForCode));
    }

    #[test]
    fn cells_are_called_as_excel_calls_them() {
        for (at, name) in [
            ((0, 0), "A1"),
            ((4, 1), "B5"),
            ((0, 25), "Z1"),
            ((9, 26), "AA10"),
            ((0, 701), "ZZ1"),
        ] {
            assert_eq!(cell(at), name);
            assert_eq!(place(name), Some(at));
        }
        for name in ["", "A", "5", "A0", "a1", "A99999999999"] {
            assert_eq!(place(name), None, "{name}");
        }
    }
}

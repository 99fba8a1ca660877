//! The cells of one line, by the columns' places in a file's list of columns.

use domain::rules::invisible::has_invisible;
use time::Date;
use unicode_normalization::UnicodeNormalization;

use super::{
    columns::KEY_CHARS,
    date,
    header::Header,
    problem::{ProblemKind, Problems},
    records::Record,
    stand_in,
};

/// What stands in a line that adds up or counts (件数, 人数) the others, or ends them.
const TOTALS: [&str; 13] = [
    "合計",
    "総合計",
    "総計",
    "小計",
    "計",
    "数",
    "以上",
    "余白",
    "以下余白",
    "TOTAL",
    "END",
    "EOF",
    "ENDOFFILE",
];

/// The word by which a record is no line of the list: in its first cell, or behind empty
/// ones.
fn total_word<'a>(record: &Record<'a>) -> Option<&'a str> {
    let first = record
        .fields()
        .map(str::trim)
        .find(|cell| !cell.is_empty())?;
    let word = first.nfkc().collect::<String>().to_uppercase();
    let is_about = |c: char| {
        c.is_whitespace() || c.is_ascii_digit() || "件人名円:,()*-=<>[]【】「」".contains(c)
    };
    let bare: String = word.chars().filter(|c| !is_about(*c)).collect();
    let is_count = bare.is_empty() && word.ends_with(['件', '人', '名', '円']);
    (is_count || TOTALS.contains(&bare.as_str())).then_some(first)
}

/// Whether a record has numbers alone, and none of the first two columns, which say what or
/// whom a line is about: sums without a word.
fn is_sums(record: &Record<'_>, header: &Header) -> bool {
    let mut filled = record
        .fields()
        .map(str::trim)
        .filter(|cell| !cell.is_empty());
    let is_number = |cell: &str| {
        let plain: String = cell.nfkc().collect();
        plain
            .chars()
            .all(|c| c.is_ascii_digit() || "¥\\,.円件人日回".contains(c))
    };
    [0, 1]
        .iter()
        .all(|&column| header.field(record, column).trim().is_empty())
        && filled.all(is_number)
}

/// `001` of `'001` and `="001"`, by which spreadsheets keep the zeros.
pub fn unforced(code: &str) -> &str {
    let quoted = code
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    quoted
        .or_else(|| code.strip_prefix('\''))
        .unwrap_or(code)
        .trim()
}

/// `1.00012E+11`, which a spreadsheet makes of a long number; its last digits are gone.
pub fn is_exponential(code: &str) -> bool {
    code.split_once(['E', 'e']).is_some_and(|(number, power)| {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let is_number = digits(&number.replacen('.', "", 1));
        is_number && power.strip_prefix('+').is_some_and(digits)
    })
}

/// `#REF!` and the like, which a spreadsheet writes for a value.
fn is_formula(text: &str) -> bool {
    [
        "#REF!", "#VALUE!", "#N/A", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!",
    ]
    .contains(&text)
}

/// A text in one line, trimmed, of so many characters at most.
///
/// # Errors
/// What is in it that no text has.
pub fn one_line(text: &str, most: usize) -> Result<&str, ProblemKind> {
    judged(text, most, has_invisible)
}

/// The same for a text of several lines.
///
/// # Errors
/// What is in it that no text has.
pub fn several_lines(text: &str, most: usize) -> Result<&str, ProblemKind> {
    judged(text, most, |text| {
        text.split(['\r', '\n', '\t']).any(has_invisible)
    })
}

fn judged(text: &str, most: usize, has_unseen: impl Fn(&str) -> bool) -> Result<&str, ProblemKind> {
    let text = text.trim();
    if text.contains('\u{FFFD}') {
        Err(ProblemKind::Undecodable)
    } else if is_formula(text) {
        Err(ProblemKind::Formula)
    } else if text.contains(['\r', '\n']) && has_unseen("\n") {
        Err(ProblemKind::LineBreak)
    } else if has_unseen(text) {
        Err(ProblemKind::Invisible)
    } else if text.chars().nth(most).is_some() {
        Err(ProblemKind::TooLong(most))
    } else {
        Ok(text)
    }
}

/// The cells of one line. Each reader answers `None` after naming the problem.
pub struct Cells<'a, 'p> {
    record: &'a Record<'a>,
    header: &'a Header,
    problems: &'p mut Problems,
    /// Whether it was said already that the line ends too early.
    is_cut: bool,
}

impl<'a, 'p> Cells<'a, 'p> {
    /// The cells of a record, if all that it holds stands below a column's name. The last
    /// ones may be left out where they may be empty.
    pub fn of(
        record: &'a Record<'a>,
        header: &'a Header,
        problems: &'p mut Problems,
    ) -> Option<Self> {
        let cell = |word| Some((header.name(0), word));
        let wrong = if let Err(why) = header.only_named(record) {
            Some((None, why))
        } else if let Some(word) = total_word(record) {
            Some((cell(word), ProblemKind::Total))
        } else if is_sums(record, header) {
            Some((None, ProblemKind::Total))
        } else if header.is_repeated_by(record) {
            Some((None, ProblemKind::HeaderAgain))
        } else {
            None
        };
        if let Some((cell, why)) = wrong {
            problems.about(header.key(record));
            match cell {
                Some((column, word)) => problems.cell(record.line, column, word, why),
                None => problems.line(record.line, why),
            }
            return None;
        }
        Some(Self {
            record,
            header,
            problems,
            is_cut: false,
        })
    }

    /// How many problems have been named so far, in this line and before.
    pub fn problems(&self) -> u64 {
        self.problems.count()
    }

    /// As it stands there.
    pub fn raw(&self, column: usize) -> &'a str {
        self.header.field(self.record, column)
    }

    /// Names what is wrong.
    pub fn bad<T>(&mut self, column: usize, why: ProblemKind) -> Option<T> {
        self.problems.about(self.header.key(self.record));
        self.problems.cell(
            self.record.line,
            self.header.name(column),
            self.raw(column),
            why,
        );
        None
    }

    /// Trimmed, and nothing else: what a file says is kept as it is.
    pub fn text(&mut self, column: usize, most: usize) -> Option<&'a str> {
        self.seen(column, most, has_invisible)
    }

    /// A text in words, in which nothing stands in the place of another character.
    pub fn words(&mut self, column: usize, most: usize) -> Option<&'a str> {
        if stand_in::is_in_text(self.raw(column)) {
            return self.bad(column, ProblemKind::StandIn);
        }
        self.text(column, most)
    }

    /// The same for a text of several lines, of which there has to be one.
    pub fn lines(&mut self, column: usize, most: usize) -> Option<&'a str> {
        let in_a_line = |text: &str| text.split(['\r', '\n', '\t']).any(has_invisible);
        match self.seen(column, most, in_a_line)? {
            "" => self.missing(column),
            text => Some(text),
        }
    }

    fn seen(
        &mut self,
        column: usize,
        most: usize,
        has_unseen: impl Fn(&str) -> bool,
    ) -> Option<&'a str> {
        if let Some(why) = self.header.trouble(self.record, column) {
            return self.bad(column, why.clone());
        }
        match judged(self.raw(column), most, has_unseen) {
            Ok(text) => Some(text),
            Err(why) => self.bad(column, why),
        }
    }

    /// The same; empty is not enough.
    pub fn required(&mut self, column: usize, most: usize) -> Option<&'a str> {
        match self.text(column, most)? {
            "" => self.missing(column),
            text => Some(text),
        }
    }

    /// Says that a cell is empty; of a line that ends before it, this alone, once.
    fn missing<T>(&mut self, column: usize) -> Option<T> {
        if self.header.reaches(self.record, column) {
            return self.bad(column, ProblemKind::Missing);
        }
        if !self.is_cut {
            self.is_cut = true;
            let (found, expected) = (self.record.width(), self.header.width());
            // A line break splits one cell in two.
            let why = if self.record.width_before + found == expected + 1 {
                ProblemKind::Continued
            } else {
                ProblemKind::Columns { found, expected }
            };
            self.problems.about(self.header.key(self.record));
            self.problems.line(self.record.line, why);
        }
        None
    }

    /// A code, which may begin with zeros; without what forces a spreadsheet to keep them.
    pub fn code(&mut self, column: usize) -> Option<&'a str> {
        let code = unforced(self.text(column, KEY_CHARS)?);
        if is_exponential(code) {
            return self.bad(column, ProblemKind::Exponential);
        }
        Some(code)
    }

    /// Part of a person's key.
    pub fn key_part(&mut self, column: usize) -> Option<&'a str> {
        match self.code(column)? {
            "" => self.missing(column),
            code => Some(code),
        }
    }

    /// The same: keys are written with hyphens between their parts.
    pub fn without_hyphen(&mut self, column: usize) -> Option<&'a str> {
        match self.key_part(column)? {
            text if text.contains('-') => self.bad(column, ProblemKind::Hyphen),
            text => Some(text),
        }
    }

    /// A word with a meaning.
    pub fn parsed<T>(
        &mut self,
        column: usize,
        parse: impl Fn(&str) -> Option<T>,
        why: ProblemKind,
    ) -> Option<T> {
        let text = self.required(column, KEY_CHARS)?;
        parse(text).or_else(|| self.bad(column, why))
    }

    /// A date.
    pub fn date(&mut self, column: usize) -> Option<Date> {
        self.required(column, KEY_CHARS)?;
        self.optional_date(column).flatten()
    }

    /// A date, or nothing.
    pub fn optional_date(&mut self, column: usize) -> Option<Option<Date>> {
        match self.text(column, KEY_CHARS)? {
            "" => Some(None),
            text => match date::parse(text) {
                Ok(date) => Some(Some(date)),
                Err(problem) => self.bad(column, ProblemKind::Date(problem)),
            },
        }
    }
}

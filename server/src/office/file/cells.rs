//! The cells of one line, by the columns' places in a file's list of columns.

use domain::rules::invisible::has_invisible;
use time::Date;

use super::{
    date,
    header::Header,
    problem::{ProblemKind, Problems},
    records::Record,
};

/// What a person's key consists of: each part at most this long.
pub const KEY_CHARS: usize = 20;

/// The cells of one line. Each reader answers `None` after naming the problem.
pub struct Cells<'a, 'p> {
    record: &'a Record<'a>,
    header: &'a Header,
    problems: &'p mut Problems,
}

impl<'a, 'p> Cells<'a, 'p> {
    /// The cells of a record, if it has as many as the header.
    pub fn of(
        record: &'a Record<'a>,
        header: &'a Header,
        problems: &'p mut Problems,
    ) -> Option<Self> {
        if record.width() == header.width() {
            return Some(Self {
                record,
                header,
                problems,
            });
        }
        let why = ProblemKind::Columns {
            found: record.width(),
            expected: header.width(),
        };
        problems.line(record.line, why);
        None
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

    /// The same for a text of several lines, of which there has to be one.
    pub fn lines(&mut self, column: usize, most: usize) -> Option<&'a str> {
        let in_a_line = |text: &str| text.split(['\r', '\n', '\t']).any(has_invisible);
        match self.seen(column, most, in_a_line)? {
            "" => self.bad(column, ProblemKind::Missing),
            text => Some(text),
        }
    }

    fn seen(
        &mut self,
        column: usize,
        most: usize,
        has_unseen: impl Fn(&str) -> bool,
    ) -> Option<&'a str> {
        let text = self.raw(column).trim();
        if text.contains('\u{FFFD}') {
            self.bad(column, ProblemKind::Undecodable)
        } else if has_unseen(text) {
            self.bad(column, ProblemKind::Invisible)
        } else if text.chars().nth(most).is_some() {
            self.bad(column, ProblemKind::TooLong(most))
        } else {
            Some(text)
        }
    }

    /// The same; empty is not enough.
    pub fn required(&mut self, column: usize, most: usize) -> Option<&'a str> {
        match self.text(column, most)? {
            "" => self.bad(column, ProblemKind::Missing),
            text => Some(text),
        }
    }

    /// Part of a person's key: keys are written with hyphens between their parts.
    pub fn without_hyphen(&mut self, column: usize) -> Option<&'a str> {
        match self.required(column, KEY_CHARS)? {
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

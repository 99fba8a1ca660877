//! What is wrong with a line, in words for the clerk who mends it.

mod kind;

use std::fmt;

use domain::rules::invisible::is_invisible;
use store::{roster::WithoutZeros, staging::UnknownPerson};

pub use self::kind::ProblemKind;

/// Problems that are named on a console; the others are counted.
pub const MAX_LISTED: usize = 100;

/// Problems that are kept, for a list of them.
pub const MAX_KEPT: usize = 10_000;

/// The longest part of a value that is repeated to the clerk, in characters.
const SHOWN_CHARS: usize = 40;

/// How zeros are lost, and what to do.
pub const ZEROS: &str = "先頭の0は、CSVをExcelで開いて保存すると消えます。もとのファイルをExcelで開かずに取り込むか、\
                         Excelで列の表示形式を「文字列」にして、0を書き直してください。";

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file; the first is 1.
    pub line: u64,
    /// The column's name, and what stands there; `None`: the line as a whole.
    pub cell: Option<(&'static str, String)>,
    /// What is wrong with it.
    pub why: ProblemKind,
    /// What the line is about, as it stands there: 記号-番号-枝番, or a 管理番号.
    pub key: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}行目", self.line)?;
        if let Some((column, value)) = &self.cell {
            write!(f, " {column}{}", shown(value))?;
        }
        write!(f, ": {}", self.why)
    }
}

/// A value in brackets, cut, and with nothing in it that a terminal would obey.
pub fn shown(value: &str) -> String {
    let mut chars = value.chars();
    let start: String = chars
        .by_ref()
        .take(SHOWN_CHARS)
        .map(|c| if is_invisible(c) { '\u{FFFD}' } else { c })
        .collect();
    let rest = if chars.next().is_some() { "…" } else { "" };
    format!("「{start}{rest}」")
}

/// Everything that is wrong with a file: the first ten thousand by name, and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// In the order of their lines.
    kept: Vec<Problem>,
    count: u64,
    /// What the next one is about.
    key: Option<String>,
    /// The sheet of a workbook.
    sheet: Option<String>,
}

impl Problems {
    /// None yet, of the sheet of a workbook.
    pub fn of_sheet(name: &str) -> Self {
        Self {
            sheet: Some(name.to_owned()),
            ..Self::default()
        }
    }

    /// The sheet of a workbook.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// What is added next is about a line with this key.
    pub fn about(&mut self, key: Option<String>) {
        self.key = key;
    }

    /// Adds one about a value.
    pub fn cell(&mut self, line: u64, column: &'static str, value: &str, why: ProblemKind) {
        let cell = || Some((column, value.chars().take(SHOWN_CHARS + 1).collect()));
        self.add(line, cell, why);
    }

    /// Adds one about a line as a whole.
    pub fn line(&mut self, line: u64, why: ProblemKind) {
        self.add(line, || None, why);
    }

    fn add(
        &mut self,
        line: u64,
        cell: impl FnOnce() -> Option<(&'static str, String)>,
        why: ProblemKind,
    ) {
        let key = self.key.take();
        if self.kept.len() < MAX_KEPT {
            let cell = cell();
            self.kept.push(Problem {
                line,
                cell,
                why,
                key,
            });
        }
        self.count += 1;
    }

    /// Adds duplicates, of which `count` were found and the first ones are
    /// named: (line, the earlier line).
    pub fn duplicates(&mut self, first: &[(u64, u64)], count: u64) {
        let named = first
            .iter()
            .map(|&(line, earlier)| (line, ProblemKind::Duplicate(earlier)));
        self.found_afterwards(named, count);
    }

    /// Adds lines about people whom nobody knows, likewise.
    pub fn unknown_people(&mut self, first: Vec<(u64, UnknownPerson)>, count: u64) {
        let named = first.into_iter();
        self.found_afterwards(
            named.map(|(line, who)| (line, ProblemKind::UnknownPerson(Box::new(who)))),
            count,
        );
    }

    /// Adds lines with a code that has lost its zeros, likewise; `what` names the columns.
    pub fn zeros_lost(&mut self, what: &'static str, (count, first): WithoutZeros) {
        let named = first.into_iter().map(|(line, known)| {
            let why = ProblemKind::ZerosLost { what, known };
            (line.cast_unsigned(), why)
        });
        self.found_afterwards(named, count.cast_unsigned());
    }

    /// How zeros are lost, where a code in a line named has lost its own.
    pub fn zeros(&self) -> Option<&'static str> {
        let mut named = self.named().iter();
        let is_lost = named.any(|problem| match &problem.why {
            ProblemKind::ZerosLost { .. } | ProblemKind::PostalZeros => true,
            ProblemKind::UnknownPerson(who) => who.with_zeros.is_some(),
            _ => false,
        });
        is_lost.then_some(ZEROS)
    }

    /// Adds lines whose key belonged to several people then, likewise; `way_out` says what
    /// can be done.
    pub fn several_holders(&mut self, first: &[i64], count: i64, way_out: &str) {
        let why = format!(
            "この記号・番号・枝番は、この時期に2人以上の加入者のものだったため、だれのことか決められません。{way_out}"
        );
        let named = first
            .iter()
            .map(|line| (line.cast_unsigned(), ProblemKind::Other(why.clone())));
        self.found_afterwards(named, count.cast_unsigned());
    }

    /// Adds checkups of people who were not born yet, likewise.
    pub fn before_birth(&mut self, first: &[u64], count: u64) {
        self.found_afterwards(
            first.iter().map(|&line| (line, ProblemKind::BeforeBirth)),
            count,
        );
    }

    /// Adds lines that give somebody's key to somebody else, likewise.
    pub fn other_people(&mut self, first: &[i64], count: i64) {
        let named = first
            .iter()
            .map(|line| (line.cast_unsigned(), ProblemKind::OtherPerson));
        self.found_afterwards(named, count.cast_unsigned());
    }

    /// Adds lines with the person and the day of an earlier one, likewise.
    pub fn repeated_days(&mut self, first: &[(u64, u64)], count: u64) {
        let named = first
            .iter()
            .map(|&(line, earlier)| (line, ProblemKind::RepeatedDay(earlier)));
        self.found_afterwards(named, count);
    }

    /// Lines that could be further claims as well as corrections, likewise, in a file
    /// that is good otherwise.
    pub fn of_unclear((count, first): (i64, Vec<i64>)) -> Self {
        let mut problems = Self::default();
        let named = first
            .into_iter()
            .map(|line| (line.cast_unsigned(), ProblemKind::Unclear));
        problems.found_afterwards(named, count.cast_unsigned());
        problems
    }

    /// Lines that give back more than the household paid in that month, likewise: with what
    /// they give back.
    pub fn of_extra_beyond((count, first): (i64, Vec<(i64, i64)>)) -> Self {
        let mut problems = Self::default();
        for (line, extra) in &first {
            let why = ProblemKind::ExtraBeyondPaid;
            problems.cell(line.cast_unsigned(), "付加給付額", &extra.to_string(), why);
        }
        problems.count = count.cast_unsigned();
        problems
    }

    fn found_afterwards(&mut self, first: impl Iterator<Item = (u64, ProblemKind)>, count: u64) {
        self.count += count;
        self.kept.extend(first.map(|(line, why)| Problem {
            line,
            cell: None,
            key: match &why {
                ProblemKind::UnknownPerson(who) => Some(kind::key_in_words(&who.key)),
                _ => None,
            },
            why,
        }));
        self.kept.sort_by_key(|problem| problem.line);
        self.kept.truncate(MAX_KEPT);
    }

    /// The first hundred, in the order of their lines.
    pub fn named(&self) -> &[Problem] {
        &self.kept[..self.kept.len().min(MAX_LISTED)]
    }

    /// The first ten thousand.
    pub fn kept(&self) -> &[Problem] {
        &self.kept
    }

    /// How many there are in all.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sheet) = &self.sheet {
            writeln!(f, "シート{}", shown(sheet))?;
        }
        for problem in self.named() {
            writeln!(f, "{problem}")?;
        }
        let unnamed = self.count - self.named().len() as u64;
        if unnamed > 0 {
            writeln!(f, "ほか{unnamed}件")?;
        }
        write!(f, "誤りは全部で{}件です。", self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::office::file::date::DateProblem;

    #[test]
    fn a_clerk_reads_line_column_value_and_reason() {
        let mut problems = Problems::default();
        problems.cell(
            12,
            "生年月日",
            "1990-02-30",
            ProblemKind::Date(DateProblem::NoSuchDay),
        );
        problems.cell(13, "氏名", "\u{1b}[31m赤\0", ProblemKind::Invisible);
        problems.line(
            14,
            ProblemKind::Columns {
                found: 13,
                expected: 14,
            },
        );
        assert_eq!(
            problems.to_string(),
            "12行目 生年月日「1990-02-30」: 暦にない日付です\n\
             13行目 氏名「\u{FFFD}[31m赤\u{FFFD}」: 改行などの見えない文字が含まれています\n\
             14行目: 列の数が違います（14列のところ13列）\n\
             誤りは全部で3件です。"
        );
    }

    #[test]
    fn beyond_a_hundred_they_are_counted() {
        let mut problems = Problems::default();
        for line in 2..302 {
            problems.cell(line, "氏名", &"長".repeat(1000), ProblemKind::TooLong(100));
        }
        problems.duplicates(&[(5, 4), (400, 3)], 2);
        assert_eq!((problems.named().len(), problems.count()), (100, 302));
        assert_eq!(problems.named()[4].why, ProblemKind::Duplicate(4));
        assert!(
            problems
                .to_string()
                .ends_with("\nほか202件\n誤りは全部で302件です。")
        );
        let longest = problems
            .named()
            .iter()
            .map(|p| p.to_string().chars().count())
            .max();
        assert!(longest < Some(100), "{longest:?}");
    }
}

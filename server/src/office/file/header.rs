//! The header row: which column stands where, whatever the order.

use std::fmt;

use super::{
    columns::{self, KEY_CHARS},
    problem::{ProblemKind, shown},
    records::Record,
    wrong_file::WrongFile,
};

/// Where each column of a kind of file stands.
#[derive(Debug)]
pub struct Header {
    columns: &'static [&'static str],
    /// `None` for one that the file lacks, and may.
    places: Vec<Option<usize>>,
    /// How many cells it has, up to the last name.
    cells: usize,
}

/// What is wrong with a header; every column is named.
#[derive(Debug, PartialEq, Eq)]
pub struct HeaderProblem {
    /// Columns that the file lacks.
    pub missing: Vec<&'static str>,
    /// Columns that no file of this kind has, as written.
    pub unknown: Vec<String>,
    /// Columns that stand there more than once.
    pub doubled: Vec<&'static str>,
    /// What the file is instead, where that can be told: it explains the rest.
    pub instead: Option<WrongFile>,
}

impl HeaderProblem {
    /// In words that repeat nothing of the file: where it has no header, its first line holds
    /// somebody's values.
    pub fn without_values(&self) -> String {
        let unknown = vec!["（値は表示しません）".to_owned(); self.unknown.len().min(1)];
        let told = Self {
            missing: self.missing.clone(),
            unknown,
            doubled: self.doubled.clone(),
            instead: self.instead.clone(),
        };
        match self.unknown.len() {
            0 => told.to_string(),
            more => format!("{told}（知らない列は{more}列あります。）"),
        }
    }
}

impl fmt::Display for HeaderProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(what) = &self.instead {
            return what.fmt(f);
        }
        f.write_str("1行目の見出しが正しくありません。")?;
        if !self.missing.is_empty() {
            write!(f, "足りない列: {}。", self.missing.join("、"))?;
        }
        if !self.unknown.is_empty() {
            write!(f, "知らない列: {}。", self.unknown.join("、"))?;
        }
        if !self.doubled.is_empty() {
            write!(f, "二重の列: {}。", self.doubled.join("、"))?;
        }
        Ok(())
    }
}

impl Header {
    /// Finds `columns` in the first record.
    ///
    /// # Errors
    /// Columns that are missing, unknown or there twice.
    pub fn read(
        first: &Record<'_>,
        columns: &'static [&'static str],
    ) -> Result<Self, HeaderProblem> {
        // Empty names are those of columns that a spreadsheet once had something in.
        let names: Vec<&str> = first.fields().map(str::trim).collect();
        let meant: Vec<_> = names
            .iter()
            .map(|name| columns::meant(name, columns))
            .collect();
        let count = |column: &str| meant.iter().filter(|&&name| name == Some(column)).count();
        let with_count = |wrong: fn(usize) -> bool| -> Vec<&'static str> {
            columns
                .iter()
                .copied()
                .filter(|column| wrong(count(column)))
                .collect()
        };
        let problem = HeaderProblem {
            instead: None,
            missing: with_count(|n| n == 0)
                .into_iter()
                .filter(|column| !columns::may_be_absent(column, columns))
                .collect(),
            doubled: with_count(|n| n > 1),
            unknown: names
                .iter()
                .zip(&meant)
                .filter(|(name, meant)| !name.is_empty() && meant.is_none())
                .map(|(name, _)| shown(name))
                .collect(),
        };
        if problem.missing.is_empty() && problem.doubled.is_empty() && problem.unknown.is_empty() {
            let place = |column: &&str| meant.iter().position(|name| *name == Some(*column));
            Ok(Self {
                columns,
                places: columns.iter().map(place).collect(),
                cells: names
                    .iter()
                    .rposition(|name| !name.is_empty())
                    .map_or(0, |last| last + 1),
            })
        } else {
            Err(problem)
        }
    }

    /// How many cells a whole record has.
    pub fn width(&self) -> usize {
        self.cells
    }

    /// What is wrong with a cell as such, of the column that is `nth`.
    pub fn trouble<'a>(&self, record: &Record<'a>, nth: usize) -> Option<&'a ProblemKind> {
        record.trouble(self.places.get(nth).copied().flatten()?)
    }

    /// Whether a record has a cell for the column that is `nth`, be it empty. Spreadsheets
    /// leave the last empty ones out.
    pub fn reaches(&self, record: &Record<'_>, nth: usize) -> bool {
        self.places
            .get(nth)
            .is_some_and(|place| place.is_some_and(|place| place < record.width()))
    }

    /// What stands in a record below no name.
    ///
    /// # Errors
    /// The first such value.
    pub fn only_named(&self, record: &Record<'_>) -> Result<(), ProblemKind> {
        let is_surplus = |&place: &usize| {
            !self.places.contains(&Some(place)) && !record.field(place).trim().is_empty()
        };
        match (0..record.width()).find(is_surplus) {
            None => Ok(()),
            Some(place) if place < self.cells => Err(ProblemKind::NamelessColumn(place + 1)),
            Some(_) => Err(ProblemKind::Columns {
                found: record.width(),
                expected: self.cells,
            }),
        }
    }

    /// Whether a record says the columns' names once more, as where files were put together.
    pub fn is_repeated_by(&self, record: &Record<'_>) -> bool {
        let says_its_name = |nth: usize| {
            let name = columns::meant(self.field(record, nth).trim(), self.columns);
            name.is_some() && name == self.columns.get(nth).copied()
        };
        [0, 1].into_iter().all(says_its_name)
    }

    /// What a record is about: 記号-番号-枝番, or a 管理番号. None where that is longer than
    /// any, since cells may have come out of their places.
    pub fn key(&self, record: &Record<'_>) -> Option<String> {
        let parts = match self.columns {
            ["記号", "番号", "枝番", ..] => 3,
            _ => 1,
        };
        let parts: Vec<&str> = (0..parts)
            .map(|nth| self.field(record, nth).trim())
            .collect();
        let is_key = |part: &&str| part.chars().nth(KEY_CHARS).is_none();
        let is_any = parts.iter().all(is_key) && parts.iter().any(|part| !part.is_empty());
        is_any.then(|| parts.join("-"))
    }

    /// The name of the column that is `nth` in the list given to [`Self::read`].
    pub fn name(&self, nth: usize) -> &'static str {
        self.columns.get(nth).copied().unwrap_or_default()
    }

    /// The field of the column that is `nth` in the list given to [`Self::read`].
    pub fn field<'a>(&self, record: &Record<'a>, nth: usize) -> &'a str {
        record.field(
            self.places
                .get(nth)
                .copied()
                .flatten()
                .unwrap_or(usize::MAX),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::office::file::records::Records;

    fn header(line: &str) -> Result<Header, HeaderProblem> {
        let mut records = Records::new(line.as_bytes());
        Header::read(&records.read().unwrap().unwrap(), &["記号", "番号", "氏名"])
    }

    #[test]
    fn columns_stand_in_any_order() {
        let header = header(" 氏名,\"記号\",番号\u{3000}").unwrap();
        let mut records = Records::new("太郎,1001,12".as_bytes());
        let record = records.read().unwrap().unwrap();
        let fields: Vec<_> = (0..header.width())
            .map(|nth| header.field(&record, nth))
            .collect();
        assert_eq!(fields, ["1001", "12", "太郎"]);
    }

    #[test]
    fn columns_without_a_name_hold_nothing() {
        let header = header("記号,,番号,氏名,,").unwrap();
        assert_eq!(header.width(), 4);
        let only_named = |line: &str| {
            let mut records = Records::new(line.as_bytes());
            header.only_named(&records.read().unwrap().unwrap())
        };
        for line in ["1001,,12,太郎", "1001,,12,太郎,,,", "1001, ,12", "1001"] {
            assert_eq!(only_named(line), Ok(()), "{line}");
        }
        assert_eq!(
            only_named("1001,x,12,太郎"),
            Err(ProblemKind::NamelessColumn(2))
        );
        let (found, expected) = (6, 4);
        assert_eq!(
            only_named("1001,,12,太郎,,x"),
            Err(ProblemKind::Columns { found, expected })
        );
    }

    #[test]
    fn every_wrong_column_is_named() {
        let problem = header("記号,氏名2,番号,番　号,,").unwrap_err();
        assert_eq!(
            problem.to_string(),
            "1行目の見出しが正しくありません。足りない列: 氏名。知らない列: 「氏名2」。二重の列: 番号。"
        );
    }
}

//! The header row: which column stands where, whatever the order.

use std::fmt;

use super::records::Record;

/// Where each column of a kind of file stands.
#[derive(Debug)]
pub struct Header {
    columns: &'static [&'static str],
    places: Vec<usize>,
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
}

impl fmt::Display for HeaderProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        let names: Vec<&str> = first.fields().map(str::trim).collect();
        let count = |column: &str| names.iter().filter(|&&name| name == column).count();
        let with_count = |wrong: fn(usize) -> bool| -> Vec<&'static str> {
            columns
                .iter()
                .copied()
                .filter(|column| wrong(count(column)))
                .collect()
        };
        let problem = HeaderProblem {
            missing: with_count(|n| n == 0),
            doubled: with_count(|n| n > 1),
            unknown: names
                .iter()
                .filter(|name| !columns.contains(name))
                .map(|name| super::problem::shown(name))
                .collect(),
        };
        if problem.missing.is_empty() && problem.doubled.is_empty() && problem.unknown.is_empty() {
            let place = |column: &&str| names.iter().position(|name| name == column);
            Ok(Self {
                columns,
                places: columns.iter().filter_map(place).collect(),
            })
        } else {
            Err(problem)
        }
    }

    /// How many fields every record has.
    pub fn width(&self) -> usize {
        self.places.len()
    }

    /// The name of the column that is `nth` in the list given to [`Self::read`].
    pub fn name(&self, nth: usize) -> &'static str {
        self.columns.get(nth).copied().unwrap_or_default()
    }

    /// The field of the column that is `nth` in the list given to [`Self::read`].
    pub fn field<'a>(&self, record: &Record<'a>, nth: usize) -> &'a str {
        record.field(self.places.get(nth).copied().unwrap_or(usize::MAX))
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
    fn every_wrong_column_is_named() {
        let problem = header("記号,氏　名,番号,番号,,").unwrap_err();
        assert_eq!(
            problem.to_string(),
            "1行目の見出しが正しくありません。足りない列: 氏名。知らない列: 「氏　名」、「」、「」。二重の列: 番号。"
        );
    }
}

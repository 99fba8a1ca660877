//! CSV records (RFC 4180) with the line on which each begins, and with bounds:
//! whatever the file holds, no more than one record of it is in memory.

use std::io::{self, BufRead, Read};

use csv_core::ReadRecordResult;

use super::{encoding::Decoded, problem::ProblemKind};

/// The longest record, in bytes of UTF-8. A line of a roster has about 200; a
/// quote that is never closed would otherwise swallow the file.
pub const MAX_RECORD: usize = 64 * 1024;

/// More columns than any file of ours has.
const MAX_COLUMNS: usize = 256;

/// Ctrl-Z, with which programs that come from DOS end a text.
const END_OF_FILE: u8 = 0x1A;

/// What ends the reading before the end of the file.
#[derive(Debug)]
pub enum RecordError {
    /// The file cannot be read any further.
    Io(io::Error),
    /// From this line on nothing can be told apart.
    At {
        /// The first line of the record.
        line: u64,
        /// What is wrong with it.
        why: ProblemKind,
    },
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// One record.
pub struct Record<'a> {
    /// The line of the file on which it begins; the first is 1.
    pub line: u64,
    /// How many fields the record before it has.
    pub width_before: usize,
    pub(super) text: &'a [u8],
    pub(super) ends: &'a [usize],
    /// Cells of a workbook that are no value, each with what is wrong with it.
    pub(super) troubles: &'a [(usize, ProblemKind)],
}

/// Where records come from.
pub trait RecordSource {
    /// The next record that holds anything.
    ///
    /// # Errors
    /// The file cannot be read, or its records cannot be told apart any more.
    fn read_filled(&mut self) -> Result<Option<Record<'_>>, RecordError>;

    /// Bytes of the file that were read so far.
    fn bytes_read(&self) -> u64;
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == char::from(END_OF_FILE)
}

impl<'a> Record<'a> {
    /// How many fields it has.
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// Whether no field holds anything: a blank line, or one of commas, as
    /// spreadsheets leave them at the end.
    pub fn is_blank(&self) -> bool {
        self.fields()
            .all(|field| field.trim_matches(is_blank).is_empty())
    }

    /// The field at `place`, counted from 0; empty where there is none, as behind the last
    /// one that a spreadsheet wrote.
    pub fn field(&self, place: usize) -> &'a str {
        let Some(&end) = self.ends.get(place) else {
            return "";
        };
        let start = if place == 0 {
            0
        } else {
            self.ends.get(place - 1).copied().unwrap_or(0)
        };
        let field = self.text.get(start..end);
        // The text was decoded and is split at ASCII: always UTF-8.
        field
            .and_then(|field| std::str::from_utf8(field).ok())
            .unwrap_or("\u{FFFD}")
    }

    /// What is wrong with the cell at `place` as such.
    pub fn trouble(&self, place: usize) -> Option<&'a ProblemKind> {
        let mut all = self.troubles.iter();
        all.find(|(its, _)| *its == place).map(|(_, why)| why)
    }

    /// All fields in order.
    pub fn fields(&self) -> impl Iterator<Item = &'a str> {
        (0..self.width()).map(|place| self.field(place))
    }
}

/// Reads records from decoded text.
pub struct Records<R> {
    text: R,
    parser: csv_core::Reader,
    /// Lines read so far.
    lines: u64,
    /// Of the last record: the line on which it begins, its bytes and fields, and the
    /// fields of the one before.
    begins: u64,
    filled: usize,
    width: usize,
    width_before: usize,
    line: Vec<u8>,
    fields: Vec<u8>,
    ends: Vec<usize>,
}

impl<R: BufRead> Records<R> {
    /// Reads from where `text` stands.
    pub fn new(text: R) -> Self {
        Self {
            text,
            parser: csv_core::Reader::new(),
            lines: 0,
            begins: 0,
            filled: 0,
            width: 0,
            width_before: 0,
            line: Vec::new(),
            fields: vec![0; MAX_RECORD],
            ends: vec![0; MAX_COLUMNS],
        }
    }

    /// The next record; lines without any field are skipped, and counted.
    ///
    /// # Errors
    /// The file cannot be read, or its records cannot be told apart any more.
    pub fn read(&mut self) -> Result<Option<Record<'_>>, RecordError> {
        Ok(self.advance()?.then(|| self.current()))
    }

    fn current(&self) -> Record<'_> {
        Record {
            line: self.begins,
            width_before: self.width_before,
            text: &self.fields[..self.filled],
            ends: &self.ends[..self.width],
            troubles: &[],
        }
    }

    /// Reads the next record; false at the end.
    fn advance(&mut self) -> Result<bool, RecordError> {
        self.begins = self.lines + 1;
        let (mut filled, mut columns) = (0, 0);
        loop {
            let begins = self.begins;
            let at = move |why| RecordError::At { line: begins, why };
            self.read_line()
                .map_err(|stop| stop.unwrap_or(at(ProblemKind::RecordTooLong)))?;
            if self.line.is_empty() && columns == 0 && filled == 0 {
                return Ok(false);
            }
            if self.line.is_empty() {
                return Err(at(ProblemKind::QuoteNeverClosed));
            }
            let (result, took, wrote, ended) = self.parser.read_record(
                &self.line,
                &mut self.fields[filled..],
                &mut self.ends[columns..],
            );
            filled += wrote;
            columns += ended;
            match result {
                // A blank line, or the line break was inside quotes.
                ReadRecordResult::InputEmpty if filled == 0 && columns == 0 => {
                    self.begins = self.lines + 1;
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => return Err(at(ProblemKind::RecordTooLong)),
                ReadRecordResult::OutputEndsFull => return Err(at(ProblemKind::TooManyColumns)),
                ReadRecordResult::Record if took < self.line.len() => {
                    return Err(at(ProblemKind::LoneCarriageReturn));
                }
                ReadRecordResult::Record | ReadRecordResult::End => {
                    self.width_before = std::mem::replace(&mut self.width, columns);
                    self.filled = filled;
                    return Ok(true);
                }
            }
        }
    }

    /// The next line, ending in LF whatever it ended in; empty at the end of
    /// the file. `Err(None)`: it is longer than a record may be.
    fn read_line(&mut self) -> Result<(), Option<RecordError>> {
        self.line.clear();
        let mut bounded = self.text.by_ref().take(MAX_RECORD as u64);
        bounded
            .read_until(b'\n', &mut self.line)
            .map_err(|e| Some(RecordError::Io(e)))?;
        if self.line.len() == MAX_RECORD && !self.line.ends_with(b"\n") {
            return Err(None);
        }
        if self.line.ends_with(b"\r\n") {
            self.line.truncate(self.line.len() - 2);
            self.line.push(b'\n');
        } else if !self.line.ends_with(b"\n") {
            // The last line. Old programs put Ctrl-Z behind it, and fill up with NUL.
            let is_filling = |byte: &u8| matches!(*byte, 0 | END_OF_FILE);
            let text = self.line.iter().rposition(|byte| !is_filling(byte));
            let text = text.map_or(0, |last| last + 1);
            if self.line.get(text) == Some(&END_OF_FILE) {
                self.line.truncate(text);
            }
            if !self.line.is_empty() {
                self.line.push(b'\n');
            }
        }
        self.lines += u64::from(!self.line.is_empty());
        Ok(())
    }
}

impl<R: Read> RecordSource for Records<Decoded<R>> {
    fn read_filled(&mut self) -> Result<Option<Record<'_>>, RecordError> {
        while self.advance()? {
            if !self.current().is_blank() {
                return Ok(Some(self.current()));
            }
        }
        Ok(None)
    }

    fn bytes_read(&self) -> u64 {
        self.text.bytes_read()
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    type Row = (u64, Vec<String>);

    fn read(text: &str) -> Result<Vec<Row>, (u64, ProblemKind)> {
        let mut records = Records::new(BufReader::with_capacity(7, text.as_bytes()));
        let mut all = Vec::new();
        loop {
            match records.read() {
                Ok(None) => return Ok(all),
                Ok(Some(record)) => {
                    all.push((record.line, record.fields().map(str::to_owned).collect()));
                }
                Err(RecordError::At { line, why }) => return Err((line, why)),
                Err(RecordError::Io(e)) => panic!("{e}"),
            }
        }
    }

    fn row(line: u64, fields: &[&str]) -> Row {
        (line, fields.iter().map(|&field| field.to_owned()).collect())
    }

    #[test]
    fn records_know_their_line() {
        let expected = vec![
            row(1, &["a", "b"]),
            row(3, &["1", "2\n3"]),
            row(5, &["4", ""]),
            row(8, &["5"]),
        ];
        let text = "a,b\n\n1,\"2\n3\"\n4,\n\n\n5";
        assert_eq!(read(text), Ok(expected.clone()));
        assert_eq!(read(&text.replace('\n', "\r\n")), Ok(expected));
        assert_eq!(read(""), Ok(vec![]));
        assert_eq!(read("\n\r\n"), Ok(vec![]));
        assert_eq!(read("a,b\r\n\u{1A}"), Ok(vec![row(1, &["a", "b"])]));
        assert_eq!(read("a,b\u{1A}\u{1A}"), Ok(vec![row(1, &["a", "b"])]));
        assert_eq!(read("a,b\n\u{1A}\0\0\0"), Ok(vec![row(1, &["a", "b"])]));
    }

    #[test]
    fn quotes_are_those_of_rfc_4180() {
        assert_eq!(
            read("\"a,\"\"b\"\"\",c\"d\n\"\"\n"),
            Ok(vec![row(1, &["a,\"b\"", "c\"d"]), row(2, &[""])])
        );
    }

    #[test]
    fn what_cannot_be_told_apart_stops_with_its_line() {
        assert_eq!(
            read("a\nb,\"c\nd\n"),
            Err((2, ProblemKind::QuoteNeverClosed))
        );
        assert_eq!(read("a\n\"b"), Err((2, ProblemKind::QuoteNeverClosed)));
        assert_eq!(
            read("a,b\rc,d\r"),
            Err((1, ProblemKind::LoneCarriageReturn))
        );
        assert_eq!(
            read(&format!("a\n\nb{}", ",".repeat(300))),
            Err((3, ProblemKind::TooManyColumns))
        );
        let huge = "x".repeat(10 * MAX_RECORD);
        assert_eq!(
            read(&format!("a\n{huge}")),
            Err((2, ProblemKind::RecordTooLong))
        );
        let quoted = "x\n".repeat(MAX_RECORD);
        assert_eq!(
            read(&format!("a\nb\n\"{quoted}\"\n")),
            Err((3, ProblemKind::RecordTooLong))
        );
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            rows in prop::collection::vec(
                prop::collection::vec("[a-z健保\",\n ]{0,6}", 2..4), 0..6)
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<_> = read(&text).unwrap().into_iter().map(|(_, row)| row).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn nothing_makes_it_panic(text in "[a,\"\r\n\u{0}\u{FEFF}健]{0,40}") {
            let _ = read(&text);
        }
    }
}

//! CSV records (RFC 4180) with the line on which each begins, and with bounds:
//! whatever the file holds, no more than one record of it is in memory.

use std::io::{self, BufRead, Read};

use csv_core::ReadRecordResult;

use super::problem::Why;

/// The longest record, in bytes of UTF-8. A line of a roster has about 200; a
/// quote that is never closed would otherwise swallow the file.
const MAX_RECORD: usize = 64 * 1024;

/// More columns than any file of ours has.
const MAX_COLUMNS: usize = 256;

/// What ends the reading before the end of the file.
#[derive(Debug)]
pub enum Stop {
    /// The file cannot be read any further.
    Io(io::Error),
    /// From this line on nothing can be told apart.
    At {
        /// The first line of the record.
        line: u64,
        /// What is wrong with it.
        why: Why,
    },
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// One record.
pub struct Record<'a> {
    /// The line of the file on which it begins; the first is 1.
    pub line: u64,
    text: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Record<'a> {
    /// How many fields it has.
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// Whether no field holds anything: a blank line, or one of commas, as
    /// spreadsheets leave them at the end.
    pub fn is_blank(&self) -> bool {
        self.fields().all(|field| field.trim().is_empty())
    }

    /// The field at `place`, counted from 0; empty where there is none.
    pub fn field(&self, place: usize) -> &'a str {
        let start = if place == 0 {
            0
        } else {
            self.ends.get(place - 1).copied().unwrap_or(0)
        };
        let field = self
            .ends
            .get(place)
            .and_then(|end| self.text.get(start..*end));
        // The text was decoded and is split at ASCII: always UTF-8.
        field
            .and_then(|field| std::str::from_utf8(field).ok())
            .unwrap_or("\u{FFFD}")
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
            line: Vec::new(),
            fields: vec![0; MAX_RECORD],
            ends: vec![0; MAX_COLUMNS],
        }
    }

    /// What the records are read from.
    pub fn text(&self) -> &R {
        &self.text
    }

    /// The next record; lines without any field are skipped, and counted.
    ///
    /// # Errors
    /// The file cannot be read, or its records cannot be told apart any more.
    pub fn read(&mut self) -> Result<Option<Record<'_>>, Stop> {
        let mut begins = self.lines + 1;
        let (mut filled, mut columns) = (0, 0);
        loop {
            let at = move |why| Stop::At { line: begins, why };
            self.read_line()
                .map_err(|stop| stop.unwrap_or(at(Why::RecordTooLong)))?;
            if self.line.is_empty() && columns == 0 && filled == 0 {
                return Ok(None);
            }
            if self.line.is_empty() {
                return Err(at(Why::QuoteNeverClosed));
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
                    begins = self.lines + 1;
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => return Err(at(Why::RecordTooLong)),
                ReadRecordResult::OutputEndsFull => return Err(at(Why::TooManyColumns)),
                ReadRecordResult::Record if took < self.line.len() => {
                    return Err(at(Why::LoneCarriageReturn));
                }
                ReadRecordResult::Record | ReadRecordResult::End => {
                    let (text, ends) = (&self.fields[..filled], &self.ends[..columns]);
                    return Ok(Some(Record {
                        line: begins,
                        text,
                        ends,
                    }));
                }
            }
        }
    }

    /// The next line, ending in LF whatever it ended in; empty at the end of
    /// the file. `Err(None)`: it is longer than a record may be.
    fn read_line(&mut self) -> Result<(), Option<Stop>> {
        self.line.clear();
        let mut bounded = self.text.by_ref().take(MAX_RECORD as u64);
        bounded
            .read_until(b'\n', &mut self.line)
            .map_err(|e| Some(Stop::Io(e)))?;
        if self.line.len() == MAX_RECORD && !self.line.ends_with(b"\n") {
            return Err(None);
        }
        if self.line.ends_with(b"\r\n") {
            self.line.truncate(self.line.len() - 2);
            self.line.push(b'\n');
        } else if !self.line.is_empty() && !self.line.ends_with(b"\n") {
            self.line.push(b'\n');
        }
        self.lines += u64::from(!self.line.is_empty());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    type Row = (u64, Vec<String>);

    fn read(text: &str) -> Result<Vec<Row>, (u64, Why)> {
        let mut records = Records::new(BufReader::with_capacity(7, text.as_bytes()));
        let mut all = Vec::new();
        loop {
            match records.read() {
                Ok(None) => return Ok(all),
                Ok(Some(record)) => {
                    all.push((record.line, record.fields().map(str::to_owned).collect()));
                }
                Err(Stop::At { line, why }) => return Err((line, why)),
                Err(Stop::Io(e)) => panic!("{e}"),
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
        assert_eq!(read("a\nb,\"c\nd\n"), Err((2, Why::QuoteNeverClosed)));
        assert_eq!(read("a\n\"b"), Err((2, Why::QuoteNeverClosed)));
        assert_eq!(read("a,b\rc,d\r"), Err((1, Why::LoneCarriageReturn)));
        assert_eq!(
            read(&format!("a\n\nb{}", ",".repeat(300))),
            Err((3, Why::TooManyColumns))
        );
        let huge = "x".repeat(10 * MAX_RECORD);
        assert_eq!(read(&format!("a\n{huge}")), Err((2, Why::RecordTooLong)));
        let quoted = "x\n".repeat(MAX_RECORD);
        assert_eq!(
            read(&format!("a\nb\n\"{quoted}\"\n")),
            Err((3, Why::RecordTooLong))
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

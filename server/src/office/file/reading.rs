//! Reads a file beside the database's work: batches of good rows on one side,
//! everything that is wrong on the other.

use std::{fmt, io};

use store::{
    roster::WithoutZeros,
    staging::{Resolved, UnknownPerson},
};
use tokio::{
    sync::mpsc,
    task::{self, JoinHandle},
};

use super::{
    encoding::{Decoded, Encoding},
    header::{Header, HeaderProblem},
    problem::Problems,
    records::{Record, RecordError, RecordSource, Records},
    source::Source,
    trouble::reason,
    workbook::{self, Workbook, WorkbookProblem},
    wrong_file::{self, MOST_ABOVE_HEADER, WrongFile},
};

/// Rows that are handed over at a time.
const BATCH: usize = 500;

/// Batches that may wait for the database: reading and writing overlap, and no
/// more of the file is in memory.
const BATCHES_WAITING: usize = 4;

/// How far an import has come, in bytes of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Read and handed to the database.
    pub done: u64,
    /// The whole file.
    pub total: u64,
}

/// Rows that were found good, each with its line.
#[derive(Debug)]
pub struct Batch<R> {
    /// The rows.
    pub rows: Vec<(u64, R)>,
    /// How far the file has been read with them.
    pub progress: Progress,
}

/// Why a file was not taken. In every case nothing was changed.
#[derive(Debug)]
pub enum FileError {
    /// It cannot be read.
    Unreadable(io::Error),
    /// It is something else.
    Wrong(WrongFile),
    /// It is a workbook that cannot be read.
    Workbook(WorkbookProblem),
    /// The columns are not those of such a file.
    Header(HeaderProblem),
    /// Lines are wrong.
    Lines(Encoding, Problems),
    /// There is nothing in it.
    Empty,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "ファイルを読めません: {}", reason(error)),
            Self::Wrong(what) => what.fmt(f),
            Self::Workbook(problem) => problem.fmt(f),
            Self::Header(problem) => problem.fmt(f),
            Self::Lines(encoding, problems) => {
                write!(f, "{problems}（文字コード: {encoding}）")?;
                match problems.zeros() {
                    Some(zeros) => write!(f, "\n{zeros}"),
                    None => Ok(()),
                }
            }
            Self::Empty => f.write_str("ファイルにデータが1件もありません。"),
        }
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

/// A file that is being read.
#[derive(Debug)]
pub struct ListReader<R> {
    arriving: mpsc::Receiver<Batch<R>>,
    reader: JoinHandle<Result<ListSummary, FileError>>,
}

/// A file that has been read to its end.
#[derive(Debug)]
pub struct ListSummary {
    encoding: Encoding,
    problems: Problems,
    /// Good rows.
    pub rows: u64,
    /// Of the file.
    pub sha256: [u8; 32],
}

impl<R: Send + 'static> ListReader<R> {
    /// Begins to read the file, whose columns have these names; `parse` makes a
    /// row of a record, or names what is wrong with it.
    pub fn begin(
        source: Source,
        columns: &'static [&'static str],
        parse: impl FnMut(&Record<'_>, &Header, &mut Problems) -> Option<R> + Send + 'static,
    ) -> Self {
        let (batches, arriving) = mpsc::channel(BATCHES_WAITING);
        let reader = task::spawn_blocking(move || read(source, columns, parse, &batches));
        Self { arriving, reader }
    }

    /// The next rows; `None` when the reading has come to its end.
    pub async fn next(&mut self) -> Option<Batch<R>> {
        self.arriving.recv().await
    }

    /// What has been read in all.
    ///
    /// # Errors
    /// A file that cannot be read, or with other columns.
    pub async fn end(self) -> Result<ListSummary, FileError> {
        self.reader.await.map_err(io::Error::other)?
    }
}

impl ListSummary {
    /// Adds lines that are there twice: how many, and the first of them as
    /// (line, earlier line).
    #[must_use]
    pub fn with_duplicates(mut self, (count, first): (i64, Vec<(i64, i64)>)) -> Self {
        let lines: Vec<_> = first.iter().map(unsigned).collect();
        self.problems.duplicates(&lines, count.cast_unsigned());
        self
    }

    /// Adds lines about people who are not on the roster: how many, and the first
    /// of them.
    #[must_use]
    pub fn with_unknown_people(mut self, (count, first): (i64, Vec<(u64, UnknownPerson)>)) -> Self {
        self.problems.unknown_people(first, count.cast_unsigned());
        self
    }

    /// Adds lines with a code that has lost its zeros; `what` names the columns.
    #[must_use]
    pub fn with_zeros_lost(mut self, what: &'static str, lost: WithoutZeros) -> Self {
        self.problems.zeros_lost(what, lost);
        self
    }

    /// Adds lines whose key belonged to several people then; `way_out` says what can be
    /// done.
    #[must_use]
    pub fn with_several_holders(mut self, resolved: &Resolved, way_out: &str) -> Self {
        self.problems
            .several_holders(&resolved.first_unclear, resolved.unclear, way_out);
        self
    }

    /// Adds checkups of people who were not born yet: how many, and the first of them.
    #[must_use]
    pub fn with_unborn(mut self, (count, first): (i64, Vec<i64>)) -> Self {
        let lines: Vec<u64> = first.into_iter().map(i64::cast_unsigned).collect();
        self.problems.before_birth(&lines, count.cast_unsigned());
        self
    }

    /// Adds lines about a person and a day that are there twice: how many, and the
    /// first of them as (line, earlier line).
    #[must_use]
    pub fn with_repeated_days(mut self, (count, first): (i64, Vec<(i64, i64)>)) -> Self {
        let lines: Vec<_> = first.iter().map(unsigned).collect();
        self.problems.repeated_days(&lines, count.cast_unsigned());
        self
    }

    /// Whether the file can be taken: then, how it was read.
    ///
    /// # Errors
    /// Every line that is wrong, or that there is none.
    pub fn judge(self) -> Result<Encoding, FileError> {
        if self.problems.count() > 0 {
            Err(FileError::Lines(self.encoding, self.problems))
        } else if self.rows == 0 {
            Err(FileError::Empty)
        } else {
            Ok(self.encoding)
        }
    }
}

fn unsigned(&(line, earlier): &(i64, i64)) -> (u64, u64) {
    (line.cast_unsigned(), earlier.cast_unsigned())
}

/// Reads the file to its end, handing over what is good and collecting what is
/// not.
fn read<R>(
    mut source: Source,
    columns: &'static [&'static str],
    parse: impl FnMut(&Record<'_>, &Header, &mut Problems) -> Option<R>,
    batches: &mpsc::Sender<Batch<R>>,
) -> Result<ListSummary, FileError> {
    let mut read = ListSummary {
        encoding: Encoding::Utf8,
        problems: Problems::default(),
        rows: 0,
        sha256: source.sha256()?,
    };
    let (total, mut file) = (source.length, source.bytes);
    match workbook::is_workbook(&mut *file)? {
        None => {}
        Some(Err(problem)) => return Err(FileError::Workbook(problem)),
        Some(Ok(())) => {
            let Some(mut workbook) = Workbook::open(file)?.map_err(FileError::Workbook)? else {
                return Err(FileError::Empty);
            };
            read.encoding = Encoding::Workbook;
            read.problems = Problems::of_sheet(&workbook.sheet);
            let Ok(records) = workbook.records(columns, total) else {
                return Err(FileError::Workbook(WorkbookProblem::Broken));
            };
            return read_records(records, total, columns, parse, batches, read);
        }
    }
    if let Some(what) = wrong_file::by_start(&mut file)? {
        return Err(FileError::Wrong(what));
    }
    read.encoding = Encoding::detect(&mut file)?;
    let records = Records::new(Decoded::new(file, read.encoding));
    read_records(records, total, columns, parse, batches, read)
}

/// The same of its records.
fn read_records<R>(
    mut records: impl RecordSource,
    total: u64,
    columns: &'static [&'static str],
    mut parse: impl FnMut(&Record<'_>, &Header, &mut Problems) -> Option<R>,
    batches: &mpsc::Sender<Batch<R>>,
    mut read: ListSummary,
) -> Result<ListSummary, FileError> {
    let header = match header(&mut records, columns) {
        Ok(Some(header)) => header?,
        Ok(None) => return Err(FileError::Empty),
        Err(stop) => {
            stopped(stop, &mut read.problems)?;
            return Ok(read);
        }
    };
    loop {
        let mut rows = Vec::with_capacity(BATCH);
        let mut at_end = false;
        while rows.len() < BATCH && !at_end {
            match records.read_filled() {
                Ok(Some(record)) => {
                    let row = parse(&record, &header, &mut read.problems);
                    rows.extend(row.map(|row| (record.line, row)));
                }
                Ok(None) => at_end = true,
                Err(stop) => {
                    stopped(stop, &mut read.problems)?;
                    at_end = true;
                }
            }
        }
        read.rows += rows.len() as u64;
        let done = if at_end { total } else { records.bytes_read() };
        let progress = Progress { done, total };
        // Nobody receives any more: the import has failed and says why itself.
        let abandoned = batches.blocking_send(Batch { rows, progress }).is_err();
        if at_end || abandoned {
            return Ok(read);
        }
    }
}

/// The header: the first line that holds anything. Otherwise, why it is none.
fn header(
    records: &mut impl RecordSource,
    columns: &'static [&'static str],
) -> Result<Option<Result<Header, FileError>>, RecordError> {
    let Some(mut first) = records.read_filled()? else {
        return Ok(None);
    };
    if let Some(announced) = wrong_file::announced(&first) {
        if let Err(what) = announced {
            return Ok(Some(Err(FileError::Wrong(what))));
        }
        first = match records.read_filled()? {
            Some(first) => first,
            None => return Ok(None),
        };
    }
    let mut problem = match Header::read(&first, columns) {
        Ok(header) => return Ok(Some(Ok(header))),
        Err(problem) => problem,
    };
    problem.instead = wrong_file::by_first_line(&first, columns);
    // A title above it. What cannot be read there is not what is wrong with the file.
    for _ in 0..MOST_ABOVE_HEADER {
        if problem.instead.is_some() {
            break;
        }
        let Ok(Some(below)) = records.read_filled() else {
            break;
        };
        problem.instead = if Header::read(&below, columns).is_ok() {
            Some(WrongFile::TitleAbove(below.line))
        } else {
            wrong_file::by_first_line(&below, columns)
                .filter(|what| !matches!(what, WrongFile::NoHeader(_)))
        };
    }
    Ok(Some(Err(FileError::Header(problem))))
}

fn stopped(stop: RecordError, problems: &mut Problems) -> Result<(), FileError> {
    match stop {
        RecordError::Io(error) => Err(error.into()),
        RecordError::At { line, why } => {
            problems.line(line, why);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    use crate::office::file::cells::Cells;

    const COLUMNS: [&str; 3] = ["記号", "番号", "氏名"];

    fn read_bytes(bytes: &[u8]) -> Result<ListSummary, FileError> {
        let bytes = io::Cursor::new(bytes.to_vec());
        let source = Source::of("list.csv", bytes.get_ref().len() as u64, bytes);
        let (batches, _arriving) = mpsc::channel(64);
        let parse = |record: &Record<'_>, header: &Header, problems: &mut Problems| {
            let mut cells = Cells::of(record, header, problems)?;
            cells.required(2, 100).map(str::to_owned)
        };
        read(source, &COLUMNS, parse, &batches)
    }

    fn said(bytes: &[u8]) -> String {
        let outcome = read_bytes(bytes).and_then(ListSummary::judge);
        outcome.map_or_else(
            |refusal| refusal.to_string(),
            |encoding| encoding.to_string(),
        )
    }

    #[test]
    fn what_is_no_csv_is_called_by_its_name() {
        let utf_16 =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let header = "記号,番号,氏名\n";
        for (bytes, name) in [
            (
                utf_16("\u{FEFF}記号\t番号\r\n"),
                "UTF-16（Excelの「Unicodeテキスト」）",
            ),
            (utf_16("記号,番号\r\n"), "UTF-16"),
            (encoding_rs::EUC_JP.encode(header).0.into_owned(), "EUC-JP"),
            (
                encoding_rs::ISO_2022_JP.encode(header).0.into_owned(),
                "JIS（ISO-2022-JP）",
            ),
            (b"PK\x03\x04\x14\0".to_vec(), "（.xlsxなど）"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1".to_vec(), "（.xls）"),
            (b"%PDF-1.7".to_vec(), "PDF"),
            (b"\r\n<HTML><table>".to_vec(), "ウェブページやXML"),
        ] {
            let said = said(&bytes);
            assert!(
                said.contains(name) && said.contains("「CSV UTF-8（コンマ区切り）」"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_list_in_another_shape_is_told_what_to_do() {
        const LINE: &str = "1001,12,太郎";
        for (head, says) in [
            ("記号\t番号\t氏名", "タブで区切られて"),
            ("\"記号\";\"番号\";\"氏名\"", "セミコロン（;）で区切られて"),
            ("sep=;", "セミコロン（;）で区切られて"),
            ("sep=\t\n記号\t番号\t氏名", "タブで区切られて"),
            ("記号，番号，氏名", "全角のコンマ（，）で区切られて"),
            (
                "名簿（2026年11月）\n\n記号,番号,氏名",
                "見出し（列の名前）が3行目にあります",
            ),
            (
                "名簿 2026,,\n記号,番号,氏名",
                "見出し（列の名前）が2行目にあります",
            ),
            (LINE, "1行目に次の見出しを入れてください: 記号,番号,氏名"),
            (
                "管理番号,種類,件名,分類,重要度,対象,公開日,公開終了日,本文,添付ファイル,アドレス名",
                "「お知らせ」のものです。お知らせは portal notices import で",
            ),
            (
                "記号,番号,枝番,診療年月,医療機関名,区分,日数,医療費総額,保険者負担額",
                "「医療費」のものです。医療費は portal expenses import で",
            ),
            (
                "記号,番号,名前2",
                "足りない列: 氏名。知らない列: 「名前2」。",
            ),
        ] {
            let said = said(format!("{head}\n{LINE}\n").as_bytes());
            assert!(said.contains(says), "{head}: {said}");
        }
    }

    #[test]
    fn what_cannot_be_mistaken_is_taken() {
        for text in [
            "sep=,\n記号,番号,氏名\n1001,12,太郎\n",
            "\"sep=,\"\r\n記号,番号,氏名\r\n1001,12,太郎\r\n",
            ",,\n\n記号,番号,氏名\n1001,12,太郎\n",
            "記号,番号,氏名,,\n1001,12,太郎,,\n,,,,\n",
            "記号,番　号,名前\n1001,12,太郎\n\u{1A}",
            "記号,番号,氏名\n1001,12,太郎\u{1A}",
            "記号,番号,氏名\n1001,12,太郎\n\u{1A}\0\0\0",
        ] {
            assert_eq!(said(text.as_bytes()), "UTF-8", "{text:?}");
        }
    }

    #[test]
    fn a_line_that_is_no_line_of_the_list_is_told_so() {
        for (lines, says) in [
            (
                "合計,,3件",
                "2行目 記号「合計」: 合計や件数の行は取り込めません",
            ),
            (
                ",総　計　１２件,",
                "2行目 記号「総　計　１２件」: 合計や件数の行は",
            ),
            ("3件,,", "2行目 記号「3件」: 合計や件数の行は"),
            ("以下余白,,", "2行目 記号「以下余白」: 合計や件数の行は"),
            ("*** END ***", "2行目 記号「*** END ***」: 合計や件数の行は"),
            (",,\"１２,３００\"", "2行目: 合計や件数の行は"),
            (
                "1001,12,太郎\n記　号,番号,氏名\n1001,13,花子",
                "3行目: 見出し（列の名前）がもう一度あります。この行を消してください",
            ),
            ("1001,12,太\n郎", "3行目: 前の行の続きのようです"),
            (
                "1001,12,\"太\n郎\"",
                "2行目 氏名「太\u{FFFD}郎」: 値の途中に改行があります",
            ),
        ] {
            let said = said(format!("記号,番号,氏名\n{lines}\n").as_bytes());
            assert!(said.contains(says), "{lines}: {said}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_bytes(&bytes);
        }

        #[test]
        fn any_bytes_below_the_header_are_answered(
            mut bytes in prop::collection::vec(
                prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), Just(0x83), any::<u8>()], 0..400),
            in_cp932 in any::<bool>(),
        ) {
            let header = COLUMNS.join(",") + "\n";
            let header = if in_cp932 {
                encoding_rs::SHIFT_JIS.encode(&header).0.into_owned()
            } else {
                header.into_bytes()
            };
            bytes.splice(0..0, header);
            let _ = read_bytes(&bytes);
        }
    }
}

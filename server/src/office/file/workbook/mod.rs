//! Workbooks of today's Excel (`.xlsx`): the one sheet that holds anything is read row by
//! row, as if it were a CSV. What it says is taken as Excel keeps it: days by their number,
//! numbers without their format.

mod measure;
mod rows;
mod value;

use std::{
    fmt,
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};

use self::measure::Measured;
use super::source::Bytes;

/// How a workbook begins that is one of old, or behind a password.
const CONTAINER: [u8; 4] = [0xD0, 0xCF, 0x11, 0xE0];

/// Columns of a sheet that are looked at. (A row that is wider is told so.)
const MOST_COLUMNS: usize = 256;

/// Why a workbook cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkbookProblem {
    /// More comes out of it than can be taken in.
    TooLarge,
    /// With macros.
    Macros,
    /// The binary kind.
    Binary,
    /// Behind a password.
    Encrypted,
    /// Of the Excel of old.
    Old,
    /// No workbook of any of these kinds, or a broken one.
    Broken,
    /// Several sheets hold something.
    Sheets(Vec<String>),
    /// Cells are merged: the first of them.
    Merged {
        /// The sheet.
        sheet: String,
        /// `A1:C1`
        cells: String,
    },
}

impl fmt::Display for WorkbookProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const AGAIN: &str = "Excelで開いて、「Excelブック（.xlsx）」か「CSV UTF-8（コンマ区切り）」で保存し直してください。";
        match self {
            Self::TooLarge => f.write_str(
                "このExcelの表は、中身が大きすぎるか、多すぎるので、開けません。\
                 使っていないシートや書式を消すか、いくつかのファイルに分けるか、\
                 「CSV UTF-8（コンマ区切り）」で保存し直してください。",
            ),
            Self::Macros => write!(
                f,
                "このファイルはマクロの入ったExcelの表（.xlsm）で、取り込めません。{AGAIN}"
            ),
            Self::Binary => write!(
                f,
                "このファイルはバイナリ形式のExcelの表（.xlsb）で、取り込めません。{AGAIN}"
            ),
            Self::Encrypted => write!(
                f,
                "このExcelの表にはパスワードが付いていて、取り込めません。パスワードを外してから、{AGAIN}"
            ),
            Self::Old => write!(
                f,
                "このファイルは古い形式のExcelの表（.xls）で、取り込めません。{AGAIN}"
            ),
            Self::Broken => write!(
                f,
                "このファイルはExcelなどの表（.xlsxなど）ですが、壊れているか、別の形式なので読めません。{AGAIN}"
            ),
            Self::Sheets(names) => write!(
                f,
                "データのあるシートが{}枚あります（{}）。取り込むシートだけを残して保存し直してください。",
                names.len(),
                names
                    .iter()
                    .map(|name| super::problem::shown(name))
                    .collect::<Vec<_>>()
                    .join("、")
            ),
            Self::Merged { sheet, cells } => write!(
                f,
                "シート{}の{cells}で、セルが結合されています。結合を解除して、1つのセルに1つの値を書いてください。",
                super::problem::shown(sheet)
            ),
        }
    }
}

/// A file as far as it has been read.
pub(super) struct Counted {
    bytes: Box<dyn Bytes>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(piece)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

/// A workbook whose one sheet can be read.
pub(super) struct Workbook {
    inner: Xlsx<Counted>,
    read: Arc<AtomicU64>,
    /// The sheet's name.
    pub(super) sheet: String,
    /// What is known of its columns.
    columns: Vec<Texts>,
    empty_formulas: Vec<(u32, u32)>,
}

/// The texts of a column, without the header: numbers among them may have lost their zeros.
#[derive(Clone, Copy, Debug, Default)]
struct Texts {
    /// The shortest and the longest, in characters.
    lengths: Option<(usize, usize)>,
}

impl Texts {
    fn add(&mut self, text: &str) {
        let length = text.trim().chars().count();
        if length > 0 {
            let (least, most) = self.lengths.unwrap_or((length, length));
            self.lengths = Some((least.min(length), most.max(length)));
        }
    }

    /// The one length that all of them have.
    fn length(self) -> Option<usize> {
        self.lengths
            .filter(|(least, most)| least == most)
            .map(|(length, _)| length)
    }
}

/// Whether a file is a workbook, by how it begins: `None` if not, and what kind of which
/// cannot be read.
///
/// # Errors
/// It cannot be read.
pub(super) fn is_workbook(
    bytes: &mut dyn Bytes,
) -> io::Result<Option<Result<(), WorkbookProblem>>> {
    bytes.rewind()?;
    let mut start = [0; 4];
    let mut filled = 0;
    while filled < start.len() {
        match bytes.read(&mut start[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    let is = if start == CONTAINER {
        Some(Err(match is_encrypted(bytes)? {
            true => WorkbookProblem::Encrypted,
            false => WorkbookProblem::Old,
        }))
    } else {
        matches!(start, [b'P', b'K', 3 | 5, 4 | 6]).then_some(Ok(()))
    };
    bytes.rewind()?;
    Ok(is)
}

/// Whether a container of old holds an encrypted workbook of today: it names it, in UTF-16.
fn is_encrypted(bytes: &mut dyn Bytes) -> io::Result<bool> {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut seen = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = match bytes.read(&mut piece) {
            Ok(0) => return Ok(false),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        seen.extend_from_slice(&piece[..read]);
        if seen.windows(name.len()).any(|some| some == name) {
            return Ok(true);
        }
        let kept = seen.len().saturating_sub(name.len());
        seen.drain(..kept);
    }
}

impl Workbook {
    /// Opens it, after all of it was measured; `None` where no sheet holds anything.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn open(
        mut bytes: Box<dyn Bytes>,
    ) -> io::Result<Result<Option<Self>, WorkbookProblem>> {
        let measured = match measure::measure(&mut bytes)? {
            Ok(measured) => measured,
            Err(problem) => return Ok(Err(problem)),
        };
        bytes.rewind()?;
        let read = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            bytes,
            read: Arc::clone(&read),
        };
        match Self::only_sheet(counted, read, &measured) {
            Ok(opened) => Ok(opened),
            Err(XlsxError::Password) => Ok(Err(WorkbookProblem::Encrypted)),
            Err(error) => match unreadable(&error) {
                Some(error) => Err(error),
                None => Ok(Err(WorkbookProblem::Broken)),
            },
        }
    }

    fn only_sheet(
        counted: Counted,
        read: Arc<AtomicU64>,
        measured: &Measured,
    ) -> Result<Result<Option<Self>, WorkbookProblem>, XlsxError> {
        let mut inner = Xlsx::new(counted)?;
        let sheets: Vec<String> = inner
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| sheet.name.clone())
            .collect();
        let mut filled = Vec::new();
        for sheet in sheets {
            if let Some(columns) = survey(&mut inner, &sheet)? {
                filled.push((sheet, columns));
            }
        }
        let Some((sheet, columns)) = filled.pop() else {
            return Ok(Ok(None));
        };
        if !filled.is_empty() {
            let mut names: Vec<String> = filled.into_iter().map(|(name, _)| name).collect();
            names.push(sheet);
            return Ok(Err(WorkbookProblem::Sheets(names)));
        }
        if let Some(merged) = inner.merge_cells_by_sheet_name(&sheet)?.first() {
            let cells = format!("{}:{}", value::cell(merged.start), value::cell(merged.end));
            return Ok(Err(WorkbookProblem::Merged { sheet, cells }));
        }
        // Which part a sheet is in is not told. Another sheet holds nothing, and no value.
        let mut empty_formulas: Vec<(u32, u32)> = measured
            .empty_formulas
            .iter()
            .filter_map(|(_, cell)| value::place(cell))
            .collect();
        empty_formulas.sort_unstable();
        read.store(0, Ordering::Relaxed);
        Ok(Ok(Some(Self {
            inner,
            read,
            sheet,
            columns,
            empty_formulas,
        })))
    }
}

/// Whether an error is one of what stands in a file, and not of where it lies.
fn is_of_the_file(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof)
}

/// Why a file cannot be read, if that is why a workbook cannot be.
fn unreadable(error: &XlsxError) -> Option<io::Error> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = next {
        let found = one.downcast_ref::<io::Error>();
        let found = found.or_else(|| one.downcast_ref::<Arc<io::Error>>().map(Arc::as_ref));
        if let Some(found) = found.filter(|found| !is_of_the_file(found)) {
            return Some(io::Error::new(found.kind(), found.to_string()));
        }
        next = one.source();
    }
    None
}

/// What is known of a sheet's columns; `None` where it holds nothing.
fn survey(workbook: &mut Xlsx<Counted>, sheet: &str) -> Result<Option<Vec<Texts>>, XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let (mut header, mut columns) = (None, vec![Texts::default(); MOST_COLUMNS]);
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        let text = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::String(text) => Some(text.as_str()),
            DataRef::SharedString(text) => Some(*text),
            _ => None,
        };
        if text.is_some_and(|text| text.trim().is_empty()) {
            continue;
        }
        let header = *header.get_or_insert(row);
        if let (Some(text), Some(column)) = (text, columns.get_mut(column as usize))
            && row > header
        {
            column.add(text);
        }
    }
    Ok(header.map(|_| columns))
}

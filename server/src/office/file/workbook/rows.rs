//! A sheet's rows, as records of a list.

use std::sync::atomic::Ordering;

use calamine::{DataRef, XlsxCellReader, XlsxError};

use super::{
    Counted, MOST_COLUMNS, Texts, Workbook,
    value::{self, Holds},
};
use crate::office::file::{
    columns,
    problem::ProblemKind,
    records::{MAX_RECORD, Record, RecordError, RecordSource},
};

/// Columns whose zeros in front matter. A postal code is seven digits or not whole.
const CODES: [&str; 5] = ["記号", "番号", "枝番", "事業所コード", "管理番号"];

/// The columns that hold a month.
const MONTHS: [&str; 1] = ["診療年月"];

/// Reads the rows of the one sheet.
pub(in crate::office::file) struct SheetRecords<'a> {
    cells: XlsxCellReader<'a, Counted>,
    names: &'static [&'static str],
    columns: &'a [Texts],
    empty_formulas: &'a [(u32, u32)],
    read: &'a std::sync::atomic::AtomicU64,
    total: u64,
    /// What each column holds, once the header was seen.
    holds: Option<Vec<Holds>>,
    /// The first cell of the next row.
    next: Option<((u32, u32), DataRef<'a>)>,
    is_begun: bool,
    /// The row: its line, its text, and where each field of it ends.
    row: u32,
    text: Vec<u8>,
    ends: Vec<usize>,
    troubles: Vec<(usize, ProblemKind)>,
    width_before: usize,
}

impl Workbook {
    /// The sheet's rows; the columns of the list have these names, and the file has so many
    /// bytes.
    pub(in crate::office::file) fn records(
        &mut self,
        names: &'static [&'static str],
        total: u64,
    ) -> Result<SheetRecords<'_>, XlsxError> {
        Ok(SheetRecords {
            cells: self.inner.worksheet_cells_reader(&self.sheet)?,
            names,
            columns: &self.columns,
            empty_formulas: &self.empty_formulas,
            read: &self.read,
            total,
            holds: None,
            next: None,
            is_begun: false,
            row: 0,
            text: Vec::new(),
            ends: Vec::new(),
            troubles: Vec::new(),
            width_before: 0,
        })
    }
}

impl SheetRecords<'_> {
    /// The next cell that holds anything, or should.
    fn advance(&mut self) -> Result<(), RecordError> {
        loop {
            let line = u64::from(self.row) + 1;
            let stop = |error| match super::unreadable(&error) {
                Some(error) => RecordError::Io(error),
                None => RecordError::At {
                    line,
                    why: ProblemKind::Broken,
                },
            };
            let cell = self.cells.next_cell().map_err(stop)?;
            let Some(cell) = cell else {
                self.next = None;
                return Ok(());
            };
            let (at, value) = (cell.get_position(), cell.get_value().clone());
            let is_empty = matches!(value, DataRef::Empty);
            if !is_empty || self.empty_formulas.binary_search(&at).is_ok() {
                self.next = Some((at, value));
                return Ok(());
            }
        }
    }

    fn add(&mut self, column: u32, value: &DataRef<'_>) -> Result<(), ProblemKind> {
        let place = column as usize;
        if place >= MOST_COLUMNS {
            return Err(ProblemKind::TooManyColumns);
        }
        let holds = self.holds.as_ref().and_then(|holds| holds.get(place));
        let holds = holds.copied().unwrap_or(Holds::Other);
        let (text, wrong) = match value {
            DataRef::Empty => (String::new(), Some(ProblemKind::FormulaWithoutValue)),
            value => value::text(value, holds),
        };
        // Cells that come out of their order would be read as others.
        if place < self.ends.len() {
            return Err(ProblemKind::Broken);
        }
        self.ends.resize(place, self.text.len());
        self.text.extend_from_slice(text.as_bytes());
        self.ends.push(self.text.len());
        if let Some(why) = wrong {
            self.troubles.push((place, why));
        }
        if self.text.len() > MAX_RECORD {
            return Err(ProblemKind::RecordTooLong);
        }
        Ok(())
    }

    fn current(&self) -> Record<'_> {
        Record {
            line: u64::from(self.row) + 1,
            width_before: self.width_before,
            text: &self.text,
            ends: &self.ends,
            troubles: &self.troubles,
        }
    }

    /// What the columns hold, by their names in the first row that holds anything.
    fn name_columns(&mut self) {
        if self.holds.is_some() {
            return;
        }
        let names: Vec<String> = self.current().fields().map(str::to_owned).collect();
        let holds = names.iter().zip(self.columns).map(|(name, texts)| {
            match columns::meant(name.trim(), self.names) {
                Some(name) if CODES.contains(&name) => Holds::Code(texts.length()),
                Some(name) if MONTHS.contains(&name) => Holds::Month,
                _ => Holds::Other,
            }
        });
        self.holds = Some(holds.collect());
    }
}

impl RecordSource for SheetRecords<'_> {
    fn read_filled(&mut self) -> Result<Option<Record<'_>>, RecordError> {
        if !self.is_begun {
            self.is_begun = true;
            self.advance()?;
        }
        loop {
            let Some(((row, _), _)) = self.next else {
                return Ok(None);
            };
            let at = |why| RecordError::At {
                line: u64::from(row) + 1,
                why,
            };
            if row < self.row {
                return Err(at(ProblemKind::Broken));
            }
            self.width_before = self.ends.len();
            self.row = row;
            self.text.clear();
            self.ends.clear();
            self.troubles.clear();
            while let Some(((_, column), value)) = self.next.take_if(|((its, _), _)| *its == row) {
                self.add(column, &value).map_err(at)?;
                self.advance()?;
            }
            if !self.current().is_blank() || !self.troubles.is_empty() {
                self.name_columns();
                return Ok(Some(self.current()));
            }
        }
    }

    fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed).min(self.total)
    }
}

//! A workbook is inflated once and measured before anything else reads it: what comes out of
//! a small file may be larger than the machine, and what its XML says of its own size is
//! believed by nobody.

use std::{
    collections::HashSet,
    io::{self, Read, Seek},
};

use zip::{ZipArchive, result::ZipError};

use super::WorkbookProblem;

const MOST_ENTRIES: usize = 2_000;
const MOST_BYTES: u64 = 1024 * 1024 * 1024;
const MOST_STRINGS_BYTES: u64 = 64 * 1024 * 1024;

/// Of each other part that is read into memory as a whole.
const MOST_PART_BYTES: u64 = 16 * 1024 * 1024;

/// The longest tag with the text behind it: a cell of Excel's has 32,767 characters.
const MOST_PIECE_BYTES: usize = 1024 * 1024;

/// As much of a tag is looked at.
const TAG_BYTES: usize = 512;

/// The least that a shared string takes: `<si/>`.
const STRING_BYTES: u64 = 5;

/// Formulas without a value that are remembered.
const MOST_EMPTY_FORMULAS: usize = 10_000;

/// What was seen on the way.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// Cells (`B5`) whose formula has no value, by the worksheet's part.
    pub(super) empty_formulas: HashSet<(String, String)>,
}

/// Inflates every entry and counts what comes out.
///
/// # Errors
/// The file cannot be read.
pub(super) fn measure(
    bytes: &mut (impl Read + Seek),
) -> io::Result<Result<Measured, WorkbookProblem>> {
    bytes.rewind()?;
    let answer = |error| match error {
        ZipError::Io(error) => told(error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            Ok(Err(WorkbookProblem::Encrypted))
        }
        _ => Ok(Err(WorkbookProblem::Broken)),
    };
    let mut archive = match ZipArchive::new(bytes) {
        Ok(archive) => archive,
        Err(error) => return answer(error),
    };
    if archive.len() > MOST_ENTRIES {
        return Ok(Err(WorkbookProblem::TooLarge));
    }
    let (mut measured, mut total) = (Measured::default(), 0);
    let mut piece = vec![0; 64 * 1024];
    for place in 0..archive.len() {
        let mut entry = match archive.by_index(place) {
            Ok(entry) => entry,
            Err(error) => return answer(error),
        };
        let name = entry.name().replace('\\', "/").to_lowercase();
        if name.ends_with("vbaproject.bin") {
            return Ok(Err(WorkbookProblem::Macros));
        }
        if name.ends_with("workbook.bin") {
            return Ok(Err(WorkbookProblem::Binary));
        }
        let most = if name.ends_with("sharedstrings.xml") {
            MOST_STRINGS_BYTES
        } else if name.contains("worksheets/") || name.contains("media/") {
            MOST_BYTES
        } else {
            MOST_PART_BYTES
        };
        let mut tags = Tags::new(name);
        let mut size = 0;
        loop {
            let read = match entry.read(&mut piece) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return told(error),
            };
            size += read as u64;
            total += read as u64;
            if size > most || total > MOST_BYTES || !tags.take(&piece[..read]) {
                return Ok(Err(WorkbookProblem::TooLarge));
            }
        }
        if tags.has_macros {
            return Ok(Err(WorkbookProblem::Macros));
        }
        if tags.strings > size / STRING_BYTES {
            return Ok(Err(WorkbookProblem::Broken));
        }
        measured.empty_formulas.extend(tags.empty_formulas);
    }
    Ok(Ok(measured))
}

/// Of an error while inflating: whether the file is broken, or cannot be read.
fn told(error: io::Error) -> io::Result<Result<Measured, WorkbookProblem>> {
    match super::is_of_the_file(&error) {
        true => Ok(Err(WorkbookProblem::Broken)),
        false => Err(error),
    }
}

/// Looks at the tags that pass.
struct Tags {
    part: String,
    /// The tag that is open, without its `<`; `None` in a text.
    tag: Option<Vec<u8>>,
    /// Since the last `<`.
    piece: usize,
    cell: Option<String>,
    has_formula: bool,
    has_value: bool,
    empty_formulas: Vec<(String, String)>,
    strings: u64,
    has_macros: bool,
}

impl Tags {
    fn new(part: String) -> Self {
        Self {
            part,
            tag: None,
            piece: 0,
            cell: None,
            has_formula: false,
            has_value: false,
            empty_formulas: Vec::new(),
            strings: 0,
            has_macros: false,
        }
    }

    /// False where a piece is longer than any.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let is_xml = [".xml", ".rels"].iter().any(|end| self.part.ends_with(end));
        if !is_xml {
            return true;
        }
        for &byte in bytes {
            self.piece += 1;
            match (byte, &mut self.tag) {
                (b'<', _) => {
                    self.piece = 0;
                    self.tag = Some(Vec::with_capacity(32));
                }
                (b'>', Some(tag)) => {
                    let tag = std::mem::take(tag);
                    self.tag = None;
                    self.seen(&tag);
                }
                (byte, Some(tag)) if tag.len() < TAG_BYTES => tag.push(byte),
                _ if self.piece > MOST_PIECE_BYTES => return false,
                _ => {}
            }
        }
        true
    }

    fn seen(&mut self, tag: &[u8]) {
        let is_end = tag.first() == Some(&b'/');
        let name = tag.strip_prefix(b"/").unwrap_or(tag);
        let end = name
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || *byte == b'/')
            .unwrap_or(name.len());
        let name = &name[..end];
        let name = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        match (name, is_end) {
            (b"c", false) => {
                self.cell = attribute(tag, "r");
                (self.has_formula, self.has_value) = (false, false);
            }
            (b"f", false) => self.has_formula = true,
            (b"v" | b"is", false) => self.has_value = !tag.ends_with(b"/"),
            (b"c", true) if self.has_formula && !self.has_value => {
                if let Some(cell) = self.cell.take()
                    && self.empty_formulas.len() < MOST_EMPTY_FORMULAS
                {
                    self.empty_formulas.push((self.part.clone(), cell));
                }
            }
            (b"sst", false) => {
                let said = attribute(tag, "uniqueCount");
                self.strings = said.map_or(0, |said| said.trim().parse().unwrap_or(u64::MAX));
            }
            (b"Override" | b"Default", false) => {
                let kind = attribute(tag, "ContentType").unwrap_or_default();
                self.has_macros |= kind.to_lowercase().contains("macroenabled");
            }
            _ => {}
        }
    }
}

/// What an attribute of a tag says.
fn attribute(tag: &[u8], name: &str) -> Option<String> {
    let tag = String::from_utf8_lossy(tag);
    let mut rest = &*tag;
    loop {
        let (before, after) = rest.split_once('=')?;
        let value = after.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = value[1..].split_once(quote)?;
        if before.split_whitespace().next_back() == Some(name) {
            return Some(value.to_owned());
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_without_a_value_is_seen_wherever_the_pieces_end() {
        let xml = br#"<row r="2"><c r="A2" t="s"><v>0</v></c><c s='1' r='B2'><f>A1+1</f></c><x:c r="C2"><x:f t="shared" si="0"/><x:v>1</x:v></x:c><c r="D2"><f>1</f><v/></c></row>"#;
        for size in [1, 3, 7, 1000] {
            let mut tags = Tags::new("xl/worksheets/sheet1.xml".into());
            assert!(xml.chunks(size).all(|piece| tags.take(piece)));
            let cells: Vec<&str> = tags
                .empty_formulas
                .iter()
                .map(|(_, cell)| &**cell)
                .collect();
            assert_eq!(cells, ["B2", "D2"]);
        }
    }
}

//! Reading the files that the office brings: the encoding, the records and
//! their lines, the header, the dates. Whatever is wrong is collected with line,
//! column and value, so that a clerk can mend the file in one go.

pub mod cells;
pub mod changes;
pub mod columns;
pub mod date;
pub mod encoding;
pub mod header;
pub mod month;
pub mod problem;
pub mod reading;
pub mod records;
pub mod source;
pub mod stand_in;
#[cfg(test)]
pub(in crate::office) mod testing;
pub mod trouble;
pub mod workbook;
pub mod wrong_file;

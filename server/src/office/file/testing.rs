//! What the tests of every list's lines have in common.

use super::{header::Header, problem::Problems, records::Record, records::Records};

/// What becomes of a line below a header of these columns: the row, or what is said of it.
pub(in crate::office) fn parsed<R>(
    line: &str,
    columns: &'static [&'static str],
    parse: impl FnOnce(&Record<'_>, &Header, &mut Problems) -> Option<R>,
) -> Result<R, Vec<String>> {
    let header = columns.join(",");
    let mut records = Records::new(header.as_bytes());
    let header = Header::read(&records.read().unwrap().unwrap(), columns).unwrap();
    let mut records = Records::new(line.as_bytes());
    let record = records.read().unwrap().unwrap();
    let mut problems = Problems::default();
    let row = parse(&record, &header, &mut problems);
    let said: Vec<_> = problems.named().iter().map(ToString::to_string).collect();
    assert_eq!(
        row.is_none(),
        !said.is_empty(),
        "a line is bad if and only if it is named"
    );
    row.ok_or(said)
}

/// A line with another value in one of its columns.
pub(in crate::office) fn with(line: &str, columns: &[&str], column: &str, value: &str) -> String {
    let place = columns.iter().position(|name| *name == column).unwrap();
    let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
    fields[place] = format!("\"{value}\"");
    fields.join(",")
}

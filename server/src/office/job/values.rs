//! 値を表示: what stands in a few lines of a file about health. Whoever asks says why, and a
//! look at each person is written first.

use std::collections::BTreeSet;

use domain::looking::{Reason, ReasonText};
use store::{
    Db,
    job::Job,
    person::{self, Key},
    staff,
};

use super::{
    FileActing,
    chunks::{ChunkError, ChunkFile},
};
use crate::{
    base::{fault::InternalError, secrets::Secrets},
    office::{
        file::reading::ListReader,
        list::{Kind, Source},
        people::{Looked, Looker, look},
    },
};

/// So many lines are shown at a time.
pub const MOST_LINES: usize = 20;

/// A line of a file as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawLine {
    /// Its number.
    pub line: u64,
    /// Each column's name and what stands there; nothing where it is not for this clerk.
    pub cells: Vec<(&'static str, String)>,
}

/// The lines of a file with these numbers, as they stand there, after a look at each person
/// was written. Of the own household nothing is shown.
///
/// # Errors
/// Whatever breaks; a file that is gone is nobody's any more, and shows nothing.
pub async fn values(
    db: &Db,
    secrets: &Secrets,
    acting: &FileActing,
    job: &Job,
    wanted: &[u64],
    (reason, text): (Reason, &ReasonText),
) -> Result<Vec<RawLine>, InternalError> {
    let read = read(db, secrets, job, wanted).await?;
    let Some(health) = acting.health() else {
        return Ok(Vec::new());
    };
    let looker = Looker::at_a_file(health, staff::person_of(db, acting.id()).await?);
    let mut lines = Vec::new();
    for (line, key, cells) in read {
        let key = key.and_then(|key| key.parse::<Key>().ok());
        let person = match &key {
            Some(key) => person::by_key(db, key).await?,
            None => None,
        };
        let is_shown = match person {
            Some(person) => look(db, &looker, person, reason, text).await? == Looked::Open,
            // Nobody's on file.
            None => true,
        };
        let cells = if is_shown { cells } else { Vec::new() };
        lines.push(RawLine { line, cells });
    }
    Ok(lines)
}

type Read = (u64, Option<String>, Vec<(&'static str, String)>);

async fn read(
    db: &Db,
    secrets: &Secrets,
    job: &Job,
    wanted: &[u64],
) -> Result<Vec<Read>, InternalError> {
    let Some(kind) = Kind::parse(job.kind.as_str()) else {
        return Ok(Vec::new());
    };
    let file = match ChunkFile::open(db, secrets, job).await {
        Ok(file) => file,
        Err(ChunkError::Missing) => return Ok(Vec::new()),
        Err(ChunkError::Database(error)) => return Err(error.into()),
    };
    let source = Source::of(&job.file_name, file.len(), file);
    let columns = kind.list().columns;
    let wanted: BTreeSet<u64> = wanted.iter().copied().take(MOST_LINES).collect();
    let last = wanted.last().copied().unwrap_or_default();
    let mut reading = ListReader::begin(source, columns, move |record, header, _| {
        wanted.contains(&record.line).then(|| {
            let cells = columns.iter().enumerate().map(|(nth, column)| {
                let value = header.field(record, nth).chars().take(100).collect();
                (*column, value)
            });
            (header.key(record), cells.collect())
        })
    });
    let mut lines = Vec::new();
    while let Some(batch) = reading.next().await {
        for (line, (key, cells)) in batch.rows {
            lines.push((line, key, cells));
        }
        if lines.last().is_some_and(|(line, ..)| *line >= last) {
            break;
        }
    }
    Ok(lines)
}

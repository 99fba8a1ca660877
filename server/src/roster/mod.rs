//! `portal roster import`: the roster comes in whole or not at all.

mod row;

use std::{fmt, fs::File, io, path::Path};

use app::timestamp::Timestamp;
pub use row::{COLUMNS, Relation, RosterRow, Sex};
use time::Date;
use tokio::{sync::mpsc, task};

use crate::{
    import::{
        encoding::{Decoded, Encoding},
        header::{Header, HeaderProblem},
        problem::{Problems, shown},
        records::{Records, Stop},
    },
    store::{
        self, Db,
        audit::Event,
        postcard,
        roster::{Outcome, Staged},
    },
};

/// Rows that are handed over at a time.
const BATCH: usize = 500;

/// Batches that may wait for the database: reading and writing overlap, and no
/// more of the file is in memory.
const BATCHES_WAITING: usize = 4;

/// Duplicates that are named.
const DUPLICATES_NAMED: i64 = 100;

/// How a roster is imported.
#[derive(Clone, Copy, Debug)]
pub struct Import {
    /// When.
    pub now: Timestamp,
    /// Only find out what would change.
    pub dry_run: bool,
    /// Take the file although nobody on file works for any of its employers.
    pub accept_other_employers: bool,
}

/// How far an import has come, in bytes of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Read and handed to the database.
    pub done: u64,
    /// The whole file.
    pub total: u64,
}

/// What an import did, or would have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How the file was read.
    pub encoding: Encoding,
    /// Nothing was kept.
    pub dry_run: bool,
    /// How many were added, changed, …
    pub people: Outcome,
    /// Open postcards that ended with their holders' membership.
    pub postcards_ended: u64,
    /// Employers that nobody on file had; the first ten.
    pub new_employers: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome {
            added,
            changed,
            left,
            unchanged,
            absent,
        } = self.people;
        writeln!(f, "文字コード: {}", self.encoding)?;
        writeln!(
            f,
            "追加 {added}人、変更 {changed}人、資格喪失 {left}人、変更なし {unchanged}人"
        )?;
        if absent > 0 {
            writeln!(
                f,
                "このファイルにない登録済みの加入者: {absent}人（そのままにしました）"
            )?;
        }
        if self.postcards_ended > 0 {
            writeln!(
                f,
                "資格喪失により無効になったハガキ: {}枚",
                self.postcards_ended
            )?;
        }
        if !self.new_employers.is_empty() {
            writeln!(f, "新しい事業所コード: {}", self.new_employers.join("、"))?;
        }
        f.write_str(if self.dry_run {
            "確認のみです。何も変更していません。"
        } else {
            "名簿を取り込みました。"
        })
    }
}

/// Why a roster was not imported. In every case nothing was changed.
#[derive(Debug)]
pub enum ImportError {
    /// The file cannot be read.
    File(io::Error),
    /// The columns are not those of a roster.
    Header(HeaderProblem),
    /// Lines are wrong.
    Lines(Encoding, Problems),
    /// There is nobody in the file.
    Nobody,
    /// Nobody on file works for any of these employers: another society's file?
    OtherEmployers(Vec<String>),
    /// The database refused.
    Store(sqlx::Error),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => write!(f, "ファイルを読めません: {error}"),
            Self::Header(problem) => problem.fmt(f),
            Self::Lines(encoding, problems) => {
                write!(f, "{problems}（文字コード: {encoding}）")
            }
            Self::Nobody => f.write_str("ファイルに加入者が1人もありません。"),
            Self::OtherEmployers(codes) => {
                let codes: Vec<_> = codes.iter().map(|code| shown(code)).collect();
                write!(
                    f,
                    "このファイルの事業所（{}）は、登録済みの名簿に1つもありません。\
                     別の健保組合のファイルではありませんか。",
                    codes.join("、")
                )
            }
            Self::Store(error) => write!(f, "データベースの誤りです: {error}"),
        }?;
        f.write_str("\n何も取り込んでいません。")
    }
}

impl std::error::Error for ImportError {}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for ImportError {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// Imports the roster at `path` and reports what changed; `progress` is told
/// after every batch.
///
/// The file waits in a temporary table until its last line is found good, so
/// others read and write meanwhile; then one transaction brings it in.
///
/// # Errors
/// Whatever is wrong; then nothing was changed.
pub async fn import(
    db: &Db,
    path: &Path,
    options: Import,
    mut progress: impl FnMut(Progress),
) -> Result<Report, ImportError> {
    let today = options.now.in_japan().date();
    let file = File::open(path)?;
    let total = file.metadata()?.len();

    let (batches, mut arriving) = mpsc::channel(BATCHES_WAITING);
    let reading = task::spawn_blocking(move || read(file, today, &batches));
    let mut staged = Staged::begin(db).await?;
    let mut rows = 0;
    while let Some(batch) = arriving.recv().await {
        staged.add(&batch.rows).await?;
        rows += batch.rows.len();
        progress(Progress {
            done: batch.bytes_read,
            total,
        });
    }
    let (encoding, mut problems) = reading.await.map_err(io::Error::other)??;

    let (count, first) = staged.duplicates(DUPLICATES_NAMED).await?;
    let lines = |(line, earlier): &(i64, i64)| (line.cast_unsigned(), earlier.cast_unsigned());
    problems.duplicates(
        &first.iter().map(lines).collect::<Vec<_>>(),
        count.cast_unsigned(),
    );
    if problems.count() > 0 {
        return Err(ImportError::Lines(encoding, problems));
    }
    if rows == 0 {
        return Err(ImportError::Nobody);
    }

    let mut tx = staged.into_tx().await?;
    let employers = store::roster::employers(&mut tx).await?;
    if employers.none_known && !options.accept_other_employers {
        return Err(ImportError::OtherEmployers(employers.new));
    }
    let people = store::roster::merge(&mut tx).await?;
    let postcards_ended = postcard::end_of_disqualified(&mut tx, today, options.now).await?;
    if people.added + people.changed + people.left > 0 || postcards_ended > 0 {
        let Outcome {
            added,
            changed,
            left,
            ..
        } = people;
        let detail = format!(
            "added {added}, changed {changed}, left {left}, postcards ended {postcards_ended}"
        );
        Event::RosterImported
            .at_the_command_line(&detail, options.now)
            .record(&mut tx)
            .await?;
    }
    if !options.dry_run {
        tx.commit().await?;
    }
    Ok(Report {
        encoding,
        dry_run: options.dry_run,
        people,
        postcards_ended,
        new_employers: employers.new,
    })
}

struct Batch {
    rows: Vec<(u64, RosterRow)>,
    bytes_read: u64,
}

/// Reads the file to its end, handing over what is good and collecting what is
/// not.
fn read(
    mut file: File,
    today: Date,
    batches: &mpsc::Sender<Batch>,
) -> Result<(Encoding, Problems), ImportError> {
    let encoding = Encoding::detect(&mut file)?;
    let mut records = Records::new(Decoded::new(file, encoding));
    let mut problems = Problems::default();
    let header = match records.read() {
        Ok(Some(first)) => Header::read(&first, &COLUMNS).map_err(ImportError::Header)?,
        Ok(None) => return Err(ImportError::Nobody),
        Err(stop) => {
            stopped(stop, &mut problems)?;
            return Ok((encoding, problems));
        }
    };
    loop {
        let mut rows = Vec::with_capacity(BATCH);
        let mut at_end = false;
        while rows.len() < BATCH && !at_end {
            match records.read() {
                Ok(Some(record)) if record.is_blank() => {}
                Ok(Some(record)) => {
                    let row = RosterRow::parse(&record, &header, today, &mut problems);
                    rows.extend(row.map(|row| (record.line, row)));
                }
                Ok(None) => at_end = true,
                Err(stop) => {
                    stopped(stop, &mut problems)?;
                    at_end = true;
                }
            }
        }
        let batch = Batch {
            rows,
            bytes_read: records.text().bytes_read(),
        };
        // Nobody receives any more: the import has failed and says why itself.
        let abandoned = batches.blocking_send(batch).is_err();
        if at_end || abandoned {
            return Ok((encoding, problems));
        }
    }
}

fn stopped(stop: Stop, problems: &mut Problems) -> Result<(), ImportError> {
    match stop {
        Stop::Io(error) => Err(error.into()),
        Stop::At { line, why } => {
            problems.line(line, why);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    fn read_bytes(bytes: &[u8]) -> Result<(Encoding, Problems), ImportError> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        let (batches, _arriving) = mpsc::channel(64);
        read(file, date!(2026 - 11 - 22), &batches)
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

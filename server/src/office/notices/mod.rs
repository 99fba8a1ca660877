//! Notices and articles: those of a file (`portal notices import`), which come in whole or
//! not at all, and those that are written in the browser (`publishing`).

pub mod attachment;
pub mod form;
pub mod line;
pub mod publishing;
pub mod rules;

use std::{fmt, path::Path, time::Duration};

use domain::values::timestamp::Timestamp;
use sha2::{Digest, Sha256};
use store::{
    Db, Tx,
    import_batch::Lines,
    planned::Each,
    staged_notices::{NoticeRow, Outcome, Staged},
};

pub use crate::office::list::{Import, ImportError};

use self::line::Seen;
use crate::office::{
    file::{
        changes::Changes,
        encoding::Encoding,
        header::Header,
        problem::{Problems, shown},
        reading::{ListSummary, Progress},
        records::Record,
    },
    list::{self, Answers, Applied, How, Kind, List, Source, plan::Tables},
};

/// What has been open for longer when it comes in is no news: an older list that is
/// taken over sends no letters.
const NEWS: Duration = Duration::from_secs(30 * 24 * 3600);

/// What an import did, or would have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How the file was read.
    pub encoding: Encoding,
    /// Nothing was kept.
    pub dry_run: bool,
    /// How many were added, changed, …
    pub notices: Outcome,
    /// Of a dry run: what would change.
    pub changes: Changes,
    /// 事業所コード in 対象 that nobody on the roster has, each after its 管理番号.
    pub unknown_employers: Vec<(String, String)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome {
            added,
            changed,
            unchanged,
            absent,
            told,
        } = self.notices;
        writeln!(f, "文字コード: {}", self.encoding)?;
        writeln!(
            f,
            "追加 {added}件、変更 {changed}件、変更なし {unchanged}件"
        )?;
        if absent > 0 {
            writeln!(
                f,
                "このファイルにない登録済みのもの: {absent}件（そのままにしました）"
            )?;
        }
        if told > 0 {
            writeln!(
                f,
                "メールでお知らせするもの: {told}件（公開日の9時以降に送ります）"
            )?;
        }
        for (number, code) in &self.unknown_employers {
            writeln!(
                f,
                "ご注意: 管理番号{}の対象の事業所コード{}の方は、名簿にいません。",
                shown(number),
                shown(code)
            )?;
        }
        self.changes.fmt(f)?;
        f.write_str(if self.dry_run {
            "確認のみです。何も変更していません。"
        } else {
            "お知らせを取り込みました。"
        })
    }
}

/// Imports the file at `path` with the attachments beside it, and reports what
/// changed; `progress` is told after every batch.
///
/// A notice is known by its 管理番号: a corrected file changes it where it stands,
/// and nobody gets a second letter. What a file does not name stays as it is.
///
/// # Errors
/// Whatever is wrong; then nothing was changed.
pub async fn import(
    db: &Db,
    path: &Path,
    options: Import,
    progress: impl FnMut(Progress),
) -> Result<Report, ImportError> {
    let answers = Answers::default();
    list::at_the_command_line::<Notices>(db, path, options, &answers, progress).await
}

/// Notices on their way in.
pub(in crate::office) struct Notices(Staged);

/// What is known of them.
pub(in crate::office) struct Found {
    encoding: Encoding,
    unknown_employers: Vec<(String, String)>,
}

impl List for Notices {
    const KIND: Kind = Kind::Notices;
    type Row = NoticeRow;
    type Found = Found;
    type Report = Report;

    async fn begin(db: &Db) -> store::Result<Self> {
        Ok(Self(Staged::begin(db).await?))
    }

    fn parser(
        source: &Source,
        _: Timestamp,
    ) -> impl FnMut(&Record<'_>, &Header, &mut Problems) -> Option<NoticeRow> + Send + 'static {
        let folder = source.folder.clone();
        let mut seen = Seen::default();
        move |record: &Record<'_>, header: &Header, problems: &mut Problems| {
            line::parse(record, header, folder.as_deref(), &mut seen, problems)
        }
    }

    async fn stage(&mut self, rows: &[(u64, NoticeRow)]) -> Result<(), ImportError> {
        for (_, row) in rows {
            let file = match &row.attachment {
                None => None,
                // One at a time: each may be as large as any file of ours.
                Some(attachment) => {
                    let content = attachment::read(attachment)
                        .map_err(|error| ImportError::Attachment(attachment.name.clone(), error))?;
                    let sha256: [u8; 32] = Sha256::digest(&content).into();
                    self.0.add_file(&sha256, &content).await?;
                    Some((sha256, attachment.name.as_str()))
                }
            };
            self.0.add(row, file).await?;
        }
        Ok(())
    }

    async fn check(
        &mut self,
        read: ListSummary,
        _: &How<'_>,
        _: Option<Each<'_>>,
    ) -> Result<Found, ImportError> {
        Ok(Found {
            encoding: read.judge()?,
            unknown_employers: Vec::new(),
        })
    }

    async fn into_tx(self) -> store::Result<Tx> {
        self.0.into_tx().await
    }

    async fn plan(
        found: &mut Found,
        tx: &mut Tx,
        how: &How<'_>,
        each: Option<Each<'_>>,
    ) -> Result<Tables, ImportError> {
        let taken = Staged::slugs_taken(tx).await?;
        if !taken.is_empty() {
            return Err(ImportError::SlugsTaken(taken));
        }
        found.unknown_employers = Staged::unknown_employers(tx).await?;
        if let Some(each) = each {
            Staged::planned(tx, each).await?;
        }
        let mut tables = Tables::default();
        if how.is_preview {
            tables.changes = Changes::of(Staged::differences(tx).await?);
        }
        Ok(tables)
    }

    async fn apply(
        found: Found,
        tx: &mut Tx,
        how: &How<'_>,
        changes: Changes,
        _: Option<i64>,
    ) -> Result<Applied<Report>, ImportError> {
        let notices = Staged::merge(tx, how.now, how.now.minus(NEWS)).await?;
        let Outcome {
            added,
            changed,
            unchanged,
            absent,
            told,
        } = notices;
        Ok(Applied {
            report: Report {
                encoding: found.encoding,
                dry_run: how.is_preview,
                notices,
                changes,
                unknown_employers: found.unknown_employers,
            },
            lines: Lines {
                added,
                changed,
                taken_out: 0,
            },
            counts: vec![
                ("追加", added),
                ("変更", changed),
                ("変更なし", unchanged),
                ("ファイルにないもの（そのまま）", absent),
                ("メールでお知らせするもの", told),
            ],
            detail: (added + changed > 0).then(|| format!("added {added}, changed {changed}")),
        })
    }
}

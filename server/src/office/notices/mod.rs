//! `portal notices import`: notices and articles come in whole or not at all.

pub mod attachment;
pub mod line;
pub mod rules;

use std::{fmt, path::Path, time::Duration};

use sha2::{Digest, Sha256};
use store::{
    Db,
    audit::Event,
    staged_notices::{Outcome, Staged},
};

pub use crate::office::file::list::{Import, ImportError};

use self::line::{COLUMNS, Seen};
use crate::office::file::{
    changes::Changes,
    encoding::Encoding,
    header::Header,
    list::read_list,
    problem::{Problems, shown},
    reading::Progress,
    records::Record,
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
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let mut seen = Seen::default();
    let parse = move |record: &Record<'_>, header: &Header, problems: &mut Problems| {
        line::parse(record, header, &folder, &mut seen, problems)
    };
    let mut staged = Staged::begin(db).await?;
    let read = read_list(path, &COLUMNS, parse, progress, async |rows| {
        for (_, row) in rows {
            let file = match &row.attachment {
                None => None,
                // One at a time: each may be as large as any file of ours.
                Some(attachment) => {
                    let content = attachment::read(attachment)
                        .map_err(|error| ImportError::Attachment(attachment.name.clone(), error))?;
                    let sha256: [u8; 32] = Sha256::digest(&content).into();
                    staged.add_file(&sha256, &content).await?;
                    Some((sha256, attachment.name.as_str()))
                }
            };
            staged.add(row, file).await?;
        }
        Ok(())
    })
    .await?;
    let encoding = read.judge()?;

    let mut tx = staged.into_tx().await?;
    let taken = Staged::slugs_taken(&mut tx).await?;
    if !taken.is_empty() {
        return Err(ImportError::SlugsTaken(taken));
    }
    let unknown_employers = Staged::unknown_employers(&mut tx).await?;
    let changes = if options.dry_run {
        Changes::of(Staged::differences(&mut tx).await?)
    } else {
        Changes::default()
    };
    let notices = Staged::merge(&mut tx, options.now, options.now.minus(NEWS)).await?;
    if notices.added + notices.changed > 0 {
        let Outcome { added, changed, .. } = notices;
        Event::NoticesImported
            .at_the_command_line(&format!("added {added}, changed {changed}"), options.now)
            .record(&mut tx)
            .await?;
    }
    if !options.dry_run {
        tx.commit().await?;
    }
    Ok(Report {
        encoding,
        dry_run: options.dry_run,
        notices,
        changes,
        unknown_employers,
    })
}

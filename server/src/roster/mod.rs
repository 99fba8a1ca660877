//! `portal roster import`: the roster comes in whole or not at all.

mod row;

use std::{fmt, path::Path};

pub use app::sex::Sex;
use app::timestamp::Timestamp;
pub use row::{COLUMNS, Relation, RosterRow};

use crate::{
    import::{
        encoding::Encoding,
        header::Header,
        problem::{NAMED, Problems, shown},
        reading::{Progress, Reading, Unfit},
        records::Record,
    },
    store::{
        self, Db,
        audit::Event,
        postcard,
        roster::{Outcome, Staged},
    },
};

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
    /// The file is not one that can be taken.
    File(Unfit),
    /// Nobody on file works for any of these employers: another society's file?
    OtherEmployers(Vec<String>),
    /// The database refused.
    Store(sqlx::Error),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(unfit) => unfit.fmt(f),
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

impl From<Unfit> for ImportError {
    fn from(unfit: Unfit) -> Self {
        Self::File(unfit)
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
    let parse = move |record: &Record<'_>, header: &Header, problems: &mut Problems| {
        RosterRow::parse(record, header, today, problems)
    };
    let mut reading = Reading::begin(path, &COLUMNS, parse)?;
    let mut staged = Staged::begin(db).await?;
    while let Some(batch) = reading.next().await {
        staged.add(&batch.rows).await?;
        progress(batch.progress);
    }
    let read = reading.end().await?;
    let duplicates = staged.duplicates(NAMED as i64).await?;
    let encoding = read.with_duplicates(duplicates).judge()?;

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

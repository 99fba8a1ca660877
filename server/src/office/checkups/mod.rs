//! `portal checkups import`: a list of results comes in whole or not at all. The
//! same file twice changes nothing; a corrected one changes its lines.

pub mod line;

use std::{fmt, path::Path};

use store::{
    Db,
    audit::Event,
    staged_checkups::{self, Outcome, Staged},
    staging::UnknownPerson,
};

pub use crate::office::file::list::{Import, ImportError};

use self::line::COLUMNS;
use crate::office::file::{
    changes::Changes,
    encoding::Encoding,
    header::Header,
    list::{read_list, say_former_keys},
    problem::{MAX_LISTED, Problems},
    reading::Progress,
    records::Record,
};

/// What an import did, or would have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How the file was read.
    pub encoding: Encoding,
    /// Nothing was kept.
    pub dry_run: bool,
    /// How many results were added, changed, …
    pub results: Outcome,
    /// Of a dry run: what would change.
    pub changes: Changes,
    /// Lines under a key that their person has not any more.
    pub former_keys: i64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome {
            added,
            changed,
            unchanged,
            withdrawn,
            nothing_to_withdraw,
        } = self.results;
        writeln!(f, "文字コード: {}", self.encoding)?;
        writeln!(
            f,
            "追加 {added}件、変更 {changed}件、変更なし {unchanged}件"
        )?;
        if withdrawn + nothing_to_withdraw > 0 {
            writeln!(
                f,
                "取消 {withdrawn}件、取り消す結果がない行 {nothing_to_withdraw}件"
            )?;
        }
        say_former_keys(self.former_keys, f)?;
        self.changes.fmt(f)?;
        f.write_str(if self.dry_run {
            "確認のみです。何も変更していません。"
        } else {
            "健診結果を取り込みました。"
        })
    }
}

/// Imports the list at `path` and reports what changed; `progress` is told after
/// every batch. Others read and write meanwhile, as during a roster's import.
///
/// # Errors
/// Whatever is wrong; then nothing was changed.
pub async fn import(
    db: &Db,
    path: &Path,
    options: Import,
    progress: impl FnMut(Progress),
) -> Result<Report, ImportError> {
    let today = options.now.in_japan().date();
    let parse = move |record: &Record<'_>, header: &Header, problems: &mut Problems| {
        line::parse(record, header, today, problems)
    };
    let mut staged = Staged::begin(db).await?;
    let read = read_list(path, &COLUMNS, parse, progress, async |rows| {
        Ok(staged.add(rows).await?)
    })
    .await?;
    let resolved = staged.resolve(MAX_LISTED as i64).await?;
    let (unknown_people, anybody_known) = staged.unknown_people(MAX_LISTED as i64).await?;
    let can_tell_why =
        |(_, who): &(u64, UnknownPerson)| who.with_zeros.is_some() || who.key.branch.is_empty();
    if !anybody_known && !unknown_people.1.iter().any(can_tell_why) {
        // Lines that are wrong in themselves are told first.
        read.judge()?;
        return Err(ImportError::NobodyKnown);
    }
    let repeated = staged.repeated(MAX_LISTED as i64).await?;
    let before_birth = staged.before_birth(MAX_LISTED as i64).await?;
    let encoding = read
        .with_unknown_people(unknown_people)
        .with_several_holders(
            &resolved,
            "番号が変わった方の結果は、いまの記号・番号・枝番で書いてください",
        )
        .with_unborn(before_birth)
        .with_repeated_days(repeated)
        .judge()?;

    let mut tx = staged.into_tx().await?;
    let changes = if options.dry_run {
        Changes::of(staged_checkups::differences(&mut tx).await?)
    } else {
        Changes::default()
    };
    let results = staged_checkups::merge(&mut tx).await?;
    let Outcome {
        added,
        changed,
        withdrawn,
        ..
    } = results;
    if added + changed + withdrawn > 0 {
        let detail = format!("added {added}, changed {changed}, withdrawn {withdrawn}");
        Event::CheckupsImported
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
        results,
        changes,
        former_keys: resolved.former,
    })
}

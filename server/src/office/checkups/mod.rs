//! `portal checkups import`: a list of results comes in whole or not at all. The
//! same file twice changes nothing; a corrected one changes its lines.

pub mod line;

use std::{fmt, path::Path};

use domain::values::timestamp::Timestamp;
use store::{
    Db, Tx,
    import_batch::Lines,
    planned::Each,
    staged_checkups::{self, CheckupRow, Outcome, Staged},
    staging::UnknownPerson,
};

pub use crate::office::list::{Import, ImportError};

use crate::office::{
    file::{
        changes::Changes,
        encoding::Encoding,
        header::Header,
        problem::{MAX_KEPT, Problems},
        reading::{ListSummary, Progress},
        records::Record,
    },
    list::{
        self, Answers, Applied, How, Kind, List, Source,
        plan::{OfMonth, Tables},
        say_former_keys,
    },
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
    let answers = Answers::default();
    list::at_the_command_line::<Checkups>(db, path, options, &answers, progress).await
}

/// Results on their way in.
pub(in crate::office) struct Checkups(Staged);

/// What is known of them.
pub(in crate::office) struct Found {
    encoding: Encoding,
    former_keys: i64,
}

impl List for Checkups {
    const KIND: Kind = Kind::Checkups;
    type Row = CheckupRow;
    type Found = Found;
    type Report = Report;

    async fn begin(db: &Db) -> store::Result<Self> {
        Ok(Self(Staged::begin(db).await?))
    }

    fn parser(
        _: &Source,
        now: Timestamp,
    ) -> impl FnMut(&Record<'_>, &Header, &mut Problems) -> Option<CheckupRow> + Send + 'static
    {
        let today = now.in_japan().date();
        move |record: &Record<'_>, header: &Header, problems: &mut Problems| {
            line::parse(record, header, today, problems)
        }
    }

    async fn stage(&mut self, rows: &[(u64, CheckupRow)]) -> Result<(), ImportError> {
        Ok(self.0.add(rows).await?)
    }

    async fn check(
        &mut self,
        read: ListSummary,
        _: &How<'_>,
        _: Option<Each<'_>>,
    ) -> Result<Found, ImportError> {
        let staged = &mut self.0;
        let most = MAX_KEPT as i64;
        let resolved = staged.resolve(most).await?;
        let (unknown_people, anybody_known) = staged.unknown_people(most).await?;
        let can_tell_why =
            |(_, who): &(u64, UnknownPerson)| who.with_zeros.is_some() || who.key.branch.is_empty();
        if !anybody_known && !unknown_people.1.iter().any(can_tell_why) {
            // Lines that are wrong in themselves are told first.
            read.judge()?;
            return Err(ImportError::NobodyKnown);
        }
        let repeated = staged.repeated(most).await?;
        let before_birth = staged.before_birth(most).await?;
        let encoding = read
            .with_unknown_people(unknown_people)
            .with_several_holders(
                &resolved,
                "番号が変わった方の結果は、いまの記号・番号・枝番で書いてください",
            )
            .with_unborn(before_birth)
            .with_repeated_days(repeated)
            .judge()?;
        Ok(Found {
            encoding,
            former_keys: resolved.former,
        })
    }

    async fn into_tx(self) -> store::Result<Tx> {
        self.0.into_tx().await
    }

    async fn plan(
        _: &mut Found,
        tx: &mut Tx,
        how: &How<'_>,
        each: Option<Each<'_>>,
    ) -> Result<Tables, ImportError> {
        if let Some(each) = each {
            staged_checkups::planned(tx, each).await?;
        }
        if !how.is_preview {
            return Ok(Tables::default());
        }
        let changes = Changes::of(staged_checkups::differences(tx).await?);
        let months = staged_checkups::by_month(tx).await?;
        Ok(Tables {
            changes,
            employers: Vec::new(),
            months: months.into_iter().map(of_month).collect(),
        })
    }

    async fn apply(
        found: Found,
        tx: &mut Tx,
        how: &How<'_>,
        changes: Changes,
        batch: Option<i64>,
    ) -> Result<Applied<Report>, ImportError> {
        let results = staged_checkups::outcome(tx).await?;
        if let Some(batch) = batch {
            staged_checkups::merge(tx, batch).await?;
        }
        let Outcome {
            added,
            changed,
            unchanged,
            withdrawn,
            nothing_to_withdraw,
        } = results;
        let is_any = added + changed + withdrawn > 0;
        Ok(Applied {
            report: Report {
                encoding: found.encoding,
                dry_run: how.is_preview,
                results,
                changes,
                former_keys: found.former_keys,
            },
            lines: Lines {
                added,
                changed,
                taken_out: withdrawn,
            },
            counts: vec![
                ("追加", added),
                ("変更", changed),
                ("取り消し", withdrawn),
                ("取り消す結果がない行", nothing_to_withdraw),
                ("変更なし", unchanged),
            ],
            detail: is_any
                .then(|| format!("added {added}, changed {changed}, withdrawn {withdrawn}")),
        })
    }
}

fn of_month(one: staged_checkups::OfMonth) -> OfMonth {
    OfMonth {
        month: one.month,
        lines: one.lines,
        added: one.added,
        changed: one.changed,
        withdrawn: one.withdrawn,
        yen: Vec::new(),
    }
}

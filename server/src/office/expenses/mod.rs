//! `portal expenses import`: a list of medical expenses comes in whole or not at
//! all. The same file twice changes nothing; what a later file says of claims that
//! are there already is told in `store::staged_expenses`.

mod arrival;
mod line;

use std::{fmt, path::Path};

use domain::values::{expense::COLUMNS, month::Month, timestamp::Timestamp};
use store::{
    Db,
    audit::Event,
    expense_month,
    staged_expenses::{self, Outcome, Staged},
    staging::UnknownPerson,
};

pub use crate::office::file::list::ImportError;

use self::arrival::complete_months;
use crate::office::file::{
    changes::Changes,
    encoding::Encoding,
    header::Header,
    list::{read_list, say_former_keys},
    problem::{MAX_LISTED, Problems},
    reading::{FileError, Progress},
    records::Record,
};

/// How a list is imported.
#[derive(Clone, Copy, Debug)]
pub struct Import {
    /// When.
    pub now: Timestamp,
    /// Only find out what would change.
    pub dry_run: bool,
    /// What is not on file is a further claim, also where others of the same person,
    /// month, provider and kind are.
    pub add_repeated: bool,
    /// A line of a month in which its key went from one person to another is the present
    /// holder's.
    pub present_holder: bool,
}

/// What an import did, or would have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How the file was read.
    pub encoding: Encoding,
    /// Nothing was kept.
    pub dry_run: bool,
    /// How many lines were added, changed, …
    pub lines: Outcome,
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
            withdrawn,
            unchanged,
            first_month,
            last_month,
        } = self.lines;
        let label = |month| {
            Month::from_number(month)
                .map(Month::label)
                .unwrap_or_default()
        };
        writeln!(f, "文字コード: {}", self.encoding)?;
        writeln!(
            f,
            "診療年月: {}から{}まで",
            label(first_month),
            label(last_month)
        )?;
        writeln!(
            f,
            "追加 {added}件、変更 {changed}件、取り消し {withdrawn}件、変更なし {unchanged}件"
        )?;
        say_former_keys(self.former_keys, f)?;
        self.changes.fmt(f)?;
        f.write_str(if self.dry_run {
            "確認のみです。何も変更していません。"
        } else {
            "医療費を取り込みました。"
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
    let this_month = Month::of(options.now.in_japan().date());
    let parse = move |record: &Record<'_>, header: &Header, problems: &mut Problems| {
        line::parse(record, header, this_month, problems)
    };
    let mut staged = Staged::begin(db).await?;
    let read = read_list(path, &COLUMNS, parse, progress, async |rows| {
        Ok(staged.add(rows).await?)
    })
    .await?;
    let resolved = staged
        .resolve(options.present_holder, MAX_LISTED as i64)
        .await?;
    let (unknown_people, anybody_known) = staged.unknown_people(MAX_LISTED as i64).await?;
    let can_tell_why =
        |(_, who): &(u64, UnknownPerson)| who.with_zeros.is_some() || who.key.branch.is_empty();
    if !anybody_known && !unknown_people.1.iter().any(can_tell_why) {
        // Lines that are wrong in themselves are told first.
        read.judge()?;
        return Err(ImportError::NobodyKnown);
    }
    let encoding = read
        .with_unknown_people(unknown_people)
        .with_several_holders(
            &resolved,
            "番号が変わった方の分は、いまの記号・番号・枝番で書いてください。\
             いまこの番号の方の分なら、--present-holder を付けて取り込んでください",
        )
        .judge()?;

    let compared = staged.compare(options.add_repeated).await?;
    let unclear = staged.unclear(MAX_LISTED as i64).await?;
    if unclear.0 > 0 {
        return Err(FileError::Lines(encoding, Problems::of_unclear(unclear)).into());
    }
    let beyond = staged.extra_beyond(MAX_LISTED as i64).await?;
    if beyond.0 > 0 {
        return Err(FileError::Lines(encoding, Problems::of_extra_beyond(beyond)).into());
    }
    let changes = if options.dry_run {
        Changes::of(staged.differences().await?)
    } else {
        Changes::default()
    };
    let mut tx = staged.into_tx().await?;
    let merged = staged_expenses::merge(&mut tx, compared).await?;
    let lines = merged.ok_or(ImportError::Overtaken)?;
    let Outcome {
        added,
        changed,
        withdrawn,
        ..
    } = lines;
    if added + withdrawn > 0 {
        let claims = expense_month::count(&mut tx).await?;
        expense_month::mark(&mut tx, &complete_months(&claims)).await?;
    }
    if added + changed + withdrawn > 0 {
        let counts = format!("added {added}, changed {changed}, withdrawn {withdrawn}");
        Event::ExpensesImported
            .at_the_command_line(&counts, options.now)
            .record(&mut tx)
            .await?;
    }
    if !options.dry_run {
        tx.commit().await?;
    }
    Ok(Report {
        encoding,
        dry_run: options.dry_run,
        lines,
        changes,
        former_keys: resolved.former,
    })
}

//! `portal expenses import`: a list of medical expenses comes in whole or not at
//! all. The same file twice changes nothing; what a later file says of claims that
//! are there already is told in `store::staged_expenses`.

pub(in crate::office) mod arrival;
mod line;

use std::{fmt, path::Path};

use domain::values::{month::Month, timestamp::Timestamp};
use store::{
    Db, Tx, expense_month,
    import_batch::Lines,
    planned::Each,
    staged_expenses::{self, Compared, ExpenseRow, Outcome, Repeated, Settled, Staged},
    staging::UnknownPerson,
};

pub use crate::office::list::ImportError;

use self::arrival::complete_months;
use crate::office::{
    file::{
        changes::Changes,
        encoding::Encoding,
        header::Header,
        problem::{MAX_KEPT, Problems},
        reading::{FileError, ListSummary, Progress},
        records::Record,
    },
    list::{
        self, Answer, Answers, Applied, How, Kind, List, Question, Questions, Source,
        plan::{OfMonth, Tables},
        question::WHOLE_FILE,
        say_former_keys,
    },
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
    let mut answers = Answers::default();
    if options.add_repeated {
        answers.add(WHOLE_FILE, Answer::Add);
    }
    if options.present_holder {
        answers.add(WHOLE_FILE, Answer::Yes);
    }
    let Import { now, dry_run, .. } = options;
    let how = list::Import { now, dry_run };
    list::at_the_command_line::<Claims>(db, path, how, &answers, progress).await
}

/// Claims on their way in.
pub(in crate::office) struct Claims(Staged);

/// What is known of them.
pub(in crate::office) struct Found {
    encoding: Encoding,
    former_keys: i64,
    compared: Compared,
    tables: Tables,
}

impl List for Claims {
    const KIND: Kind = Kind::Expenses;
    type Row = ExpenseRow;
    type Found = Found;
    type Report = Report;

    async fn begin(db: &Db) -> store::Result<Self> {
        Ok(Self(Staged::begin(db).await?))
    }

    fn parser(
        _: &Source,
        now: Timestamp,
    ) -> impl FnMut(&Record<'_>, &Header, &mut Problems) -> Option<ExpenseRow> + Send + 'static
    {
        let this_month = Month::of(now.in_japan().date());
        move |record: &Record<'_>, header: &Header, problems: &mut Problems| {
            line::parse(record, header, this_month, problems)
        }
    }

    async fn stage(&mut self, rows: &[(u64, ExpenseRow)]) -> Result<(), ImportError> {
        Ok(self.0.add(rows).await?)
    }

    /// All of it before anything is locked: it sorts the whole file.
    async fn check(
        &mut self,
        read: ListSummary,
        how: &How<'_>,
        each: Option<Each<'_>>,
    ) -> Result<Found, ImportError> {
        let staged = &mut self.0;
        let (encoding, former_keys) = whose(staged, read, how).await?;
        // At the command line nothing is a correction then; in the browser it is an answer to
        // what was asked.
        let adds = !how.asks && how.answers.says(Answer::Add);
        let compared = staged.compare(adds).await?;
        if how.asks {
            settle(staged, how.answers).await?;
        }
        let unclear = staged.unclear(MAX_KEPT as i64).await?;
        if unclear.0 > 0 {
            return Err(FileError::Lines(encoding, Problems::of_unclear(unclear)).into());
        }
        let beyond = staged.extra_beyond(MAX_KEPT as i64).await?;
        if beyond.0 > 0 {
            return Err(FileError::Lines(encoding, Problems::of_extra_beyond(beyond)).into());
        }
        if let Some(each) = each {
            staged.planned(each).await?;
        }
        let mut tables = Tables::default();
        if how.is_preview {
            tables.changes = Changes::of(staged.differences().await?);
            let months = staged.by_month().await?;
            tables.months = months.into_iter().map(of_month).collect();
        }
        Ok(Found {
            encoding,
            former_keys,
            compared,
            tables,
        })
    }

    async fn into_tx(self) -> store::Result<Tx> {
        self.0.into_tx().await
    }

    async fn plan(
        found: &mut Found,
        _: &mut Tx,
        _: &How<'_>,
        _: Option<Each<'_>>,
    ) -> Result<Tables, ImportError> {
        Ok(std::mem::take(&mut found.tables))
    }

    async fn apply(
        found: Found,
        tx: &mut Tx,
        how: &How<'_>,
        changes: Changes,
        batch: Option<i64>,
    ) -> Result<Applied<Report>, ImportError> {
        let lines = staged_expenses::outcome(tx).await?;
        let Outcome {
            added,
            changed,
            withdrawn,
            unchanged,
            ..
        } = lines;
        if let Some(batch) = batch {
            if !staged_expenses::merge(tx, found.compared, batch).await? {
                return Err(ImportError::Overtaken);
            }
            if added + withdrawn > 0 {
                let claims = expense_month::count(tx).await?;
                expense_month::mark(tx, &complete_months(&claims)).await?;
            }
        }
        let is_any = added + changed + withdrawn > 0;
        Ok(Applied {
            report: Report {
                encoding: found.encoding,
                dry_run: how.is_preview,
                lines,
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
                ("変更なし", unchanged),
            ],
            detail: is_any
                .then(|| format!("added {added}, changed {changed}, withdrawn {withdrawn}")),
        })
    }
}

/// Finds whose the lines are; then how the file was read, and how many lines stand under a
/// key of before.
async fn whose(
    staged: &mut Staged,
    read: ListSummary,
    how: &How<'_>,
) -> Result<(Encoding, i64), ImportError> {
    let most = if how.asks { i64::MAX } else { MAX_KEPT as i64 };
    let to_present_holder = how.answers.says(Answer::Yes);
    let resolved = staged.resolve(to_present_holder, most).await?;
    let (unknown_people, anybody_known) = staged.unknown_people(MAX_KEPT as i64).await?;
    let can_tell_why =
        |(_, who): &(u64, UnknownPerson)| who.with_zeros.is_some() || who.key.branch.is_empty();
    if !anybody_known && !unknown_people.1.iter().any(can_tell_why) {
        // Lines that are wrong in themselves are told first.
        read.judge()?;
        return Err(ImportError::NobodyKnown);
    }
    let read = read.with_unknown_people(unknown_people);
    let encoding = if how.asks {
        read.judge()?
    } else {
        let way_out = "番号が変わった方の分は、いまの記号・番号・枝番で書いてください。\
             いまこの番号の方の分なら、--present-holder を付けて取り込んでください";
        read.with_several_holders(&resolved, way_out).judge()?
    };
    let asked = resolved
        .first_unclear
        .iter()
        .map(|line| Question::SeveralHolders {
            line: line.cast_unsigned(),
        });
    let open = Questions::unanswered(asked, how.answers);
    if how.asks && open.count > 0 {
        return Err(ImportError::Asks(Box::new(open)));
    }
    Ok((encoding, resolved.former))
}

/// Settles what could be further claims as well as corrections by the answers, of which none
/// may be missing.
async fn settle(staged: &mut Staged, answers: &Answers) -> Result<(), ImportError> {
    let groups = staged.repeated().await?;
    let asked = |one: &Repeated| Question::Repeated {
        line: one.line.cast_unsigned(),
        key: one.whose.clone(),
        month: one.month,
    };
    let open = Questions::unanswered(groups.iter().map(asked), answers);
    if open.count > 0 {
        return Err(ImportError::Asks(Box::new(open)));
    }
    let settled = |one: &Repeated| {
        let among = [Answer::Add, Answer::Correct];
        let settled = match answers.to(one.line.cast_unsigned(), &among)? {
            Answer::Correct => Settled::Corrects,
            _ => Settled::Adds,
        };
        Some((one.line, settled))
    };
    let settled: Vec<_> = groups.iter().filter_map(settled).collect();
    Ok(staged.settle(&settled).await?)
}

fn of_month(one: staged_expenses::OfMonth) -> OfMonth {
    let yen = [
        ("医療費総額", one.total),
        ("保険者負担額", one.insurer),
        ("公費負担額", one.public),
        ("窓口負担額", one.paid),
        ("食事療養費", one.meals),
        ("付加給付額", one.extra),
    ];
    OfMonth {
        month: one.month,
        lines: one.lines,
        added: one.added,
        changed: one.changed,
        withdrawn: one.withdrawn,
        yen: yen.map(|(column, sum)| (column.to_owned(), sum)).into(),
    }
}

//! How every list of the office comes in: read, checked, planned, asked about, applied. What
//! differs between the lists is data (their columns, what the audit calls them) and what
//! they check, plan and apply. There are two doors, the command line and a job of the
//! browser's, and this is the way behind both.

pub mod by_kind;
pub mod error;
mod kind;
pub mod plan;
pub mod question;
pub mod withdraw;

use std::{fmt, path::Path};

use domain::values::timestamp::Timestamp;
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};
use store::{
    Db, Tx,
    audit::Entry,
    import_batch::{self, Lines, NewBatch},
    planned::Each,
};

pub use self::{
    error::ImportError,
    kind::Kind,
    plan::{Plan, Refusal},
    question::{Answer, Answers, Question, Questions},
};
pub use crate::office::file::source::{Bytes, Source};

use self::plan::Tables;
use crate::office::file::{
    changes::Changes,
    header::Header,
    problem::Problems,
    reading::{FileError, ListReader, ListSummary, Progress},
    records::Record,
};

/// How a list without options of its own is imported at the command line.
#[derive(Clone, Copy, Debug)]
pub struct Import {
    /// When.
    pub now: Timestamp,
    /// Only find out what would change.
    pub dry_run: bool,
}

/// Who brings a list.
#[derive(Clone, Copy)]
pub enum Door<'a> {
    /// Somebody at the machine itself, who says by options what is meant.
    CommandLine,
    /// A job of the browser's, which can ask.
    Office {
        /// As the audit names who runs it.
        actor: &'a str,
        /// The job.
        job: &'a dyn Job,
    },
}

/// A job as the pipeline sees it.
pub trait Job: Send + Sync {
    /// First in the transaction that brings a list in: whether it is still this worker's,
    /// and nobody has stopped it.
    ///
    /// # Errors
    /// Whatever the database answers.
    fn is_held<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, store::Result<bool>>;

    /// Last in it: notes that it is done, and what came of it.
    ///
    /// # Errors
    /// Whatever the database answers.
    fn is_done<'a>(&'a self, tx: &'a mut Tx, plan: &'a Plan) -> BoxFuture<'a, store::Result<()>>;
}

/// How far a list is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// What it would change.
    Preview,
    /// It changes it, if that is what was seen: the digest of the preview. The command line
    /// has seen none.
    Run {
        /// Of [`Plan`].
        digest: Option<[u8; 32]>,
    },
}

/// How a list is brought.
#[derive(Clone, Copy)]
pub struct Bring<'a> {
    /// Which list.
    pub kind: Kind,
    /// By whom.
    pub door: Door<'a>,
    /// What was answered so far.
    pub answers: &'a Answers,
    /// How far.
    pub until: Until,
    /// When.
    pub now: Timestamp,
}

/// How far a list has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is read.
    Read {
        /// In bytes.
        progress: Progress,
        /// Good rows until here.
        rows: u64,
    },
    /// Its lines are compared with each other and with the roster.
    Check,
    /// What it changes is worked out.
    Plan,
    /// It is written.
    Apply,
}

/// What became of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// It cannot come in.
    Refused(Refusal),
    /// Something has to be answered first.
    Asks(Questions),
    /// It would change this.
    Previewed(Box<Plan>),
    /// It has changed this.
    Done(Box<Plan>),
    /// It would not change any more what was seen: it is to be previewed again. Nothing was
    /// changed.
    Changed,
    /// The job is not held any more. Nothing was changed.
    Stopped,
}

/// What the lists are told about how they are brought.
#[derive(Clone, Copy)]
pub(in crate::office) struct How<'a> {
    pub(in crate::office) now: Timestamp,
    pub(in crate::office) answers: &'a Answers,
    /// What is not answered can be asked.
    pub(in crate::office) asks: bool,
    /// Nothing will be kept: what would change is told.
    pub(in crate::office) is_preview: bool,
}

/// What an import did, or would have done.
pub(in crate::office) struct Applied<R> {
    /// As the command line prints it.
    pub(in crate::office) report: R,
    /// What is counted, in the words of a page.
    pub(in crate::office) counts: Vec<(&'static str, i64)>,
    /// The same for the import's row.
    pub(in crate::office) lines: Lines,
    /// For the audit, if anything changed.
    pub(in crate::office) detail: Option<String>,
}

/// A kind of list: its rows wait in the connection that `Self` holds.
pub(in crate::office) trait List: Send + Sized + 'static {
    /// Which one.
    const KIND: Kind;
    /// A good line.
    type Row: Send + Sync + 'static;
    /// What was found out before anything is locked.
    type Found: Send;
    /// For the command line.
    type Report: fmt::Display + Send;

    /// Makes the tables in which the rows wait.
    fn begin(db: &Db) -> impl Future<Output = store::Result<Self>> + Send;

    /// What makes a row of a line, or names what is wrong with it.
    fn parser(
        source: &Source,
        now: Timestamp,
    ) -> impl FnMut(&Record<'_>, &Header, &mut Problems) -> Option<Self::Row> + Send + 'static;

    /// Adds rows, each with its line.
    fn stage(
        &mut self,
        rows: &[(u64, Self::Row)],
    ) -> impl Future<Output = Result<(), ImportError>> + Send;

    /// Compares the lines with each other and with what is on file, while nothing is locked.
    /// Where the door was shown a preview, or will be, `each` is told of every value that is
    /// known to change already.
    fn check(
        &mut self,
        read: ListSummary,
        how: &How<'_>,
        each: Option<Each<'_>>,
    ) -> impl Future<Output = Result<Self::Found, ImportError>> + Send;

    /// Begins the change, on the connection that holds the rows.
    fn into_tx(self) -> impl Future<Output = store::Result<Tx>> + Send;

    /// Works out what else changes, and tells `each` of it likewise.
    fn plan(
        found: &mut Self::Found,
        tx: &mut Tx,
        how: &How<'_>,
        each: Option<Each<'_>>,
    ) -> impl Future<Output = Result<Tables, ImportError>> + Send;

    /// Changes it, as the import of this number; without one, in a preview, as far as it takes
    /// to tell what changes.
    fn apply(
        found: Self::Found,
        tx: &mut Tx,
        how: &How<'_>,
        changes: Changes,
        batch: Option<i64>,
    ) -> impl Future<Output = Result<Applied<Self::Report>, ImportError>> + Send;
}

/// Brings the file at `path` from the command line.
///
/// # Errors
/// Whatever is wrong; then nothing was changed.
pub(in crate::office) async fn at_the_command_line<L: List>(
    db: &Db,
    path: &Path,
    Import { now, dry_run }: Import,
    answers: &Answers,
    mut progress: impl FnMut(Progress),
) -> Result<L::Report, ImportError> {
    let source = Source::open(path).map_err(FileError::from)?;
    let bring = Bring {
        kind: L::KIND,
        door: Door::CommandLine,
        answers,
        until: match dry_run {
            true => Until::Preview,
            false => Until::Run { digest: None },
        },
        now,
    };
    let told = |step| {
        if let Step::Read { progress: read, .. } = step {
            progress(read);
        }
    };
    Ok(run::<L>(db, source, bring, told).await?.0)
}

/// The stages, one after the other.
async fn run<L: List>(
    db: &Db,
    source: Source,
    bring: Bring<'_>,
    mut told: impl FnMut(Step),
) -> Result<(L::Report, Plan), ImportError> {
    let is_preview = bring.until == Until::Preview;
    let how = How {
        now: bring.now,
        answers: bring.answers,
        asks: matches!(bring.door, Door::Office { .. }),
        is_preview,
    };
    let file_name = source.name.clone();
    let mut list = L::begin(db).await?;
    let parse = L::parser(&source, bring.now);
    let mut reading = ListReader::begin(source, L::KIND.list().columns, parse);
    let mut rows = 0;
    while let Some(batch) = reading.next().await {
        list.stage(&batch.rows).await?;
        rows += batch.rows.len() as u64;
        let progress = batch.progress;
        told(Step::Read { progress, rows });
    }
    let read = reading.end().await?;
    let sha256 = read.sha256;
    told(Step::Check);
    let mut hash = Sha256::new();
    add(&mut hash, Some(L::KIND.as_str()));
    let mut each = |value: Option<&str>| add(&mut hash, value);
    let first: Option<Each<'_>> = if how.asks { Some(&mut each) } else { None };
    let mut found = list.check(read, &how, first).await?;

    told(Step::Plan);
    let mut tx = list.into_tx().await?;
    if let (Door::Office { job, .. }, false) = (bring.door, is_preview)
        && !job.is_held(&mut tx).await?
    {
        return Err(ImportError::Stopped);
    }
    let each: Option<Each<'_>> = if how.asks { Some(&mut each) } else { None };
    let tables = L::plan(&mut found, &mut tx, &how, each).await?;
    bring.answers.hash(&mut hash);
    let digest: [u8; 32] = hash.finalize().into();
    if let Until::Run { digest: Some(seen) } = bring.until
        && seen != digest
    {
        return Err(ImportError::Changed);
    }

    told(Step::Apply);
    let (changes, all_changes) = tables.shown();
    let actor = match bring.door {
        Door::CommandLine => "",
        Door::Office { actor, .. } => actor,
    };
    let batch = if is_preview {
        None
    } else {
        let new = NewBatch {
            kind: L::KIND.as_str(),
            file_name: &file_name,
            sha256: &sha256,
            actor,
            at: bring.now,
        };
        Some(import_batch::begin(&mut tx, new).await?)
    };
    let applied = L::apply(found, &mut tx, &how, tables.changes, batch).await?;
    let plan = Plan {
        kind: L::KIND,
        report: applied.report.to_string(),
        rows,
        batch,
        digest,
        counts: applied
            .counts
            .iter()
            .map(|(what, count)| ((*what).to_owned(), *count))
            .collect(),
        changes,
        all_changes,
        employers: tables.employers,
        months: tables.months,
    };
    let Some(batch) = batch else {
        return Ok((applied.report, plan));
    };
    import_batch::count(&mut tx, batch, applied.lines).await?;
    if let Some(detail) = &applied.detail {
        let entry = L::KIND.event().at_the_command_line(detail, bring.now);
        Entry { actor, ..entry }.record(&mut tx).await?;
    }
    if let Door::Office { job, .. } = bring.door {
        job.is_done(&mut tx, &plan).await?;
    }
    tx.commit().await?;
    Ok((applied.report, plan))
}

/// Adds a value, or that there is none, so that no two lists of values are alike.
fn add(hash: &mut Sha256, value: Option<&str>) {
    match value {
        None => hash.update([0]),
        Some(value) => {
            hash.update([1]);
            hash.update((value.len() as u64).to_be_bytes());
            hash.update(value);
        }
    }
}

/// Says how many lines stood under a key of before.
///
/// # Errors
/// Those of the writer.
pub(in crate::office) fn say_former_keys(lines: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if lines == 0 {
        return Ok(());
    }
    writeln!(
        f,
        "以前の記号・番号・枝番の行: {lines}件（番号が変わった方のものとして取り込みます）"
    )
}

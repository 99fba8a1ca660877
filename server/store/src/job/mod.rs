//! What the office has a server do: its rows, and who works on them. Whoever writes for a
//! job begins the transaction with [`held`]: the number of the claim has grown where the job
//! was cancelled, or where another server has taken it up.

macro_rules! row {
    () => {
        "id, kind, state, claim, tries, step, done_rows, done_part, all_parts, file_name, choice, report,
         wrapped_key, sealed_preview, digest, sha256, chunks, bytes, started_by, started_at,
         run_by, run_at, confirmed_by, confirmed_at, ended_at, batch_id, withdrawal_by,
         withdrawal_at, not_before"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("select ", row!(), " from job ", $rest)
    };
}

mod arrival;
mod ending;
mod outcome;
mod work;

pub use self::arrival::{abandon, append_chunk, arrived, chunk, chunks, forget_bytes};
pub use self::ending::{cancel, cancel_all_of, end_restored, expire};
pub use self::outcome::{
    Found, JobAnswer, answer, answers, ask_withdrawal, keep_batch, keep_found, keep_report,
    set_confirmed_by, set_not_before, set_run_by,
};
pub use self::work::{Work, claim_next, is_ours, let_go, progress, renew};

use std::time::Duration;

use domain::{
    office::job::{JobKind, JobState},
    values::timestamp::Timestamp,
};
use sqlx_macros::FromRow;
use uuid::Uuid;

use crate::{Db, Result, Tx, on};

/// For so long a job is nobody else's; whoever works on it renews that.
pub const LEASE: Duration = Duration::from_secs(60);

/// For so long the bytes of a file are kept, and what was found in them.
pub const LIFE: Duration = Duration::from_secs(24 * 3600);

/// A job that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewJob<'a> {
    /// Its row.
    pub id: Uuid,
    /// What it is about.
    pub kind: JobKind,
    /// The file's name, as the browser says it.
    pub file_name: &'a str,
    /// What was chosen, in the job's own words.
    pub choice: &'a str,
    /// The key of its chunks, encrypted.
    pub wrapped_key: &'a [u8],
    /// By whom.
    pub started_by: Uuid,
}

/// Which job, and by which claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The job.
    pub job: Uuid,
    /// The number.
    pub number: i64,
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobProgress<'a> {
    /// What is being done.
    pub step: &'a str,
    /// Rows so far.
    pub rows: u64,
    /// So much of …
    pub done: u64,
    /// … so much.
    pub all: u64,
}

/// A job as its row tells.
#[derive(Clone, Debug)]
pub struct Job {
    /// The row.
    pub id: Uuid,
    /// What it is about.
    pub kind: JobKind,
    /// How far it has come.
    pub state: JobState,
    /// The number of the last claim.
    pub claim: i64,
    /// How often the step at hand was begun.
    pub tries: i64,
    /// What is being done.
    pub step: String,
    /// Rows so far.
    pub rows: u64,
    /// So much of so much.
    pub part: (u64, u64),
    /// The file's name, as the browser said it.
    pub file_name: String,
    /// What was chosen, in the job's own words.
    pub choice: String,
    /// What has come of it, for people.
    pub report: String,
    /// The key of its chunks, encrypted; gone with them.
    pub wrapped_key: Option<Vec<u8>>,
    /// What is shown of its file, encrypted; gone with it.
    pub sealed_preview: Option<Vec<u8>>,
    /// What the preview has planned.
    pub digest: Option<Vec<u8>>,
    /// SHA-256 over the file.
    pub sha256: Option<Vec<u8>>,
    /// How many chunks there are; `None` while the file is on its way in.
    pub chunks: Option<u64>,
    /// How many bytes.
    pub bytes: u64,
    /// By whom.
    pub started_by: Uuid,
    /// When.
    pub started_at: Timestamp,
    /// Who wants it run, and when.
    pub run: Option<(Uuid, Timestamp)>,
    /// Who has confirmed it, and when.
    pub confirmed: Option<(Uuid, Timestamp)>,
    /// Before this it is not brought in, though it is wanted.
    pub not_before: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The import that it has brought in.
    pub batch: Option<i64>,
    /// Who wants that withdrawn, and since when.
    pub withdrawal: Option<(Uuid, Timestamp)>,
}

impl Job {
    /// The claim that its row shows.
    pub const fn claim(&self) -> Claim {
        Claim {
            job: self.id,
            number: self.claim,
        }
    }

    /// Until when it waits for the night; nothing where it does not.
    pub fn waits_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.not_before
            .filter(|at| self.state == JobState::Running && at.is_to_come(LIFE, now))
    }

    /// How much of the step at hand is done, from 0 to 100.
    pub fn percent(&self) -> u64 {
        match self.part {
            _ if self.state == JobState::Done => 100,
            (_, 0) => 0,
            (done, all) => (done.saturating_mul(100) / all).min(100),
        }
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    state: String,
    claim: i64,
    tries: i64,
    step: String,
    done_rows: i64,
    done_part: i64,
    all_parts: i64,
    file_name: String,
    choice: String,
    report: String,
    wrapped_key: Option<Vec<u8>>,
    sealed_preview: Option<Vec<u8>>,
    digest: Option<Vec<u8>>,
    sha256: Option<Vec<u8>>,
    chunks: Option<i64>,
    bytes: i64,
    started_by: Uuid,
    started_at: i64,
    run_by: Option<Uuid>,
    run_at: Option<i64>,
    confirmed_by: Option<Uuid>,
    confirmed_at: Option<i64>,
    ended_at: Option<i64>,
    batch_id: Option<i64>,
    withdrawal_by: Option<Uuid>,
    withdrawal_at: Option<i64>,
    not_before: Option<i64>,
}

impl Row {
    /// `None` for a kind or a state that only a later version knows.
    fn job(self) -> Option<Job> {
        let instant = |at: Option<i64>| at.map(Timestamp);
        Some(Job {
            id: self.id,
            kind: JobKind::parse(&self.kind)?,
            state: JobState::parse(&self.state)?,
            claim: self.claim,
            tries: self.tries,
            step: self.step,
            rows: self.done_rows.cast_unsigned(),
            part: (
                self.done_part.cast_unsigned(),
                self.all_parts.cast_unsigned(),
            ),
            file_name: self.file_name,
            choice: self.choice,
            report: self.report,
            wrapped_key: self.wrapped_key,
            sealed_preview: self.sealed_preview,
            digest: self.digest,
            sha256: self.sha256,
            chunks: self.chunks.map(i64::cast_unsigned),
            bytes: self.bytes.cast_unsigned(),
            started_by: self.started_by,
            started_at: Timestamp(self.started_at),
            run: self.run_by.zip(instant(self.run_at)),
            confirmed: self.confirmed_by.zip(instant(self.confirmed_at)),
            not_before: instant(self.not_before),
            ended_at: instant(self.ended_at),
            batch: self.batch_id,
            withdrawal: self.withdrawal_by.zip(instant(self.withdrawal_at)),
        })
    }
}

/// Begins one: nobody takes it up before [`arrived`].
///
/// # Errors
/// Whatever the database answers.
pub async fn create(tx: &mut Tx, new: NewJob<'_>, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into job (id, kind, state, file_name, choice, wrapped_key, started_by,
                              started_at, changed_at)
             values ($1, $2, 'received', $3, $4, $5, $6, $7, $7)",
        )
        .bind(new.id)
        .bind(new.kind.as_str())
        .bind(new.file_name)
        .bind(new.choice)
        .bind(new.wrapped_key)
        .bind(new.started_by)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// With this every transaction of a job begins: its row is held until the end of it.
/// `false`: it is somebody else's by now, or nobody's; nothing may be written.
///
/// # Errors
/// Whatever the database answers.
pub async fn held(tx: &mut Tx, claim: Claim) -> Result<bool> {
    let held = on!(write tx, conn => {
        sqlx::query("update job set claim = claim where id = $1 and claim = $2 and ended_at is null")
            .bind(claim.job)
            .bind(claim.number)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(held == 1)
}

/// Brings a job to its next state. `false`, and nothing is changed: it is not ours any more,
/// or that state does not follow ([`JobState::after`]). Whoever works on it lets it go,
/// unless it is at work then, too.
///
/// # Errors
/// Whatever the database answers.
pub async fn to_state(tx: &mut Tx, claim: Claim, to: JobState, now: Timestamp) -> Result<bool> {
    let changed = on!(write tx, conn => {
        let before: Option<String> = sqlx::query_scalar(
            "update job set claim = claim where id = $1 and claim = $2 returning state",
        )
        .bind(claim.job)
        .bind(claim.number)
        .fetch_optional(&mut *conn)
        .await?;
        let before = before.as_deref().and_then(JobState::parse);
        if !before.is_some_and(|before| to.after().contains(&before)) {
            return Ok(false);
        }
        sqlx::query(
            "update job set state = $3, changed_at = $4, tries = 0, step = '', done_rows = 0,
                            done_part = 0, all_parts = 0,
                            ended_at = case when $5 = 1 then cast(null as bigint) else $4 end,
                            leased_until = case when $6 = 1 then leased_until end
             where id = $1 and claim = $2",
        )
        .bind(claim.job)
        .bind(claim.number)
        .bind(to.as_str())
        .bind(now.0)
        .bind(i32::from(to.is_open()))
        .bind(i32::from(to.is_at_work() && before.is_some_and(JobState::is_at_work)))
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(changed == 1)
}

/// One job.
///
/// # Errors
/// Whatever the database answers.
pub async fn find(db: &Db, id: Uuid) -> Result<Option<Job>> {
    let row: Option<Row> = on!(read db, conn => {
        sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(conn).await?
    });
    Ok(row.and_then(Row::job))
}

/// The same, held until the transaction's end.
///
/// # Errors
/// Whatever the database answers.
pub async fn find_held(tx: &mut Tx, id: Uuid) -> Result<Option<Job>> {
    let row: Option<Row> = on!(write tx, conn => {
        sqlx::query_as(concat!("update job set claim = claim where id = $1 returning ", row!()))
            .bind(id)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.and_then(Row::job))
}

/// The last jobs, the newest first; what is still on its way in is not among them.
///
/// # Errors
/// Whatever the database answers.
pub async fn newest(db: &Db, most: i64) -> Result<Vec<Job>> {
    let rows: Vec<Row> = on!(read db, conn => {
        sqlx::query_as(select!(
            "where chunks is not null order by started_at desc, id desc limit $1"
        ))
        .bind(most)
        .fetch_all(conn)
        .await?
    });
    Ok(rows.into_iter().filter_map(Row::job).collect())
}

/// How much waits for somebody: each kind with the state in which it does.
///
/// # Errors
/// Whatever the database answers.
pub async fn waiting(db: &Db) -> Result<Vec<(JobKind, JobState, u64)>> {
    let rows: Vec<(String, String, i64)> = on!(read db, conn => {
        sqlx::query_as(
            "select kind, state, count(*) from job
             where ended_at is null and state in ('questions', 'previewed', 'waiting')
             group by kind, state order by kind, state",
        )
        .fetch_all(conn)
        .await?
    });
    Ok(rows
        .into_iter()
        .filter_map(|(kind, state, count)| {
            Some((
                JobKind::parse(&kind)?,
                JobState::parse(&state)?,
                count.cast_unsigned(),
            ))
        })
        .collect())
}

//! What the office has a server do: its rows, and who works on them. Whoever writes for a
//! job begins the transaction with [`held`]: the number of the claim has grown where the job
//! was cancelled, or where another server has taken it up.

use std::time::Duration;

use domain::{
    office::job::{JobKind, JobState},
    values::timestamp::Timestamp,
};
use sqlx_macros::FromRow;
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// For so long a job is nobody else's; whoever works on it renews that.
pub const LEASE: Duration = Duration::from_secs(60);

/// For so long the bytes of a file are kept, and what was found in them.
pub const LIFE: Duration = Duration::from_secs(24 * 3600);

/// A file that has not come in by then never will.
const ARRIVAL: Duration = Duration::from_secs(20 * 60);

/// For so long the rows of jobs that are over tell what became of them.
const REMEMBERED: Duration = Duration::from_secs(400 * 24 * 3600);

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
            ended_at: instant(self.ended_at),
            batch: self.batch_id,
            withdrawal: self.withdrawal_by.zip(instant(self.withdrawal_at)),
        })
    }
}

macro_rules! row {
    () => {
        "id, kind, state, claim, tries, step, done_rows, done_part, all_parts, file_name, choice, report,
         wrapped_key, sealed_preview, digest, sha256, chunks, bytes, started_by, started_at,
         run_by, run_at, confirmed_by, confirmed_at, ended_at, batch_id, withdrawal_by,
         withdrawal_at"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("select ", row!(), " from job ", $rest)
    };
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

/// Adds a chunk, encrypted, to what is there. Whoever works on a job asks [`held`] first.
///
/// # Errors
/// Whatever the database answers: a chunk of that number is there.
pub async fn append_chunk(tx: &mut Tx, job: Uuid, number: u64, sealed: &[u8]) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("insert into job_chunk (job_id, number, sealed) values ($1, $2, $3)")
            .bind(job)
            .bind(number.cast_signed())
            .bind(sealed)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Everything of it is there; from now on a server takes it up. `false` where it was given
/// up meanwhile.
///
/// # Errors
/// Whatever the database answers.
pub async fn arrived(
    tx: &mut Tx,
    job: Uuid,
    (chunks, bytes): (u64, u64),
    sha256: &[u8],
    now: Timestamp,
) -> Result<bool> {
    let changed = on!(write tx, conn => {
        sqlx::query(
            "update job set chunks = $2, bytes = $3, sha256 = $4, changed_at = $5
             where id = $1 and state = 'received' and chunks is null",
        )
        .bind(job)
        .bind(chunks.cast_signed())
        .bind(bytes.cast_signed())
        .bind(sha256)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(changed == 1)
}

/// Takes away what has not come in: nothing of it is left.
///
/// # Errors
/// Whatever the database answers.
pub async fn abandon(tx: &mut Tx, job: Uuid) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("delete from job where id = $1 and state = 'received' and chunks is null")
            .bind(job)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Which jobs a worker takes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Files that come in.
    Files,
    /// Postcards.
    Postcards,
}

/// Takes up the oldest job on which nobody works: of several servers at once one gets it.
///
/// # Errors
/// Whatever the database answers.
pub async fn claim_next(db: &Db, work: Work, now: Timestamp) -> Result<Option<Job>> {
    macro_rules! claim {
        ($which:literal) => {
            concat!(
                "update job set claim = claim + 1, tries = tries + 1, leased_until = $2
                 where id = (select id from job
                             where ended_at is null and kind ",
                $which,
                "
                               and state in ('received', 'checking', 'running')
                               and chunks is not null
                               and (leased_until is null or leased_until <= $1
                                    or leased_until > $2)
                             order by started_at, id limit 1)
                   and ended_at is null
                   and (leased_until is null or leased_until <= $1 or leased_until > $2)
                 returning ",
                row!()
            )
        };
    }
    let sql = match work {
        Work::Files => claim!("<> 'postcards'"),
        Work::Postcards => claim!("= 'postcards'"),
    };
    // Asked first by a read: a look every few seconds is no change.
    if !is_something_to_do(db, work, now).await? {
        return Ok(None);
    }
    let mut tx = db.write().await?;
    let row: Option<Row> = on!(write &mut tx, conn => {
        sqlx::query_as(sql)
            .bind(now.0)
            .bind(now.plus(LEASE).0)
            .fetch_optional(conn)
            .await?
    });
    tx.commit().await?;
    Ok(row.and_then(Row::job))
}

async fn is_something_to_do(db: &Db, work: Work, now: Timestamp) -> Result<bool> {
    macro_rules! exists {
        ($which:literal) => {
            concat!(
                "select exists (select 1 from job
                 where ended_at is null and kind ",
                $which,
                "
                   and state in ('received', 'checking', 'running') and chunks is not null
                   and (leased_until is null or leased_until <= $1 or leased_until > $2))"
            )
        };
    }
    let sql = match work {
        Work::Files => exists!("<> 'postcards'"),
        Work::Postcards => exists!("= 'postcards'"),
    };
    on!(read db, conn => {
        sqlx::query_scalar(sql)
            .bind(now.0)
            .bind(now.plus(LEASE).0)
            .fetch_one(conn)
            .await
    })
}

/// Keeps it for another while. `false`: it is not ours any more, and the work stops. It is
/// left undone where it would have to wait.
///
/// # Errors
/// Whatever the database answers.
pub async fn renew(db: &Db, claim: Claim, now: Timestamp) -> Result<bool> {
    let Some(mut tx) = db.write_now().await? else {
        return Ok(true);
    };
    let renewed = on!(write &mut tx, conn => {
        sqlx::query(
            "update job set leased_until = $3 where id = $1 and claim = $2 and ended_at is null",
        )
        .bind(claim.job)
        .bind(claim.number)
        .bind(now.plus(LEASE).0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    tx.commit().await?;
    Ok(renewed == 1)
}

/// Whether it is still ours.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_ours(db: &Db, claim: Claim) -> Result<bool> {
    on!(read db, conn => {
        sqlx::query_scalar("select exists (select 1 from job where id = $1 and claim = $2)")
            .bind(claim.job)
            .bind(claim.number)
            .fetch_one(conn)
            .await
    })
}

/// Gives it back as it is: another server, or this one after a restart, goes on with it at
/// once.
///
/// # Errors
/// Whatever the database answers.
pub async fn let_go(db: &Db, claim: Claim) -> Result<()> {
    let mut tx = db.write().await?;
    on!(write &mut tx, conn => {
        sqlx::query(
            "update job set leased_until = null, tries = tries - 1 where id = $1 and claim = $2",
        )
        .bind(claim.job)
        .bind(claim.number)
        .execute(conn)
        .await?;
    });
    tx.commit().await
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

/// Writes how far it has come. `false`: it is not ours any more, and the work stops. It is
/// left undone where it would have to wait.
///
/// # Errors
/// Whatever the database answers.
pub async fn progress(
    db: &Db,
    claim: Claim,
    progress: JobProgress<'_>,
    now: Timestamp,
) -> Result<bool> {
    let Some(mut tx) = db.write_now().await? else {
        return Ok(true);
    };
    let written = on!(write &mut tx, conn => {
        sqlx::query(
            "update job set step = $3, done_rows = case when $4 > 0 then $4 else done_rows end,
                            done_part = $5, all_parts = $6, leased_until = $7
             where id = $1 and claim = $2 and ended_at is null",
        )
        .bind(claim.job)
        .bind(claim.number)
        .bind(progress.step)
        .bind(progress.rows.cast_signed())
        .bind(progress.done.cast_signed())
        .bind(progress.all.cast_signed())
        .bind(now.plus(LEASE).0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    tx.commit().await?;
    Ok(written == 1)
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

/// What a step has come to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found<'a> {
    /// For people: counts, and no value of anybody's.
    pub report: &'a str,
    /// What is shown of the file, encrypted.
    pub sealed_preview: Option<&'a [u8]>,
    /// What is planned.
    pub digest: Option<&'a [u8]>,
}

/// Keeps what a step has come to. Whoever wanted what was found before run has to say so
/// anew.
///
/// # Errors
/// Whatever the database answers.
pub async fn keep_found(tx: &mut Tx, claim: Claim, found: Found<'_>) -> Result<bool> {
    let kept = on!(write tx, conn => {
        sqlx::query(
            "update job set report = $3, sealed_preview = $4, digest = $5, run_by = null,
                            run_at = null, confirmed_by = null, confirmed_at = null
             where id = $1 and claim = $2",
        )
        .bind(claim.job)
        .bind(claim.number)
        .bind(found.report)
        .bind(found.sealed_preview)
        .bind(found.digest)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(kept == 1)
}

/// Keeps what has come of it in the end.
///
/// # Errors
/// Whatever the database answers.
pub async fn keep_report(tx: &mut Tx, claim: Claim, report: &str) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update job set report = $3 where id = $1 and claim = $2")
            .bind(claim.job)
            .bind(claim.number)
            .bind(report)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Notes which import it has brought in.
///
/// # Errors
/// Whatever the database answers.
pub async fn keep_batch(tx: &mut Tx, claim: Claim, batch: i64) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update job set batch_id = $3 where id = $1 and claim = $2")
            .bind(claim.job)
            .bind(claim.number)
            .bind(batch)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Notes who wants withdrawn what it has brought in.
///
/// # Errors
/// Whatever the database answers.
pub async fn ask_withdrawal(tx: &mut Tx, job: Uuid, staff: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update job set withdrawal_by = $2, withdrawal_at = $3 where id = $1")
            .bind(job)
            .bind(staff)
            .bind(now.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Notes who wants it run.
///
/// # Errors
/// Whatever the database answers.
pub async fn set_run_by(tx: &mut Tx, claim: Claim, staff: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update job set run_by = $3, run_at = $4 where id = $1 and claim = $2")
            .bind(claim.job)
            .bind(claim.number)
            .bind(staff)
            .bind(now.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Notes who has confirmed it.
///
/// # Errors
/// Whatever the database answers.
pub async fn set_confirmed_by(
    tx: &mut Tx,
    claim: Claim,
    staff: Uuid,
    now: Timestamp,
) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update job set confirmed_by = $3, confirmed_at = $4 where id = $1 and claim = $2",
        )
        .bind(claim.job)
        .bind(claim.number)
        .bind(staff)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends an open job: the claim has another number, so whoever works on it stops, and its
/// bytes are gone. `false` where it was over.
///
/// # Errors
/// Whatever the database answers.
pub async fn cancel(tx: &mut Tx, job: Uuid, now: Timestamp) -> Result<bool> {
    end(tx, job, JobState::Cancelled, now).await
}

async fn end(tx: &mut Tx, job: Uuid, to: JobState, now: Timestamp) -> Result<bool> {
    let ended = on!(write tx, conn => {
        sqlx::query(
            "update job set claim = claim + 1, state = $2, leased_until = null, changed_at = $3,
                            ended_at = $3
             where id = $1 and ended_at is null",
        )
        .bind(job)
        .bind(to.as_str())
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    if ended == 1 {
        forget_bytes(tx, job).await?;
    }
    Ok(ended == 1)
}

/// Ends every open job of somebody who is kept out from now on.
///
/// # Errors
/// Whatever the database answers.
pub async fn cancel_all_of(tx: &mut Tx, staff: Uuid, now: Timestamp) -> Result<u64> {
    let open: Vec<Uuid> = on!(write tx, conn => {
        sqlx::query_scalar(
            "select id from job where started_by = $1 and ended_at is null order by id",
        )
        .bind(staff)
        .fetch_all(conn)
        .await?
    });
    let mut ended = 0;
    for job in open {
        ended += u64::from(cancel(tx, job, now).await?);
    }
    Ok(ended)
}

/// Takes its bytes away, with their key and with what was shown of them.
///
/// # Errors
/// Whatever the database answers.
pub async fn forget_bytes(tx: &mut Tx, job: Uuid) -> Result<()> {
    tx.erase_what_is_removed().await?;
    on!(write tx, conn => {
        sqlx::query("update job set wrapped_key = null, sealed_preview = null where id = $1")
            .bind(job)
            .execute(&mut *conn)
            .await?;
        sqlx::query("delete from job_chunk where job_id = $1").bind(job).execute(conn).await?;
    });
    Ok(())
}

/// Ends files that have waited for too long or have lost their bytes, takes away the bytes
/// of those that are over, what never came in, and rows that are more than a year old. The
/// bytes of postcards that were made stay: when they go is said where they are handed out.
///
/// # Errors
/// Whatever the database answers; what was done until then stays so.
pub async fn expire(db: &Db, now: Timestamp) -> Result<u64> {
    let (old, unarrived) = (now.minus(LIFE), now.minus(ARRIVAL));
    let over: Vec<(Uuid, bool)> = on!(read db, conn => {
        sqlx::query_as(
            "select id, ended_at is null
             from job
             where kind <> 'postcards' and chunks is not null
               and (started_at <= $1 and wrapped_key is not null
                    or ended_at is null and (wrapped_key is null
                        or not exists (select 1 from job_chunk c where c.job_id = job.id)))
             order by started_at limit 200",
        )
        .bind(old.0)
        .fetch_all(conn)
        .await?
    });
    let mut done = 0;
    for (job, is_open) in over {
        let mut tx = db.write().await?;
        match is_open {
            true => {
                end(&mut tx, job, JobState::Expired, now).await?;
            }
            false => forget_bytes(&mut tx, job).await?,
        }
        tx.commit().await?;
        done += 1;
    }
    let mut tx = db.write().await?;
    done += on!(write &mut tx, conn => {
        let unarrived = sqlx::query(
            "delete from job where chunks is null and ended_at is null and started_at <= $1",
        )
        .bind(unarrived.0)
        .execute(&mut *conn)
        .await?
        .rows_affected();
        let forgotten = sqlx::query("delete from job where ended_at <= $1 and kind <> 'postcards'")
            .bind(now.minus(REMEMBERED).0)
            .execute(conn)
            .await?
            .rows_affected();
        unarrived + forgotten
    });
    tx.commit().await?;
    Ok(done)
}

/// In a copy of the database, or in one that comes back from it, no job goes on, and no
/// bytes and no key of any are left.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_restored(tx: &mut Tx, now: Timestamp) -> Result<()> {
    tx.erase_what_is_removed().await?;
    on!(write tx, conn => {
        for sql in [
            "delete from job_chunk",
            "delete from job where chunks is null and ended_at is null",
            "update job set wrapped_key = null, sealed_preview = null",
        ] {
            sqlx::query(sql).execute(&mut *conn).await?;
        }
        sqlx::query(
            "update job set claim = claim + 1, leased_until = null, state = 'expired',
                            changed_at = $1, ended_at = $1
             where ended_at is null",
        )
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
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

/// One chunk, encrypted; `None` where there is none of that number.
///
/// # Errors
/// Whatever the database answers.
pub async fn chunk(db: &Db, job: Uuid, number: u64) -> Result<Option<Vec<u8>>> {
    on!(read db, conn => {
        sqlx::query_scalar("select sealed from job_chunk where job_id = $1 and number = $2")
            .bind(job)
            .bind(number.cast_signed())
            .fetch_optional(conn)
            .await
    })
}

/// How many chunks there are.
///
/// # Errors
/// Whatever the database answers.
pub async fn chunks(db: &Db, job: Uuid) -> Result<u64> {
    let count: i64 = on!(read db, conn => {
        sqlx::query_scalar("select count(*) from job_chunk where job_id = $1")
            .bind(job)
            .fetch_one(conn)
            .await?
    });
    Ok(count.cast_unsigned())
}

/// An answer to what a job asks.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct JobAnswer {
    /// About which line; 0 for the whole file.
    pub line: i64,
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
}

/// Keeps answers in place of earlier ones.
///
/// # Errors
/// Whatever the database answers.
pub async fn answer(tx: &mut Tx, job: Uuid, answers: &[JobAnswer]) -> Result<()> {
    for one in answers {
        on!(write &mut *tx, conn => {
            sqlx::query(
                "insert into job_answer (job_id, line, question, answer) values ($1, $2, $3, $4)
                 on conflict (job_id, line, question) do update set answer = excluded.answer",
            )
            .bind(job)
            .bind(one.line)
            .bind(&one.question)
            .bind(&one.answer)
            .execute(conn)
            .await?;
        });
    }
    Ok(())
}

/// What was answered, by line.
///
/// # Errors
/// Whatever the database answers.
pub async fn answers(db: &Db, job: Uuid) -> Result<Vec<JobAnswer>> {
    on!(read db, conn => {
        sqlx::query_as(
            "select line, question, answer from job_answer where job_id = $1
             order by line, question",
        )
        .bind(job)
        .fetch_all(conn)
        .await
    })
}

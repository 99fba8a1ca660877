//! What comes of a job, and what people say to it.

use super::Claim;
use crate::{Db, Result, Tx, on};
use domain::values::timestamp::Timestamp;
use sqlx_macros::FromRow;
use uuid::Uuid;

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
                            run_at = null, confirmed_by = null, confirmed_at = null,
                            not_before = null
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

/// Notes before when it is not to be brought in.
///
/// # Errors
/// Whatever the database answers.
pub async fn set_not_before(tx: &mut Tx, claim: Claim, at: Option<Timestamp>) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update job set not_before = $3 where id = $1 and claim = $2")
            .bind(claim.job)
            .bind(claim.number)
            .bind(at.map(|at| at.0))
            .execute(conn)
            .await?;
    });
    Ok(())
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

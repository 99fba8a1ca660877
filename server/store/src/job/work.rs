//! Who works on a job: claims with a growing number, and how far one is.

use super::{Claim, Job, JobProgress, LEASE, LIFE, Row};
use crate::{Db, Result, on};
use domain::values::timestamp::Timestamp;

/// Which jobs a worker takes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Files that come in.
    Files,
    /// Postcards.
    Postcards,
}

/// What a worker may take up at `$1`: nobody works on it, and it does not wait for the night.
/// What lies further ahead than a lease (to `$2`) or a file's life (to `$3`) is not believed.
macro_rules! free {
    () => {
        "state in ('received', 'checking', 'running') and chunks is not null
         and (leased_until is null or leased_until <= $1 or leased_until > $2)
         and (state <> 'running' or not_before is null or not_before <= $1 or not_before > $3)"
    };
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
                " and ",
                free!(),
                " order by started_at, id limit 1)
                   and ended_at is null and ",
                free!(),
                " returning ",
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
            .bind(now.plus(LIFE).0)
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
                " and ",
                free!(),
                ")"
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
            .bind(now.plus(LIFE).0)
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

//! How a job ends before it is done: cancelled, expired, restored.

use super::{
    LIFE,
    arrival::{ARRIVAL, forget_bytes},
};
use crate::{Db, Result, Tx, on};
use domain::office::job::JobState;
use domain::values::timestamp::Timestamp;
use std::time::Duration;
use uuid::Uuid;

/// For so long the rows of jobs that are over tell what became of them.
const REMEMBERED: Duration = Duration::from_secs(400 * 24 * 3600);

/// Ends an open job: the claim has another number, so whoever works on it stops, and its
/// bytes are gone. `false` where it was over.
///
/// # Errors
/// Whatever the database answers.
pub async fn cancel(tx: &mut Tx, job: Uuid, now: Timestamp) -> Result<bool> {
    end(tx, job, JobState::Cancelled, now).await
}

pub(super) async fn end(tx: &mut Tx, job: Uuid, to: JobState, now: Timestamp) -> Result<bool> {
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

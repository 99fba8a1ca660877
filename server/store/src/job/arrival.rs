//! A file on its way in, and its bytes.

use crate::{Db, Result, Tx, on};
use domain::values::timestamp::Timestamp;
use std::time::Duration;
use uuid::Uuid;

/// A file that has not come in by then never will.
pub(super) const ARRIVAL: Duration = Duration::from_secs(20 * 60);

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

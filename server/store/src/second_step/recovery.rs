//! Recovery codes, by the SHA-256 of each.

use domain::values::timestamp::Timestamp;

use super::Holder;
use crate::{Db, Result, Tx, on};

/// Forgets earlier codes and keeps these.
///
/// # Errors
/// Whatever the database answers.
pub async fn replace(
    tx: &mut Tx,
    holder: Holder,
    hashes: &[[u8; 32]],
    now: Timestamp,
) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("delete from recovery_code where holder_kind = $1 and holder_id = $2")
            .bind(holder.kind())
            .bind(holder.id())
            .execute(&mut *conn)
            .await?;
        for hash in hashes {
            sqlx::query(
                "insert into recovery_code (holder_kind, holder_id, code_hash, issued_at)
                 values ($1, $2, $3, $4)",
            )
            .bind(holder.kind())
            .bind(holder.id())
            .bind(&hash[..])
            .bind(now.0)
            .execute(&mut *conn)
            .await?;
        }
    });
    Ok(())
}

/// Uses a code up. `false` where there is none of that hash, or it was used before: the
/// update decides, and of many at once one gets the row.
///
/// # Errors
/// Whatever the database answers.
pub async fn take(tx: &mut Tx, holder: Holder, hash: &[u8; 32], now: Timestamp) -> Result<bool> {
    let taken = on!(write tx, conn => {
        sqlx::query(
            "update recovery_code set used_at = $4
             where holder_kind = $1 and holder_id = $2 and code_hash = $3 and used_at is null",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .bind(&hash[..])
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(taken == 1)
}

/// How many are left, asked within a change.
///
/// # Errors
/// Whatever the database answers.
pub async fn left(tx: &mut Tx, holder: Holder) -> Result<i64> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select count(*) from recovery_code
             where holder_kind = $1 and holder_id = $2 and used_at is null",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .fetch_one(conn)
        .await
    })
}

/// How many are left, for a page.
///
/// # Errors
/// Whatever the database answers.
pub async fn count(db: &Db, holder: Holder) -> Result<i64> {
    on!(read db, conn => {
        sqlx::query_scalar(
            "select count(*) from recovery_code
             where holder_kind = $1 and holder_id = $2 and used_at is null",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .fetch_one(conn)
        .await
    })
}

/// Forgets those that were issued at that instant or later, and those whose app is gone.
/// Answers whether there were any.
pub(super) async fn remove_since(tx: &mut Tx, holder: Holder, first: Timestamp) -> Result<bool> {
    let removed = on!(write tx, conn => {
        sqlx::query(
            "delete from recovery_code
             where holder_kind = $1 and holder_id = $2
               and (issued_at >= $3
                    or not exists (select 1 from one_time_code c
                                   where c.holder_kind = $1 and c.holder_id = $2))",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .bind(first.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(removed > 0)
}

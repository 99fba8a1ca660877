//! The apps that show one-time codes (RFC 6238).

use domain::values::timestamp::Timestamp;

use super::Holder;
use crate::{Db, Result, Tx, on};

/// Of two codes taken at one moment the steps lie so far apart at most: one may be a step
/// behind, and the other one ahead.
const FURTHEST: i64 = 2;

/// Keeps an app whose first right code, of this step, has come: from now on codes are asked
/// for. `false` where they are already.
///
/// # Errors
/// Whatever the database answers.
pub async fn add(
    tx: &mut Tx,
    holder: Holder,
    sealed_secret: &[u8],
    step: i64,
    now: Timestamp,
) -> Result<bool> {
    let added = on!(write tx, conn => {
        sqlx::query(
            "insert into one_time_code (holder_kind, holder_id, sealed_secret, added_at, last_step)
             values ($1, $2, $3, $4, $5) on conflict do nothing",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .bind(sealed_secret)
        .bind(now.0)
        .bind(step)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(added == 1)
}

/// The secret of the app whose codes are asked for, encrypted for its holder; `None` where
/// there is none.
///
/// # Errors
/// Whatever the database answers.
pub async fn sealed_secret(tx: &mut Tx, holder: Holder) -> Result<Option<Vec<u8>>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select sealed_secret from one_time_code where holder_kind = $1 and holder_id = $2",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .fetch_optional(conn)
        .await
    })
}

/// Since when codes are asked for.
///
/// # Errors
/// Whatever the database answers.
pub async fn on_since(db: &Db, holder: Holder) -> Result<Option<Timestamp>> {
    let since: Option<i64> = on!(read db, conn => {
        sqlx::query_scalar(
            "select added_at from one_time_code where holder_kind = $1 and holder_id = $2",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .fetch_optional(conn)
        .await?
    });
    Ok(since.map(Timestamp))
}

/// Takes a code of this step, and with it every earlier one. `false` where one of it or of a
/// later step was taken before, or the app is another since: the update decides, and of
/// many at once one gets the row. A step further ahead than any code can be was noted by a
/// clock that was wrong.
///
/// # Errors
/// Whatever the database answers.
pub async fn take(tx: &mut Tx, holder: Holder, sealed_secret: &[u8], step: i64) -> Result<bool> {
    let taken = on!(write tx, conn => {
        sqlx::query(
            "update one_time_code set last_step = $4
             where holder_kind = $1 and holder_id = $2 and sealed_secret = $3
               and (last_step < $4 or last_step > $4 + $5)",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .bind(sealed_secret)
        .bind(step)
        .bind(FURTHEST)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(taken == 1)
}

/// Forgets the app if it was added at that instant or later, and says whether it was.
pub(super) async fn remove_since(tx: &mut Tx, holder: Holder, first: Timestamp) -> Result<bool> {
    let removed = on!(write tx, conn => {
        sqlx::query(
            "delete from one_time_code
             where holder_kind = $1 and holder_id = $2 and added_at >= $3",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .bind(first.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(removed == 1)
}

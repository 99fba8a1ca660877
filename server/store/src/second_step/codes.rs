//! The apps that show one-time codes (RFC 6238).

use std::time::Duration;

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

use super::Holder;
use crate::{Db, Result, Tx, on};

/// How long a secret that was shown waits for its first code.
pub const ENROLMENT: Duration = Duration::from_secs(30 * 60);

/// An app whose codes are asked for.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct App {
    /// The secret, encrypted for its holder.
    pub sealed_secret: Vec<u8>,
    /// Since when its codes are asked for, in Unix milliseconds.
    pub confirmed_at: i64,
}

/// Keeps a secret that is shown in a session and waits for its first code; an earlier one
/// that waited is forgotten. `false` where codes are on already.
///
/// # Errors
/// Whatever the database answers.
pub async fn begin(
    tx: &mut Tx,
    holder: Holder,
    sealed_secret: &[u8],
    session: Uuid,
    now: Timestamp,
) -> Result<bool> {
    let kept = on!(write tx, conn => {
        sqlx::query(
            "insert into one_time_code (holder_kind, holder_id, sealed_secret, session_id, begun_at)
             values ($1, $2, $3, $4, $5)
             on conflict (holder_kind, holder_id) do update
             set sealed_secret = excluded.sealed_secret, session_id = excluded.session_id,
                 begun_at = excluded.begun_at
             where one_time_code.confirmed_at is null",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .bind(sealed_secret)
        .bind(session)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(kept == 1)
}

/// The secret that waits for its first code in this session, encrypted.
///
/// # Errors
/// Whatever the database answers.
pub async fn waiting(
    db: &Db,
    holder: Holder,
    session: Uuid,
    now: Timestamp,
) -> Result<Option<Vec<u8>>> {
    on!(read db, conn => {
        sqlx::query_scalar(
            "select sealed_secret from one_time_code
             where holder_kind = $1 and holder_id = $2 and session_id = $3
               and confirmed_at is null and begun_at > $4 and begun_at <= $5",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .bind(session)
        .bind(now.minus(ENROLMENT).0)
        .bind(now.latest_end(Duration::ZERO).0)
        .fetch_optional(conn)
        .await
    })
}

/// The first right code has come, of this step: from now on codes are asked for. `false`
/// where that secret waits no more.
///
/// # Errors
/// Whatever the database answers.
pub async fn confirm(
    tx: &mut Tx,
    holder: Holder,
    sealed_secret: &[u8],
    step: i64,
    now: Timestamp,
) -> Result<bool> {
    let on = on!(write tx, conn => {
        sqlx::query(
            "update one_time_code set confirmed_at = $4, last_step = $5
             where holder_kind = $1 and holder_id = $2 and sealed_secret = $3
               and confirmed_at is null",
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
    Ok(on == 1)
}

/// The app whose codes are asked for, if there is one.
///
/// # Errors
/// Whatever the database answers.
pub async fn app(tx: &mut Tx, holder: Holder) -> Result<Option<App>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "select sealed_secret, confirmed_at from one_time_code
             where holder_kind = $1 and holder_id = $2 and confirmed_at is not null",
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
            "select confirmed_at from one_time_code
             where holder_kind = $1 and holder_id = $2 and confirmed_at is not null",
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
/// many at once one gets the row.
///
/// # Errors
/// Whatever the database answers.
pub async fn take(tx: &mut Tx, holder: Holder, sealed_secret: &[u8], step: i64) -> Result<bool> {
    let taken = on!(write tx, conn => {
        sqlx::query(
            "update one_time_code set last_step = $4
             where holder_kind = $1 and holder_id = $2 and sealed_secret = $3
               and confirmed_at is not null and last_step < $4",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .bind(sealed_secret)
        .bind(step)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(taken == 1)
}

/// Forgets the app, also one that only waits, if it was added at that instant or later.
/// Answers whether its codes were asked for.
pub(super) async fn remove_since(tx: &mut Tx, holder: Holder, first: Timestamp) -> Result<bool> {
    let removed: Option<Option<i64>> = on!(write tx, conn => {
        sqlx::query_scalar(
            "delete from one_time_code
             where holder_kind = $1 and holder_id = $2
               and (confirmed_at is null or confirmed_at >= $3)
             returning confirmed_at",
        )
        .bind(holder.kind())
        .bind(holder.id())
        .bind(first.0)
        .fetch_optional(conn)
        .await?
    });
    Ok(removed.flatten().is_some())
}

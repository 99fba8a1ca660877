//! Wrong tries. Each account and postcard has a row; unknown names share the
//! decoy's, so that they cost the same statements.

use std::time::Duration;

use domain::{throttle::Throttle, values::timestamp::Timestamp};
use uuid::Uuid;

use super::{Result, Tx, on};

/// Stands for every name that nobody has.
pub const DECOY: Uuid = Uuid::nil();

/// A new account or postcard starts with no tries.
///
/// # Errors
/// Whatever the database answers.
pub async fn begin(tx: &mut Tx, id: Uuid) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("insert into throttle (id, tries, pause_ms, paused_until) values ($1, 0, 0, 0)")
            .bind(id)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Counts a try before it is judged, and says whether it may be right at all.
///
/// # Errors
/// Whatever the database answers.
pub async fn count_try(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool> {
    // The first update locks the row: parallel tries are counted one by one.
    let (tries, pause, until): (i64, i64, i64) = on!(write tx, conn => {
        sqlx::query_as(
            "update throttle set tries = tries where id = $1
             returning tries, pause_ms, paused_until",
        )
        .bind(id)
        .fetch_one(conn)
        .await?
    });
    let before = Throttle {
        tries,
        pause: Duration::from_millis(u64::try_from(pause).unwrap_or_default()),
        paused_until: Timestamp(until),
    };
    let (after, admitted) = before.after_try(now);
    on!(write tx, conn => {
        sqlx::query("update throttle set tries = $2, pause_ms = $3, paused_until = $4 where id = $1")
            .bind(id)
            .bind(after.tries)
            .bind(Timestamp(0).plus(after.pause).0)
            .bind(after.paused_until.0)
            .execute(conn)
            .await?;
    });
    Ok(admitted)
}

/// The right one came: earlier tries are forgotten.
///
/// # Errors
/// Whatever the database answers.
pub async fn forgive(tx: &mut Tx, id: Uuid) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update throttle set tries = 0, pause_ms = 0, paused_until = 0 where id = $1")
            .bind(id)
            .execute(conn)
            .await?;
    });
    Ok(())
}

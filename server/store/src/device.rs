//! Browsers that a member has signed in from: known by the SHA-256 of their
//! cookie's token.

use std::time::Duration;

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

use super::{Result, Tx, on};

/// How long a browser is remembered after the last sign-in from it. No browser
/// keeps a cookie for longer.
pub const REMEMBERED: Duration = Duration::from_secs(400 * 24 * 3600);

/// Notes that a member has signed in from a browser, and says whether it was for
/// the first time. A new one gets the identifier of the session that began there,
/// so that whoever disowns that session can have the device forgotten.
///
/// # Errors
/// Whatever the database answers.
pub async fn note(
    tx: &mut Tx,
    member: Uuid,
    token_hash: &[u8],
    session: Uuid,
    now: Timestamp,
) -> Result<bool> {
    on!(write tx, conn => {
        sqlx::query("delete from device where member_id = $1 and last_seen_at <= $2")
            .bind(member)
            .bind(now.minus(REMEMBERED).0)
            .execute(conn)
            .await?;
    });
    let device: Uuid = on!(write tx, conn => {
        sqlx::query_scalar(
            "insert into device (id, member_id, token_hash, first_seen_at, last_seen_at)
             values ($1, $2, $3, $4, $4)
             on conflict (member_id, token_hash)
                 do update set last_seen_at = excluded.last_seen_at
             returning id",
        )
        .bind(session)
        .bind(member)
        .bind(token_hash)
        .bind(now.0)
        .fetch_one(conn)
        .await?
    });
    Ok(device == session)
}

/// The device by which this member is known, if the browser is one.
///
/// # Errors
/// Whatever the database answers.
pub async fn known(
    tx: &mut Tx,
    member: Uuid,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select id from device where member_id = $1 and token_hash = $2 and last_seen_at > $3",
        )
        .bind(member)
        .bind(token_hash)
        .bind(now.minus(REMEMBERED).0)
        .fetch_optional(conn)
        .await
    })
}

/// Forgets one device.
///
/// # Errors
/// Whatever the database answers.
pub async fn forget(tx: &mut Tx, device: Uuid) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("delete from device where id = $1").bind(device).execute(conn).await?;
    });
    Ok(())
}

/// Forgets every device of a member.
///
/// # Errors
/// Whatever the database answers.
pub async fn forget_all_of(tx: &mut Tx, member: Uuid) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("delete from device where member_id = $1").bind(member).execute(conn).await?;
    });
    Ok(())
}

//! Sessions are ended: one, or those of a member.

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

use crate::{Result, Tx, on};

/// Ends one session.
///
/// # Errors
/// Whatever the database answers.
pub async fn end(tx: &mut Tx, session: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update session set ended_at = $2 where id = $1 and ended_at is null")
            .bind(session)
            .bind(now.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Ends the session that a browser carried until now: another takes its place, and
/// nobody could reach it any more. Without one the same statement finds nothing.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_earlier(tx: &mut Tx, earlier: Option<Uuid>, now: Timestamp) -> Result<()> {
    end(tx, earlier.unwrap_or_default(), now).await
}

/// Ends a member's sessions, but for the `keep` seen last.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_all_but(tx: &mut Tx, member: Uuid, keep: i64, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update session set ended_at = $3
             where member_id = $1 and kind = 'member' and ended_at is null and id not in (
                 select id from session
                 where member_id = $1 and kind = 'member' and ended_at is null
                 order by last_seen_at desc, id desc limit $2)",
        )
        .bind(member)
        .bind(keep)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends a member's session and those begun since: whoever had the password once
/// may have used it again.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_since(tx: &mut Tx, member: Uuid, first: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update session set ended_at = $3
             where member_id = $1 and kind = 'member' and ended_at is null
               and (id = $2
                    or started_at > (select s.started_at from session s where s.id = $2))",
        )
        .bind(member)
        .bind(first)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends a member's sessions, but for the one that asks.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_others(tx: &mut Tx, member: Uuid, but_for: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update session set ended_at = $3
             where member_id = $1 and id <> $2 and ended_at is null",
        )
        .bind(member)
        .bind(but_for)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

//! How often a session is told that somebody has a login ID.

use std::time::Duration;

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

use super::{DAY, IDS_A_DAY};
use crate::{Result, Tx, on};

/// Whether a session may be told if somebody has a login ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdQuestion {
    /// It may.
    Asked,
    /// It was told of too many today.
    TooMany,
    /// The session is over.
    Over,
}

/// Holds a session that asks for a login ID, so that many questions at once come one after
/// the other, and says whether it may be told. The sessions of one account, or with one
/// postcard, are counted together: signing in anew does not begin anew.
///
/// # Errors
/// Whatever the database answers.
pub async fn ask_for_id(tx: &mut Tx, session: Uuid, now: Timestamp) -> Result<IdQuestion> {
    let is_open = on!(write tx, conn => {
        sqlx::query(
            "update session set ids_taken = ids_taken where id = $1 and ended_at is null",
        )
        .bind(session)
        .execute(conn)
        .await?
        .rows_affected()
            == 1
    });
    let told: i64 = on!(write tx, conn => {
        sqlx::query_scalar(
            "select cast(coalesce(sum(s.ids_taken), 0) as bigint) from session s
             where s.started_at > $2 and s.started_at <= $3
               and (s.id = $1
                    or s.member_id = (select member_id from session where id = $1)
                    or s.postcard_id = (select postcard_id from session where id = $1))",
        )
        .bind(session)
        .bind(now.minus(DAY).0)
        .bind(now.latest_end(Duration::ZERO).0)
        .fetch_one(conn)
        .await?
    });
    Ok(match is_open {
        false => IdQuestion::Over,
        true if told >= IDS_A_DAY => IdQuestion::TooMany,
        true => IdQuestion::Asked,
    })
}

/// Counts that a session is told that somebody has a login ID. It is committed with
/// nothing else: the change it was for comes to nothing.
///
/// # Errors
/// Whatever the database answers.
pub async fn count_taken_id(tx: &mut Tx, session: Uuid) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update session set ids_taken = ids_taken + 1 where id = $1")
            .bind(session)
            .execute(conn)
            .await?;
    });
    Ok(())
}

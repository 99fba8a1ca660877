//! What has become of a letter.

use std::time::Duration;

use domain::{ports::Delivery, values::timestamp::Timestamp};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::claim::{LONGEST_PAUSE, parameters};
use crate::{Db, Result, Tx, on};

/// A letter was claimed and not tried: it is due again, and the try was none.
///
/// # Errors
/// Whatever the database answers.
pub async fn give_back(tx: &mut Tx, letter: Uuid, due: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update letter set due_at = $2, attempts = attempts - 1 where id = $1")
            .bind(letter)
            .bind(due.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// What an operator has to know of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Letters that are due, or were and are tried again.
    pub waiting: i64,
    /// When the oldest of them was asked for.
    pub oldest: Option<Timestamp>,
    /// Letters given up since a day ago.
    pub given_up: i64,
}

/// The queue at this moment.
///
/// # Errors
/// Whatever the database answers.
pub async fn backlog(db: &Db, now: Timestamp) -> Result<Backlog> {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let (waiting, oldest): (i64, Option<i64>) = on!(read db, conn => {
        sqlx::query_as(
            "select count(*), min(asked_at) from letter
             where sent_at is null and given_up_at is null and paused_at is null
               and (due_at <= $1 or due_at > $2 or attempts > 0)",
        )
        .bind(now.0)
        .bind(now.latest_end(LONGEST_PAUSE).0)
        .fetch_one(conn)
        .await?
    });
    let given_up = on!(read db, conn => {
        sqlx::query_scalar("select count(*) from letter where given_up_at > $1")
            .bind(now.minus(DAY).0)
            .fetch_one(conn)
            .await?
    });
    Ok(Backlog {
        waiting,
        oldest: oldest.map(Timestamp),
        given_up,
    })
}

/// These letters are with the mail server since `at`.
///
/// # Errors
/// Whatever the database answers.
pub async fn mark_sent(tx: &mut Tx, letters: &[Uuid], at: Timestamp) -> Result<()> {
    if letters.is_empty() {
        return Ok(());
    }
    let update = format!(
        "update letter set sent_at = $1, trouble = '' where id in ({})",
        parameters(2, letters.len())
    );
    on!(write tx, conn => {
        let mut query = sqlx::query(AssertSqlSafe(update)).bind(at.0);
        for letter in letters {
            query = query.bind(letter);
        }
        query.execute(conn).await?;
    });
    Ok(())
}

/// The letter could not be sent because of `trouble`, and is tried again at `due`.
///
/// # Errors
/// Whatever the database answers.
pub async fn mark_failed(tx: &mut Tx, letter: Uuid, due: Timestamp, trouble: &str) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update letter set due_at = $2, trouble = $3 where id = $1")
            .bind(letter)
            .bind(due.0)
            .bind(trouble)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// The letter will not be sent any more, because of `trouble`.
///
/// # Errors
/// Whatever the database answers.
pub async fn give_up(tx: &mut Tx, letter: Uuid, at: Timestamp, trouble: &str) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update letter set given_up_at = $2, trouble = $3 where id = $1")
            .bind(letter)
            .bind(at.0)
            .bind(trouble)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// How far the letter has come; `None` when there is none of that id.
///
/// # Errors
/// Whatever the database answers.
pub async fn delivery(db: &Db, letter: Uuid) -> Result<Option<Delivery>> {
    let row: Option<(Option<i64>, Option<i64>)> = on!(read db, conn => {
        sqlx::query_as("select sent_at, given_up_at from letter where id = $1")
            .bind(letter)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(|row| match row {
        (Some(at), _) => Delivery::HandedOver(Timestamp(at)),
        (None, Some(_)) => Delivery::GivenUp,
        (None, None) => Delivery::Waiting,
    }))
}

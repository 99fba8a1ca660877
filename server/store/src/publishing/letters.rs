//! How far the letters about a notice are; they are held back, let go and taken back.

use domain::values::timestamp::Timestamp;
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

use crate::{
    Db, Result, Tx,
    notice::{born_between, meant},
    on,
};

/// How far the letters about a notice are. Those that left long ago are not counted any
/// more one by one: `OfficeNotice::letters` says how many there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Progress {
    /// Handed over to the mail server.
    pub sent: i64,
    /// Given up.
    pub given_up: i64,
    /// On their way.
    pub waiting: i64,
    /// Held back.
    pub paused: i64,
}

/// Counts them.
pub const PROGRESS: &str = "select count(*) filter (where sent_at is not null) as sent,
            count(*) filter (where given_up_at is not null) as given_up,
            count(*) filter (where sent_at is null and given_up_at is null and paused_at is null)
                as waiting,
            count(*) filter (where sent_at is null and given_up_at is null
                               and paused_at is not null) as paused
     from letter where notice_id = $1";

/// How far they are.
///
/// # Errors
/// Whatever the database answers.
pub async fn progress(db: &Db, id: Uuid) -> Result<Progress> {
    on!(read db, conn => {
        sqlx::query_as(PROGRESS).bind(id).fetch_one(conn).await
    })
}

/// Holds back what has not left yet, in one statement. How many they are.
///
/// # Errors
/// Whatever the database answers.
pub async fn pause(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<u64> {
    Ok(on!(write tx, conn => {
        sqlx::query(
            "update letter set paused_at = $2
             where notice_id = $1 and sent_at is null and given_up_at is null
               and paused_at is null",
        )
        .bind(id)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    }))
}

/// Goes on with them: they count as asked for now, since a letter lives for a few days
/// alone. How many they are.
///
/// # Errors
/// Whatever the database answers.
pub async fn resume(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<u64> {
    Ok(on!(write tx, conn => {
        sqlx::query(
            "update letter set paused_at = null, asked_at = $2, due_at = $2
             where notice_id = $1 and sent_at is null and given_up_at is null
               and paused_at is not null",
        )
        .bind(id)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    }))
}

/// Takes letters back that have not left: all, or those to whom the notice is not meant
/// any more. How many they were.
///
/// # Errors
/// Whatever the database answers.
pub async fn take_back(tx: &mut Tx, id: Uuid, all: bool, today: Date) -> Result<u64> {
    let ages: Option<(i64, i64)> = on!(write tx, conn => {
        sqlx::query_as("select age_from, age_to from notice where id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await?
    });
    let years = |age: i64| u8::try_from(age).unwrap_or(u8::MAX);
    let Some((from, to)) = ages else {
        return Ok(0);
    };
    let (youngest, too_old) = born_between(today, years(from), years(to));
    Ok(on!(write tx, conn => {
        sqlx::query(concat!(
            "delete from letter
             where notice_id = $1 and sent_at is null and given_up_at is null
               and ($2 or not exists (
                   select 1 from notice n
                   join member m on m.id = letter.member_id
                   join person p on p.id = m.person_id
                   where n.id = $1 and p.born_on <= $3 and p.born_on > $4 and ",
            meant!(),
            "))"
        ))
        .bind(id)
        .bind(all)
        .bind(youngest)
        .bind(too_old)
        .execute(conn)
        .await?
        .rows_affected()
    }))
}

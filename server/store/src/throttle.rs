//! Wrong tries. Each account and postcard has a count, for whoever tries; unknown names
//! share the decoy's, so that they cost the same statements. A browser that a member is
//! known by has one of its own, and a session: what a stranger tries pauses neither.

use std::time::Duration;

use domain::{throttle::Throttle, values::timestamp::Timestamp};
use uuid::Uuid;

use super::{Result, Tx, on};

/// Stands for every name that nobody has.
pub const DECOY: Uuid = Uuid::nil();

/// Whose tries are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Everybody's at an account or a postcard, or at the decoy.
    Anybody(Uuid),
    /// Those from a browser that its member is known by.
    Device(Uuid),
    /// Those of somebody who is signed in.
    Session(Uuid),
    /// Those from a browser that somebody of the office is known by.
    StaffDevice(Uuid),
}

/// The statements about the counts in one table.
struct Statements {
    hold: &'static str,
    set: &'static str,
    take_back: &'static str,
}

macro_rules! statements {
    ($table:literal) => {
        Statements {
            hold: concat!(
                "update ",
                $table,
                " set tries = tries where id = $1 returning tries, pause_ms, paused_until"
            ),
            set: concat!(
                "update ",
                $table,
                " set tries = $2, pause_ms = $3, paused_until = $4 where id = $1"
            ),
            take_back: concat!(
                "update ",
                $table,
                " set tries = tries - 1, pause_ms = pause_ms / 2, paused_until = 0 where id = $1"
            ),
        }
    };
}

impl Count {
    const fn place(self) -> (Statements, Uuid) {
        match self {
            Self::Anybody(id) => (statements!("throttle"), id),
            Self::Device(id) => (statements!("device"), id),
            Self::Session(id) => (statements!("session"), id),
            Self::StaffDevice(id) => (statements!("staff_device"), id),
        }
    }
}

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

/// Counts a try before it is judged, and says whether it may be right at all. Where the
/// browser or the session has just been forgotten, it may not.
///
/// # Errors
/// Whatever the database answers.
pub async fn count_try(tx: &mut Tx, count: Count, now: Timestamp) -> Result<bool> {
    let (statements, id) = count.place();
    // The first update locks the row: parallel tries are counted one by one.
    let held: Option<(i64, i64, i64)> = on!(write tx, conn => {
        sqlx::query_as(statements.hold).bind(id).fetch_optional(conn).await?
    });
    let (tries, pause, until) = held.unwrap_or_default();
    let before = Throttle {
        tries,
        pause: Duration::from_millis(u64::try_from(pause).unwrap_or_default()),
        paused_until: Timestamp(until),
    };
    let (after, admitted) = before.after_try(now);
    set(tx, count, after).await?;
    Ok(admitted && held.is_some())
}

/// A try that was admitted was right as far as it went, and one more has to follow before
/// anything is forgotten: it is as if it had not been made. Otherwise its own pause would
/// stand in the way of the next.
///
/// # Errors
/// Whatever the database answers.
pub async fn take_back(tx: &mut Tx, count: Count) -> Result<()> {
    let (statements, id) = count.place();
    on!(write tx, conn => {
        sqlx::query(statements.take_back).bind(id).execute(conn).await?;
    });
    Ok(())
}

/// The right one came: earlier tries are forgotten.
///
/// # Errors
/// Whatever the database answers.
pub async fn reset_tries(tx: &mut Tx, count: Count) -> Result<()> {
    set(tx, count, Throttle::default()).await
}

async fn set(tx: &mut Tx, count: Count, to: Throttle) -> Result<()> {
    let (statements, id) = count.place();
    on!(write tx, conn => {
        sqlx::query(statements.set)
            .bind(id)
            .bind(to.tries)
            .bind(Timestamp(0).plus(to.pause).0)
            .bind(to.paused_until.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

//! A clerk's looks at people. The last one of each pair stands in a row of its own; that it
//! happened is in the audit, and in the person's history.

use std::time::Duration;

use domain::{looking::Reason, values::timestamp::Timestamp};
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// For so long a person's page stays open without another reason.
pub const OPEN: Duration = Duration::from_secs(10 * 60);

/// A look that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Why.
    pub reason: Reason,
    /// When it began.
    pub at: Timestamp,
    /// What was confirmed of who called; empty while nothing is.
    pub confirmed: String,
}

/// Begins a look. `false`, and nothing is changed, while an earlier one is open: of two at
/// once one gets the row.
///
/// # Errors
/// Whatever the database answers.
pub async fn begin(
    tx: &mut Tx,
    staff: Uuid,
    person: Uuid,
    reason: Reason,
    now: Timestamp,
) -> Result<bool> {
    // One that a clock ahead has noted is over.
    let begun = on!(write tx, conn => {
        sqlx::query(
            "insert into look (staff_id, person_id, reason, at) values ($1, $2, $3, $4)
             on conflict (staff_id, person_id) do update
             set reason = excluded.reason, at = excluded.at, confirmed = ''
             where look.at <= $5 or look.at > $6",
        )
        .bind(staff)
        .bind(person)
        .bind(reason.as_str())
        .bind(now.0)
        .bind(now.minus(OPEN).0)
        .bind(now.latest_end(Duration::ZERO).0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(begun == 1)
}

/// The look that a clerk has open at a person.
///
/// # Errors
/// Whatever the database answers.
pub async fn open(db: &Db, staff: Uuid, person: Uuid, now: Timestamp) -> Result<Option<Look>> {
    let row: Option<(String, i64, String)> = on!(read db, conn => {
        sqlx::query_as(
            "select reason, at, confirmed from look where staff_id = $1 and person_id = $2",
        )
        .bind(staff)
        .bind(person)
        .fetch_optional(conn)
        .await?
    });
    Ok(row.and_then(|(reason, at, confirmed)| {
        let at = Timestamp(at);
        let reason = Reason::parse(&reason)?;
        at.is_within(OPEN, now).then_some(Look {
            reason,
            at,
            confirmed,
        })
    }))
}

/// Keeps what was confirmed of who called.
///
/// # Errors
/// Whatever the database answers.
pub async fn confirm(tx: &mut Tx, staff: Uuid, person: Uuid, confirmed: &str) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update look set confirmed = $3 where staff_id = $1 and person_id = $2")
            .bind(staff)
            .bind(person)
            .bind(confirmed)
            .execute(conn)
            .await?;
    });
    Ok(())
}

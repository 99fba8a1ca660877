//! A database that comes back from a backup is as it was then: sessions that were ended
//! since, links that were used and letters that were sent would live again.

use domain::values::timestamp::Timestamp;

use super::{Result, Tx, audit::Event, job, on};

/// Ends every session and link, forgets every known browser, gives up what waits in the
/// queue, and notes it in the history: `detail` says of which copy it is. Members sign in
/// anew and hear of it as of a sign-in from a new device.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_what_was_open(tx: &mut Tx, detail: &str, now: Timestamp) -> Result<()> {
    for sql in [
        "update session set ended_at = $1 where ended_at is null",
        "update link set ended_at = $1, ended_by = 'replaced' where ended_at is null",
        // Every one of them, and those that a clock ahead has noted.
        "delete from device where last_seen_at <= $1 or last_seen_at > $1",
        "update staff_session set ended_at = $1 where ended_at is null",
        "update staff_link set ended_at = $1 where ended_at is null",
        "delete from staff_code where expires_at <= $1 or expires_at > $1",
        "delete from staff_device where last_seen_at <= $1 or last_seen_at > $1",
        "update letter set given_up_at = $1, trouble = 'the database was restored'
         where sent_at is null and given_up_at is null",
    ] {
        on!(write tx, conn => {
            sqlx::query(sql).bind(now.0).execute(conn).await?;
        });
    }
    job::end_restored(tx, now).await?;
    Event::Restored
        .at_the_command_line(detail, now)
        .record(tx)
        .await
}

//! What is over and nobody asks for any more: found by its end, removed a few
//! rows at a time, so that nobody waits long for SQLite's one writer. Every
//! function says how many rows it has removed; none of them touches the audit.

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

use super::{Db, Result, on};

/// Links that ended before `before`, but for those that a session still leans on,
/// that a waiting address was sent, or whose letter has not left yet. Other letters
/// outlive their link and are cut off from it first; only that which asked to
/// confirm an address needs its link, to tell in the history whether it was.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_links(db: &Db, before: Timestamp, most: i64) -> Result<u64> {
    let over: Vec<Uuid> = on!(read db, pool => {
        sqlx::query_scalar(
            "select id from link
             where expires_at < $1
               and not exists (select 1 from session s where s.link_id = link.id)
               and not exists (select 1 from email e
                               where e.id = link.email_id and e.confirmed_at is null)
               and not exists (select 1 from letter t
                               where t.link_id = link.id
                                 and (t.kind = 'address_confirmation'
                                      or t.sent_at is null and t.given_up_at is null))
             order by expires_at limit $2",
        )
        .bind(before.0)
        .bind(most)
        .fetch_all(pool)
        .await?
    });
    if over.is_empty() {
        return Ok(0);
    }
    let mut removed = 0;
    let mut tx = db.write().await?;
    for link in over {
        removed += on!(write &mut tx, conn => {
            sqlx::query("update letter set link_id = null where link_id = $1")
                .bind(link)
                .execute(&mut *conn)
                .await?;
            let deleted = sqlx::query("delete from link where id = $1").bind(link).execute(conn);
            deleted.await?.rows_affected()
        });
    }
    tx.commit().await?;
    Ok(removed)
}

/// Sessions whose absolute end was before `before`, however they ended.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_sessions(db: &Db, before: Timestamp, most: i64) -> Result<u64> {
    remove(
        db,
        "delete from session where id in (
             select id from session where expires_at < $1 order by expires_at limit $2)",
        before,
        most,
    )
    .await
}

/// Letters that were sent or given up before `before`.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_letters(db: &Db, before: Timestamp, most: i64) -> Result<u64> {
    remove(
        db,
        "delete from letter where id in (
             select id from letter where coalesce(sent_at, given_up_at) < $1
             order by coalesce(sent_at, given_up_at) limit $2)",
        before,
        most,
    )
    .await
}

/// Devices that nobody has signed in from since `before`.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_devices(db: &Db, before: Timestamp, most: i64) -> Result<u64> {
    remove(
        db,
        "delete from device where last_seen_at <= $1 and id in (
             select id from device where last_seen_at <= $1 order by last_seen_at limit $2)",
        before,
        most,
    )
    .await
}

/// Addresses for which nobody has asked for a letter since `before`.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_asked_addresses(db: &Db, before: Timestamp, most: i64) -> Result<u64> {
    // The outer condition is judged again on a row that was asked for anew
    // while this waited for it.
    remove(
        db,
        "delete from asked_address where asked_at < $1 and address_key in (
             select address_key from asked_address where asked_at < $1 limit $2)",
        before,
        most,
    )
    .await
}

/// The password hashes of postcards that ended before `before`; the postcards stay.
///
/// # Errors
/// Whatever the database answers.
pub async fn forget_postcards(db: &Db, before: Timestamp, most: i64) -> Result<u64> {
    remove(
        db,
        "update postcard set password_hash = '' where id in (
             select id from postcard
             where ended_at is not null and password_hash <> '' and ended_at < $1
             order by ended_at limit $2)",
        before,
        most,
    )
    .await
}

/// What let the office's people in and is over: sessions and links that ended before
/// `before`, and codes from the command line.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_ways_in_of_staff(db: &Db, before: Timestamp, most: i64) -> Result<u64> {
    let mut removed = 0;
    for sql in [
        "delete from staff_session where id in (
             select id from staff_session where expires_at < $1 order by expires_at limit $2)",
        "delete from staff_link where id in (
             select id from staff_link where expires_at < $1 order by expires_at limit $2)",
        "delete from staff_draft where staff_id in (
             select staff_id from staff_draft where expires_at < $1 order by expires_at limit $2)",
        "delete from staff_code where staff_id in (
             select staff_id from staff_code where expires_at < $1 order by expires_at limit $2)",
    ] {
        removed += remove(db, sql, before, most).await?;
    }
    Ok(removed)
}

/// What was refused in hours before `before`.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_refused_tries(db: &Db, before: Timestamp, most: i64) -> Result<u64> {
    remove(
        db,
        "delete from refused_try where (member_id, hour, event, network) in (
             select member_id, hour, event, network from refused_try
             where hour < $1 order by hour limit $2)",
        before,
        most,
    )
    .await
}

/// Challenges that nobody could answer any more at `before`.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_challenges(db: &Db, before: Timestamp, most: i64) -> Result<u64> {
    remove(
        db,
        "delete from used_challenge where hash in (
             select hash from used_challenge where expires_at < $1 order by expires_at limit $2)",
        before,
        most,
    )
    .await
}

/// One statement that removes at most so many rows ($2) of before then ($1).
async fn remove(db: &Db, sql: &'static str, before: Timestamp, most: i64) -> Result<u64> {
    let mut tx = db.write().await?;
    let removed = on!(write &mut tx, conn => {
        sqlx::query(sql).bind(before.0).bind(most).execute(conn).await?.rows_affected()
    });
    tx.commit().await?;
    Ok(removed)
}

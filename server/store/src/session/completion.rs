//! What a provisional session was for is complete: a registration, a reissue.

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

use crate::{Db, Result, Tx, lifetime, on};

/// What a provisional session stands for, locked until the change is over.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct Registering {
    /// The postcard it was opened with.
    pub postcard_id: Uuid,
    /// Whose postcard.
    pub person_id: Uuid,
    /// The address its link confirmed.
    pub address: String,
}

/// Ends a provisional session because the registration is complete, and says
/// what it stood for; `None` when it is over already. The update comes first:
/// of many at once, one gets the row.
///
/// # Errors
/// Whatever the database answers.
pub async fn complete(tx: &mut Tx, session: Uuid, now: Timestamp) -> Result<Option<Registering>> {
    let ours = on!(write tx, conn => {
        sqlx::query(
            "update session set ended_at = $2, ended_by = 'completed'
             where id = $1 and kind = 'provisional' and ended_at is null
               and expires_at > $2 and expires_at <= $3",
        )
        .bind(session)
        .bind(now.0)
        .bind(now.latest_end(lifetime::LINK).0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    if ours == 0 {
        return Ok(None);
    }
    on!(write tx, conn => {
        sqlx::query_as(
            "select s.postcard_id, c.person_id, l.address
             from session s
             join link l on l.id = s.link_id
             join postcard c on c.id = s.postcard_id
             where s.id = $1 and l.ended_at is null and l.expires_at > $2",
        )
        .bind(session)
        .bind(now.0)
        .fetch_optional(conn)
        .await
    })
}

/// Ends a reissue's session because the password is changed; `false` when it is
/// over, or its link is, or the address it was sent to is not the member's any more. The account is held already.
///
/// # Errors
/// Whatever the database answers.
pub async fn complete_reissue(tx: &mut Tx, session: Uuid, now: Timestamp) -> Result<bool> {
    let ours = on!(write tx, conn => {
        sqlx::query(
            "update session set ended_at = $2, ended_by = 'completed'
             where id = $1 and kind = 'reissue' and ended_at is null
               and expires_at > $2 and expires_at <= $3
               and exists (select 1 from link l
                           where l.id = session.link_id and l.ended_at is null
                             and (l.session_id is not null
                                  or exists (select 1 from email e
                                             where e.member_id = l.member_id
                                               and e.address_key = l.address_key
                                               and e.confirmed_at is not null)))",
        )
        .bind(session)
        .bind(now.0)
        .bind(now.latest_end(lifetime::LINK).0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(ours == 1)
}

/// Whether a provisional session ended because what it was for is complete.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_completed(db: &Db, session: Uuid) -> Result<bool> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select exists (select 1 from session where id = $1 and ended_by = 'completed')",
        )
        .bind(session)
        .fetch_one(pool)
        .await
    })
}

/// Notes whose account a completed provisional session has led to, for 完了.
///
/// # Errors
/// Whatever the database answers.
pub async fn led_to(tx: &mut Tx, session: Uuid, member: Uuid) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update session set member_id = $2 where id = $1")
            .bind(session)
            .bind(member)
            .execute(conn)
            .await?;
    });
    Ok(())
}

//! The links that disown a sign-in from a new device.

use domain::{ports::ReportedSignIn, values::timestamp::Timestamp, visit::RequestOrigin};
use uuid::Uuid;

use super::{End, Purpose};
use crate::{Db, Result, Tx, on};

/// The sign-in that a new device's letter told of, while its link works.
///
/// # Errors
/// Whatever the database answers.
pub async fn reported_sign_in(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<ReportedSignIn>> {
    let row: Option<(i64, String, String)> = on!(read db, pool => {
        sqlx::query_as(
            "select s.started_at, s.network_address, s.device
             from link l join session s on s.id = l.session_id
             where l.token_hash = $1 and l.purpose = $2 and l.expires_at > $3
               and l.expires_at <= $4 and l.ended_at is null",
        )
        .bind(token_hash)
        .bind(Purpose::Device.as_str())
        .bind(now.0)
        .bind(now.latest_end(Purpose::Device.life()).0)
        .fetch_optional(pool)
        .await?
    });
    Ok(row.map(|(at, network_address, device)| ReportedSignIn {
        at: Timestamp(at),
        from: RequestOrigin {
            network_address,
            device,
        },
    }))
}

/// Whose account a new device's link speaks of.
///
/// # Errors
/// Whatever the database answers.
pub async fn member(db: &Db, token_hash: &[u8]) -> Result<Option<Uuid>> {
    on!(read db, pool => {
        sqlx::query_scalar("select member_id from link where token_hash = $1 and purpose = $2")
            .bind(token_hash)
            .bind(Purpose::Device.as_str())
            .fetch_optional(pool)
            .await
    })
}

/// What a new device's link was for.
#[derive(Clone, Debug, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Disowned {
    /// Whose account.
    pub member_id: Uuid,
    /// Which session; the device has the same identifier.
    pub session_id: Uuid,
    /// When that session began.
    pub started_at: i64,
    /// Where the letter was sent.
    pub address: String,
}

/// Ends a new device's link because it is used; `None` when it is over. The
/// account is held already, by [`crate::member::lock_by_link`].
///
/// # Errors
/// Whatever the database answers.
pub async fn use_up(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<Option<Disowned>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "update link set ended_at = $3, ended_by = $5
             where token_hash = $1 and purpose = $2 and expires_at > $3 and expires_at <= $4
               and ended_at is null
             returning member_id, session_id, address,
                       (select s.started_at from session s where s.id = link.session_id)
                           as started_at",
        )
        .bind(token_hash)
        .bind(Purpose::Device.as_str())
        .bind(now.0)
        .bind(now.latest_end(Purpose::Device.life()).0)
        .bind(End::Used.as_str())
        .fetch_optional(conn)
        .await
    })
}

/// Whether a new device's link has done its work.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_used(db: &Db, token_hash: &[u8]) -> Result<bool> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select exists (select 1 from link
                            where token_hash = $1 and purpose = $2 and ended_by = $3)",
        )
        .bind(token_hash)
        .bind(Purpose::Device.as_str())
        .bind(End::Used.as_str())
        .fetch_one(pool)
        .await
    })
}

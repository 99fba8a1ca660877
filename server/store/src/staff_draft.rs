//! What somebody of the office had typed when their session was over.

use std::time::Duration;

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// How long it is kept.
pub const LIFE: Duration = Duration::from_secs(24 * 3600);

/// A form that met an ended session.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct Draft {
    /// Where it was posted to.
    pub path: String,
    /// Its fields, encrypted.
    pub sealed_fields: Vec<u8>,
}

/// Whose session, over by now, a token was; nobody's where they were kept out.
///
/// # Errors
/// Whatever the database answers.
pub async fn owner(db: &Db, token_hash: &[u8], now: Timestamp) -> Result<Option<Uuid>> {
    on!(read db, conn => {
        sqlx::query_scalar(
            "select s.staff_id from staff_session s join staff_member m on m.id = s.staff_id
             where s.token_hash = $1 and s.ended_at is not null and s.stage <> 'password'
               and s.started_at > $2 and m.disabled_at is null",
        )
        .bind(token_hash)
        .bind(now.minus(LIFE).0)
        .fetch_optional(conn)
        .await
    })
}

/// Keeps it in place of an earlier one.
///
/// # Errors
/// Whatever the database answers.
pub async fn keep(tx: &mut Tx, staff: Uuid, draft: &Draft, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into staff_draft (staff_id, path, sealed_fields, expires_at)
             values ($1, $2, $3, $4)
             on conflict (staff_id) do update
             set path = excluded.path, sealed_fields = excluded.sealed_fields,
                 expires_at = excluded.expires_at",
        )
        .bind(staff)
        .bind(&draft.path)
        .bind(&draft.sealed_fields)
        .bind(now.plus(LIFE).0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// What was kept for somebody.
///
/// # Errors
/// Whatever the database answers.
pub async fn of(db: &Db, staff: Uuid, now: Timestamp) -> Result<Option<Draft>> {
    on!(read db, conn => {
        sqlx::query_as(
            "select path, sealed_fields from staff_draft
             where staff_id = $1 and expires_at > $2 and expires_at <= $3",
        )
        .bind(staff)
        .bind(now.0)
        .bind(now.latest_end(LIFE).0)
        .fetch_optional(conn)
        .await
    })
}

/// It was sent, or is not wanted.
///
/// # Errors
/// Whatever the database answers.
pub async fn forget(tx: &mut Tx, staff: Uuid) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("delete from staff_draft where staff_id = $1").bind(staff).execute(conn).await?;
    });
    Ok(())
}

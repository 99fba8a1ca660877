//! Sessions of the office's people: one a person, shorter than a member's.

use std::time::Duration;

use domain::{
    office::{StaffMember, Stage},
    values::timestamp::Timestamp,
    visit::RequestOrigin,
};
use uuid::Uuid;

use super::{Db, Result, Tx, on, staff};

/// After so long without a request it is over.
pub const IDLE: Duration = Duration::from_secs(15 * 60);
/// And after so long in any case.
pub const ABSOLUTE: Duration = Duration::from_secs(8 * 3600);
/// One by a code from the command line.
pub const BY_COMMAND_LINE: Duration = Duration::from_secs(60 * 60);
/// For so long the second step may come after the password.
pub const SECOND_STEP: Duration = Duration::from_secs(10 * 60);
/// For so long a proof is fresh.
pub const PROOF: Duration = Duration::from_secs(10 * 60);

/// A request is noted only when the last one noted is older than this.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// The longest that a session of this stage lasts.
pub const fn longest(stage: Stage) -> Duration {
    match stage {
        Stage::Password => SECOND_STEP,
        Stage::Full => ABSOLUTE,
        Stage::CommandLine => BY_COMMAND_LINE,
    }
}

/// An open session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The row.
    pub id: Uuid,
    /// Whose.
    pub staff: StaffMember,
    /// How far in.
    pub stage: Stage,
    /// When password and second step, or a passkey, were last shown.
    pub proven_at: Timestamp,
    /// Its absolute end.
    pub expires_at: Timestamp,
    /// The sign-in before this one.
    pub previous_sign_in_at: Option<Timestamp>,
}

/// Writes a session and ends the one before it.
///
/// # Errors
/// Whatever the database answers.
pub async fn insert(
    tx: &mut Tx,
    staff: &StaffMember,
    stage: Stage,
    token_hash: &[u8],
    origin: &RequestOrigin,
    now: Timestamp,
) -> Result<Uuid> {
    // One that only waits for its second step ends nobody's: a password alone keeps
    // nobody from working.
    if stage != Stage::Password {
        end_all_of(tx, staff.id, now).await?;
    }
    let id = Uuid::now_v7();
    on!(write tx, conn => {
        sqlx::query(
            "insert into staff_session (id, staff_id, token_hash, stage, network_address, device,
                                        started_at, last_seen_at, proven_at, expires_at,
                                        previous_sign_in_at)
             values ($1, $2, $3, $4, $5, $6, $7, $7, $7, $8, $9)",
        )
        .bind(id)
        .bind(staff.id)
        .bind(token_hash)
        .bind(stage.as_str())
        .bind(&origin.network_address)
        .bind(&origin.device)
        .bind(now.0)
        .bind(now.plus(longest(stage)).0)
        .bind(staff.last_sign_in_at.map(|at| at.0))
        .execute(conn)
        .await?;
    });
    Ok(id)
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    id: Uuid,
    staff_id: Uuid,
    stage: String,
    last_seen_at: i64,
    proven_at: i64,
    expires_at: i64,
    previous_sign_in_at: Option<i64>,
}

/// The open session of a token. `active` says whether this request counts as one of
/// somebody who is there: a page that refreshes itself does not.
///
/// # Errors
/// Whatever the database answers.
pub async fn current(
    db: &Db,
    token_hash: &[u8],
    active: bool,
    now: Timestamp,
) -> Result<Option<Session>> {
    let row: Option<Row> = on!(read db, conn => {
        sqlx::query_as(
            "select id, staff_id, stage, last_seen_at, proven_at, expires_at, previous_sign_in_at
             from staff_session where token_hash = $1 and ended_at is null",
        )
        .bind(token_hash)
        .fetch_optional(conn)
        .await?
    });
    let Some(row) = row else { return Ok(None) };
    let Some(stage) = Stage::parse(&row.stage) else {
        return Ok(None);
    };
    let is_open = Timestamp(row.expires_at).is_to_come(longest(stage), now)
        && Timestamp(row.last_seen_at).is_within(IDLE, now);
    if !is_open {
        // What was seen over stays over, whatever the clock says next.
        let mut tx = db.write().await?;
        end(&mut tx, row.id, now).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let everybody = staff::everybody(db).await?;
    let staff = everybody.into_iter().find(|staff| staff.id == row.staff_id);
    let Some(staff) = staff.filter(|staff| staff.disabled_at.is_none()) else {
        return Ok(None);
    };
    if active && now >= Timestamp(row.last_seen_at).plus(SEEN_EVERY) {
        touch(db, row.id, now).await?;
    }
    Ok(Some(Session {
        id: row.id,
        staff,
        stage,
        proven_at: Timestamp(row.proven_at),
        expires_at: Timestamp(row.expires_at),
        previous_sign_in_at: row.previous_sign_in_at.map(Timestamp),
    }))
}

async fn touch(db: &Db, id: Uuid, now: Timestamp) -> Result<()> {
    let mut tx = db.write().await?;
    on!(write &mut tx, conn => {
        sqlx::query("update staff_session set last_seen_at = $2 where id = $1")
            .bind(id)
            .bind(now.0)
            .execute(conn)
            .await?;
    });
    tx.commit().await
}

/// Who came in by a code from the command line since an instant, and when: the newest
/// first, fifty at most.
///
/// # Errors
/// Whatever the database answers.
pub async fn by_command_line_since(db: &Db, since: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    let rows: Vec<(String, i64)> = on!(read db, conn => {
        sqlx::query_as(
            "select m.name, s.started_at from staff_session s
             join staff_member m on m.id = s.staff_id
             where s.started_at > $1 and s.stage = 'command_line'
             order by s.started_at desc limit 50",
        )
        .bind(since.0)
        .fetch_all(conn)
        .await?
    });
    Ok(rows
        .into_iter()
        .map(|(name, at)| (name, Timestamp(at)))
        .collect())
}

/// Whether a session is still open within a change: whoever acts may have been kept out
/// by another in the meantime.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_open(tx: &mut Tx, id: Uuid) -> Result<bool> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select exists (select 1 from staff_session s join staff_member m on m.id = s.staff_id
             where s.id = $1 and s.ended_at is null and m.disabled_at is null)",
        )
        .bind(id)
        .fetch_one(conn)
        .await
    })
}

/// Password and second step, or a passkey, were shown once more: the session goes on
/// under another token.
///
/// # Errors
/// Whatever the database answers.
pub async fn prove(tx: &mut Tx, id: Uuid, token_hash: &[u8], now: Timestamp) -> Result<bool> {
    let proven = on!(write tx, conn => {
        sqlx::query(
            "update staff_session set proven_at = $2, last_seen_at = $2, token_hash = $3
             where id = $1 and ended_at is null",
        )
        .bind(id)
        .bind(now.0)
        .bind(token_hash)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(proven == 1)
}

/// Ends one.
///
/// # Errors
/// Whatever the database answers.
pub async fn end(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool> {
    let ended = on!(write tx, conn => {
        sqlx::query("update staff_session set ended_at = $2 where id = $1 and ended_at is null")
            .bind(id)
            .bind(now.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(ended == 1)
}

/// Ends those that wait for their second step: they began with a password that is one no
/// more.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_waiting_of(tx: &mut Tx, staff: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update staff_session set ended_at = $2
             where staff_id = $1 and stage = 'password' and ended_at is null",
        )
        .bind(staff)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends every session of somebody.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_all_of(tx: &mut Tx, staff: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update staff_session set ended_at = $2 where staff_id = $1 and ended_at is null",
        )
        .bind(staff)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

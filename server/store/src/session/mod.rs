//! Sessions: known by the SHA-256 of the cookie's token.

mod completion;
mod end;
mod login_id;

use std::time::Duration;

use domain::{
    ports::OpenSession,
    values::timestamp::Timestamp,
    visit::{Member, Provisional, Reissuing, RequestOrigin, Visitor},
};
use uuid::Uuid;

pub use self::{
    completion::{Registering, complete, complete_reissue, is_completed, led_to},
    end::{end, end_all_but, end_earlier, end_others, end_since},
    login_id::{IdQuestion, ask_for_id, count_taken_id},
};
use super::{Db, Result, Tx, email, lifetime, on};

/// A member who does nothing for this long has to sign in again.
pub const IDLE: Duration = Duration::from_secs(30 * 60);
/// A member's open sessions, at most; the one seen longest ago gives way.
pub const MOST: i64 = 5;
/// Of so many login IDs an account or a postcard is told within a day, in all its
/// sessions, that somebody has them.
pub const IDS_A_DAY: i64 = 20;
/// `last_seen_at` is written no more often than this.
const SEEN_EVERY: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A session that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    /// SHA-256 of the cookie's token.
    pub token_hash: &'a [u8],
    /// Whose it is.
    pub of: Holder,
    /// From where.
    pub origin: &'a RequestOrigin,
    /// When it begins.
    pub started_at: Timestamp,
    /// Its absolute end.
    pub expires_at: Timestamp,
}

/// Whose session it is.
#[derive(Clone, Copy, Debug)]
pub enum Holder {
    /// Signed in, with the sign-in before this one.
    Member(Uuid, Option<Timestamp>),
    /// Signed in with a postcard, through a link.
    Provisional {
        /// The postcard.
        postcard: Uuid,
        /// The link.
        link: Uuid,
    },
    /// Signed in with a reissue's provisional password, through its link.
    Reissue {
        /// Whose account.
        member: Uuid,
        /// The link.
        link: Uuid,
    },
}

/// Writes a session, and gives its row.
///
/// # Errors
/// Whatever the database answers.
pub async fn insert(tx: &mut Tx, session: &NewSession<'_>) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let (kind, member, postcard, link, previous) = match session.of {
        Holder::Member(member, previous) => ("member", Some(member), None, None, previous),
        Holder::Provisional { postcard, link } => {
            ("provisional", None, Some(postcard), Some(link), None)
        }
        Holder::Reissue { member, link } => ("reissue", Some(member), None, Some(link), None),
    };
    on!(write tx, conn => {
        sqlx::query(
            "insert into session (id, kind, token_hash, member_id, postcard_id, link_id,
                                  network_address, device, started_at, last_seen_at,
                                  password_given_at, expires_at, previous_sign_in_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9, $10, $11)",
        )
        .bind(id)
        .bind(kind)
        .bind(session.token_hash)
        .bind(member)
        .bind(postcard)
        .bind(link)
        .bind(&session.origin.network_address)
        .bind(&session.origin.device)
        .bind(session.started_at.0)
        .bind(session.expires_at.0)
        .bind(previous.map(|at| at.0))
        .execute(conn)
        .await?;
    });
    Ok(id)
}

/// Whose a token is, at this moment; a session over, ended or of somebody
/// disabled is nobody's.
///
/// # Errors
/// Whatever the database answers.
pub async fn visitor(db: &Db, token_hash: &[u8], now: Timestamp) -> Result<Visitor> {
    #[derive(sqlx_macros::FromRow)]
    struct Row {
        id: Uuid,
        kind: String,
        last_seen_at: i64,
        password_given_at: i64,
        expires_at: i64,
        ended_at: Option<i64>,
        ended_by: Option<String>,
        previous_sign_in_at: Option<i64>,
        member_id: Option<Uuid>,
        person_id: Option<Uuid>,
        login_id: Option<String>,
        nickname: Option<String>,
        disabled_at: Option<i64>,
        left_at: Option<i64>,
        address: Option<String>,
        link_ended_at: Option<i64>,
        postcard_ended_at: Option<i64>,
        postcard_used_at: Option<i64>,
    }
    let row: Option<Row> = on!(read db, pool => {
        sqlx::query_as(
            "select s.id, s.kind, s.last_seen_at, s.password_given_at, s.expires_at, s.ended_at,
                    s.ended_by, s.previous_sign_in_at, s.member_id, m.person_id, m.login_id,
                    m.nickname, m.disabled_at, m.left_at, l.address, l.ended_at as link_ended_at,
                    p.ended_at as postcard_ended_at, p.used_at as postcard_used_at
             from session s
             left join member m on m.id = s.member_id
             left join link l on l.id = s.link_id
             left join postcard p on p.id = s.postcard_id
             where s.token_hash = $1",
        )
        .bind(token_hash)
        .fetch_optional(pool)
        .await?
    });
    let Some(row) = row else {
        return Ok(Visitor::Nobody);
    };
    let longest = match &*row.kind {
        "member" => lifetime::SESSION,
        _ => lifetime::LINK,
    };
    let is_idle = row.kind == "member" && !Timestamp(row.last_seen_at).is_within(IDLE, now);
    if is_idle || !Timestamp(row.expires_at).is_to_come(longest, now) {
        // What was seen over stays over, whatever the clock says next.
        if row.ended_at.is_none()
            && let Err(error) = note_over(db, row.id, now).await
        {
            tracing::warn!(%error, "the end of a session was not noted");
        }
        return Ok(Visitor::Nobody);
    }
    if row.kind == "provisional" {
        if row.ended_by.as_deref() == Some("completed") {
            // The ID of somebody who has left since is nobody's any more.
            let login_id = row.login_id.filter(|_| row.left_at.is_none());
            let (Some(login_id), Some(member)) = (login_id, row.member_id) else {
                return Ok(Visitor::Nobody);
            };
            return Ok(Visitor::Registered {
                login_id,
                waiting: email::only_waiting(db, member).await?,
            });
        }
        let over = row
            .ended_at
            .or(row.link_ended_at)
            .or(row.postcard_ended_at)
            .is_some();
        if row.ended_at.is_none() && row.postcard_used_at.is_some() {
            return Ok(Visitor::PostcardUsed);
        }
        return Ok(match row.address {
            Some(address) if !over => Visitor::Provisional(Provisional {
                session: row.id,
                address,
                until: Timestamp(row.expires_at),
            }),
            _ => Visitor::Nobody,
        });
    }
    if row.kind == "reissue" && row.ended_by.as_deref() == Some("completed") {
        return Ok(Visitor::Reissued);
    }
    if row.ended_at.or(row.disabled_at).or(row.left_at).is_some() {
        return Ok(Visitor::Nobody);
    }
    let (Some(id), Some(person), Some(login_id), Some(nickname)) =
        (row.member_id, row.person_id, row.login_id, row.nickname)
    else {
        return Ok(Visitor::Nobody);
    };
    if row.kind == "reissue" {
        return Ok(match row.link_ended_at {
            Some(_) => Visitor::Nobody,
            None => Visitor::Reissuing(Reissuing {
                session: row.id,
                member: id,
                login_id,
                until: Timestamp(row.expires_at),
            }),
        });
    }
    if now >= Timestamp(row.last_seen_at).plus(SEEN_EVERY) {
        // Whoever only reads is not turned away because this cannot be noted.
        if let Err(error) = touch(db, row.id, now).await
            && !super::is_busy(&error)
        {
            let error = super::told(&error);
            tracing::warn!(error, "a session's last visit was not noted");
        }
    }
    Ok(Visitor::Member(Member {
        id,
        person,
        session: row.id,
        login_id,
        nickname,
        password_given_at: Timestamp(row.password_given_at),
        previous_sign_in: row.previous_sign_in_at.map(Timestamp),
    }))
}

/// What the session's token is known by at this moment; empty for one that is gone.
///
/// # Errors
/// Whatever the database answers.
pub async fn token_hash(db: &Db, session: Uuid) -> Result<Vec<u8>> {
    let hash: Option<Vec<u8>> = on!(read db, pool => {
        sqlx::query_scalar("select token_hash from session where id = $1")
            .bind(session)
            .fetch_optional(pool)
            .await?
    });
    Ok(hash.unwrap_or_default())
}

/// Whether a member's session that is nobody's any more was ended, and did not run out.
///
/// # Errors
/// Whatever the database answers.
pub async fn was_ended(db: &Db, token_hash: &[u8]) -> Result<bool> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select exists (select 1 from session
                            where token_hash = $1 and kind = 'member' and ended_at is not null
                              and coalesce(ended_by, '') <> 'lapsed')",
        )
        .bind(token_hash)
        .fetch_one(pool)
        .await
    })
}

/// Where somebody else is writing, the next request does it.
async fn touch(db: &Db, session: Uuid, now: Timestamp) -> Result<()> {
    let Some(mut tx) = db.write_now().await? else {
        return Ok(());
    };
    on!(write &mut tx, conn => {
        sqlx::query("update session set last_seen_at = $2 where id = $1 and ended_at is null")
            .bind(session)
            .bind(now.0)
            .execute(conn)
            .await?;
    });
    tx.commit().await
}

/// Likewise.
async fn note_over(db: &Db, session: Uuid, now: Timestamp) -> Result<()> {
    let Some(mut tx) = db.write_now().await? else {
        return Ok(());
    };
    on!(write &mut tx, conn => {
        sqlx::query(
            "update session set ended_at = $2, ended_by = 'lapsed'
             where id = $1 and ended_at is null",
        )
        .bind(session)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    tx.commit().await
}

/// A member's sessions that are open at this moment, the one seen last first.
///
/// # Errors
/// Whatever the database answers.
pub async fn open_of(db: &Db, member: Uuid, now: Timestamp) -> Result<Vec<OpenSession>> {
    let rows: Vec<(Uuid, String, String, i64, i64)> = on!(read db, pool => {
        sqlx::query_as(
            "select id, network_address, device, started_at, last_seen_at from session
             where member_id = $1 and kind = 'member' and ended_at is null
               and expires_at > $2 and expires_at <= $4
               and last_seen_at > $3 and last_seen_at <= $5
             order by last_seen_at desc, id desc",
        )
        .bind(member)
        .bind(now.0)
        .bind(now.minus(IDLE).0)
        .bind(now.latest_end(lifetime::SESSION).0)
        .bind(now.latest_end(Duration::ZERO).0)
        .fetch_all(pool)
        .await?
    });
    let open = |(id, network_address, device, started_at, last_seen_at)| OpenSession {
        id,
        from: RequestOrigin {
            network_address,
            device,
        },
        started_at: Timestamp(started_at),
        last_seen_at: Timestamp(last_seen_at),
    };
    Ok(rows.into_iter().map(open).collect())
}

/// Whether a session is one of this member's, open or not.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_theirs(tx: &mut Tx, session: Uuid, member: Uuid) -> Result<bool> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select exists (select 1 from session
                            where id = $1 and member_id = $2 and kind = 'member')",
        )
        .bind(session)
        .bind(member)
        .fetch_one(conn)
        .await
    })
}

/// Whether a member's session is open, asked again in the transaction of what it
/// is to change: it may have been ended since the request began.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_open(tx: &mut Tx, session: Uuid) -> Result<bool> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select exists (select 1 from session where id = $1 and ended_at is null)",
        )
        .bind(session)
        .fetch_one(conn)
        .await
    })
}

/// The session goes on under another token; `given_at` says when the password was
/// last given in it. Answers its absolute end, which stays.
///
/// # Errors
/// Whatever the database answers; there is no row for a session that has ended.
pub async fn renew(
    tx: &mut Tx,
    session: Uuid,
    token_hash: &[u8],
    given_at: Timestamp,
) -> Result<Timestamp> {
    let until: i64 = on!(write tx, conn => {
        sqlx::query_scalar(
            "update session set token_hash = $2, password_given_at = $3
             where id = $1 and ended_at is null returning expires_at",
        )
        .bind(session)
        .bind(token_hash)
        .bind(given_at.0)
        .fetch_one(conn)
        .await?
    });
    Ok(Timestamp(until))
}

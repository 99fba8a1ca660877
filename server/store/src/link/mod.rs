//! Links in letters: known by the SHA-256 of their token, and by nothing else. Here
//! is what all of them have in common; what one purpose alone asks has its own file.

pub mod confirmation;
pub mod device;
pub mod reissue;

use std::time::Duration;

use domain::{ports::OpenLink, rules::email::EmailAddress, values::timestamp::Timestamp};
use uuid::Uuid;

use super::{Db, Result, Tx, email::Email, lifetime, on};

/// So many wrong tries end a link.
pub const TRIES: i64 = 10;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// 新規利用登録
    Registration,
    /// パスワード再発行
    Reissue,
    /// Confirms an address that was added to an account.
    Email,
    /// Disowns a sign-in from a new device.
    Device,
}

impl Purpose {
    /// The name in the database and in the token's derivation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Reissue => "reissue",
            Self::Email => "email",
            Self::Device => "device",
        }
    }

    /// The purpose of that name in the database.
    pub fn parse(name: &str) -> Option<Self> {
        let all = [Self::Registration, Self::Reissue, Self::Email, Self::Device];
        all.into_iter().find(|purpose| purpose.as_str() == name)
    }
}

impl Purpose {
    /// How long a link for this works at most.
    pub const fn life(self) -> Duration {
        match self {
            Self::Registration | Self::Reissue | Self::Email => lifetime::LINK,
            // As long as the session can that it ends.
            Self::Device => lifetime::SESSION,
        }
    }
}

/// A link to be.
#[derive(Clone, Copy, Debug)]
pub struct NewLink<'a> {
    /// Its row.
    pub id: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// SHA-256 of its token.
    pub token_hash: &'a [u8],
    /// Where it is sent.
    pub address: &'a EmailAddress,
    /// Whose account it opens, or whose address it confirms.
    pub member: Option<Uuid>,
    /// Which of the member's addresses it confirms.
    pub email: Option<Uuid>,
    /// Which session it ends.
    pub session: Option<Uuid>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// From then on it is refused.
    pub expires_at: Timestamp,
    /// Whether the page that asked says that none was sent; see [`Latest::is_spent`].
    pub is_untold: bool,
    /// Set for one that must never work: the row is only there to cost the same.
    pub ended_at: Option<Timestamp>,
}

/// Writes a link.
///
/// # Errors
/// Whatever the database answers.
pub async fn insert(tx: &mut Tx, link: &NewLink<'_>) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into link (id, purpose, token_hash, address, address_key, member_id, email_id,
                               session_id, asked_at, expires_at, ended_at, is_untold)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(link.id)
        .bind(link.purpose.as_str())
        .bind(link.token_hash)
        .bind(link.address.as_str())
        .bind(link.address.key())
        .bind(link.member)
        .bind(link.email)
        .bind(link.session)
        .bind(link.asked_at.0)
        .bind(link.expires_at.0)
        .bind(link.ended_at.map(|at| at.0))
        .bind(link.is_untold)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// What an address was last asked to be sent, as whoever asked was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    /// The link.
    pub id: Uuid,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// From then on it is refused.
    pub expires_at: Timestamp,
    /// Whether it, or what went out untold since, works no longer although its time has not
    /// come: it was used, something later took its place, or it was tried too often. A
    /// stranger must not learn it.
    pub is_spent: bool,
}

/// The link of this purpose that an address was last asked to be sent; one from a clock
/// that was ahead is passed over.
///
/// # Errors
/// Whatever the database answers.
pub async fn latest(
    tx: &mut Tx,
    purpose: Purpose,
    address_key: &str,
    now: Timestamp,
) -> Result<Option<Latest>> {
    let found: Option<(Uuid, i64, i64, bool)> = on!(write tx, conn => {
        sqlx::query_as(
            "select id, asked_at, expires_at,
                    (select coalesce(last.ended_by, '') in ($4, $5) or last.wrong_tries >= $6
                     from link last
                     where last.address_key = $1 and last.purpose = $2 and last.asked_at <= $3
                     order by last.asked_at desc, last.id desc limit 1)
             from link
             where address_key = $1 and purpose = $2 and asked_at <= $3 and not is_untold
             order by asked_at desc, id desc limit 1",
        )
        .bind(address_key)
        .bind(purpose.as_str())
        .bind(now.latest_end(Duration::ZERO).0)
        .bind(End::Used.as_str())
        .bind(End::Replaced.as_str())
        .bind(TRIES)
        .fetch_optional(conn)
        .await?
    });
    Ok(found.map(|(id, asked_at, expires_at, is_spent)| Latest {
        id,
        asked_at: Timestamp(asked_at),
        expires_at: Timestamp(expires_at),
        is_spent,
    }))
}

/// How many links of this purpose an address was asked to be sent within `span` before
/// now (a letter of a minute ago has left the last minute).
///
/// # Errors
/// Whatever the database answers.
pub async fn count_asked_within(
    tx: &mut Tx,
    purpose: Purpose,
    address_key: &str,
    span: Duration,
    now: Timestamp,
) -> Result<i64> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select count(*) from link
             where address_key = $1 and purpose = $2 and asked_at > $3 and asked_at <= $4
               and not is_untold",
        )
        .bind(address_key)
        .bind(purpose.as_str())
        .bind(now.minus(span).0)
        .bind(now.latest_end(Duration::ZERO).0)
        .fetch_one(conn)
        .await
    })
}

/// A link that works at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Open {
    /// Its row.
    pub id: Uuid,
    /// From then on it is refused, in Unix milliseconds.
    pub expires_at: i64,
    /// Tries at it, with the present one, since the last right pair.
    pub wrong_tries: i64,
}

/// Looks a link up and changes nothing: a mail scanner may do it ten times.
///
/// # Errors
/// Whatever the database answers.
pub async fn find_open(
    db: &Db,
    purpose: Purpose,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<OpenLink>> {
    let found: Option<(String, i64)> = on!(read db, pool => {
        sqlx::query_as(
            "select address, expires_at from link
             where token_hash = $1 and purpose = $2 and expires_at > $3 and expires_at <= $5
               and ended_at is null and wrong_tries < $4",
        )
        .bind(token_hash)
        .bind(purpose.as_str())
        .bind(now.0)
        .bind(TRIES)
        .bind(now.latest_end(purpose.life()).0)
        .fetch_optional(pool)
        .await?
    });
    Ok(found.map(|(address, until)| OpenLink {
        address,
        until: Timestamp(until),
    }))
}

/// Counts a try with an open link before it is judged; `None` when the link is
/// not open (any more).
///
/// # Errors
/// Whatever the database answers.
pub async fn count_try(
    tx: &mut Tx,
    purpose: Purpose,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Open>> {
    on!(write tx, conn => {
        // What was seen over stays over, whatever the clock says next.
        sqlx::query(
            "update link set ended_at = $3
             where token_hash = $1 and purpose = $2 and expires_at <= $3 and ended_at is null",
        )
        .bind(token_hash)
        .bind(purpose.as_str())
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
        sqlx::query_as(
            "update link set wrong_tries = wrong_tries + 1
             where token_hash = $1 and purpose = $2 and expires_at > $3 and expires_at <= $5
               and ended_at is null and wrong_tries < $4
             returning id, expires_at, wrong_tries",
        )
        .bind(token_hash)
        .bind(purpose.as_str())
        .bind(now.0)
        .bind(TRIES)
        .bind(now.latest_end(purpose.life()).0)
        .fetch_optional(conn)
        .await
    })
}

/// The right pair came: earlier tries are forgotten.
///
/// # Errors
/// Whatever the database answers.
pub async fn reset_tries(tx: &mut Tx, link: Uuid) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update link set wrong_tries = 0 where id = $1").bind(link).execute(conn).await?;
    });
    Ok(())
}

/// How a link ended before its time, where a later look has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// What it was sent for is done.
    Used,
    /// Something later has taken its place: a new password, a new registration.
    Replaced,
    /// The address it was sent to is not the member's any more, or the member has left.
    Removed,
}

impl End {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Replaced => "replaced",
            Self::Removed => "removed",
        }
    }
}

/// Whether a link that works no longer was taken back, and neither used nor run out.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_taken_back(db: &Db, token_hash: &[u8]) -> Result<bool> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select exists (select 1 from link
                            where token_hash = $1 and ended_by in ($2, $3))",
        )
        .bind(token_hash)
        .bind(End::Replaced.as_str())
        .bind(End::Removed.as_str())
        .fetch_one(pool)
        .await
    })
}

/// Ends every open link of a member, those that disown a sign-in too: the account closes,
/// or begins anew.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_all_of(tx: &mut Tx, member: Uuid, end: End, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update link set ended_at = $2, ended_by = $3
             where member_id = $1 and ended_at is null",
        )
        .bind(member)
        .bind(now.0)
        .bind(end.as_str())
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends the reissue's link that has been used, and whatever else opens the account or
/// confirms an address. What has to do with disowning a sign-in stays: whoever got in by
/// a stolen password must not put it out.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_openings_of(tx: &mut Tx, member: Uuid, used: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update link set ended_at = $2, ended_by = case when id = $3 then $4 else $5 end
             where member_id = $1 and ended_at is null and (session_id is null or id = $3)",
        )
        .bind(member)
        .bind(now.0)
        .bind(used)
        .bind(End::Used.as_str())
        .bind(End::Replaced.as_str())
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends every open reissue of a member, but for those that disowned a sign-in.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_reissues_of(tx: &mut Tx, member: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update link set ended_at = $2, ended_by = $4
             where member_id = $1 and purpose = $3 and session_id is null and ended_at is null",
        )
        .bind(member)
        .bind(now.0)
        .bind(Purpose::Reissue.as_str())
        .bind(End::Replaced.as_str())
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends what was sent to an address that a member removes. What disowns a sign-in stays
/// while no address remains that was confirmed before this one: an intruder who adds an
/// address and removes the owner's must not disarm her letter, and his own falls with his
/// address.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_removed(tx: &mut Tx, email: &Email, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update link set ended_at = $3, ended_by = $4
             where member_id = $1 and address_key = $2 and ended_at is null
               and (session_id is null
                    or exists (select 1 from email older
                               where older.member_id = $1 and older.id <> $5
                                 and older.confirmed_at < $6))",
        )
        .bind(email.member_id)
        .bind(&email.address_key)
        .bind(now.0)
        .bind(End::Removed.as_str())
        .bind(email.id)
        .bind(email.confirmed_at)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends whatever was sent to an address for a member, without exception.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_all_to(tx: &mut Tx, email: &Email, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update link set ended_at = $3, ended_by = $4
             where member_id = $1 and address_key = $2 and ended_at is null",
        )
        .bind(email.member_id)
        .bind(&email.address_key)
        .bind(now.0)
        .bind(End::Removed.as_str())
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends every open registration link of an address: its registration is complete.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_registrations(tx: &mut Tx, address_key: &str, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update link set ended_at = $2, ended_by = $3
             where address_key = $1 and purpose = 'registration' and ended_at is null",
        )
        .bind(address_key)
        .bind(now.0)
        .bind(End::Used.as_str())
        .execute(conn)
        .await?;
    });
    Ok(())
}

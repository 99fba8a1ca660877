//! The links that confirm an address.

use std::time::Duration;

use domain::{ports::WaitingAddress, values::timestamp::Timestamp};
use uuid::Uuid;

use super::{End, Purpose};
use crate::{Db, Result, Tx, on};

/// How long an added address counts against the next ones.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What a confirmation's link would confirm, while it works.
///
/// # Errors
/// Whatever the database answers.
pub async fn waiting_address(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<WaitingAddress>> {
    let found: Option<(String, String)> = on!(read db, pool => {
        sqlx::query_as(
            "select l.address, m.nickname from link l join member m on m.id = l.member_id
             where l.token_hash = $1 and l.purpose = $2
               and l.expires_at > $3 and l.expires_at <= $4 and l.ended_at is null and m.disabled_at is null and m.left_at is null",
        )
        .bind(token_hash)
        .bind(Purpose::Email.as_str())
        .bind(now.0)
        .bind(now.latest_end(Purpose::Email.life()).0)
        .fetch_optional(pool)
        .await?
    });
    Ok(found.map(|(address, nickname)| WaitingAddress { address, nickname }))
}

/// Whose address a confirmation's link is for, whether it still works or not.
///
/// # Errors
/// Whatever the database answers.
pub async fn member_of(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select member_id from link
             where token_hash = $1 and purpose = $2 and member_id is not null",
        )
        .bind(token_hash)
        .bind(Purpose::Email.as_str())
        .fetch_optional(conn)
        .await
    })
}

/// What a confirmation's link was for.
#[derive(Clone, Debug, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Confirmation {
    /// Whose address.
    pub member_id: Uuid,
    /// Which.
    pub email_id: Uuid,
    /// As it was typed.
    pub address: String,
}

/// Ends a confirmation's link because it is used, and with it the others that were
/// sent for the same address; `None` when it is over. The account is held already.
///
/// # Errors
/// Whatever the database answers.
pub async fn use_up(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Confirmation>> {
    let used: Option<Confirmation> = on!(write tx, conn => {
        sqlx::query_as(
            "update link set ended_at = $3, ended_by = $5
             where token_hash = $1 and purpose = $2 and expires_at > $3 and expires_at <= $4
               and ended_at is null
             returning member_id, email_id, address",
        )
        .bind(token_hash)
        .bind(Purpose::Email.as_str())
        .bind(now.0)
        .bind(now.latest_end(Purpose::Email.life()).0)
        .bind(End::Used.as_str())
        .fetch_optional(conn)
        .await?
    });
    if let Some(used) = &used {
        on!(write tx, conn => {
            sqlx::query(
                "update link set ended_at = $2, ended_by = $3
                 where email_id = $1 and ended_at is null",
            )
            .bind(used.email_id)
            .bind(now.0)
            .bind(End::Used.as_str())
            .execute(conn)
            .await?;
        });
    }
    Ok(used)
}

/// Whether a confirmation's link has done its work.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_used(tx: &mut Tx, token_hash: &[u8]) -> Result<bool> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select exists (select 1 from link l join email e on e.id = l.email_id
                            where l.token_hash = $1 and l.purpose = $2 and l.ended_at is not null
                              and e.confirmed_at is not null)",
        )
        .bind(token_hash)
        .bind(Purpose::Email.as_str())
        .fetch_one(conn)
        .await
    })
}

/// The same for whoever looks at it again: the address is still there, and its member.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_confirmed(db: &Db, token_hash: &[u8]) -> Result<bool> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select exists (select 1 from link l
                            join email e on e.id = l.email_id
                            join member m on m.id = e.member_id
                            where l.token_hash = $1 and l.purpose = $2 and l.ended_at is not null
                              and e.confirmed_at is not null
                              and m.disabled_at is null and m.left_at is null)",
        )
        .bind(token_hash)
        .bind(Purpose::Email.as_str())
        .fetch_one(pool)
        .await
    })
}

/// Ends the links that confirm a member's address, or all of them, and lets go of
/// it: the address can be removed, and its letters still count against the caps.
///
/// # Errors
/// Whatever the database answers.
pub async fn release(tx: &mut Tx, member: Uuid, email: Option<Uuid>, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update link set ended_by = case when ended_at is null then $4 else ended_by end,
                             ended_at = coalesce(ended_at, $3), email_id = null
             where member_id = $1 and email_id is not null and ($2 is null or email_id = $2)",
        )
        .bind(member)
        .bind(email)
        .bind(now.0)
        .bind(End::Removed.as_str())
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// How many different addresses other than this one a member has added within the day
/// before now and not confirmed, whether they are still there or not: their links outlive them.
///
/// # Errors
/// Whatever the database answers.
pub async fn count_others(
    tx: &mut Tx,
    member: Uuid,
    address_key: &str,
    now: Timestamp,
) -> Result<i64> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select count(distinct address_key) from link
             where member_id = $1 and purpose = $2 and asked_at > $3 and asked_at <= $5
               and address_key <> $4
               and not exists (select 1 from email e
                               where e.member_id = $1 and e.address_key = link.address_key
                                 and e.confirmed_at is not null)",
        )
        .bind(member)
        .bind(Purpose::Email.as_str())
        .bind(now.minus(DAY).0)
        .bind(address_key)
        .bind(now.latest_end(Duration::ZERO).0)
        .fetch_one(conn)
        .await
    })
}

//! Passkeys, of members and of staff, and the challenges that were answered.

use domain::{ports::Passkey, rules::PasskeyName, values::timestamp::Timestamp};
use uuid::Uuid;

use super::Holder;
use crate::{Db, Result, Tx, on};

/// One that is added.
#[derive(Clone, Copy, Debug)]
pub struct NewPasskey<'a> {
    /// Whose it is.
    pub holder: Holder,
    /// What the holder calls it.
    pub name: &'a PasskeyName,
    /// The credential.
    pub credential: Credential<'a>,
    /// When.
    pub added_at: Timestamp,
}

/// What is kept of a credential.
#[derive(Clone, Copy, Debug)]
pub struct Credential<'a> {
    /// By which the browser names it.
    pub id: &'a [u8],
    /// The whole, as the library keeps it.
    pub text: &'a str,
    /// How often the device says it has signed.
    pub counter: u32,
    /// Whether it may be copied to other devices.
    pub backup_eligible: bool,
    /// Whether it has been.
    pub backup_state: bool,
}

/// What a sign-in needs to know of one.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct Stored {
    /// Its row.
    pub id: Uuid,
    /// Whose it is.
    pub holder_id: Uuid,
    /// Of which kind that is.
    pub holder_kind: String,
    /// The credential, as the library keeps it.
    pub credential: String,
}

/// What a page shows of a holder's passkeys.
pub const OF_HOLDER: &str = "select id, name, added_at, last_used_at from passkey
     where holder_id = $1 and holder_kind = $2 order by added_at, id";

/// What a sign-in asks for.
pub const BY_CREDENTIAL_ID: &str =
    "select id, holder_id, holder_kind, credential from passkey where credential_id = $1";

/// A holder's passkeys, the oldest first.
///
/// # Errors
/// Whatever the database answers.
pub async fn of(db: &Db, holder: Holder) -> Result<Vec<Passkey>> {
    let rows: Vec<(Uuid, String, i64, Option<i64>)> = on!(read db, conn => {
        sqlx::query_as(OF_HOLDER)
        .bind(holder.id())
        .bind(holder.kind())
        .fetch_all(conn)
        .await?
    });
    let passkey = |(id, name, added_at, last_used_at): (_, _, _, Option<i64>)| Passkey {
        id,
        name,
        added_at: Timestamp(added_at),
        last_used_at: last_used_at.map(Timestamp),
    };
    Ok(rows.into_iter().map(passkey).collect())
}

/// By what the browsers name a holder's passkeys.
///
/// # Errors
/// Whatever the database answers.
pub async fn credential_ids(db: &Db, holder: Holder) -> Result<Vec<Vec<u8>>> {
    on!(read db, conn => {
        sqlx::query_scalar(
            "select credential_id from passkey where holder_id = $1 and holder_kind = $2",
        )
        .bind(holder.id())
        .bind(holder.kind())
        .fetch_all(conn)
        .await
    })
}

/// How many a holder has. The account is held.
///
/// # Errors
/// Whatever the database answers.
pub async fn count(tx: &mut Tx, holder: Holder) -> Result<i64> {
    on!(write tx, conn => {
        sqlx::query_scalar("select count(*) from passkey where holder_id = $1 and holder_kind = $2")
            .bind(holder.id())
            .bind(holder.kind())
            .fetch_one(conn)
            .await
    })
}

/// Adds one; `false` where somebody has that credential already.
///
/// # Errors
/// Whatever the database answers.
pub async fn insert(tx: &mut Tx, new: &NewPasskey<'_>) -> Result<bool> {
    let added = on!(write tx, conn => {
        sqlx::query(
            "insert into passkey (id, holder_id, holder_kind, credential_id, credential, name,
                                  added_at, counter, backup_eligible, backup_state)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (credential_id) do nothing",
        )
        .bind(Uuid::now_v7())
        .bind(new.holder.id())
        .bind(new.holder.kind())
        .bind(new.credential.id)
        .bind(new.credential.text)
        .bind(new.name.as_str())
        .bind(new.added_at.0)
        .bind(i64::from(new.credential.counter))
        .bind(new.credential.backup_eligible)
        .bind(new.credential.backup_state)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(added == 1)
}

/// The passkey that a browser names.
///
/// # Errors
/// Whatever the database answers.
pub async fn by_credential_id(tx: &mut Tx, credential_id: &[u8]) -> Result<Option<Stored>> {
    on!(write tx, conn => {
        sqlx::query_as(BY_CREDENTIAL_ID)
        .bind(credential_id)
        .fetch_optional(conn)
        .await
    })
}

/// Notes a sign-in with it, and what its device says of itself since. `false` where it was
/// removed, or a sign-in with the same count was quicker: one of the two is a copy.
///
/// # Errors
/// Whatever the database answers.
pub async fn used(
    tx: &mut Tx,
    passkey: Uuid,
    credential: &Credential<'_>,
    now: Timestamp,
) -> Result<bool> {
    let noted = on!(write tx, conn => {
        sqlx::query(
            "update passkey set credential = $2, counter = $3, backup_eligible = $4,
                                backup_state = $5, last_used_at = $6
             where id = $1 and (counter < $3 or counter = 0 and $3 = 0)",
        )
        .bind(passkey)
        .bind(credential.text)
        .bind(i64::from(credential.counter))
        .bind(credential.backup_eligible)
        .bind(credential.backup_state)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(noted == 1)
}

/// Gives one of a holder's passkeys another name; `false` where it is not theirs.
///
/// # Errors
/// Whatever the database answers.
pub async fn rename(
    tx: &mut Tx,
    holder: Holder,
    passkey: Uuid,
    name: &PasskeyName,
) -> Result<bool> {
    let renamed = on!(write tx, conn => {
        sqlx::query(
            "update passkey set name = $4 where id = $1 and holder_id = $2 and holder_kind = $3",
        )
        .bind(passkey)
        .bind(holder.id())
        .bind(holder.kind())
        .bind(name.as_str())
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(renamed == 1)
}

/// Removes one of a holder's passkeys; `false` where it is not theirs.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove(tx: &mut Tx, holder: Holder, passkey: Uuid) -> Result<bool> {
    let removed = on!(write tx, conn => {
        sqlx::query("delete from passkey where id = $1 and holder_id = $2 and holder_kind = $3")
            .bind(passkey)
            .bind(holder.id())
            .bind(holder.kind())
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(removed == 1)
}

/// Removes those that a holder has added at that instant or since. Answers how many.
pub(super) async fn remove_since(tx: &mut Tx, holder: Holder, since: Timestamp) -> Result<u64> {
    Ok(on!(write tx, conn => {
        sqlx::query(
            "delete from passkey where holder_id = $1 and holder_kind = $2 and added_at >= $3",
        )
        .bind(holder.id())
        .bind(holder.kind())
        .bind(since.0)
        .execute(conn)
        .await?
        .rows_affected()
    }))
}

/// Notes that a challenge was answered; `false` where it was before.
///
/// # Errors
/// Whatever the database answers.
pub async fn use_challenge(tx: &mut Tx, hash: &[u8], expires_at: Timestamp) -> Result<bool> {
    let noted = on!(write tx, conn => {
        sqlx::query(
            "insert into used_challenge (hash, expires_at) values ($1, $2)
             on conflict (hash) do nothing",
        )
        .bind(hash)
        .bind(expires_at.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(noted == 1)
}

//! The seals over the audit: numbered from one without a gap, never changed.

use sqlx::PgPool;
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// PostgreSQL's `lock_not_available`.
const NO_LOCK: &str = "55P03";

/// An entry as it is stored.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct StoredEntry {
    /// Its number; numbers grow, with gaps.
    pub id: i64,
    /// When it happened, in Unix milliseconds.
    pub at: i64,
    /// What happened.
    pub event: String,
    /// To whom, as a person on the roster.
    pub person_id: Option<Uuid>,
    /// To whom, as a member.
    pub member_id: Option<Uuid>,
    /// From where.
    pub network_address: String,
    /// What the event alone does not say.
    pub detail: String,
    /// Who did it.
    pub actor: String,
}

/// A seal over every entry after the seal before it, up to its own last.
#[derive(Clone, Debug, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Seal {
    /// Its number.
    pub id: i64,
    /// The first entry under it.
    pub first_entry: i64,
    /// The last.
    pub last_entry: i64,
    /// How many there are.
    pub entries: i64,
    /// When it was made, in Unix milliseconds.
    pub sealed_at: i64,
    /// Of the key it was made with.
    pub key_mark: Vec<u8>,
    /// Over all that, the entries and the seal before.
    pub hash: Vec<u8>,
}

/// The newest seal.
///
/// # Errors
/// Whatever the database answers.
pub async fn newest(db: &Db) -> Result<Option<Seal>> {
    on!(read db, pool => {
        sqlx::query_as("select * from audit_seal order by id desc limit 1")
            .fetch_optional(pool)
            .await
    })
}

/// The seal of that number.
///
/// # Errors
/// Whatever the database answers.
pub async fn find(db: &Db, id: i64) -> Result<Option<Seal>> {
    on!(read db, pool => {
        sqlx::query_as("select * from audit_seal where id = $1").bind(id).fetch_optional(pool).await
    })
}

/// The seals after the one of that number, in order, `most` at a time.
///
/// # Errors
/// Whatever the database answers.
pub async fn after(db: &Db, id: i64, most: i64) -> Result<Vec<Seal>> {
    on!(read db, pool => {
        sqlx::query_as("select * from audit_seal where id > $1 order by id limit $2")
            .bind(id)
            .bind(most)
            .fetch_all(pool)
            .await
    })
}

/// Adds a seal; `false` when another server was quicker with one of its number.
///
/// # Errors
/// Whatever the database answers.
pub async fn add(tx: &mut Tx, seal: &Seal) -> Result<bool> {
    let added = on!(write tx, conn => {
        sqlx::query(
            "insert into audit_seal
                 (id, first_entry, last_entry, entries, sealed_at, key_mark, hash)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (id) do nothing",
        )
        .bind(seal.id)
        .bind(seal.first_entry)
        .bind(seal.last_entry)
        .bind(seal.entries)
        .bind(seal.sealed_at)
        .bind(&seal.key_mark)
        .bind(&seal.hash)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(added == 1)
}

/// The entries after number `id` up to and with `last`, in order, `most` at a time.
///
/// # Errors
/// Whatever the database answers.
pub async fn entries(db: &Db, id: i64, last: i64, most: i64) -> Result<Vec<StoredEntry>> {
    on!(read db, pool => {
        sqlx::query_as(
            "select id, at, event, person_id, member_id, network_address, detail, actor
             from audit where id > $1 and id <= $2 order by id limit $3",
        )
        .bind(id)
        .bind(last)
        .bind(most)
        .fetch_all(pool)
        .await
    })
}

/// How many entries there are after number `id`; no more than `most` are counted.
///
/// # Errors
/// Whatever the database answers.
pub async fn count_after(db: &Db, id: i64, most: i64) -> Result<i64> {
    const COUNT: &str = "select count(*) from (select id from audit where id > $1 limit $2) a";
    on!(read db, conn => {
        sqlx::query_scalar(COUNT).bind(id).bind(most).fetch_one(conn).await
    })
}

/// When the first entry after number `id` happened, in Unix milliseconds.
///
/// # Errors
/// Whatever the database answers.
pub async fn waiting_since(db: &Db, id: i64) -> Result<Option<i64>> {
    on!(read db, pool => {
        sqlx::query_scalar("select at from audit where id > $1 order by id limit 1")
            .bind(id).fetch_optional(pool).await
    })
}

/// Up to which entry nothing can be added any more, if there is anything after
/// number `id`; `None` also when that cannot be told at this moment.
///
/// SQLite has one writer, so entries become visible in the order of their numbers.
/// PostgreSQL gives a number out before its transaction commits: number 7 may be
/// there while 6 is still to come. No margin of time would be safe, since an import
/// may run for minutes. But whoever adds an entry holds a lock on the table from
/// before the number is drawn until the commit; once nobody does, every number given
/// out is either visible or never will be.
///
/// # Errors
/// Whatever the database answers.
pub async fn settled(db: &Db, id: i64) -> Result<Option<i64>> {
    if count_after(db, id, 1).await? == 0 {
        return Ok(None);
    }
    match db {
        Db::Sqlite(_) => on!(read db, conn => {
            sqlx::query_scalar("select max(id) from audit").fetch_one(conn).await
        }),
        Db::Postgres(pool) => match settled_under_lock(pool).await {
            Err(sqlx::Error::Database(error)) if error.code().is_some_and(|c| c == NO_LOCK) => {
                Ok(None)
            }
            settled => settled,
        },
    }
}

/// While the lock is waited for, requests that have something to note wait behind
/// it: so it is not waited for long, and asked for again a minute later.
async fn settled_under_lock(pool: &PgPool) -> Result<Option<i64>> {
    let mut tx = crate::begin(pool.acquire().await?).await?;
    sqlx::query("set local lock_timeout = '100ms'")
        .execute(&mut *tx)
        .await?;
    sqlx::query("lock table audit in share mode")
        .execute(&mut *tx)
        .await?;
    let settled = sqlx::query_scalar("select max(id) from audit")
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(settled)
}

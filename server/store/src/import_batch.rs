//! Every import that was taken, and how one is withdrawn: the lines that it brought go, and
//! those that it replaced come back.

use std::time::Duration;

use domain::values::{month::Month, timestamp::Timestamp};
use sqlx_macros::FromRow;

use super::{Db, Result, Tx, checkup, expense_month, on};

/// For so long an import keeps what it has replaced, if no later one touches it.
pub const KEPT: Duration = Duration::from_secs(40 * 24 * 3600);

/// An import that is being taken.
#[derive(Clone, Copy, Debug)]
pub struct NewBatch<'a> {
    /// Which list.
    pub kind: &'a str,
    /// What whoever brought it called the file.
    pub file_name: &'a str,
    /// Of the file.
    pub sha256: &'a [u8; 32],
    /// A staff row's id; empty at the command line.
    pub actor: &'a str,
    /// When.
    pub at: Timestamp,
}

/// How many lines an import has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Added.
    pub added: i64,
    /// Changed.
    pub changed: i64,
    /// Taken out.
    pub taken_out: i64,
}

/// An import that was taken.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Batch {
    /// It is called by this number.
    pub id: i64,
    /// Which list.
    pub kind: String,
    /// The file's name.
    pub file_name: String,
    /// A staff row's id; empty at the command line.
    pub actor: String,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Lines added.
    pub added: i64,
    /// Lines changed.
    pub changed: i64,
    /// Lines taken out.
    pub taken_out: i64,
    /// The later import that touched what this one brought.
    pub touched_by: Option<i64>,
    /// When it was withdrawn, in Unix milliseconds.
    pub withdrawn_at: Option<i64>,
}

/// The columns of [`Batch`].
const COLUMNS: &str = "id, kind, file_name, actor, at, added, changed, taken_out, touched_by,
                       withdrawn_at";

/// Begins one, in the transaction that brings it in: its number.
///
/// # Errors
/// Whatever the database answers.
pub async fn begin(tx: &mut Tx, new: NewBatch<'_>) -> Result<i64> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "insert into import_batch (kind, file_name, sha256, actor, at)
             values ($1, $2, $3, $4, $5) returning id",
        )
        .bind(new.kind)
        .bind(new.file_name)
        .bind(&new.sha256[..])
        .bind(new.actor)
        .bind(new.at.0)
        .fetch_one(conn)
        .await
    })
}

/// Notes what it has changed.
///
/// # Errors
/// Whatever the database answers.
pub async fn count(tx: &mut Tx, id: i64, lines: Lines) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update import_batch set added = $2, changed = $3, taken_out = $4 where id = $1",
        )
        .bind(id)
        .bind(lines.added)
        .bind(lines.changed)
        .bind(lines.taken_out)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Earlier imports whose lines or groups this one has touched: what they replaced is not kept
/// any longer.
pub(super) async fn touch(tx: &mut Tx, touched: Vec<i64>, by: i64) -> Result<()> {
    on!(write tx, conn => {
        for id in touched {
            sqlx::query(
                "update import_batch set touched_by = $2 where id = $1 and touched_by is null",
            )
            .bind(id)
            .bind(by)
            .execute(&mut *conn)
            .await?;
            for forget in [
                "delete from expense_replaced where replaced_by = $1",
                "delete from checkup_replaced where replaced_by = $1",
            ] {
                sqlx::query(forget).bind(id).execute(&mut *conn).await?;
            }
        }
    });
    Ok(())
}

/// One of them.
///
/// # Errors
/// Whatever the database answers.
pub async fn find(db: &Db, id: i64) -> Result<Option<Batch>> {
    let sql = format!("select {COLUMNS} from import_batch where id = $1");
    on!(read db, conn => {
        // Made of constants alone.
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await
    })
}

/// The same within a transaction.
///
/// # Errors
/// Whatever the database answers.
pub async fn find_in(tx: &mut Tx, id: i64) -> Result<Option<Batch>> {
    let sql = format!("select {COLUMNS} from import_batch where id = $1");
    on!(write tx, conn => {
        // Made of constants alone.
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await
    })
}

/// The newest ones.
///
/// # Errors
/// Whatever the database answers.
pub async fn newest(db: &Db, most: i64) -> Result<Vec<Batch>> {
    let sql = format!("select {COLUMNS} from import_batch order by id desc limit $1");
    on!(read db, conn => {
        // Made of constants alone.
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(most).fetch_all(conn).await
    })
}

/// One of them, which nobody else withdraws until the transaction ends, and no import of claims
/// touches.
///
/// # Errors
/// Whatever the database answers.
pub async fn held(tx: &mut Tx, id: i64) -> Result<Option<Batch>> {
    let sql = format!("select {COLUMNS} from import_batch where id = $1");
    on!(write tx, conn => {
        // In the order in which an import takes them. Whoever is comparing a file with what is
        // there begins anew.
        sqlx::query("update expense_import set serial = serial + 1").execute(&mut *conn).await?;
        sqlx::query("update import_batch set kind = kind where id = $1")
            .bind(id)
            .execute(&mut *conn)
            .await?;
        // Made of constants alone.
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await
    })
}

/// How many lines went, and how many came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PutBack {
    /// Those of the import.
    pub removed: u64,
    /// Those that it had replaced.
    pub restored: u64,
}

/// Takes the claims of an import out and puts those back that it had replaced; then how many
/// claims there are of each month, the earliest first, to be judged.
///
/// # Errors
/// Whatever the database answers.
pub async fn put_back_claims(tx: &mut Tx, id: i64) -> Result<(PutBack, Vec<(Month, i64)>)> {
    let put_back = on!(write tx, conn => {
        sqlx::query(
            "insert into expense_month (month, claims, is_in)
             select month, cast(sum(claims) as bigint), false from (
                 select month, -count(*) as claims from expense where batch = $1 group by month
                 union all
                 select month, count(*) from expense_replaced where replaced_by = $1
                 group by month) as moved
             group by month
             on conflict (month) do update set claims = expense_month.claims + excluded.claims",
        )
        .bind(id)
        .execute(&mut *conn)
        .await?;
        let removed = sqlx::query("delete from expense where batch = $1")
            .bind(id)
            .execute(&mut *conn)
            .await?
            .rows_affected();
        let restored = sqlx::query(
            "insert into expense (person_id, month, provider, kind, nth, days, total, insurer,
                                  public, paid, meals, extra, batch)
             select person_id, month, provider, kind, nth, days, total, insurer, public, paid,
                    meals, extra, batch
             from expense_replaced where replaced_by = $1",
        )
        .bind(id)
        .execute(&mut *conn)
        .await?
        .rows_affected();
        sqlx::query("delete from expense_replaced where replaced_by = $1")
            .bind(id)
            .execute(&mut *conn)
            .await?;
        PutBack { removed, restored }
    });
    Ok((put_back, expense_month::all(tx).await?))
}

/// The same of results.
///
/// # Errors
/// Whatever the database answers.
pub async fn put_back_checkups(tx: &mut Tx, id: i64) -> Result<PutBack> {
    on!(write tx, conn => {
        let removed = sqlx::query("delete from checkup where batch = $1")
            .bind(id)
            .execute(&mut *conn)
            .await?
            .rows_affected();
        let restored = sqlx::query(concat!(
            "insert into checkup (person_id, taken_on, batch, ", checkup::values!(""), ")
             select person_id, taken_on, batch, ", checkup::values!(""), "
             from checkup_replaced where replaced_by = $1"
        ))
        .bind(id)
        .execute(&mut *conn)
        .await?
        .rows_affected();
        sqlx::query("delete from checkup_replaced where replaced_by = $1")
            .bind(id)
            .execute(&mut *conn)
            .await?;
        Ok(PutBack { removed, restored })
    })
}

/// Notes that it was withdrawn.
///
/// # Errors
/// Whatever the database answers.
pub async fn withdrawn(tx: &mut Tx, id: i64, actor: &str, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update import_batch set withdrawn_at = $2, withdrawn_by = $3 where id = $1")
            .bind(id)
            .bind(now.0)
            .bind(actor)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Forgets some of the lines that imports before `before` have replaced: how many.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_replaced(db: &Db, before: Timestamp, most: i64) -> Result<u64> {
    let old: Vec<i64> = on!(read db, conn => {
        sqlx::query_scalar(
            "select id from import_batch b where at < $1
               and (exists (select 1 from expense_replaced where replaced_by = b.id)
                    or exists (select 1 from checkup_replaced where replaced_by = b.id))
             order by id limit 1",
        )
        .bind(before.0)
        .fetch_all(conn)
        .await?
    });
    let Some(id) = old.first() else {
        return Ok(0);
    };
    let mut tx = db.write().await?;
    let removed = on!(write &mut tx, conn => {
        let mut removed = 0;
        for forget in [
            "delete from expense_replaced where (person_id, month, provider, kind, nth, replaced_by)
             in (select person_id, month, provider, kind, nth, replaced_by from expense_replaced
                 where replaced_by = $1 limit $2)",
            "delete from checkup_replaced where (person_id, taken_on, replaced_by)
             in (select person_id, taken_on, replaced_by from checkup_replaced
                 where replaced_by = $1 limit $2)",
        ] {
            removed += sqlx::query(forget)
                .bind(id)
                .bind(most)
                .execute(&mut *conn)
                .await?
                .rows_affected();
        }
        removed
    });
    tx.commit().await?;
    Ok(removed)
}

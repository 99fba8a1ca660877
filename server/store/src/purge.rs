//! Removing what is not kept any longer.

use domain::values::month::Month;
use time::Date;
use uuid::Uuid;

use super::{Result, Tx, on};

/// Removes everybody's expenses of months before this one.
///
/// # Errors
/// Whatever the database answers.
pub async fn expenses_before(tx: &mut Tx, first_kept: Month) -> Result<u64> {
    on!(write tx, conn => {
        Ok(sqlx::query("delete from expense where month < $1")
            .bind(first_kept.number())
            .execute(conn)
            .await?
            .rows_affected())
    })
}

/// Removes the expenses of those who left on this day or before.
///
/// # Errors
/// Whatever the database answers.
pub async fn expenses_of_leavers(tx: &mut Tx, disqualified_by: Date) -> Result<u64> {
    of_leavers(
        tx,
        "delete from expense
         where person_id in (select id from person where disqualified_on <= $1)",
        disqualified_by,
    )
    .await
}

/// Removes the checkups of those who left on this day or before.
///
/// # Errors
/// Whatever the database answers.
pub async fn checkups_of_leavers(tx: &mut Tx, disqualified_by: Date) -> Result<u64> {
    of_leavers(
        tx,
        "delete from checkup
         where person_id in (select id from person where disqualified_on <= $1)",
        disqualified_by,
    )
    .await
}

/// Forgets which notices those who left on this day or before have read.
///
/// # Errors
/// Whatever the database answers.
pub async fn read_marks_of_leavers(tx: &mut Tx, disqualified_by: Date) -> Result<u64> {
    of_leavers(
        tx,
        "delete from notice_read
         where member_id in (select m.id from member m join person p on p.id = m.person_id
                             where p.disqualified_on <= $1)",
        disqualified_by,
    )
    .await
}

/// Forgets what those who left on this day or before have decided about the insured's
/// looking at their expenses.
///
/// # Errors
/// Whatever the database answers.
pub async fn decisions_of_leavers(tx: &mut Tx, disqualified_by: Date) -> Result<u64> {
    of_leavers(
        tx,
        "update member set shares_expenses = null
         where shares_expenses is not null
           and person_id in (select id from person where disqualified_on <= $1)",
        disqualified_by,
    )
    .await
}

async fn of_leavers(tx: &mut Tx, sql: &'static str, disqualified_by: Date) -> Result<u64> {
    on!(write tx, conn => {
        Ok(sqlx::query(sql).bind(disqualified_by).execute(conn).await?.rows_affected())
    })
}

/// The accounts of those who left on this day or before, where they are still open.
///
/// # Errors
/// Whatever the database answers.
pub async fn open_accounts_of_leavers(tx: &mut Tx, disqualified_by: Date) -> Result<Vec<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select m.id from member m join person p on p.id = m.person_id
             where p.disqualified_on <= $1 and m.left_at is null order by m.id",
        )
        .bind(disqualified_by)
        .fetch_all(conn)
        .await
    })
}

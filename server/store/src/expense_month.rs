//! Which months of medical expenses have come in: counted by every import, so that no
//! page has to count.

use domain::values::month::Month;
use sqlx::AssertSqlSafe;

use super::{Db, Result, Tx, on, staging::placeholders};

/// Adds what an import brought and takes off what it withdrew (`staged_expenses` has
/// compared it); then how many claims there are of each month, the earliest first.
///
/// # Errors
/// Whatever the database answers.
pub async fn count(tx: &mut Tx) -> Result<Vec<(Month, i64)>> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into expense_month (month, claims, is_in)
             select month, cast(sum(case fate when 'added' then 1 else -1 end) as bigint), false
             from staged_claim where fate in ('added', 'withdrawn') group by month order by month
             on conflict (month) do update set claims = expense_month.claims + excluded.claims",
        )
        .execute(&mut *conn)
        .await?;
    });
    all(tx).await
}

/// How many claims there are of each month, the earliest first.
///
/// # Errors
/// Whatever the database answers.
pub async fn all(tx: &mut Tx) -> Result<Vec<(Month, i64)>> {
    let months: Vec<(i64, i64)> = on!(write tx, conn => {
        sqlx::query_as("select month, claims from expense_month order by month")
            .fetch_all(conn)
            .await?
    });
    let month = |(number, claims)| Some((Month::from_number(number)?, claims));
    Ok(months.into_iter().filter_map(month).collect())
}

/// Notes which months are in; all others are not.
///
/// # Errors
/// Whatever the database answers.
pub async fn mark(tx: &mut Tx, months: &[Month]) -> Result<()> {
    // An empty list is none in SQL: the 0 is a month that there never is.
    let sql = format!(
        "update expense_month set is_in = month in (values {})",
        placeholders(months.len() + 1, 1)
    );
    on!(write tx, conn => {
        // Made of constants and a number alone.
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(0_i64);
        for month in months {
            query = query.bind(month.number());
        }
        query.execute(conn).await?;
    });
    Ok(())
}

/// The months that are in, the earliest first.
///
/// # Errors
/// Whatever the database answers.
pub async fn all_in(db: &Db) -> Result<Vec<Month>> {
    let months: Vec<i64> = on!(read db, pool => {
        sqlx::query_scalar("select month from expense_month where is_in order by month")
            .fetch_all(pool)
            .await?
    });
    Ok(months.into_iter().filter_map(Month::from_number).collect())
}

//! A whole list of medical expenses at once, as a roster comes in: its rows wait in
//! a temporary table, then a few statements bring them in, in one transaction.

use sqlx::{AssertSqlSafe, FromRow};

use super::{
    Db, Result, Tx, on,
    staging::{Staging, on_staged, placeholders},
};
use crate::expenses::ExpenseRow;

/// The columns of `expense` that are not its key.
macro_rules! values {
    ($prefix:literal) => {
        concat!(
            $prefix,
            "days, ",
            $prefix,
            "total, ",
            $prefix,
            "insurer, ",
            $prefix,
            "public, ",
            $prefix,
            "paid, ",
            $prefix,
            "meals, ",
            $prefix,
            "extra"
        )
    };
}

/// The waiting rows with the key that they get in `expense`.
///
/// Lines that agree in person, month, provider and kind are numbered by their
/// amounts and not by their places in the file: the same lines in another order
/// are the same rows.
macro_rules! keyed {
    () => {
        concat!(
            "with keyed as (
                 select p.id as person_id, s.month, s.provider, s.kind,
                        row_number() over (
                            partition by p.id, s.month, s.provider, s.kind
                            order by ",
            values!("s."),
            ") as nth, ",
            values!("s."),
            " from staged_expense s join person p
                on p.symbol = s.symbol and p.number = s.number and p.branch = s.branch) "
        )
    };
}

/// The rows of a file, waiting in a temporary table of one connection.
pub struct Staged(Staging);

/// What the file will change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Outcome {
    /// Lines that were not on file.
    pub added: i64,
    /// Lines on file with other days or amounts.
    pub changed: i64,
    /// Lines on file, the same in every column.
    pub unchanged: i64,
    /// The first month in the file, as YYYYMM.
    pub first_month: i64,
    /// The last one.
    pub last_month: i64,
}

impl Staged {
    /// Makes the temporary table; it goes with the connection.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn begin(db: &Db) -> Result<Self> {
        Ok(Self(
            Staging::begin(
                db,
                "create temporary table staged_expense (
                     line bigint not null, symbol text not null, number text not null,
                     branch text not null, month bigint not null, provider text not null,
                     kind text not null, days bigint not null, total bigint not null,
                     insurer bigint not null, public bigint not null, paid bigint not null,
                     meals bigint not null, extra bigint not null)",
            )
            .await?,
        ))
    }

    /// Adds rows, each with its line in the file.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn add(&mut self, rows: &[(u64, ExpenseRow)]) -> Result<()> {
        for rows in rows.chunks(Staging::ROWS_A_STATEMENT) {
            on_staged!(&mut self.0, conn => {
                // Made of constants and a number alone.
                let mut query = sqlx::query(AssertSqlSafe(insert(rows.len())));
                for (line, row) in rows {
                    query = query
                        .bind(line.cast_signed())
                        .bind(&row.key.symbol)
                        .bind(&row.key.number)
                        .bind(&row.key.branch)
                        .bind(row.month.number())
                        .bind(&row.provider)
                        .bind(row.kind.as_str())
                        .bind(row.days)
                        .bind(row.amounts.total)
                        .bind(row.amounts.insurer)
                        .bind(row.amounts.public)
                        .bind(row.amounts.paid)
                        .bind(row.amounts.meals)
                        .bind(row.amounts.extra);
                }
                query.execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Lines about people who are not on the roster: how many, and the first
    /// `most` of them; and whether there is a line about anybody who is.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn strangers(&mut self, most: i64) -> Result<((i64, Vec<i64>), bool)> {
        on_staged!(&mut self.0, conn => {
            let (all, known): (i64, i64) = sqlx::query_as(
                "select count(*), count(p.id) from staged_expense s left join person p
                   on p.symbol = s.symbol and p.number = s.number and p.branch = s.branch",
            )
            .fetch_one(&mut *conn)
            .await?;
            if all == known {
                return Ok(((0, Vec::new()), true));
            }
            let first = sqlx::query_scalar(
                "select line from staged_expense s left join person p
                   on p.symbol = s.symbol and p.number = s.number and p.branch = s.branch
                 where p.id is null order by line limit $1",
            )
            .bind(most)
            .fetch_all(&mut *conn)
            .await?;
            Ok(((all - known, first), known > 0))
        })
    }

    /// Begins the change, on the connection that holds the rows.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn into_tx(self) -> Result<Tx> {
        self.0.into_tx().await
    }
}

fn insert(rows: usize) -> String {
    let columns = concat!(
        "insert into staged_expense (line, symbol, number, branch, month, provider, kind, ",
        values!(""),
        ") values "
    );
    columns.to_owned() + &placeholders(rows, 14)
}

/// Brings the waiting rows in. What is on file and not among them stays as it is:
/// the claims of one month come in several files.
///
/// # Errors
/// Whatever the engine answers.
pub async fn merge(tx: &mut Tx) -> Result<Outcome> {
    on!(write tx, conn => {
        let outcome: Outcome = sqlx::query_as(concat!(
            keyed!(),
            ", compared as (
                 select k.month, e.nth is null as is_new,
                        (", values!("k."), ") is distinct from (", values!("e."), ") as differs
                 from keyed k left join expense e
                   on e.person_id = k.person_id and e.month = k.month
                  and e.provider = k.provider and e.kind = k.kind and e.nth = k.nth)
             select count(*) filter (where is_new) as added,
                    count(*) filter (where not is_new and differs) as changed,
                    count(*) filter (where not is_new and not differs) as unchanged,
                    min(month) as first_month, max(month) as last_month
             from compared"
        ))
        .fetch_one(&mut *conn)
        .await?;
        sqlx::query(concat!(
            "insert into expense (person_id, month, provider, kind, nth, ", values!(""), ") ",
            keyed!(),
            "select person_id, month, provider, kind, nth, ", values!(""), " from keyed where true
             on conflict (person_id, month, provider, kind, nth) do update set
                 days = excluded.days, total = excluded.total, insurer = excluded.insurer,
                 public = excluded.public, paid = excluded.paid, meals = excluded.meals,
                 extra = excluded.extra
             where (", values!("expense."), ") is distinct from (", values!("excluded."), ")"
        ))
        .execute(&mut *conn)
        .await?;
        sqlx::query("update expense_arrival set last_month = $1 where last_month < $1")
            .bind(outcome.last_month)
            .execute(&mut *conn)
            .await?;
        Ok(outcome)
    })
}

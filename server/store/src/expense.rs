//! Medical expenses, read by person and month: the order in which the table lies.

use std::ops::RangeInclusive;

use domain::values::{
    expense::{Amounts, Expense, Kind},
    month::Month,
};
use sqlx::AssertSqlSafe;
use sqlx_macros::FromRow;
use uuid::Uuid;

use super::{Db, Result, on, staging::placeholders};

/// Whose expenses, and of which months.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The person.
    pub person: Uuid,
    /// The months.
    pub months: RangeInclusive<Month>,
}

#[derive(FromRow)]
struct Row {
    person_id: Uuid,
    month: i64,
    provider: String,
    kind: String,
    days: i64,
    total: i64,
    insurer: i64,
    public: i64,
    paid: i64,
    meals: i64,
    extra: i64,
}

/// The months of which any of these people has an expense.
///
/// # Errors
/// Whatever the database answers.
pub async fn months(db: &Db, shown: &[Shown]) -> Result<Vec<Month>> {
    if shown.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "with who (person, first, last) as (values {})
         select distinct e.month from who join expense e
           on e.person_id = who.person and e.month between who.first and who.last",
        placeholders(shown.len(), 3)
    );
    let months: Vec<i64> = on!(read db, pool => {
        // Made of constants and a number alone.
        let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
        for one in shown {
            query = query
                .bind(one.person)
                .bind(one.months.start().number())
                .bind(one.months.end().number());
        }
        query.fetch_all(pool).await?
    });
    Ok(months.into_iter().filter_map(Month::from_number).collect())
}

/// How [`list`] asks, for so many people: a test looks at the engine's plan.
pub fn list_sql(people: usize) -> String {
    format!(
        "with who (person, first, last) as (values {})
         select e.person_id, e.month, e.provider, e.kind, e.days, e.total, e.insurer, e.public,
                e.paid, e.meals, e.extra
         from who join expense e
           on e.person_id = who.person and e.month between who.first and who.last
         order by e.month desc, e.person_id, e.provider, e.kind, e.nth",
        placeholders(people, 3)
    )
}

/// Their expenses, the newest month first, and in it by the order of the people.
///
/// # Errors
/// Whatever the database answers.
pub async fn list(db: &Db, shown: &[Shown]) -> Result<Vec<Expense>> {
    let rows: Vec<Row> = on!(read db, pool => {
        // Made of constants and a number alone.
        let mut query = sqlx::query_as(AssertSqlSafe(list_sql(shown.len())));
        for one in shown {
            query = query
                .bind(one.person)
                .bind(one.months.start().number())
                .bind(one.months.end().number());
        }
        query.fetch_all(pool).await?
    });
    let mut expenses: Vec<Expense> = rows
        .into_iter()
        .filter_map(|row| {
            Some(Expense {
                patient: shown.iter().position(|one| one.person == row.person_id)?,
                month: Month::from_number(row.month)?,
                provider: row.provider,
                kind: Kind::parse(&row.kind)?,
                days: row.days,
                amounts: Amounts {
                    total: row.total,
                    insurer: row.insurer,
                    public: row.public,
                    paid: row.paid,
                    meals: row.meals,
                    extra: row.extra,
                },
            })
        })
        .collect();
    // The engine knows the people by their identifiers only.
    expenses.sort_by_key(|expense| (std::cmp::Reverse(expense.month), expense.patient));
    Ok(expenses)
}

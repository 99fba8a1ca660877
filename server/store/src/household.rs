//! The people with one symbol and number: an insured person and the dependents.

use domain::relation::Relation;
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

use super::{Db, Result, Tx, on, person::Key};

/// One of them.
#[derive(Clone, Debug, FromRow)]
pub struct Kin {
    /// The person.
    pub id: Uuid,
    /// The person's key.
    #[sqlx(flatten)]
    pub key: Key,
    /// 氏名
    pub name: String,
    /// 続柄
    pub relation: String,
    /// 生年月日
    pub born_on: Date,
    /// 資格取得日
    pub qualified_on: Date,
    /// 資格喪失日
    pub disqualified_on: Option<Date>,
    /// What the person has decided about the insured's looking at their expenses;
    /// `None` before a decision, and without an account.
    pub shares_expenses: Option<bool>,
}

/// Everybody in a person's household, in the order of their branches.
///
/// # Errors
/// Whatever the database answers.
pub async fn of(db: &Db, person: Uuid) -> Result<Vec<Kin>> {
    on!(read db, pool => {
        sqlx::query_as(
            "select p.id, p.symbol, p.number, p.branch, p.name, p.relation, p.born_on,
                    p.qualified_on, p.disqualified_on, m.shares_expenses
             from person me
             join person p on p.symbol = me.symbol and p.number = me.number
             left join member m on m.person_id = p.id
             where me.id = $1 order by p.branch",
        )
        .bind(person)
        .fetch_all(pool)
        .await
    })
}

/// Notes what a dependent has decided; `false` for the insured, about whom there is
/// nothing to decide.
///
/// # Errors
/// Whatever the database answers.
pub async fn decide(tx: &mut Tx, member: Uuid, shares: bool) -> Result<bool> {
    let decided = on!(write tx, conn => {
        sqlx::query(
            "update member set shares_expenses = $2
             where id = $1 and exists (select 1 from person p
                                       where p.id = member.person_id and p.relation <> $3)",
        )
        .bind(member)
        .bind(shares)
        .bind(Relation::INSURED)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(decided == 1)
}

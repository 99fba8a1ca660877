//! The people with one symbol and number: an insured person and the dependents.

use domain::{relation::Relation, values::timestamp::Timestamp};
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

use super::{
    Db, Result, Tx,
    audit::Event,
    membership::{Period, since},
    on,
    person::Key,
};

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
    /// The first day under the present key.
    pub since: Date,
    /// 資格喪失日
    pub disqualified_on: Option<Date>,
    /// What the person has decided about the insured's looking at their expenses;
    /// `None` before a decision, and without an account.
    pub shares_expenses: Option<bool>,
    /// A decision ended, since there is another insured now.
    pub decision_ended: bool,
    /// The periods of the membership that are over, the newest first.
    #[sqlx(skip)]
    pub former: Vec<Period>,
}

/// Everybody in a person's household, in the order of their branches.
///
/// # Errors
/// Whatever the database answers.
pub async fn of(db: &Db, person: Uuid) -> Result<Vec<Kin>> {
    let rows: Vec<Row> = on!(read db, pool => {
        sqlx::query_as(concat!(
            "select p.id, p.symbol, p.number, p.branch, p.name, p.relation, p.born_on,
                    p.qualified_on, ", since!("p."), " as since, p.disqualified_on,
                    m.shares_expenses,
                    m.shares_expenses is null and m.shares_with is not null as decision_ended,
                    f.symbol as former_symbol, f.number as former_number,
                    f.relation as former_relation, f.since as former_since,
                    f.until as former_until
             from person me
             join person p on p.symbol = me.symbol and p.number = me.number
             left join member m on m.person_id = p.id
             left join former_membership f on f.person_id = p.id
             where me.id = $1 order by p.branch, p.id, f.since desc, f.until desc"
        ))
        .bind(person)
        .fetch_all(pool)
        .await?
    });
    let mut all: Vec<Kin> = Vec::new();
    for Row { mut kin, former } in rows {
        match all.last_mut().filter(|last| last.id == kin.id) {
            Some(last) => last.former.extend(former.period()),
            None => {
                kin.former.extend(former.period());
                all.push(kin);
            }
        }
    }
    Ok(all)
}

/// One of them, with one of the periods that are over.
#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    kin: Kin,
    #[sqlx(flatten)]
    former: Former,
}

#[derive(FromRow)]
struct Former {
    former_symbol: Option<String>,
    former_number: Option<String>,
    former_relation: Option<String>,
    former_since: Option<Date>,
    former_until: Option<Date>,
}

impl Former {
    fn period(self) -> Option<Period> {
        Some(Period {
            symbol: self.former_symbol?,
            number: self.former_number?,
            relation: self.former_relation?,
            since: self.former_since?,
            until: self.former_until?,
        })
    }
}

/// Who is the insured of a person's household.
macro_rules! insured {
    ($person:literal) => {
        concat!(
            "(select i.id from person i
              where i.symbol = ",
            $person,
            "symbol and i.number = ",
            $person,
            "number and i.relation = $1
              order by i.disqualified_on is not null, i.branch limit 1)"
        )
    };
}

/// Notes what a dependent born by that day has decided for the present insured; `false`
/// for everybody else: there is nothing for them to decide.
///
/// # Errors
/// Whatever the database answers.
pub async fn decide(tx: &mut Tx, member: Uuid, shares: bool, born_by: Date) -> Result<bool> {
    let decided = on!(write tx, conn => {
        sqlx::query(
            concat!(
                "update member set shares_expenses = $3, shares_with =
                     (select ", insured!("p."), " from person p where p.id = member.person_id)
                 where id = $2 and exists (select 1 from person p
                                           where p.id = member.person_id and p.relation <> $1
                                             and p.born_on <= $4)"
            ),
        )
        .bind(Relation::INSURED)
        .bind(member)
        .bind(shares)
        .bind(born_by)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(decided == 1)
}

/// Ends every decision that was given for somebody who is not the insured of that
/// household any more, and notes it of each; says how many. Where nobody is, they wait:
/// the insured may come with another file.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_decisions_for_others(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    on!(write tx, conn => {
        sqlx::query(concat!(
            "insert into audit (at, event, person_id, member_id, network_address, detail, actor)
             select $2, $3, p.id, m.id, '', '', ''
             from member m join person p on p.id = m.person_id
             where m.shares_expenses is not null and ", insured!("p."), " <>
                   coalesce(m.shares_with, p.id)"
        ))
        .bind(Relation::INSURED)
        .bind(now.0)
        .bind(Event::SharingLapsed.as_str())
        .execute(&mut *conn)
        .await?;
        Ok(sqlx::query(concat!(
            "update member set shares_expenses = null
             where shares_expenses is not null
               and (select ", insured!("p."), " from person p where p.id = member.person_id) <>
                   coalesce(shares_with, person_id)"
        ))
        .bind(Relation::INSURED)
        .execute(conn)
        .await?
        .rows_affected())
    })
}

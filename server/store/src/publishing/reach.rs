//! Whom a notice reaches.

use domain::{
    audience::{Audience, InsuredOrDependent},
    values::sex::Sex,
};
use sqlx_macros::FromRow;
use time::Date;

use crate::{
    Db, Result,
    notice::{born_between, meant},
    on,
};

/// Whom a notice reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Reach {
    /// People on the roster for whom it is.
    pub people: i64,
    /// Those among them who would get a letter.
    pub letters: i64,
}

/// Whom an audience reaches today. $1 to $3 are its side, sex and employers, $4 and $5 the
/// birth dates, $6 today.
pub const REACH: &str = concat!(
    "select count(*) as people, count(e.member_id) as letters
     from (select $1 as relation, $2 as sex, $3 as employers, $6 as published_on) n
     cross join person p
     left join member m on m.person_id = p.id and m.left_at is null and m.disabled_at is null
     left join email e on e.member_id = m.id and e.notices and e.confirmed_at is not null
     where (p.disqualified_on is null or p.disqualified_on > $6)
       and p.born_on <= $4 and p.born_on > $5 and ",
    meant!()
);

/// Counts them.
///
/// # Errors
/// Whatever the database answers.
pub async fn reach(db: &Db, audience: &Audience, today: Date) -> Result<Reach> {
    let (youngest, too_old) = born_between(today, audience.age_from, audience.age_to);
    on!(read db, conn => {
        sqlx::query_as(REACH)
            .bind(audience.relation.map_or("", InsuredOrDependent::as_str))
            .bind(audience.sex.map_or("", Sex::as_str))
            .bind(audience.employers_as_text())
            .bind(youngest)
            .bind(too_old)
            .bind(today)
            .fetch_one(conn)
            .await
    })
}

/// 事業所コード among these that nobody on the roster has.
///
/// # Errors
/// Whatever the database answers.
pub async fn unknown_employers(db: &Db, codes: &[String]) -> Result<Vec<String>> {
    on!(read db, conn => {
        let mut unknown = Vec::new();
        for code in codes {
            let known: bool =
                sqlx::query_scalar("select exists (select 1 from person where employer_code = $1)")
                    .bind(code)
                    .fetch_one(&mut *conn)
                    .await?;
            if !known {
                unknown.push(code.clone());
            }
        }
        Ok(unknown)
    })
}

/// The employers on the roster: code and name.
///
/// # Errors
/// Whatever the database answers.
pub async fn employers(db: &Db) -> Result<Vec<(String, String)>> {
    on!(read db, conn => {
        sqlx::query_as(
            "select part, label from office_figure where name = 'may_register' and part <> ''
             order by part",
        )
        .fetch_all(conn)
        .await
    })
}

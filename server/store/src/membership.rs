//! The periods of a person's membership that are over while the person stays: under
//! another key (転籍, 任意継続, a marriage within the society), or before a new 資格取得日
//! (同日得喪, a return). The present one stands in `person`.

use time::Date;

use super::{Result, Tx, on};

/// The first day under the present key.
macro_rules! since {
    ($person:literal) => {
        concat!(
            "coalesce(",
            $person,
            "key_since, ",
            $person,
            "qualified_on)"
        )
    };
}
pub(super) use since;

/// A period that is over.
#[derive(Clone, Debug)]
pub struct Period {
    /// 記号
    pub symbol: String,
    /// 番号
    pub number: String,
    /// 続柄
    pub relation: String,
    /// The first day.
    pub since: Date,
    /// The first day not any more.
    pub until: Date,
}

/// Of everybody who was found to have moved, keeps the period under the old key. It ends
/// with the day that the file gives for its end, with the new 資格取得日, or `today`.
///
/// # Errors
/// Whatever the database answers.
pub(super) async fn keep_of_moved(tx: &mut Tx, today: Date) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(concat!(
            "insert into former_membership
                 (person_id, symbol, number, branch, relation, since, until)
             select id, symbol, number, branch, relation, since, until from
                 (select p.id, p.symbol, p.number, p.branch, p.relation,
                         ", since!("p."), " as since,
                         coalesce(case when n.old_leaves then t.disqualified_on end,
                                  p.disqualified_on,
                                  case when s.qualified_on > ", since!("p."), "
                                       then s.qualified_on end,
                                  $1) as until
                  from moved m join person p on p.id = m.person_id
                  join staged_person s on s.line = m.line
                  join namesake n on n.line = m.line and n.person_id = m.person_id
                  left join staged_person t on t.line = n.old_line) as period
             where since < until
             on conflict (person_id, symbol, number, branch, since)
                 do update set until = excluded.until"
        ))
        .bind(today)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Of everybody who keeps the key and has a later 資格取得日 in the waiting rows, keeps
/// the period before it; where that date was a mistake, the period goes again.
///
/// # Errors
/// Whatever the database answers.
pub(super) async fn keep_of_requalified(tx: &mut Tx) -> Result<()> {
    on!(write tx, conn => {
        for statement in [
            "delete from former_membership where exists
                 (select 1 from staged_person s join person p
                    on p.symbol = s.symbol and p.number = s.number and p.branch = s.branch
                  where p.id = former_membership.person_id
                    and s.symbol = former_membership.symbol
                    and s.number = former_membership.number
                    and s.branch = former_membership.branch
                    and s.qualified_on <= former_membership.since)",
            concat!(
                "insert into former_membership
                     (person_id, symbol, number, branch, relation, since, until)
                 select p.id, p.symbol, p.number, p.branch, p.relation, ", since!("p."), ",
                        case when p.disqualified_on <= s.qualified_on then p.disqualified_on
                             else s.qualified_on end
                 from staged_person s join person p
                   on p.symbol = s.symbol and p.number = s.number and p.branch = s.branch
                 where s.qualified_on > ", since!("p."), "
                   and s.line not in (select line from moved)
                 on conflict (person_id, symbol, number, branch, since)
                     do update set until = excluded.until"
            ),
        ] {
            sqlx::query(statement).execute(&mut *conn).await?;
        }
    });
    Ok(())
}

//! Who has seen which year of medical expenses, so that a correction is told to them.

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// Notes that a member looks at a year of these people; where an import that the member has
/// seen was withdrawn since, the answer is when that was last done.
///
/// It writes once for each import, and gives way where somebody else is writing.
///
/// # Errors
/// Whatever the database answers.
pub async fn note(db: &Db, member: Uuid, people: &[Uuid], year: i32) -> Result<Option<Timestamp>> {
    let (newest, seen): (Option<i64>, Vec<(Uuid, i64, Option<i64>)>) = on!(read db, conn => {
        let newest =
            sqlx::query_scalar("select max(id) from import_batch where kind = 'expenses'")
                .fetch_one(&mut *conn)
                .await?;
        let seen = sqlx::query_as(
            "select person_id, batch, corrected_at from expense_look
             where member_id = $1 and year = $2",
        )
        .bind(member)
        .bind(i64::from(year))
        .fetch_all(conn)
        .await?;
        (newest, seen)
    });
    // One row in a transaction: whoever withdraws an import holds many of them, in any order.
    for person in people {
        let Some(newest) = newest else { break };
        if seen
            .iter()
            .any(|(of, batch, _)| of == person && *batch >= newest)
        {
            continue;
        }
        let Some(mut tx) = db.write_now().await? else {
            break;
        };
        on!(write &mut tx, conn => {
            sqlx::query(
                "insert into expense_look (member_id, person_id, year, batch)
                 values ($1, $2, $3, $4)
                 on conflict (member_id, person_id, year) do update set batch = excluded.batch",
            )
            .bind(member)
            .bind(person)
            .bind(i64::from(year))
            .bind(newest)
            .execute(conn)
            .await?;
        });
        tx.commit().await?;
    }
    let corrected = seen.into_iter().filter(|(of, ..)| people.contains(of));
    Ok(corrected.filter_map(|(.., at)| at).max().map(Timestamp))
}

/// Notes that an import is being withdrawn: whoever has seen a year that it touched is told.
/// Its lines, and those that it replaced, are still there.
///
/// # Errors
/// Whatever the database answers.
pub async fn correct(tx: &mut Tx, batch: i64, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update expense_look set corrected_at = $2
             where batch >= $1
               and (exists (select 1 from expense e
                            where e.person_id = expense_look.person_id and e.batch = $1
                              and e.month / 100 = expense_look.year)
                    or exists (select 1 from expense_replaced r
                               where r.person_id = expense_look.person_id
                                 and r.replaced_by = $1
                                 and r.month / 100 = expense_look.year))",
        )
        .bind(batch)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

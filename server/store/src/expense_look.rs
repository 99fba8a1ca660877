//! Who has seen which year of medical expenses, so that a correction is told to them.

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// What a member has seen before.
#[derive(Clone, Debug, Default)]
pub struct Looks {
    /// At whose expenses of any year, in the span that was asked about.
    pub lately: Vec<Uuid>,
    /// Whose year, by which import, and when that was withdrawn.
    of_year: Vec<(Uuid, i64, Option<Timestamp>)>,
    /// The newest import of claims.
    newest: Option<i64>,
}

/// What a member has seen of a year; and at whose expenses of any year from an instant up to
/// another: what a clock that was ahead has noted for later counts then.
///
/// # Errors
/// Whatever the database answers.
pub async fn of(
    db: &Db,
    member: Uuid,
    year: i32,
    (from, to): (Timestamp, Timestamp),
) -> Result<Looks> {
    type Row = (String, Option<Uuid>, Option<i64>, Option<i64>);
    let rows: Vec<Row> = on!(read db, conn => {
        sqlx::query_as(
            "select distinct 'lately', person_id, cast(null as bigint), cast(null as bigint)
             from audit
             where member_id = $1 and event = 'expenses_seen' and at >= $2 and at < $3
               and person_id is not null
             union all
             select 'year', person_id, batch, corrected_at from expense_look
             where member_id = $1 and year = $4
             union all
             select 'newest', null, max(id), null from import_batch where kind = 'expenses'",
        )
        .bind(member)
        .bind(from.0)
        .bind(to.0)
        .bind(i64::from(year))
        .fetch_all(conn)
        .await?
    });
    let mut looks = Looks::default();
    for row in rows {
        match row {
            (what, Some(person), ..) if what == "lately" => looks.lately.push(person),
            (_, Some(person), Some(batch), at) => {
                looks.of_year.push((person, batch, at.map(Timestamp)));
            }
            (_, _, newest, _) => looks.newest = newest,
        }
    }
    Ok(looks)
}

/// Notes that a member looks at a year of these people; where an import that the member has
/// seen was withdrawn since, the answer is when that was last done.
///
/// It writes once for each import, and gives way where somebody else is writing.
///
/// # Errors
/// Whatever the database answers.
pub async fn note(
    db: &Db,
    member: Uuid,
    people: &[Uuid],
    year: i32,
    before: &Looks,
) -> Result<Option<Timestamp>> {
    let Some(newest) = before.newest else {
        return Ok(None);
    };
    let of_year = &before.of_year;
    // One row in a transaction: whoever withdraws an import holds many of them, in any order.
    for person in people {
        if of_year
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
    let corrected = of_year.iter().filter(|(of, ..)| people.contains(of));
    Ok(corrected.filter_map(|(.., at)| *at).max())
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

//! A whole list of results at once, as a roster comes in: its rows wait in a
//! temporary table, then a few statements bring them in, in one transaction.

use std::borrow::Cow;

use domain::{
    spelling::one_form,
    values::checkup::{Checkup, Item, Urine},
};
use sqlx::AssertSqlSafe;
use sqlx_macros::FromRow;

use super::{
    Db, Result, Tx,
    checkup::values,
    differences::{Difference, of_each},
    import_batch, on,
    person::Key,
    planned::{Each, as_texts, tell},
    staged_rows::Value,
    staging::{OfPeople, Resolved, Staging, UnknownPeople, on_staged},
};

/// The key in a file, the day, the measured values, two strips and the verdict.
const WIDTH: usize = 5 + Item::MEASURED.len() + 3;

const OF_PEOPLE: OfPeople = OfPeople {
    table: "staged_checkup",
    covers: "h.since <= s.taken_on and (h.until is null or h.until > s.taken_on)",
};

/// The rows of a file, waiting in a temporary table of one connection.
pub struct Staged(Staging);

/// What the file will change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Outcome {
    /// Results that were not on file.
    pub added: i64,
    /// Results on file with other values.
    pub changed: i64,
    /// Results on file, the same in every column.
    pub unchanged: i64,
    /// Results that were taken back.
    pub withdrawn: i64,
    /// Lines that take back what is not on file.
    pub nothing_to_withdraw: i64,
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
                "create temporary table staged_checkup (
                     line bigint not null, symbol text not null, number text not null,
                     branch text not null, taken_on date not null, height bigint, weight bigint,
                     waist bigint, systolic bigint, diastolic bigint, triglycerides bigint,
                     hdl bigint, ldl bigint, glucose bigint, hba1c bigint, ast bigint,
                     alt bigint, gamma_gt bigint, casual_triglycerides bigint,
                     urine_sugar text, urine_protein text, verdict text not null, person_id uuid)",
            )
            .await?,
        ))
    }

    /// Adds rows, each with its line in the file.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn add(&mut self, rows: &[(u64, CheckupRow)]) -> Result<()> {
        let rows: Vec<_> = rows.iter().map(values_of).collect();
        self.0.add("staged_checkup", COLUMNS, &rows).await
    }

    /// Finds whose the lines are, by the day; the first `most` where it is unclear.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn resolve(&mut self, most: i64) -> Result<Resolved> {
        self.0.resolve(OF_PEOPLE, false, most).await
    }

    /// Lines about people who are not on the roster: how many, and the first
    /// `most` of them; and whether there is a line about anybody who is.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn unknown_people(&mut self, most: i64) -> Result<(UnknownPeople, bool)> {
        self.0.unknown_people(OF_PEOPLE, most).await
    }

    /// Lines of a day before the person was born: how many, and the first `most` of
    /// them.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn before_birth(&mut self, most: i64) -> Result<(i64, Vec<i64>)> {
        on_staged!(&mut self.0, conn => {
            let lines: Vec<i64> = sqlx::query_scalar(
                "select line from staged_checkup s join person p on p.id = s.person_id
                 where s.taken_on < p.born_on order by line",
            )
            .fetch_all(&mut *conn)
            .await?;
            let count = lines.len() as i64;
            Ok((count, lines.into_iter().take(most as usize).collect()))
        })
    }

    /// Lines with the person and the day of an earlier one: how many, and the first
    /// `most` of them as (line, first line with them).
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn repeated(&mut self, most: i64) -> Result<(i64, Vec<(i64, i64)>)> {
        on_staged!(&mut self.0, conn => {
            let count: i64 = sqlx::query_scalar(
                "select count(*) - (select count(*) from
                     (select distinct person_id, taken_on from staged_checkup
                      where person_id is not null) as keys)
                 from staged_checkup where person_id is not null",
            )
            .fetch_one(&mut *conn)
            .await?;
            if count == 0 {
                return Ok((0, Vec::new()));
            }
            let first = sqlx::query_as(
                "select line, first_line from
                     (select line, min(line) over (partition by person_id, taken_on)
                                   as first_line from staged_checkup
                      where person_id is not null) as lines
                 where line > first_line order by line limit $1",
            )
            .bind(most)
            .fetch_all(&mut *conn)
            .await?;
            Ok((count, first))
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

const COLUMNS: &str = concat!("line, symbol, number, branch, taken_on, ", values!(""));

/// A row's values in the order of the columns.
fn values_of((line, CheckupRow { key, checkup }): &(u64, CheckupRow)) -> [Value<'_>; WIDTH] {
    let mut measured = checkup.measured.into_iter();
    std::array::from_fn(|place| match place {
        0 => line.cast_signed().into(),
        1 => (&key.symbol).into(),
        2 => (&key.number).into(),
        3 => (&key.branch).into(),
        4 => checkup.taken_on.into(),
        _ if place + 3 < WIDTH => measured.next().flatten().into(),
        _ if place + 3 == WIDTH => checkup.urine_sugar.map(Urine::as_str).into(),
        _ if place + 2 == WIDTH => checkup.urine_protein.map(Urine::as_str).into(),
        _ => (&checkup.verdict).into(),
    })
}

/// Brings 判定 that is on file, and there in the file, into the form in which files are
/// read: a spelling alone is no other result.
async fn respell(tx: &mut Tx) -> Result<()> {
    on!(write tx, conn => {
        let differing: Vec<String> = sqlx::query_scalar(
            "select distinct c.verdict from staged_checkup s
             join checkup c on c.person_id = s.person_id and c.taken_on = s.taken_on
             where c.verdict <> s.verdict",
        )
        .fetch_all(&mut *conn)
        .await?;
        for verdict in differing {
            if let Cow::Owned(kept) = one_form(&verdict) {
                sqlx::query("update checkup set verdict = $2 where verdict = $1")
                    .bind(&verdict)
                    .bind(kept)
                    .execute(&mut *conn)
                    .await?;
            }
        }
    });
    Ok(())
}

/// The columns of a result, and their names in a file.
const TITLES: [(&str, &str); 17] = [
    ("height", "身長"),
    ("weight", "体重"),
    ("waist", "腹囲"),
    ("systolic", "収縮期血圧"),
    ("diastolic", "拡張期血圧"),
    ("triglycerides", "空腹時中性脂肪"),
    ("casual_triglycerides", "随時中性脂肪"),
    ("hdl", "HDL"),
    ("ldl", "LDL"),
    ("glucose", "空腹時血糖"),
    ("hba1c", "HbA1c"),
    ("ast", "AST"),
    ("alt", "ALT"),
    ("gamma_gt", "γGT"),
    ("urine_sugar", "尿糖"),
    ("urine_protein", "尿蛋白"),
    ("verdict", "判定"),
];

/// What the waiting rows change of results on file, before [`merge`], without the values:
/// nobody reads on a console how somebody is.
///
/// # Errors
/// Whatever the engine answers.
pub async fn differences(tx: &mut Tx) -> Result<Vec<Difference>> {
    respell(tx).await?;
    let changed = |title: &str, when: &str| {
        format!(
            "select s.line, s.symbol || '-' || s.number || '-' || s.branch || ' '
                        || substr(cast(s.taken_on as text), 1, 7) as whose, '{title}' as title,
                    cast(null as text) as old, cast(null as text) as new
             from staged_checkup s
             join checkup c on c.person_id = s.person_id and c.taken_on = s.taken_on
             where {when}"
        )
    };
    let of = |column: &str, title: &str| {
        let when = format!("s.verdict <> '{WITHDRAWN}' and s.{column} is distinct from c.{column}");
        changed(title, &when)
    };
    let withdrawn = changed("取り消し", &format!("s.verdict = '{WITHDRAWN}'"));
    on!(write tx, conn => {
        // Made of constants alone.
        sqlx::query_as(AssertSqlSafe(of_each(&TITLES, of, &[withdrawn])))
            .fetch_all(conn)
            .await
    })
}

/// Tells `each` of every result that [`merge`] writes or takes out, by its key: what is on
/// file, and what the file says.
///
/// # Errors
/// Whatever the engine answers.
pub async fn planned(tx: &mut Tx, each: Each<'_>) -> Result<()> {
    respell(tx).await?;
    let sql = format!(
        "select p.symbol, p.number, p.branch, cast(s.taken_on as text), {old}, {new}
         from staged_checkup s join person p on p.id = s.person_id
         left join checkup c on c.person_id = s.person_id and c.taken_on = s.taken_on
         where ({on_file}) is distinct from ({in_file})
         order by p.symbol, p.number, p.branch, s.taken_on",
        old = as_texts("c.", &TITLES),
        new = as_texts("s.", &TITLES),
        on_file = values!("c."),
        in_file = values!("s."),
    );
    on!(write tx, conn => tell!(conn, sql, each));
    Ok(())
}

/// What a file has of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct OfMonth {
    /// As YYYYMM.
    pub month: i64,
    /// All of its lines.
    pub lines: i64,
    /// Results that were not on file.
    pub added: i64,
    /// Results on file with other values.
    pub changed: i64,
    /// Results on file that are taken back.
    pub withdrawn: i64,
}

/// What the waiting rows bring of each month, before [`merge`].
///
/// # Errors
/// Whatever the engine answers.
pub async fn by_month(tx: &mut Tx) -> Result<Vec<OfMonth>> {
    on!(write tx, conn => {
        sqlx::query_as(concat!(
            "with compared as (
                 select cast(replace(substr(cast(s.taken_on as text), 1, 7), '-', '') as bigint)
                            as month,
                        s.verdict = $1 as withdraws, c.taken_on is null as is_new,
                        (", values!("s."), ") is distinct from (", values!("c."), ") as differs
                 from staged_checkup s
                 left join checkup c on c.person_id = s.person_id and c.taken_on = s.taken_on)
             select month, count(*) as lines,
                    count(*) filter (where not withdraws and is_new) as added,
                    count(*) filter (where not withdraws and not is_new and differs) as changed,
                    count(*) filter (where withdraws and not is_new) as withdrawn
             from compared group by month order by month"
        ))
        .bind(WITHDRAWN)
        .fetch_all(conn)
        .await
    })
}

/// What becomes of the waiting rows, before [`merge`].
///
/// # Errors
/// Whatever the engine answers.
pub async fn outcome(tx: &mut Tx) -> Result<Outcome> {
    respell(tx).await?;
    on!(write tx, conn => {
        sqlx::query_as(concat!(
            "with compared as (
                 select s.verdict = $1 as withdraws, c.taken_on is null as is_new,
                        (", values!("s."), ") is distinct from (", values!("c."), ") as differs
                 from staged_checkup s
                 left join checkup c on c.person_id = s.person_id and c.taken_on = s.taken_on)
             select count(*) filter (where not withdraws and is_new) as added,
                    count(*) filter (where not withdraws and not is_new and differs) as changed,
                    count(*) filter (where not withdraws and not is_new and not differs)
                        as unchanged,
                    count(*) filter (where withdraws and not is_new) as withdrawn,
                    count(*) filter (where withdraws and is_new) as nothing_to_withdraw
             from compared"
        ))
        .bind(WITHDRAWN)
        .fetch_one(conn)
        .await
    })
}

/// Brings the waiting rows in, after [`outcome`]. What is on file and not among them stays as
/// it is. The rows are those of `batch`, which keeps what it replaces.
///
/// # Errors
/// Whatever the engine answers.
pub async fn merge(tx: &mut Tx, batch: i64) -> Result<()> {
    let touched = on!(write tx, conn => {
        let touched: Vec<i64> = sqlx::query_scalar(concat!(
            "with touched as (
                 select s.person_id, s.taken_on, c.batch
                 from staged_checkup s
                 left join checkup c on c.person_id = s.person_id and c.taken_on = s.taken_on
                 where case when s.verdict = $1 then c.taken_on is not null
                       else (", values!("s."), ") is distinct from (", values!("c."), ") end)
             select batch from touched where batch is not null
             union
             select r.replaced_by from touched t
             join checkup_replaced r on r.person_id = t.person_id and r.taken_on = t.taken_on"
        ))
        .bind(WITHDRAWN)
        .fetch_all(&mut *conn)
        .await?;
        sqlx::query(concat!(
            "insert into checkup_replaced (replaced_by, person_id, taken_on, batch, ", values!(""), ")
             select $2, c.person_id, c.taken_on, c.batch, ", values!("c."), "
             from staged_checkup s
             join checkup c on c.person_id = s.person_id and c.taken_on = s.taken_on
             where s.verdict = $1 or (", values!("s."), ") is distinct from (", values!("c."), ")"
        ))
        .bind(WITHDRAWN)
        .bind(batch)
        .execute(&mut *conn)
        .await?;
        sqlx::query(concat!(
            "insert into checkup (person_id, taken_on, batch, ", values!(""), ")
             select s.person_id, s.taken_on, $2, ", values!("s."), " from staged_checkup s
             where s.verdict <> $1
             on conflict (person_id, taken_on) do update set
                 height = excluded.height, weight = excluded.weight, waist = excluded.waist,
                 systolic = excluded.systolic, diastolic = excluded.diastolic,
                 triglycerides = excluded.triglycerides, hdl = excluded.hdl,
                 ldl = excluded.ldl, glucose = excluded.glucose, hba1c = excluded.hba1c,
                 ast = excluded.ast, alt = excluded.alt, gamma_gt = excluded.gamma_gt,
                 casual_triglycerides = excluded.casual_triglycerides,
                 urine_sugar = excluded.urine_sugar, urine_protein = excluded.urine_protein,
                 verdict = excluded.verdict, batch = excluded.batch
             where (", values!("checkup."), ") is distinct from (", values!("excluded."), ")"
        ))
        .bind(WITHDRAWN)
        .bind(batch)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "delete from checkup where (person_id, taken_on) in
                 (select s.person_id, s.taken_on from staged_checkup s
                  where s.verdict = $1)",
        )
        .bind(WITHDRAWN)
        .execute(&mut *conn)
        .await?;
        touched
    });
    import_batch::touch(tx, touched, batch).await
}

/// 判定 of a line that takes a result back: one that was booked on the wrong person, or day.
pub const WITHDRAWN: &str = "取消";

/// A line as the society has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckupRow {
    /// Whose it is.
    pub key: Key,
    /// What was found.
    pub checkup: Checkup,
}

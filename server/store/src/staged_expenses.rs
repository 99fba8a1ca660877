//! A whole list of medical expenses at once, as a roster comes in: its rows wait in
//! a temporary table, then a few statements bring them in, in one transaction.
//!
//! A file speaks of groups: the claims of one person, month, provider (however its name
//! is spelled) and kind. What
//! it says of a group (F) and what is on file of it (S) are compared as multisets of
//! days and amounts, so that neither the order of the lines nor a number matters:
//!
//! - a line with 0 days and every amount 0 withdraws: S becomes the rest of F;
//! - F within S changes nothing; S within F adds the rest;
//! - one claim each, and a provider is named: a correction;
//! - anything else could be a correction or a further claim. It is refused, or, where
//!   the office says that its file brings further claims, what is not in S is added.
//!   Then nothing is taken for a correction.
//!
//! Every file that was taken once is within what it left behind: again, it changes
//! nothing.

use domain::{
    spelling::folded,
    values::{
        expense::{Amounts, Kind},
        month::Month,
    },
};
use sqlx::AssertSqlSafe;
use sqlx_macros::FromRow;

use super::{
    Db, Result, Tx,
    differences::{Difference, of_each},
    import_batch, on,
    person::Key,
    planned::{Each, as_texts, tell},
    staged_rows::Value,
    staging::{EVERY_KEY, OfPeople, Resolved, Staging, UnknownPeople, on_staged, placeholders},
};

/// The columns of `expense` that are not its key.
macro_rules! values {
    ($prefix:literal) => {
        $crate::columns!(
            $prefix, "days", "total", "insurer", "public", "paid", "meals", "extra"
        )
    };
}

/// These columns' names in a file.
const TITLES: [(&str, &str); 7] = [
    ("days", "日数"),
    ("total", "医療費総額"),
    ("insurer", "保険者負担額"),
    ("public", "公費負担額"),
    ("paid", "窓口負担額"),
    ("meals", "食事療養費"),
    ("extra", "付加給付額"),
];

/// What a group of claims is told by: a provider by the folded name, however it is
/// spelled.
macro_rules! group {
    ($prefix:literal) => {
        $crate::columns!($prefix, "person_id", "month", "provider_key", "kind")
    };
}

/// The groups in which a file changes anything.
macro_rules! touched {
    () => {
        concat!(
            "select ",
            group!(""),
            " from staged_claim
             where fate in ('added', 'corrects', 'corrected', 'withdrawn')
                or (fate = 'kept' and provider <> stored)"
        )
    };
}

/// Rows of a short list in one statement.
const SOME: usize = 8;

/// A month is within a period when one of its days is. (A day as text is `2026-03-31`
/// on both engines.)
const OF_PEOPLE: OfPeople = OfPeople {
    table: "staged_expense",
    covers: "cast(replace(cast(h.since as text), '-', '') as bigint) <= s.month * 100 + 31
             and (h.until is null
                  or cast(replace(cast(h.until as text), '-', '') as bigint)
                     > s.month * 100 + 1)",
};

/// With which state of things a file was compared.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    serial: i64,
}

/// The rows of a file, waiting in a temporary table of one connection.
pub struct Staged(Staging);

/// What the file will change, in claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Outcome {
    /// Those that were not on file.
    pub added: i64,
    /// Those on file whose days or amounts were corrected.
    pub changed: i64,
    /// Those on file that are taken out.
    pub withdrawn: i64,
    /// Those on file, the same in every column.
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
        let mut staging = Staging::begin(
            db,
            "create temporary table staged_expense (
                 line bigint not null, symbol text not null, number text not null,
                 branch text not null, month bigint not null, provider text not null,
                 provider_key text not null, kind text not null, days bigint not null,
                 total bigint not null, insurer bigint not null, public bigint not null,
                 paid bigint not null, meals bigint not null, extra bigint not null,
                 person_id uuid)",
        )
        .await?;
        // What `compare` finds: the months of people of whom something is on file, claims of
        // the file (with their line), claims on file
        // (with their number), and what becomes of each.
        on_staged!(&mut staging, conn => {
            sqlx::query(
                "create temporary table staged_spelling (
                     provider text not null, provider_key text not null)",
            )
            .execute(&mut *conn)
            .await?;
            sqlx::query(
                "create temporary table staged_known (
                     person_id uuid not null, month bigint not null,
                     primary key (person_id, month))",
            )
            .execute(&mut *conn)
            .await?;
            // `stored` is the provider as it is spelled on file.
            sqlx::query(
                "create temporary table staged_claim (
                     person_id uuid not null, month bigint not null, provider_key text not null,
                     provider text not null, stored text, kind text not null, days bigint not null, total bigint not null,
                     insurer bigint not null, public bigint not null, paid bigint not null,
                     meals bigint not null, extra bigint not null,
                     line bigint, nth bigint, highest bigint not null, fate text not null)",
            )
            .execute(conn)
            .await?;
        });
        Ok(Self(staging))
    }

    /// Adds rows, each with its line in the file.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn add(&mut self, rows: &[(u64, ExpenseRow)]) -> Result<()> {
        let rows: Vec<[Value<'_>; 15]> = rows
            .iter()
            .map(|(line, row)| {
                [
                    line.cast_signed().into(),
                    (&row.key.symbol).into(),
                    (&row.key.number).into(),
                    (&row.key.branch).into(),
                    row.month.number().into(),
                    (&row.provider).into(),
                    folded(&row.provider).into(),
                    row.kind.as_str().into(),
                    row.days.into(),
                    row.amounts.total.into(),
                    row.amounts.insurer.into(),
                    row.amounts.public.into(),
                    row.amounts.paid.into(),
                    row.amounts.meals.into(),
                    row.amounts.extra.into(),
                ]
            })
            .collect();
        self.0.add("staged_expense", COLUMNS, &rows).await
    }

    /// Finds whose the lines are, by the month; the first `most` where it is unclear, if
    /// the present holder of the key is not meant.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn resolve(&mut self, to_present_holder: bool, most: i64) -> Result<Resolved> {
        on_staged!(&mut self.0, conn => {
            // Of everybody who ever had the number: a line about an earlier month may be theirs.
            sqlx::query(AssertSqlSafe(format!(
                "update staged_expense set branch =
                     (select min(branch) from {EVERY_KEY} where symbol = staged_expense.symbol
                      and number = staged_expense.number)
                 where branch = '' and 1 =
                     (select count(*) from {EVERY_KEY} where symbol = staged_expense.symbol
                      and number = staged_expense.number)"
            )))
            .execute(conn)
            .await?;
        });
        self.0.resolve(OF_PEOPLE, to_present_holder, most).await
    }

    /// Lines about people who are not on the roster: how many, and the first
    /// `most` of them; and whether there is a line about anybody who is.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn unknown_people(&mut self, most: i64) -> Result<(UnknownPeople, bool)> {
        self.0.unknown_people(OF_PEOPLE, most).await
    }

    /// Compares the waiting rows with what is on file, for [`Staged::unclear`] and
    /// [`merge`]. It sorts some of them three times, so it is done before anything is locked.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn compare(&mut self, add_repeated: bool) -> Result<Compared> {
        on_staged!(&mut self.0, conn => {
            let serial = sqlx::query_scalar("select serial from expense_import")
                .fetch_one(&mut *conn)
                .await?;
            let known = sqlx::query(
                "insert into staged_known (person_id, month)
                 select distinct s.person_id, s.month from staged_expense s
                 where exists (select 1 from expense e
                               where e.person_id = s.person_id and e.month = s.month)",
            )
            .execute(&mut *conn)
            .await?
            .rows_affected();
            // Most lists are about a month of which nothing is on file yet: there is nothing
            // to be compared, and nothing to be withdrawn.
            sqlx::query(concat!(
                "insert into staged_claim
                     (", group!(""), ", provider, ", values!(""), ", line, highest, fate)
                 select ", group!("s."), ", s.provider, ", values!("s."), ", s.line, 0, 'added'
                 from staged_expense s
                 where (", values!("s."), ") <> (0, 0, 0, 0, 0, 0, 0)
                   and not exists (select 1 from staged_known k
                                   where k.person_id = s.person_id and k.month = s.month)"
            ))
            .execute(&mut *conn)
            .await?;
            if known == 0 {
                return Ok(Compared { serial });
            }
            // The providers' names on file, folded.
            let stored: Vec<String> = sqlx::query_scalar(
                "select distinct e.provider from staged_known k
                 join expense e on e.person_id = k.person_id and e.month = k.month",
            )
            .fetch_all(&mut *conn)
            .await?;
            for some in stored.chunks(SOME) {
                let insert = "insert into staged_spelling (provider, provider_key) values ";
                // Made of constants and a number alone.
                let sql = AssertSqlSafe(insert.to_owned() + &placeholders(some.len(), 2));
                let mut query = sqlx::query(sql);
                for provider in some {
                    query = query.bind(provider).bind(folded(provider));
                }
                query.execute(&mut *conn).await?;
            }
            // Equal claims are numbered on both sides, so that each finds its like.
            sqlx::query(concat!(
                "insert into staged_claim
                     (", group!(""), ", provider, stored, ", values!(""), ",
                      line, nth, highest, fate)
             with spoken as (
                 select ", group!("s."), ", s.provider, ", values!("s."), ", s.line,
                        case when (", values!("s."), ") = (0, 0, 0, 0, 0, 0, 0) then 1 else 0 end
                            as withdraws
                 from staged_known k
                 join staged_expense s on s.person_id = k.person_id and s.month = k.month),
             groups as (select distinct ", group!(""), " from spoken),
             claims as (
                 select ", group!(""), ", provider, cast(null as text) as stored, ", values!(""), ",
                        withdraws, line, cast(null as bigint) as nth
                 from spoken
                 union all
                 select ", group!("g."), ", null, e.provider, ", values!("e."), ", 0, null, e.nth
                 from groups g
                 join expense e
                   on e.person_id = g.person_id and e.month = g.month and e.kind = g.kind
                 join staged_spelling p
                   on p.provider = e.provider and p.provider_key = g.provider_key),
             numbered as (
                 select claims.*, row_number() over (
                     partition by ", group!(""), ", ", values!(""), ", withdraws, nth is null
                     order by line, stored, nth) as copy
                 from claims),
             pairs as (
                 select ", group!(""), ", max(provider) as provider, max(stored) as stored,
                        ", values!(""), ", withdraws, max(line) as line, max(nth) as nth
                 from numbered group by ", group!(""), ", ", values!(""), ", withdraws, copy),
             weighed as (
                 select pairs.*, max(withdraws) over its_group as withdrawing,
                        count(*) filter (where withdraws = 0 and nth is null)
                            over its_group as only_in_file,
                        count(*) filter (where line is null) over its_group as only_on_file,
                        count(*) filter (where line is not null and nth is not null)
                            over its_group as on_both,
                        coalesce(max(nth) over its_group, 0) as highest
                 from pairs window its_group as (partition by ", group!(""), ")),
             judged as (
                 select weighed.*, withdrawing = 0 and not $1 and only_in_file = 1
                        and only_on_file = 1 and on_both = 0 and provider_key <> ''
                            as is_correction
                 from weighed)
             select ", group!(""), ", coalesce(provider, stored), stored, ", values!(""), ",
                    line, nth, highest, case
                        when line is not null and nth is not null then 'kept'
                        when nth is not null and withdrawing = 1 then 'withdrawn'
                        when nth is not null and is_correction then 'corrected'
                        when nth is not null then 'not spoken of'
                        when is_correction then 'corrects'
                        when withdrawing = 1 or only_on_file = 0 or $1 then 'added'
                        else 'unclear' end
             from judged where withdraws = 0"
            ))
            .bind(add_repeated)
            .execute(conn)
            .await?;
            Ok(Compared { serial })
        })
    }

    /// Lines that could be further claims as well as corrections: how many, and the
    /// first `most` of them.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn unclear(&mut self, most: i64) -> Result<(i64, Vec<i64>)> {
        on_staged!(&mut self.0, conn => {
            let count = sqlx::query_scalar("select count(*) from staged_claim where fate = 'unclear'")
                .fetch_one(&mut *conn)
                .await?;
            let first = sqlx::query_scalar(
                "select line from staged_claim where fate = 'unclear' order by line limit $1",
            )
            .bind(most)
            .fetch_all(&mut *conn)
            .await?;
            Ok((count, first))
        })
    }

    /// The groups of such lines, each with its first line, in order.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn repeated(&mut self) -> Result<Vec<Repeated>> {
        on_staged!(&mut self.0, conn => {
            sqlx::query_as(concat!(
                "select g.line, s.symbol || '-' || s.number || '-' || s.branch as whose, s.month
                 from (select min(line) as line from staged_claim
                       where fate = 'unclear' group by ", group!(""), ") g
                 join staged_expense s on s.line = g.line order by g.line"
            ))
            .fetch_all(conn)
            .await
        })
    }

    /// Settles such groups, each by its first line, as the office says: all that the file has
    /// of it is right and the rest of what is on file was wrong, or they are further claims.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn settle(&mut self, groups: &[(i64, Settled)]) -> Result<()> {
        if groups.is_empty() {
            return Ok(());
        }
        let of = |settled: &str| {
            format!(
                "({}) in (select {} from staged_claim o join staged_answer a on a.line = o.line
                          where {settled})",
                group!(""),
                group!("o."),
            )
        };
        on_staged!(&mut self.0, conn => {
            sqlx::query(
                "create temporary table staged_answer (
                     line bigint not null, corrects boolean not null)",
            )
            .execute(&mut *conn)
            .await?;
            for some in groups.chunks(SOME) {
                let insert = "insert into staged_answer (line, corrects) values ";
                // Made of constants and a number alone, as what follows.
                let sql = AssertSqlSafe(insert.to_owned() + &placeholders(some.len(), 2));
                let mut query = sqlx::query(sql);
                for (line, settled) in some {
                    query = query.bind(line).bind(*settled == Settled::Corrects);
                }
                query.execute(&mut *conn).await?;
            }
            for statement in [
                format!(
                    "update staged_claim set fate = 'withdrawn'
                     where fate = 'not spoken of' and {}",
                    of("a.corrects")
                ),
                format!(
                    "update staged_claim set fate = 'added' where fate = 'unclear' and {}",
                    of("true")
                ),
            ] {
                sqlx::query(AssertSqlSafe(statement)).execute(&mut *conn).await?;
            }
        });
        Ok(())
    }

    /// Tells `each` of every claim that [`merge`] writes or takes out, by its key. Nothing of
    /// it can change until then: `merge` looks whether another import was quicker.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn planned(&mut self, each: Each<'_>) -> Result<()> {
        let sql = format!(
            "select p.symbol, p.number, p.branch, cast(c.month as text), c.kind, c.fate,
                    c.stored, c.provider, {values}
             from staged_claim c join person p on p.id = c.person_id
             where c.fate in ('added', 'corrects', 'corrected', 'withdrawn')
                or (c.fate = 'kept' and c.provider <> c.stored)
             order by p.symbol, p.number, p.branch, c.month, c.provider_key, c.kind, c.fate,
                      c.provider, c.stored, {ordered}",
            values = as_texts("c.", &TITLES),
            ordered = values!("c."),
        );
        on_staged!(&mut self.0, conn => tell!(conn, sql, each));
        Ok(())
    }

    /// What the file has of each month, and what becomes of it.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn by_month(&mut self) -> Result<Vec<OfMonth>> {
        on_staged!(&mut self.0, conn => {
            sqlx::query_as(
                "with said as (
                     select month, count(*) as lines, cast(sum(total) as bigint) as total,
                            cast(sum(insurer) as bigint) as insurer,
                            cast(sum(public) as bigint) as public,
                            cast(sum(paid) as bigint) as paid,
                            cast(sum(meals) as bigint) as meals,
                            cast(sum(extra) as bigint) as extra
                     from staged_expense group by month),
                 becomes as (
                     select month, count(*) filter (where fate = 'added') as added,
                            count(*) filter (where fate = 'corrects') as changed,
                            count(*) filter (where fate = 'withdrawn') as withdrawn
                     from staged_claim group by month)
                 select said.*, coalesce(added, 0) as added, coalesce(changed, 0) as changed,
                        coalesce(withdrawn, 0) as withdrawn
                 from said left join becomes on becomes.month = said.month order by said.month",
            )
            .fetch_all(conn)
            .await
        })
    }

    /// Lines with more 付加給付 than was paid on them, where the household has not paid so
    /// much in that month, with what it will have on file: how many, and the first `most`
    /// of them, with 付加給付額. (合算付加金 is often booked on one line.)
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn extra_beyond(&mut self, most: i64) -> Result<(i64, Vec<(i64, i64)>)> {
        on_staged!(&mut self.0, conn => {
            let mut lines: Vec<(i64, i64)> = sqlx::query_as(
                "with beyond as (
                     select c.line, c.extra, c.month, p.symbol, p.number
                     from staged_claim c join person p on p.id = c.person_id
                     where c.line is not null and c.extra > c.paid),
                 household as (select distinct month, symbol, number from beyond),
                 kin as (
                     select h.month, h.symbol, h.number, p.id as person_id
                     from household h
                     join person p on p.symbol = h.symbol and p.number = h.number),
                 afterwards as (
                     select k.month, k.symbol, k.number, c.paid - c.extra as rest
                     from kin k
                     join staged_claim c on c.person_id = k.person_id and c.month = k.month
                     where c.fate not in ('withdrawn', 'corrected')
                     union all
                     select k.month, k.symbol, k.number, e.paid - e.extra
                     from kin k
                     join expense e on e.person_id = k.person_id and e.month = k.month
                     left join staged_claim c
                       on c.person_id = e.person_id and c.month = e.month
                      and c.stored = e.provider and c.kind = e.kind and c.nth = e.nth
                     where c.person_id is null)
                 select b.line, b.extra from beyond b
                 join (select month, symbol, number from afterwards
                       group by month, symbol, number having sum(rest) < 0) as short
                   on short.month = b.month and short.symbol = b.symbol
                  and short.number = b.number
                 order by b.line",
            )
            .fetch_all(conn)
            .await?;
            let count = lines.len() as i64;
            lines.truncate(most as usize);
            Ok((count, lines))
        })
    }

    /// What the file changes of claims on file, without the values: nobody reads on a
    /// console what somebody was treated for.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn differences(&mut self) -> Result<Vec<Difference>> {
        let whose = |key: &str| {
            format!(
                "{key}.symbol || '-' || {key}.number || '-' || {key}.branch || ' '
                 || substr(cast(c.month as text), 1, 4) || '-'
                 || substr(cast(c.month as text), 5, 2)"
            )
        };
        let line = format!("select c.line, {} as whose", whose("s"));
        let of_line = format!("{line}, cast(null as text) as old, cast(null as text) as new");
        let of = |column: &str, title: &str| {
            format!(
                "{of_line}, '{title}' as title
                 from staged_claim c
                 join staged_claim o
                   on o.person_id = c.person_id and o.month = c.month
                  and o.provider_key = c.provider_key and o.kind = c.kind
                 join staged_expense s on s.line = c.line
                 where c.fate = 'corrects' and o.fate = 'corrected'
                   and c.{column} <> o.{column}"
            )
        };
        let spelled = format!(
            "{line}, c.stored as old, c.provider as new, '医療機関名' as title
             from staged_claim c join staged_expense s on s.line = c.line
             where c.fate = 'kept' and c.provider <> c.stored"
        );
        let withdrawn = format!(
            "select cast(null as bigint) as line, {} as whose, '取り消し' as title,
                    cast(null as text) as old, cast(null as text) as new
             from staged_claim c join person p on p.id = c.person_id
             where c.fate = 'withdrawn'",
            whose("p")
        );
        on_staged!(&mut self.0, conn => {
            // Made of constants alone.
            let sql = of_each(&TITLES, of, &[spelled, withdrawn]);
            let mut found: Vec<Difference> =
                sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await?;
            // What nobody can see (a list saved on a Mac) is nothing to tell.
            found.retain(Difference::can_be_seen);
            for one in &mut found {
                (one.old, one.new) = (None, None);
            }
            Ok(found)
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

/// What a file says of a claim, with the provider folded.
const COLUMNS: &str = concat!(
    "line, symbol, number, branch, month, provider, provider_key, kind, ",
    values!(""),
);

/// What becomes of the claims that were compared.
///
/// # Errors
/// Whatever the engine answers.
pub async fn outcome(tx: &mut Tx) -> Result<Outcome> {
    on!(write tx, conn => {
        sqlx::query_as(
            "select count(*) filter (where fate = 'added') as added,
                    count(*) filter (where fate = 'corrects') as changed,
                    count(*) filter (where fate = 'withdrawn') as withdrawn,
                    count(*) filter (where fate = 'kept') as unchanged,
                    (select min(month) from staged_expense) as first_month,
                    (select max(month) from staged_expense) as last_month
             from staged_claim",
        )
        .fetch_one(conn)
        .await
    })
}

/// Brings in what was compared. What is on file and of which the file does not speak
/// stays as it is: the claims of one month come in several files.
///
/// False where another import was quicker: then the file has to be compared again. The lines
/// are those of `batch`, which keeps what it replaces.
///
/// # Errors
/// Whatever the engine answers.
pub async fn merge(tx: &mut Tx, compared: Compared, batch: i64) -> Result<bool> {
    let touched = on!(write tx, conn => {
        let is_first = sqlx::query("update expense_import set serial = serial + 1 where serial = $1")
            .bind(compared.serial)
            .execute(&mut *conn)
            .await?
            .rows_affected();
        if is_first == 0 {
            return Ok(false);
        }
        // A claim that is there already, spelled otherwise, is shown as this file has it.
        sqlx::query(concat!(
            "insert into expense_replaced (replaced_by, person_id, month, provider, provider_key,
                                           kind, nth, batch, ", values!(""), ")
             select $1, e.person_id, e.month, e.provider, c.provider_key, e.kind, e.nth, e.batch, ",
            values!("e."), "
             from staged_claim c
             join expense e on e.person_id = c.person_id and e.month = c.month
              and e.provider = c.stored and e.kind = c.kind and e.nth = c.nth
             where c.fate in ('withdrawn', 'corrected')
                or (c.fate = 'kept' and c.provider <> c.stored)"
        ))
        .bind(batch)
        .execute(&mut *conn)
        .await?;
        let touched: Vec<i64> = sqlx::query_scalar(concat!(
            "select e.batch from staged_claim c
             join expense e on e.person_id = c.person_id and e.month = c.month
              and e.provider = c.stored and e.kind = c.kind and e.nth = c.nth
             where c.nth is not null and e.batch is not null
               and (", group!("c."), ") in (", touched!(), ")
             union
             select r.replaced_by from expense_replaced r
             where r.replaced_by <> $1 and (", group!("r."), ") in (", touched!(), ")"
        ))
        .bind(batch)
        .fetch_all(&mut *conn)
        .await?;
        sqlx::query(
            "delete from expense where (person_id, month, provider, kind, nth) in
                 (select person_id, month, stored, kind, nth from staged_claim
                  where fate in ('withdrawn', 'corrected')
                     or (fate = 'kept' and provider <> stored))",
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query(concat!(
            "insert into expense (person_id, month, provider, kind, nth, batch, ", values!(""), ")
             select person_id, month, provider, kind, highest + line, $1, ", values!(""), "
             from staged_claim
             where fate in ('added', 'corrects') or (fate = 'kept' and provider <> stored)"
        ))
        .bind(batch)
        .execute(&mut *conn)
        .await?;
        touched
    });
    import_batch::touch(tx, touched, batch).await?;
    Ok(true)
}

/// What the office says of claims that could be further ones as well as corrections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The file has all of them.
    Corrects,
    /// They come beside those on file.
    Adds,
}

/// A group of claims of which nobody can tell.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Repeated {
    /// The first line of those that are not on file.
    pub line: i64,
    /// 記号-番号-枝番
    pub whose: String,
    /// As YYYYMM.
    pub month: i64,
}

/// What a file has of a month: lines, what becomes of them, and their sums in yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct OfMonth {
    /// As YYYYMM.
    pub month: i64,
    /// All of its lines.
    pub lines: i64,
    /// Claims that were not on file.
    pub added: i64,
    /// Claims on file that are corrected.
    pub changed: i64,
    /// Claims on file that are taken out.
    pub withdrawn: i64,
    /// 医療費総額
    pub total: i64,
    /// 保険者負担額
    pub insurer: i64,
    /// 公費負担額
    pub public: i64,
    /// 窓口負担額
    pub paid: i64,
    /// 食事療養費
    pub meals: i64,
    /// 付加給付額
    pub extra: i64,
}

/// A line as the society has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpenseRow {
    /// Whose it is.
    pub key: Key,
    /// 診療年月
    pub month: Month,
    /// 医療機関名; may be empty.
    pub provider: String,
    /// 区分
    pub kind: Kind,
    /// 日数
    pub days: i64,
    /// The amounts.
    pub amounts: Amounts,
}

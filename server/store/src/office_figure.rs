//! Figures for the office's first page: counted beside the requests, and read as rows.

use domain::{relation::Relation, values::timestamp::Timestamp};
use sqlx_macros::FromRow;

use super::{
    Db, Result, on,
    person::{Eligible, eligible},
};

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Figure {
    /// What was counted.
    pub name: String,
    /// Of what: an employer's code, a month `2026-11`, a day, a reason; empty for all.
    pub part: String,
    /// How that is called; empty where it is called as it is written.
    pub label: String,
    /// How many.
    pub value: i64,
    /// When it was counted, in Unix milliseconds.
    pub counted_at: i64,
}

/// How an instant's day or month in Japan is written, on each engine in its own way.
macro_rules! in_japan {
    (sqlite, $column:literal, month) => {
        concat!(
            "strftime('%Y-%m', ",
            $column,
            " / 1000, 'unixepoch', '+9 hours')"
        )
    };
    (sqlite, $column:literal, day) => {
        concat!(
            "strftime('%Y-%m-%d', ",
            $column,
            " / 1000, 'unixepoch', '+9 hours')"
        )
    };
    (postgres, $column:literal, month) => {
        concat!(
            "to_char(to_timestamp(",
            $column,
            " / 1000) at time zone 'UTC' + interval '9 hours',
                     'YYYY-MM')"
        )
    };
    (postgres, $column:literal, day) => {
        concat!(
            "to_char(to_timestamp(",
            $column,
            " / 1000) at time zone 'UTC' + interval '9 hours',
                     'YYYY-MM-DD')"
        )
    };
}

/// Everything that is counted, as (name, part, label, value). $1 is today, $2 how the insured
/// are stored, $3 the last birth date with which a dependent may register, $4 this instant,
/// $5 the first instant of the days that are told, and $6 that of the months.
macro_rules! counted {
    ($engine:ident) => {
        concat!(
            "with may as (",
            eligible!(
                "select p.id, p.employer_code, p.employer_name,
                        case when m.id is not null then 1 else 0 end as has
                 from person p
                 left join member m on m.person_id = p.id and m.left_at is null where",
                ""
            ),
            ")
             select 'may_register' as name, employer_code as part, max(employer_name) as label,
                    count(*) as value from may group by employer_code
             union all
             select 'has_registered', employer_code, max(employer_name),
                    cast(coalesce(sum(has), 0) as bigint) from may group by employer_code
             union all
             select 'registrations', ",
            in_japan!($engine, "registered_at", month),
            ", '', count(*)
             from member where registered_at >= $6 group by 2
             union all
             select 'postcards_out', '', '', count(*) from postcard
             where ended_at is null and expires_at > $4
             union all
             select 'postcards_used', '', '', count(*) from postcard where used_at is not null
             union all
             select 'postcards_expired', '', '', count(*) from postcard
             where used_at is null and returned_at is null and expires_at <= $4
               and (ended_at is null or ended_at >= expires_at)
             union all
             select 'postcards_returned', '', '', count(*) from postcard
             where returned_at is not null
             union all
             select 'employer_postcards_out', p.employer_code, max(p.employer_name), count(*)
             from postcard c join person p on p.id = c.person_id
             where c.ended_at is null and c.expires_at > $4 group by p.employer_code
             union all
             select 'employer_postcards_used', p.employer_code, max(p.employer_name), count(*)
             from postcard c join person p on p.id = c.person_id
             where c.used_at is not null group by p.employer_code
             union all
             select 'employer_postcards_expired', p.employer_code, max(p.employer_name), count(*)
             from postcard c join person p on p.id = c.person_id
             where c.used_at is null and c.returned_at is null and c.expires_at <= $4
               and (c.ended_at is null or c.ended_at >= c.expires_at)
             group by p.employer_code
             union all
             select 'employer_postcards_returned', p.employer_code, max(p.employer_name), count(*)
             from postcard c join person p on p.id = c.person_id
             where c.returned_at is not null group by p.employer_code
             union all
             select 'letters_given_up', trouble, '', count(*) from letter
             where given_up_at >= $5 and trouble <> '' group by trouble
             union all
             select 'sign_ins', ",
            in_japan!($engine, "at", day),
            ", '', count(*)
             from audit where event in ('signed_in', 'signed_in_with_passkey') and at >= $5
               and id >= (select coalesce(min(id), 9223372036854775807) from audit where at >= $5) group by 2
             union all
             select 'imports', event, '', max(at) from audit
             where event in ('roster_imported', 'expenses_imported', 'checkups_imported',
                             'notices_imported') group by event"
        )
    };
}

/// On SQLite.
pub const ON_SQLITE: &str = counted!(sqlite);
/// On PostgreSQL.
pub const ON_POSTGRES: &str = counted!(postgres);

/// Counts everything anew. Nothing is locked while it is counted.
///
/// # Errors
/// Whatever the database answers.
pub async fn count(
    db: &Db,
    who: Eligible,
    (days_since, months_since): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<()> {
    let sql = match db {
        Db::Sqlite(_) => ON_SQLITE,
        Db::Postgres(_) => ON_POSTGRES,
    };
    let counted: Vec<(String, String, String, i64)> = on!(read db, conn => {
        sqlx::query_as(sql)
            .bind(who.today)
            .bind(Relation::INSURED)
            .bind(who.born_by)
            .bind(now.0)
            .bind(days_since.0)
            .bind(months_since.0)
            .fetch_all(conn)
            .await?
    });
    let mut tx = db.write().await?;
    on!(write &mut tx, conn => {
        // Two servers at once: the second waits for the first, and counts as well.
        sqlx::query("delete from office_figure where counted_at <= $1 or counted_at > $1")
            .bind(now.0)
            .execute(&mut *conn)
            .await?;
        for (name, part, label, value) in &counted {
            sqlx::query(
                "insert into office_figure (name, part, label, value, counted_at)
                 values ($1, $2, $3, $4, $5)
                 on conflict (name, part) do update
                 set label = excluded.label, value = excluded.value,
                     counted_at = excluded.counted_at",
            )
            .bind(name)
            .bind(part)
            .bind(label)
            .bind(value)
            .bind(now.0)
            .execute(&mut *conn)
            .await?;
        }
    });
    tx.commit().await
}

/// What was counted last.
///
/// # Errors
/// Whatever the database answers.
pub async fn all(db: &Db) -> Result<Vec<Figure>> {
    on!(read db, conn => {
        sqlx::query_as(
            "select name, part, label, value, counted_at from office_figure order by name, part",
        )
        .fetch_all(conn)
        .await
    })
}

/// What waits for somebody, at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Waiting {
    /// Who waits for a new postcard that the office asked for.
    pub new_postcards: i64,
    /// Whose address is unknown.
    pub addresses_unknown: i64,
    /// Letters that have not gone yet.
    pub letters: i64,
    /// What clerks have asked each other.
    pub questions: i64,
}

/// Each by a small index over what waits. $1: since when a clerk's question stands.
pub const WAITING: &str = "select
     (select count(*) from person where postcard_wanted_at is not null) as new_postcards,
     (select count(*) from person where address_unknown_since is not null) as addresses_unknown,
     (select count(*) from letter where sent_at is null and given_up_at is null) as letters,
     (select count(*) from second_person where agreed_at is null and asked_at > $1) as questions";

/// What waits.
///
/// # Errors
/// Whatever the database answers.
pub async fn waiting(db: &Db, now: Timestamp) -> Result<Waiting> {
    let since = now.minus(super::second_person::STANDS);
    on!(read db, conn => {
        sqlx::query_as(WAITING).bind(since.0).fetch_one(conn).await
    })
}

//! Where the rows of a file wait until its last line is found good: a temporary
//! table of one connection, which locks nothing that others use.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Database, Postgres, Sqlite, Transaction, pool::PoolConnection};
use sqlx_macros::FromRow;

use super::{Db, Result, Tx, membership::since, person::Key};

/// A connection with a temporary table, which goes with it.
pub(super) struct Staging(pub(super) Connection);

/// A staged table of lines about people, with the columns `line`, `symbol`, `number`,
/// `branch` and `person_id`.
#[derive(Clone, Copy)]
pub(super) struct OfPeople {
    /// Its name.
    pub(super) table: &'static str,
    /// Whether a period `h.since` until before `h.until` is one in which the line `s` can be.
    pub(super) covers: &'static str,
}

/// Whose the lines are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Lines under a key that their person has not any more.
    pub former: i64,
    /// Lines whose key belonged to several people at that time.
    pub unclear: i64,
    /// The first of these.
    pub first_unclear: Vec<i64>,
}

/// Lines about people whom nobody knows: how many, and the first of them.
pub(super) type UnknownPeople = (i64, Vec<(u64, UnknownPerson)>);

#[derive(FromRow)]
struct UnknownPersonRow {
    line: i64,
    #[sqlx(flatten)]
    key: Key,
    known_symbol: Option<String>,
    known_number: Option<String>,
    known_branch: Option<String>,
}

impl UnknownPersonRow {
    fn named(self) -> (u64, UnknownPerson) {
        let known = (self.known_symbol, self.known_number, self.known_branch);
        let with_zeros = match known {
            (Some(symbol), Some(number), Some(branch)) => Some(Key {
                symbol,
                number,
                branch,
            }),
            _ => None,
        };
        let stranger = UnknownPerson {
            key: self.key,
            with_zeros,
        };
        (self.line.cast_unsigned(), stranger)
    }
}

pub(super) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// Runs one body on whichever connection there is.
macro_rules! on_staged {
    ($staging:expr, $conn:ident => $body:expr) => {
        match &mut ($staging).0 {
            $crate::staging::Connection::Sqlite(connection) => {
                let $conn = &mut **connection;
                $body
            }
            $crate::staging::Connection::Postgres(connection) => {
                let $conn = &mut **connection;
                $body
            }
        }
    };
}
pub(super) use on_staged;

impl Staging {
    /// Makes the temporary table by this statement.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub(super) async fn begin(db: &Db, create: &'static str) -> Result<Self> {
        let mut staging = Self(match db {
            Db::Sqlite(file) => Connection::Sqlite(file.apart().await?),
            Db::Postgres(pool) => Connection::Postgres(closing(pool.acquire().await?)),
        });
        if let Connection::Postgres(connection) = &mut staging.0 {
            // A statement here runs once: to be compiled it takes as long as to be run.
            sqlx::query("set jit = off")
                .execute(&mut **connection)
                .await?;
        }
        on_staged!(&mut staging, conn => {
            sqlx::query(create).execute(conn).await?;
        });
        Ok(staging)
    }

    /// Finds whose each line is: who has its key, or, where somebody had it before, who
    /// had it then; outside of everybody's time, the one who ever had it. Where that does
    /// not tell, it is unclear, unless the present holder is meant by it.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub(super) async fn resolve(
        &mut self,
        OfPeople { table, covers }: OfPeople,
        to_present_holder: bool,
        most: i64,
    ) -> Result<Resolved> {
        let present = format!(
            "update {table} set person_id = p.id from person p
             where p.symbol = {table}.symbol and p.number = {table}.number
               and p.branch = {table}.branch"
        );
        // Everybody who ever had the key of a line that changed hands or periods.
        let holders = format!(
            "insert into staged_holder (line, person_id, covers, covering, people)
             with changed as (select distinct symbol, number, branch from former_membership),
             holder as (
                 select f.symbol, f.number, f.branch, f.person_id, f.since, f.until
                 from former_membership f
                 union all
                 select p.symbol, p.number, p.branch, p.id, {since}, p.disqualified_on
                 from changed c join person p
                   on p.symbol = c.symbol and p.number = c.number and p.branch = c.branch),
             person_of_line as (
                 select s.line, h.person_id, max(case when {covers} then 1 else 0 end) as covers
                 from {table} s join holder h
                   on h.symbol = s.symbol and h.number = s.number and h.branch = s.branch
                 group by s.line, h.person_id)
             select line, person_id, covers, sum(covers) over (partition by line),
                    count(*) over (partition by line)
             from person_of_line",
            since = since!("p.")
        );
        let then = format!(
            "update {table} set person_id = h.person_id from staged_holder h
             where h.line = {table}.line
               and (h.people = 1 or (h.covering = 1 and h.covers = 1))"
        );
        let former = format!(
            "select count(*) from {table} s join person p on p.id = s.person_id
             where (p.symbol, p.number, p.branch) <> (s.symbol, s.number, s.branch)"
        );
        on_staged!(self, conn => {
            // Made of constants alone, all of them.
            sqlx::query(AssertSqlSafe(present)).execute(&mut *conn).await?;
            let is_any_former: bool =
                sqlx::query_scalar("select exists (select 1 from former_membership)")
                    .fetch_one(&mut *conn)
                    .await?;
            if !is_any_former {
                return Ok(Resolved::default());
            }
            sqlx::query(
                "create temporary table staged_holder (
                     line bigint not null, person_id uuid not null, covers bigint not null,
                     covering bigint not null, people bigint not null)",
            )
            .execute(&mut *conn)
            .await?;
            sqlx::query(AssertSqlSafe(holders)).execute(&mut *conn).await?;
            sqlx::query(AssertSqlSafe(then)).execute(&mut *conn).await?;
            let former = sqlx::query_scalar(AssertSqlSafe(former)).fetch_one(&mut *conn).await?;
            let mut unclear: Vec<i64> = if to_present_holder {
                Vec::new()
            } else {
                sqlx::query_scalar(
                    "select distinct line from staged_holder
                     where people > 1 and covering <> 1 order by line",
                )
                .fetch_all(conn)
                .await?
            };
            let count = unclear.len() as i64;
            unclear.truncate(most as usize);
            Ok(Resolved { former, unclear: count, first_unclear: unclear })
        })
    }

    /// Lines of a staged table about people who are not on the roster: how many, and
    /// the first `most` of them; and whether there is a line about anybody who is.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub(super) async fn unknown_people(
        &mut self,
        OfPeople { table, .. }: OfPeople,
        most: i64,
    ) -> Result<(UnknownPeople, bool)> {
        let staged = format!("from {table} s");
        let counts = format!("select count(*), count(s.person_id) {staged}");
        // Whether somebody has the key with zeros in front is asked of few lines only.
        let first = format!(
            "with first as (
                 select s.line, s.symbol, s.number, s.branch {staged}
                 where s.person_id is null order by s.line limit $1),
             known as (
                 select symbol, number, branch, {known} as plain_symbol,
                        ltrim(number, '0') as plain_number, ltrim(branch, '0') as plain_branch
                 from {EVERY_KEY})
             select f.line, f.symbol, f.number, f.branch, k.symbol as known_symbol,
                    k.number as known_number, k.branch as known_branch
             from first f left join known k
               on (f.branch <> '' or (k.symbol, k.number) <> (f.symbol, f.number))
              and k.plain_number = {number} and k.plain_symbol = {symbol}
              and k.plain_branch = {branch} and length(k.symbol) >= length(f.symbol)
              and length(k.number) >= length(f.number) and length(k.branch) >= length(f.branch)
             order by f.line, k.symbol, k.number, k.branch",
            // A symbol may have digits in full width on file, too.
            known = plain("symbol"),
            symbol = plain("f.symbol"),
            number = plain("f.number"),
            branch = plain("f.branch"),
        );
        // Made of constants alone, both.
        let (all, known, mut first): (i64, i64, Vec<UnknownPersonRow>) = on_staged!(self, conn => {
            let (all, known) = sqlx::query_as(AssertSqlSafe(counts)).fetch_one(&mut *conn).await?;
            if all == known {
                return Ok(((0, Vec::new()), true));
            }
            let first = sqlx::query_as(AssertSqlSafe(first)).bind(most).fetch_all(conn).await?;
            (all, known, first)
        });
        // Several may have the key with zeros, and one is enough to hint at.
        first.dedup_by_key(|row| row.line);
        let named = first.into_iter().map(UnknownPersonRow::named).collect();
        Ok(((all - known, named), known > 0))
    }

    /// Begins the change, on the connection that holds the rows.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub(super) async fn into_tx(self) -> Result<Tx> {
        Ok(match self.0 {
            Connection::Sqlite(connection) => {
                let begin = sqlx::SqlSafeStr::into_sql_str("BEGIN IMMEDIATE");
                Tx::Sqlite(Transaction::begin(connection, Some(begin)).await?)
            }
            Connection::Postgres(connection) => Tx::Postgres(crate::begin(connection).await?),
        })
    }
}

/// Every key that somebody has, or had before.
pub(super) const EVERY_KEY: &str = "(select symbol, number, branch from person
     union select symbol, number, branch from former_membership) every_key";

/// A column of a file without zeros in front, its digits in half width: what a spreadsheet or
/// a keyboard makes of a code.
pub(super) fn plain(column: &str) -> String {
    let half = ('０'..='９')
        .zip('0'..='9')
        .fold(column.to_owned(), |sql, (full, half)| {
            format!("replace({sql}, '{full}', '{half}')")
        });
    format!("ltrim({half}, '0')")
}

fn closing<DB: Database>(mut connection: PoolConnection<DB>) -> PoolConnection<DB> {
    connection.close_on_drop();
    connection
}

/// `($1,$2),($3,$4)`: so many rows of so many values.
pub(super) fn placeholders(rows: usize, values: usize) -> String {
    let mut sql = String::new();
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for value in 1..=values {
            let comma = if value == 1 { "" } else { "," };
            // Writing to a string does not fail.
            let _ = write!(sql, "{comma}${}", row * values + value);
        }
        sql.push(')');
    }
    sql
}

/// Somebody whom a line is about, and whom nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPerson {
    /// The key that was looked for.
    pub key: Key,
    /// Who has the same key but for zeros in front: a spreadsheet takes `0012` for 12.
    pub with_zeros: Option<Key>,
}

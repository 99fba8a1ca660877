//! A whole roster at once: its rows wait in a temporary table, where they lock
//! nothing; then a few statements bring them in, in one transaction.

use std::borrow::Cow;

use domain::{
    relation::Relation,
    spelling::{Name, SearchKeys, one_form},
    values::sex::Sex,
};
use sqlx::AssertSqlSafe;
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

use super::{
    Db, Result, Tx,
    differences::{Difference, of_each},
    membership, on,
    planned::{Each, as_texts, tell},
    staged_rows::Value,
    staging::{EVERY_KEY, Staging, on_staged, plain},
};

/// The columns of `person` that a roster fills, without the key.
macro_rules! values {
    ($prefix:literal) => {
        $crate::columns!(
            $prefix,
            "name",
            "kana",
            "born_on",
            "sex",
            "relation",
            "qualified_on",
            "disqualified_on",
            "employer_code",
            "employer_name",
            "postal_code",
            "address"
        )
    };
}

/// The columns of `person` by which somebody is found: what `name` and `kana` come to.
macro_rules! search_keys {
    ($prefix:literal) => {
        $crate::columns!(
            $prefix,
            "name_key",
            "given_key",
            "kana_key",
            "given_kana_key"
        )
    };
}

/// The rows of a file, waiting in a temporary table of one connection.
pub struct Staged(Staging);

/// What the file will change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Outcome {
    /// People who were not on file.
    pub added: i64,
    /// People on file with other particulars.
    pub changed: i64,
    /// People on file who have a 資格喪失日 now and had none.
    pub left: i64,
    /// People on file, the same in every column.
    pub unchanged: i64,
    /// People on file of whom the file says nothing.
    pub absent: i64,
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
                "create temporary table staged_person (
                     line bigint not null, id uuid not null,
                     symbol text not null, number text not null, branch text not null,
                     name text not null, kana text not null, born_on date not null,
                     sex text not null, relation text not null, qualified_on date not null,
                     disqualified_on date, employer_code text not null,
                     employer_name text not null, postal_code text not null,
                     address text not null, name_key text not null, given_key text,
                     kana_key text, given_kana_key text)",
            )
            .await?,
        ))
    }

    /// Adds rows, each with its line in the file.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn add(&mut self, rows: &[(u64, RosterRow)]) -> Result<()> {
        let rows: Vec<[Value<'_>; 20]> = rows
            .iter()
            .map(|(line, row)| {
                let keys = SearchKeys::of(Name {
                    name: &row.name,
                    kana: &row.kana,
                });
                [
                    line.cast_signed().into(),
                    Uuid::now_v7().into(),
                    (&row.symbol).into(),
                    (&row.number).into(),
                    (&row.branch).into(),
                    (&row.name).into(),
                    (&row.kana).into(),
                    row.born_on.into(),
                    row.sex.as_str().into(),
                    row.relation.as_str().into(),
                    row.qualified_on.into(),
                    row.disqualified_on.into(),
                    (&row.employer_code).into(),
                    (&row.employer_name).into(),
                    (&row.postal_code).into(),
                    (&row.address).into(),
                    keys.name.into(),
                    keys.given.into(),
                    keys.kana.into(),
                    keys.given_kana.into(),
                ]
            })
            .collect();
        self.0.add("staged_person", COLUMNS, &rows).await
    }

    /// Lines with the key of an earlier one: how many, and the first `most` of
    /// them as (line, first line with that key).
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn duplicates(&mut self, most: i64) -> Result<(i64, Vec<(i64, i64)>)> {
        on_staged!(&mut self.0, conn => {
            let count: i64 = sqlx::query_scalar(
                "select count(*) - (select count(*) from
                     (select distinct symbol, number, branch from staged_person) as keys)
                 from staged_person",
            )
            .fetch_one(&mut *conn)
            .await?;
            if count == 0 {
                return Ok((0, Vec::new()));
            }
            let first = sqlx::query_as(
                "select line, first_line from
                     (select line, min(line) over (partition by symbol, number, branch)
                                   as first_line from staged_person) as lines
                 where line > first_line order by line limit $1",
            )
            .bind(most)
            .fetch_all(&mut *conn)
            .await?;
            Ok((count, first))
        })
    }

    /// Lines with a key that nobody has or had, but for zeros in front or their width: how
    /// many, and the first `most` with the key on file.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn keys_without_zeros(&mut self, most: i64) -> Result<WithoutZeros> {
        let lost = format!(
            "with stranger as (
                 select s.line, s.symbol, s.number, s.branch
                 from staged_person s left join {EVERY_KEY}
                   on every_key.symbol = s.symbol and every_key.number = s.number
                  and every_key.branch = s.branch
                 where every_key.symbol is null),
             known as (
                 select symbol, number, branch, {known} as plain_symbol,
                        ltrim(number, '0') as plain_number, ltrim(branch, '0') as plain_branch
                 from {EVERY_KEY})
             select s.line, min(k.symbol || '-' || k.number || '-' || k.branch)
             from stranger s join known k
               on k.plain_number = {number} and k.plain_symbol = {symbol}
              and k.plain_branch = {branch} and length(k.symbol) >= length(s.symbol)
              and length(k.number) >= length(s.number) and length(k.branch) >= length(s.branch)
             group by s.line order by s.line",
            // A symbol may have digits in full width on file, too.
            known = plain("symbol"),
            symbol = plain("s.symbol"),
            number = plain("s.number"),
            branch = plain("s.branch"),
        );
        self.without_zeros(lost, most).await
    }

    /// Lines with an employer that nobody has, likewise.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn employers_without_zeros(&mut self, most: i64) -> Result<WithoutZeros> {
        let lost = format!(
            "with known as (
                 select distinct employer_code as code, ltrim(employer_code, '0') as plain
                 from person where employer_code <> '')
             select s.line, min(k.code)
             from staged_person s join known k
               on k.plain = {code} and length(k.code) >= length(s.employer_code)
             where s.employer_code <> ''
               and s.employer_code not in (select code from known)
             group by s.line order by s.line",
            code = plain("s.employer_code"),
        );
        self.without_zeros(lost, most).await
    }

    /// Runs one of these queries, made of constants alone.
    async fn without_zeros(&mut self, lost: String, most: i64) -> Result<WithoutZeros> {
        on_staged!(&mut self.0, conn => {
            let mut first: Vec<(i64, String)> =
                sqlx::query_as(AssertSqlSafe(lost)).fetch_all(conn).await?;
            let count = first.len() as i64;
            first.truncate(most as usize);
            Ok((count, first))
        })
    }

    /// Whether the first roster of all has no key with a zero in front, though its keys look
    /// like such: of several lengths, or with a 枝番 of one digit.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn is_first_without_zeros(&mut self) -> Result<bool> {
        on_staged!(&mut self.0, conn => {
            Ok(sqlx::query_scalar(
                "select not exists (select 1 from person)
                    and coalesce(max(case when number like '0_%' or branch like '0_%'
                                            or number like '０_%' or branch like '０_%'
                                          then 1 else 0 end) = 0
                                 and (min(length(number)) < max(length(number))
                                      or max(length(branch)) = 1), false)
                 from staged_person",
            )
            .fetch_one(conn)
            .await?)
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

/// Lines with a code that has lost its zeros: how many, and the first with what is on file.
pub type WithoutZeros = (i64, Vec<(i64, String)>);

/// What a file says of somebody, with what it comes to.
const COLUMNS: &str = concat!(
    "line, id, symbol, number, branch, ",
    values!(""),
    ", ",
    search_keys!(""),
);

/// Whom the people of the waiting rows work for, beside those on file. Who has no
/// employer does not count; while nobody is on file, nothing is new.
#[derive(Clone, Debug, Default)]
pub struct Employers {
    /// Codes that nobody on file has; the first ten.
    pub new: Vec<String>,
    /// Not one of the file's employers is on file.
    pub none_known: bool,
}

/// Compares the employers.
///
/// # Errors
/// Whatever the engine answers.
pub async fn employers(tx: &mut Tx) -> Result<Employers> {
    on!(write tx, conn => {
        let is_first: bool = sqlx::query_scalar("select not exists (select 1 from person)")
            .fetch_one(&mut *conn)
            .await?;
        if is_first {
            return Ok(Employers::default());
        }
        let new: Vec<String> = sqlx::query_scalar(
            "select employer_code from staged_person where employer_code <> ''
             except select employer_code from person order by 1 limit 10",
        )
        .fetch_all(&mut *conn)
        .await?;
        let any_known: bool = sqlx::query_scalar(
            "select exists (select 1 from staged_person
                            where employer_code in (select employer_code from person
                                                    where employer_code <> ''))",
        )
        .fetch_one(&mut *conn)
        .await?;
        let none_known = !new.is_empty() && !any_known;
        Ok(Employers { new, none_known })
    })
}

/// Rows of people that are read at a time.
const PAGE: i64 = 5000;

/// Brings the texts of everybody on file into the form in which files are read: a roster
/// of an earlier version may have been saved on another machine than this one, and a
/// spelling alone is no change of a person.
///
/// # Errors
/// Whatever the engine answers.
pub async fn respell(tx: &mut Tx) -> Result<()> {
    on!(write tx, conn => {
        let mut after = Uuid::nil();
        loop {
            let page: Vec<(Uuid, String, String, String, String)> = sqlx::query_as(
                "select id, name, kana, employer_name, address from person
                 where id > $1 order by id limit $2",
            )
            .bind(after)
            .bind(PAGE)
            .fetch_all(&mut *conn)
            .await?;
            let Some((last, ..)) = page.last() else {
                return Ok(());
            };
            after = *last;
            for (id, name, kana, employer_name, address) in &page {
                let texts = [name, kana, employer_name, address].map(|text| one_form(text));
                if texts.iter().all(|text| matches!(text, Cow::Borrowed(_))) {
                    continue;
                }
                let mut update = sqlx::query(
                    "update person set name = $2, kana = $3, employer_name = $4, address = $5,
                                       name_key = $6, given_key = $7, kana_key = $8,
                                       given_kana_key = $9
                     where id = $1",
                )
                .bind(id);
                let [name, kana, ..] = &texts;
                let keys = SearchKeys::of(Name { name, kana });
                for text in texts {
                    update = update.bind(text.into_owned());
                }
                update
                    .bind(keys.name)
                    .bind(keys.given)
                    .bind(keys.kana)
                    .bind(keys.given_kana)
                    .execute(&mut *conn)
                    .await?;
            }
        }
    })
}

/// The columns of `person` that a file fills, and their names in it.
const TITLES: [(&str, &str); 11] = [
    ("name", "氏名"),
    ("kana", "氏名カナ"),
    ("born_on", "生年月日"),
    ("sex", "性別"),
    ("relation", "続柄"),
    ("qualified_on", "資格取得日"),
    ("disqualified_on", "資格喪失日"),
    ("employer_code", "事業所コード"),
    ("employer_name", "事業所名"),
    ("postal_code", "郵便番号"),
    ("address", "住所"),
];

/// What the waiting rows change of people on file, before [`merge`].
///
/// # Errors
/// Whatever the engine answers.
pub async fn differences(tx: &mut Tx) -> Result<Vec<Difference>> {
    let of = |column: &str, title: &str| {
        format!(
            "select s.line, s.symbol || '-' || s.number || '-' || s.branch as whose,
                    '{title}' as title, cast(p.{column} as text) as old,
                    cast(s.{column} as text) as new
             from staged_person s join person p
               on p.symbol = s.symbol and p.number = s.number and p.branch = s.branch
             where p.{column} is distinct from s.{column}"
        )
    };
    on!(write tx, conn => {
        // Made of constants alone.
        sqlx::query_as(AssertSqlSafe(of_each(&TITLES, of, &[])))
            .fetch_all(conn)
            .await
    })
}

/// Tells `each` of every person that [`merge`] adds or changes, by their keys: what stands
/// there, and what will.
///
/// # Errors
/// Whatever the engine answers.
pub async fn planned(tx: &mut Tx, each: Each<'_>) -> Result<()> {
    let sql = format!(
        "select s.symbol, s.number, s.branch, {}, {}
         from staged_person s left join person p
           on p.symbol = s.symbol and p.number = s.number and p.branch = s.branch
         where p.id is null or ({}) is distinct from ({})
         order by s.symbol, s.number, s.branch",
        as_texts("p.", &TITLES),
        as_texts("s.", &TITLES),
        values!("p."),
        values!("s."),
    );
    on!(write tx, conn => tell!(conn, sql, each));
    Ok(())
}

/// What the waiting rows bring of one employer.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct OfEmployer {
    /// 事業所コード; empty for 任意継続被保険者.
    pub code: String,
    /// 事業所名, as the file has it.
    pub name: String,
    /// Lines in the file.
    pub lines: i64,
    /// People who are not on file.
    pub added: i64,
    /// People on file with other particulars.
    pub changed: i64,
    /// People on file who have a 資格喪失日 now and had none.
    #[sqlx(rename = "gone")]
    pub left: i64,
}

/// The same by employer, before [`merge`].
///
/// # Errors
/// Whatever the engine answers.
pub async fn by_employer(tx: &mut Tx) -> Result<Vec<OfEmployer>> {
    on!(write tx, conn => {
        sqlx::query_as(concat!(
            "with compared as (
                 select s.employer_code as code, s.employer_name as name, p.id is null as is_new,
                        p.id is not null and p.disqualified_on is null
                            and s.disqualified_on is not null as has_left,
                        (", values!("p."), ") is distinct from (", values!("s."), ") as differs
                 from staged_person s left join person p
                   on p.symbol = s.symbol and p.number = s.number and p.branch = s.branch)
             select code, max(name) as name, count(*) as lines,
                    count(*) filter (where is_new) as added,
                    count(*) filter (where not is_new and not has_left and differs) as changed,
                    count(*) filter (where has_left) as gone
             from compared group by code order by code"
        ))
        .fetch_all(conn)
        .await
    })
}

/// Brings the waiting rows in, after it was found who has moved. Who is on file and not
/// among them stays as it is.
///
/// # Errors
/// Whatever the engine answers.
pub async fn merge(tx: &mut Tx) -> Result<Outcome> {
    membership::keep_of_requalified(tx).await?;
    on!(write tx, conn => {
        let outcome: Outcome = sqlx::query_as(concat!(
            "with compared as (
                 select p.id is null as is_new,
                        p.disqualified_on is null and s.disqualified_on is not null as has_left,
                        (", values!("p."), ") is distinct from (", values!("s."), ") as differs
                 from staged_person s left join person p
                   on p.symbol = s.symbol and p.number = s.number and p.branch = s.branch)
             select count(*) filter (where is_new) as added,
                    count(*) filter (where not is_new and has_left) as \"left\",
                    count(*) filter (where not is_new and not has_left and differs) as changed,
                    count(*) filter (where not is_new and not differs) as unchanged,
                    (select count(*) from person) - count(*) filter (where not is_new) as absent
             from compared"
        ))
        .fetch_one(&mut *conn)
        .await?;
        sqlx::query(concat!(
            "insert into person (id, symbol, number, branch, ", values!(""), ", ", search_keys!(""), ")
             select id, symbol, number, branch, ", values!(""), ", ", search_keys!(""), "
             from staged_person where true
             on conflict (symbol, number, branch) do update set
                 name = excluded.name, kana = excluded.kana, born_on = excluded.born_on,
                 sex = excluded.sex, relation = excluded.relation,
                 qualified_on = excluded.qualified_on,
                 disqualified_on = excluded.disqualified_on,
                 employer_code = excluded.employer_code,
                 employer_name = excluded.employer_name,
                 postal_code = excluded.postal_code, address = excluded.address,
                 address_unknown_since = case
                     when person.address = excluded.address then person.address_unknown_since
                 end,
                 name_key = excluded.name_key, given_key = excluded.given_key,
                 kana_key = excluded.kana_key, given_kana_key = excluded.given_kana_key
             where (", values!("person."), ") is distinct from (", values!("excluded."), ")"
        ))
        .execute(&mut *conn)
        .await?;
        sqlx::query("update person set key_since = null where key_since <= qualified_on")
            .execute(&mut *conn)
            .await?;
        Ok(outcome)
    })
}

/// A person as the roster has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterRow {
    /// 記号; with the number it names the household. Zeros and kana matter.
    pub symbol: String,
    /// 番号
    pub number: String,
    /// 枝番
    pub branch: String,
    /// 氏名
    pub name: String,
    /// 氏名カナ; may be empty.
    pub kana: String,
    /// 生年月日
    pub born_on: Date,
    /// 性別
    pub sex: Sex,
    /// 続柄
    pub relation: Relation,
    /// 資格取得日: the first day insured.
    pub qualified_on: Date,
    /// 資格喪失日: the first day not insured any more.
    pub disqualified_on: Option<Date>,
    /// 事業所コード; empty for 任意継続被保険者, who have no employer.
    pub employer_code: String,
    /// 事業所名
    pub employer_name: String,
    /// 郵便番号 as `105-0001`; may be empty.
    pub postal_code: String,
    /// 住所; may be empty.
    pub address: String,
}

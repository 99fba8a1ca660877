//! Notices of a file, with their attachments: they wait in temporary tables until the
//! last line is found good; then a few statements bring them in, in one transaction.

use std::path::PathBuf;

use domain::{
    audience::{Audience, InsuredOrDependent},
    values::{sex::Sex, timestamp::Timestamp},
};
use sqlx::AssertSqlSafe;
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

use super::{
    Db, Result, Tx,
    differences::{Difference, of_each},
    notice::Kind,
    on,
    planned::{Each, as_texts, tell},
    staging::{Staging, on_staged},
};

/// The columns of `notice` that a file fills as they stand, without the key.
macro_rules! values {
    ($prefix:literal) => {
        $crate::columns!(
            $prefix,
            "kind",
            "slug",
            "title",
            "category",
            "important",
            "relation",
            "sex",
            "employers",
            "age_from",
            "age_to",
            "published_on",
            "ends_on",
            "opens_at",
            "body",
            "folded",
            "file_name"
        )
    };
}

/// What stands in the columns of a file, and their names.
const TITLES: [(&str, &str); 10] = [
    ("kind", "種類"),
    ("title", "件名"),
    ("category", "分類"),
    ("important", "重要度"),
    ("relation sex employers age_from age_to", "対象"),
    ("published_on", "公開日"),
    ("ends_on", "公開終了日"),
    ("body", "本文"),
    ("file_name sha256", "添付ファイル"),
    ("slug", "アドレス名"),
];

/// The rows of a file, waiting in temporary tables of one connection.
pub struct Staged(Staging);

/// What the file will change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Outcome {
    /// Numbers that were not there.
    pub added: i64,
    /// Numbers that were there with something else.
    pub changed: i64,
    /// Numbers that were there with the same.
    pub unchanged: i64,
    /// Numbers of which the file says nothing.
    pub absent: i64,
    /// New notices of which members will get a letter.
    pub told: i64,
}

impl Staged {
    /// Makes the temporary tables, in the shape of those that they are for; they go
    /// with the connection.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn begin(db: &Db) -> Result<Self> {
        let mut staging = Staging::begin(
            db,
            "create temporary table staged_notice as
             select n.*, f.sha256 from notice n left join file f on f.id = n.file_id where false",
        )
        .await?;
        on_staged!(&mut staging, conn => {
            sqlx::query(
                "create temporary table staged_file as select * from file where false",
            )
            .execute(conn)
            .await?;
        });
        Ok(Self(staging))
    }

    /// Adds an attachment; that it is there already is fine.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn add_file(&mut self, sha256: &[u8; 32], content: &[u8]) -> Result<()> {
        on_staged!(&mut self.0, conn => {
            sqlx::query(
                "insert into staged_file (id, sha256, size, content)
                 select $1, $2, $3, $4
                 where not exists (select 1 from staged_file where sha256 = $2)",
            )
            .bind(Uuid::now_v7())
            .bind(&sha256[..])
            .bind(i64::try_from(content.len()).unwrap_or(i64::MAX))
            .bind(content)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Adds a row; `file` is its attachment's hash and name.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn add(&mut self, row: &NoticeRow, file: Option<([u8; 32], &str)>) -> Result<()> {
        let (sha256, file_name) = file.unzip();
        on_staged!(&mut self.0, conn => {
            sqlx::query(concat!(
                "insert into staged_notice (id, number, sha256, ", values!(""), ")
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                         $17, $18, $19)"
            ))
            .bind(Uuid::now_v7())
            .bind(&row.number)
            .bind(sha256.as_ref().map(|sha256| &sha256[..]))
            .bind(row.kind.as_str())
            .bind(&row.slug)
            .bind(&row.title)
            .bind(&row.category)
            .bind(row.important)
            .bind(row.audience.relation.map_or("", InsuredOrDependent::as_str))
            .bind(row.audience.sex.map_or("", Sex::as_str))
            .bind(row.audience.employers_as_text())
            .bind(i64::from(row.audience.age_from))
            .bind(i64::from(row.audience.age_to))
            .bind(row.published_on)
            .bind(row.ends_on)
            .bind(row.opens_at().0)
            .bind(&row.body)
            .bind(&row.folded)
            .bind(file_name.unwrap_or_default())
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Begins the change, on the connection that holds the rows.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn into_tx(self) -> Result<Tx> {
        self.0.into_tx().await
    }

    /// Addresses of waiting articles that articles with other numbers have.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn slugs_taken(tx: &mut Tx) -> Result<Vec<String>> {
        on!(write tx, conn => {
            sqlx::query_scalar(
                "select s.slug from staged_notice s
                 join notice n on n.slug = s.slug and n.number <> s.number
                 where not exists (select 1 from staged_notice o
                                   where o.number = n.number and o.slug is distinct from n.slug)
                 order by s.slug limit 10",
            )
            .fetch_all(conn)
            .await
        })
    }

    /// 事業所コード of waiting rows that nobody on the roster has, each after the
    /// 管理番号 of its row.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn unknown_employers(tx: &mut Tx) -> Result<Vec<(String, String)>> {
        on!(write tx, conn => {
            let named: Vec<(String, String)> = sqlx::query_as(
                "select number, employers from staged_notice where employers <> '' order by number",
            )
            .fetch_all(&mut *conn)
            .await?;
            if named.is_empty() {
                return Ok(Vec::new());
            }
            let known: Vec<String> = sqlx::query_scalar("select distinct employer_code from person")
                .fetch_all(&mut *conn)
                .await?;
            let mut unknown = Vec::new();
            for (number, employers) in named {
                let codes = employers.split(',').filter(|code| !code.is_empty());
                let strange = codes.filter(|code| known.iter().all(|one| one != code));
                unknown.extend(strange.map(|code| (number.clone(), code.to_owned())));
            }
            Ok(unknown)
        })
    }

    /// What the waiting rows change of notices that are there, before [`Staged::merge`].
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn differences(tx: &mut Tx) -> Result<Vec<Difference>> {
        let of = |columns: &str, title: &str| {
            let both = |table: &str| {
                let named = columns.split(' ').map(|column| match column {
                    "sha256" if table == "n" => "f.sha256".to_owned(),
                    column => format!("{table}.{column}"),
                });
                named.collect::<Vec<_>>().join(", ")
            };
            format!(
                "select cast(null as bigint) as line, s.number as whose, '{title}' as title,
                        cast(null as text) as old, cast(null as text) as new
                 from staged_notice s
                 join notice n on n.number = s.number
                 left join file f on f.id = n.file_id
                 where ({}) is distinct from ({})",
                both("n"),
                both("s")
            )
        };
        on!(write tx, conn => {
            // Made of constants alone.
            sqlx::query_as(AssertSqlSafe(of_each(&TITLES, of, &[])))
                .fetch_all(conn)
                .await
        })
    }

    /// Tells `each` of every notice that [`Staged::merge`] adds or changes, by its number: what
    /// is there, and what will be.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn planned(tx: &mut Tx, each: Each<'_>) -> Result<()> {
        let columns: Vec<(&str, &str)> =
            values!("").split(", ").map(|column| (column, "")).collect();
        let sql = format!(
            "select s.number, {old}, {new},
                    cast(f.sha256 is distinct from s.sha256 as text) as other_file
             from staged_notice s left join notice n on n.number = s.number
             left join file f on f.id = n.file_id
             where ({there}, f.sha256) is distinct from ({here}, s.sha256)
             order by s.number",
            old = as_texts("n.", &columns),
            new = as_texts("s.", &columns),
            there = values!("n."),
            here = values!("s."),
        );
        on!(write tx, conn => tell!(conn, sql, each));
        Ok(())
    }

    /// Brings the waiting rows in. What is there and not among them stays as it is;
    /// attachments that no notice has any more go. New notices that have been open
    /// since before `news` get no letters.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn merge(tx: &mut Tx, now: Timestamp, news: Timestamp) -> Result<Outcome> {
        on!(write tx, conn => {
            let outcome: Outcome = sqlx::query_as(concat!(
                "with compared as (
                     select n.id is null as is_new, s.kind = 'notice' and s.opens_at > $1 as is_told,
                            (", values!("n."), ", f.sha256)
                            is distinct from (", values!("s."), ", s.sha256) as differs
                     from staged_notice s
                     left join notice n on n.number = s.number
                     left join file f on f.id = n.file_id)
                 select count(*) filter (where is_new) as added,
                        count(*) filter (where not is_new and differs) as changed,
                        count(*) filter (where not is_new and not differs) as unchanged,
                        (select count(*) from notice) - count(*) filter (where not is_new) as absent,
                        count(*) filter (where is_new and is_told) as told
                 from compared"
            ))
            .bind(news.0)
            .fetch_one(&mut *conn)
            .await?;
            sqlx::query(
                "insert into file (id, sha256, size, content)
                 select id, sha256, size, content from staged_file where true
                 on conflict (sha256) do nothing",
            )
            .execute(&mut *conn)
            .await?;
            // Two articles may exchange their addresses, which are unique at every moment.
            sqlx::query(
                "update notice set slug = null
                 where slug is not null and exists (
                     select 1 from staged_notice s
                     where s.number = notice.number and s.slug is distinct from notice.slug)",
            )
            .execute(&mut *conn)
            .await?;
            sqlx::query(concat!(
                "insert into notice (id, number, file_id, imported_at, told_at, ", values!(""), ")
                 select s.id, s.number, f.id, $1,
                        case when s.kind = 'notice' and s.opens_at > $2 then null else $1 end, ",
                values!("s."),
                " from staged_notice s left join file f on f.sha256 = s.sha256 where true
                 on conflict (number) do update set
                     kind = excluded.kind, slug = excluded.slug, title = excluded.title,
                     category = excluded.category, important = excluded.important,
                     relation = excluded.relation, sex = excluded.sex,
                     employers = excluded.employers, age_from = excluded.age_from,
                     age_to = excluded.age_to, published_on = excluded.published_on,
                     ends_on = excluded.ends_on, opens_at = excluded.opens_at,
                     body = excluded.body, folded = excluded.folded,
                     file_name = excluded.file_name, file_id = excluded.file_id,
                     version = notice.version + case
                         when (", values!("notice."), ", notice.file_id)
                              is distinct from (", values!("excluded."), ", excluded.file_id)
                         then 1 else 0 end"
            ))
            .bind(now.0)
            .bind(news.0)
            .execute(&mut *conn)
            .await?;
            sqlx::query(
                "delete from file where not exists (select 1 from notice where file_id = file.id)",
            )
            .execute(&mut *conn)
            .await?;
            Ok(outcome)
        })
    }
}

/// A notice or an article as the office wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// 管理番号: by it a later file corrects this one.
    pub number: String,
    /// 種類
    pub kind: Kind,
    /// 件名
    pub title: String,
    /// 分類
    pub category: String,
    /// 重要度
    pub important: bool,
    /// 対象
    pub audience: Audience,
    /// 公開日: the first day on view.
    pub published_on: Date,
    /// 公開終了日: the last one; `None`: until further notice.
    pub ends_on: Option<Date>,
    /// 本文, in Markdown.
    pub body: String,
    /// Title, category and words, as they are searched.
    pub folded: String,
    /// 添付ファイル
    pub attachment: Option<Attachment>,
    /// アドレス名: what an article's address ends in.
    pub slug: Option<String>,
}

/// A file beside the notices' file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Where it lies.
    pub path: PathBuf,
    /// What members call it.
    pub name: String,
}

impl NoticeRow {
    /// The midnight with which it comes on view.
    pub fn opens_at(&self) -> Timestamp {
        Timestamp::start_of(self.published_on)
    }
}

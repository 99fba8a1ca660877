//! Notices as the office writes them: drafts, their steps, whom they reach, and how far
//! their letters are. What members see of them is in `notice`.

mod letters;
mod overview;
mod reach;
mod steps;

use domain::{
    audience::{Audience, InsuredOrDependent},
    office::notice::Kept,
    values::{sex::Sex, timestamp::Timestamp},
};
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

pub use self::{
    letters::{PROGRESS, Progress, pause, progress, resume, take_back},
    overview::{LIST, Line, Shown, WAITING, list, waiting},
    reach::{REACH, Reach, employers, reach, unknown_employers},
    steps::{STEPS, Step, Taken, note, steps, steps_of_held},
};
use super::{Db, Result, Tx, notice::Kind, on};

/// What a notice says, for whom and when, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// 種類
    pub kind: Kind,
    /// アドレス名, of an article.
    pub slug: Option<String>,
    /// 件名
    pub title: String,
    /// 分類
    pub category: String,
    /// 重要度
    pub important: bool,
    /// 対象
    pub audience: Audience,
    /// The first day on view.
    pub opens_on: Date,
    /// The last one; `None`: until further notice.
    pub ends_on: Option<Date>,
    /// 本文, in Markdown.
    pub body: String,
    /// Title, category and words, as they are searched.
    pub folded: String,
    /// Whether members get a letter about it.
    pub letter: bool,
}

/// A notice as the office sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeNotice {
    /// The row.
    pub id: Uuid,
    /// 管理番号: by it a file corrects it.
    pub number: String,
    /// How far it has come.
    pub kept: Kept,
    /// Grows with each change.
    pub version: i64,
    /// What it says.
    pub written: Written,
    /// When its letters were queued.
    pub told_at: Option<Timestamp>,
    /// How many they were.
    pub letters: i64,
    /// Its attachment: the row, the name and the bytes.
    pub file: Option<(Uuid, String, i64)>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    number: String,
    state: String,
    version: i64,
    kind: String,
    slug: Option<String>,
    title: String,
    category: String,
    important: bool,
    relation: String,
    sex: String,
    employers: String,
    age_from: i64,
    age_to: i64,
    published_on: Date,
    ends_on: Option<Date>,
    body: String,
    folded: String,
    letter: bool,
    told_at: Option<i64>,
    letters: i64,
    file_id: Option<Uuid>,
    file_name: String,
    file_size: Option<i64>,
}

impl From<Row> for OfficeNotice {
    fn from(row: Row) -> Self {
        let kind = match row.kind == Kind::Article.as_str() {
            true => Kind::Article,
            false => Kind::Notice,
        };
        let employers = row.employers.split(',').filter(|code| !code.is_empty());
        let age = |years: i64| u8::try_from(years).unwrap_or(u8::MAX);
        Self {
            id: row.id,
            number: row.number,
            // A state of a later version shows nobody anything.
            kept: Kept::parse(&row.state).unwrap_or(Kept::Withdrawn),
            version: row.version,
            written: Written {
                kind,
                slug: row.slug,
                title: row.title,
                category: row.category,
                important: row.important,
                audience: Audience {
                    relation: InsuredOrDependent::parse(&row.relation),
                    sex: Sex::parse(&row.sex),
                    employers: employers.map(str::to_owned).collect(),
                    age_from: age(row.age_from),
                    age_to: age(row.age_to),
                },
                opens_on: row.published_on,
                ends_on: row.ends_on,
                body: row.body,
                folded: row.folded,
                letter: row.letter && kind == Kind::Notice,
            },
            told_at: row.told_at.map(Timestamp),
            letters: row.letters,
            file: row
                .file_id
                .zip(row.file_size)
                .map(|(id, size)| (id, row.file_name, size)),
        }
    }
}

macro_rules! select {
    () => {
        "select n.id, n.number, n.state, n.version, n.kind, n.slug, n.title, n.category,
                n.important, n.relation, n.sex, n.employers, n.age_from, n.age_to,
                n.published_on, n.ends_on, n.body, n.folded, n.letter, n.told_at, n.letters,
                n.file_id, n.file_name, f.size as file_size
         from notice n left join file f on f.id = n.file_id where n.id = $1"
    };
}

/// A notice or an article, whatever has become of it.
///
/// # Errors
/// Whatever the database answers.
pub async fn find(db: &Db, id: Uuid) -> Result<Option<OfficeNotice>> {
    let row: Option<Row> = on!(read db, conn => {
        sqlx::query_as(select!()).bind(id).fetch_optional(conn).await?
    });
    Ok(row.map(OfficeNotice::from))
}

/// Takes hold of one that is changed: nobody else changes it until the end of the
/// transaction.
///
/// # Errors
/// Whatever the database answers.
pub async fn hold(tx: &mut Tx, id: Uuid) -> Result<Option<OfficeNotice>> {
    let row: Option<Row> = on!(write tx, conn => {
        sqlx::query("update notice set version = version where id = $1")
            .bind(id)
            .execute(&mut *conn)
            .await?;
        sqlx::query_as(select!()).bind(id).fetch_optional(&mut *conn).await?
    });
    Ok(row.map(OfficeNotice::from))
}

/// What a notice from the browser is called: as long as a file's 管理番号 may be, and in
/// the order in which they were begun.
fn number(id: Uuid) -> String {
    let hex = id.simple().to_string();
    let (millis, rest) = hex.split_at(12);
    format!("web-{millis}{}", &rest[rest.len() - 4..])
}

/// Adds a draft.
///
/// # Errors
/// Whatever the database answers; a unique violation where the address is taken.
pub async fn insert(tx: &mut Tx, id: Uuid, written: &Written, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into notice (id, number, kind, slug, title, category, important, relation, sex,
                                 employers, age_from, age_to, published_on, ends_on, opens_at, body,
                                 folded, letter, imported_at, state)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                     $18, $19, 'draft')",
        )
        .bind(id)
        .bind(number(id))
        .bind(written.kind.as_str())
        .bind(&written.slug)
        .bind(&written.title)
        .bind(&written.category)
        .bind(written.important)
        .bind(written.audience.relation.map_or("", InsuredOrDependent::as_str))
        .bind(written.audience.sex.map_or("", Sex::as_str))
        .bind(written.audience.employers_as_text())
        .bind(i64::from(written.audience.age_from))
        .bind(i64::from(written.audience.age_to))
        .bind(written.opens_on)
        .bind(written.ends_on)
        .bind(Timestamp::start_of(written.opens_on).0)
        .bind(&written.body)
        .bind(&written.folded)
        .bind(written.letter)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Changes what one says that is held; its version grows.
///
/// # Errors
/// Whatever the database answers; a unique violation where the address is taken.
pub async fn change(tx: &mut Tx, id: Uuid, written: &Written) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update notice set kind = $2, slug = $3, title = $4, category = $5, important = $6,
                 relation = $7, sex = $8, employers = $9, age_from = $10, age_to = $11,
                 published_on = $12, ends_on = $13, opens_at = $14, body = $15, folded = $16,
                 letter = $17, version = version + 1
             where id = $1",
        )
        .bind(id)
        .bind(written.kind.as_str())
        .bind(&written.slug)
        .bind(&written.title)
        .bind(&written.category)
        .bind(written.important)
        .bind(written.audience.relation.map_or("", InsuredOrDependent::as_str))
        .bind(written.audience.sex.map_or("", Sex::as_str))
        .bind(written.audience.employers_as_text())
        .bind(i64::from(written.audience.age_from))
        .bind(i64::from(written.audience.age_to))
        .bind(written.opens_on)
        .bind(written.ends_on)
        .bind(Timestamp::start_of(written.opens_on).0)
        .bind(&written.body)
        .bind(&written.folded)
        .bind(written.letter)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Gives one that is held another attachment, or none; its version grows.
///
/// # Errors
/// Whatever the database answers.
pub async fn attach(tx: &mut Tx, id: Uuid, file: Option<(&[u8; 32], &str, &[u8])>) -> Result<()> {
    on!(write tx, conn => {
        if let Some((sha256, _, content)) = file {
            sqlx::query(
                "insert into file (id, sha256, size, content) values ($1, $2, $3, $4)
                 on conflict (sha256) do nothing",
            )
            .bind(Uuid::now_v7())
            .bind(&sha256[..])
            .bind(i64::try_from(content.len()).unwrap_or(i64::MAX))
            .bind(content)
            .execute(&mut *conn)
            .await?;
        }
        let (sha256, name) = file.map(|(sha256, name, _)| (&sha256[..], name)).unzip();
        sqlx::query(
            "update notice set file_id = (select f.id from file f where f.sha256 = $2),
                 file_name = $3, version = version + 1
             where id = $1",
        )
        .bind(id)
        .bind(sha256)
        .bind(name.unwrap_or_default())
        .execute(&mut *conn)
        .await?;
        // Each content is there once, while some notice has it.
        sqlx::query(
            "delete from file where not exists (select 1 from notice where file_id = file.id)",
        )
        .execute(&mut *conn)
        .await?;
    });
    Ok(())
}

/// Moves one that is held on, or back. Published, it counts as new from now on, and
/// `told` says whether it gets no letters (any more).
///
/// # Errors
/// Whatever the database answers.
pub async fn move_to(
    tx: &mut Tx,
    id: Uuid,
    kept: Kept,
    first: Date,
    told: bool,
    now: Timestamp,
) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update notice set state = $2, published_on = $3, opens_at = $4,
                 told_at = case when $2 in ('draft', 'waiting') then null
                               when $5 then coalesce(told_at, $6) else told_at end,
                 imported_at = case when $2 = 'published' then $6 else imported_at end,
                 version = version + 1
             where id = $1",
        )
        .bind(id)
        .bind(kept.as_str())
        .bind(first)
        .bind(Timestamp::start_of(first).0)
        .bind(told)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

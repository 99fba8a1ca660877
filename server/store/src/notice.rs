//! Notices and articles as members see them, and what each has read.

use domain::{
    age,
    ports::{ArticleLine, NoticeLine, NoticeWish},
    values::timestamp::Timestamp,
    visit::Member,
};
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// Whether notice `n` is meant for person `p`, but for the age. Who has left the
/// society goes on with the notices of the time of membership.
macro_rules! meant {
    () => {
        "(n.relation = '' or (n.relation = 'insured') = (p.relation = '本人'))
         and (n.sex = '' or n.sex = p.sex)
         and (n.employers = ''
              or replace(n.employers, ',' || p.employer_code || ',', '') <> n.employers)
         and (p.disqualified_on is null or n.published_on < p.disqualified_on)"
    };
}
pub(crate) use meant;

/// The same with the age, for the person $2 who is $3 years old.
macro_rules! meant_for_reader {
    () => {
        concat!(
            meant!(),
            " and n.age_from <= $3 and n.age_to >= $3 and p.id = $2"
        )
    };
}

/// Whether notice `n` is on view on the day $1: nobody sees a draft, nor what was
/// withdrawn.
macro_rules! on_view {
    () => {
        "n.state = 'published' and n.published_on <= $1 and (n.ends_on is null or n.ends_on >= $1)"
    };
}

/// What notices are chosen by: who asks, and on which day.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// The account.
    pub member: Uuid,
    /// The person on the roster.
    pub person: Uuid,
    /// In complete years.
    pub age: i64,
    /// The day in Japan.
    pub today: Date,
    /// 資格喪失日
    pub disqualified_on: Option<Date>,
}

impl Reader {
    /// A member as a reader of notices at this moment.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn of(db: &Db, member: &Member, now: Timestamp) -> Result<Self> {
        let (born_on, disqualified_on): (Date, _) = on!(read db, pool => {
            sqlx::query_as("select born_on, disqualified_on from person where id = $1")
                .bind(member.person)
                .fetch_one(pool)
                .await?
        });
        let today = now.in_japan().date();
        Ok(Self {
            member: member.id,
            person: member.person,
            age: i64::from(age::on(born_on, today)),
            today,
            disqualified_on,
        })
    }
}

#[derive(FromRow)]
struct Line {
    id: Uuid,
    title: String,
    category: String,
    important: bool,
    published_on: Date,
    unread: bool,
    total: i64,
}

/// Lines of a list, and how many it has in all.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// The lines asked for.
    pub lines: Vec<NoticeLine>,
    /// All that there are.
    pub total: i64,
}

impl From<Vec<Line>> for Lines {
    fn from(rows: Vec<Line>) -> Self {
        let total = rows.first().map_or(0, |row| row.total);
        let line = |row: Line| NoticeLine {
            id: row.id,
            title: row.title,
            category: row.category,
            important: row.important,
            published_on: row.published_on,
            unread: row.unread,
        };
        Self {
            lines: rows.into_iter().map(line).collect(),
            total,
        }
    }
}

/// What has come since `since`, and what is important and unread: the important
/// first, then the newest; at most `most`.
///
/// # Errors
/// Whatever the database answers.
pub async fn news(db: &Db, reader: &Reader, since: Timestamp, most: i64) -> Result<Lines> {
    let rows: Vec<Line> = on!(read db, pool => {
        sqlx::query_as(concat!(
            "select n.id, n.title, n.category, n.important, n.published_on,
                    r.read_at is null as unread, count(*) over () as total
             from person p cross join notice n
             left join notice_read r on r.notice_id = n.id and r.member_id = $4
             where n.kind = 'notice' and ", on_view!(), " and ", meant_for_reader!(), "
               and (n.opens_at > $5 or n.imported_at > $5 or (n.important and r.read_at is null))
             order by n.important desc, n.published_on desc, n.id desc limit $6"
        ))
        .bind(reader.today)
        .bind(reader.person)
        .bind(reader.age)
        .bind(reader.member)
        .bind(since.0)
        .bind(most)
        .fetch_all(pool)
        .await?
    });
    Ok(rows.into())
}

/// How many notices are unread, and how many articles have come since `since`.
///
/// # Errors
/// Whatever the database answers.
pub async fn counts(db: &Db, reader: &Reader, since: Timestamp) -> Result<(i64, i64)> {
    on!(read db, pool => {
        sqlx::query_as(concat!(
            "select count(*) filter (where n.kind = 'notice' and r.read_at is null),
                    count(*) filter (where n.kind = 'article'
                                       and (n.opens_at > $5 or n.imported_at > $5))
             from person p cross join notice n
             left join notice_read r on r.notice_id = n.id and r.member_id = $4
             where ", on_view!(), " and ", meant_for_reader!()
        ))
        .bind(reader.today)
        .bind(reader.person)
        .bind(reader.age)
        .bind(reader.member)
        .bind(since.0)
        .fetch_one(pool)
        .await
    })
}

/// Notices that have every one of `words` (folded as they are stored; the rest are
/// empty), the newest first: `most` after the first `skip`.
///
/// # Errors
/// Whatever the database answers.
pub async fn list(
    db: &Db,
    reader: &Reader,
    wish: &NoticeWish,
    words: &[String; 4],
    skip: i64,
    most: i64,
) -> Result<Lines> {
    let rows: Vec<Line> = on!(read db, pool => {
        sqlx::query_as(concat!(
            "select n.id, n.title, n.category, n.important, n.published_on,
                    r.read_at is null as unread, count(*) over () as total
             from person p cross join notice n
             left join notice_read r on r.notice_id = n.id and r.member_id = $4
             where n.kind = 'notice' and ", on_view!(), " and ", meant_for_reader!(), "
               and ($5 = '' or n.category = $5)
               and ($6 = false or r.read_at is null)
               and ($7 = '' or replace(n.folded, $7, '') <> n.folded)
               and ($8 = '' or replace(n.folded, $8, '') <> n.folded)
               and ($9 = '' or replace(n.folded, $9, '') <> n.folded)
               and ($10 = '' or replace(n.folded, $10, '') <> n.folded)
             order by n.published_on desc, n.important desc, n.id desc limit $11 offset $12"
        ))
        .bind(reader.today)
        .bind(reader.person)
        .bind(reader.age)
        .bind(reader.member)
        .bind(&wish.category)
        .bind(wish.unread)
        .bind(&words[0])
        .bind(&words[1])
        .bind(&words[2])
        .bind(&words[3])
        .bind(most)
        .bind(skip)
        .fetch_all(pool)
        .await?
    });
    Ok(rows.into())
}

/// The categories of a reader's notices, each with how many are unread.
///
/// # Errors
/// Whatever the database answers.
pub async fn categories(db: &Db, reader: &Reader) -> Result<Vec<(String, i64)>> {
    on!(read db, pool => {
        sqlx::query_as(concat!(
            "select n.category, count(*) filter (where r.read_at is null)
             from person p cross join notice n
             left join notice_read r on r.notice_id = n.id and r.member_id = $4
             where n.kind = 'notice' and ", on_view!(), " and ", meant_for_reader!(), "
             group by n.category order by n.category"
        ))
        .bind(reader.today)
        .bind(reader.person)
        .bind(reader.age)
        .bind(reader.member)
        .fetch_all(pool)
        .await
    })
}

/// A notice or article, and whether it is the reader's to read.
#[derive(Clone, Debug, FromRow)]
pub struct Found {
    /// The row.
    pub id: Uuid,
    /// 件名
    pub title: String,
    /// 分類
    pub category: String,
    /// 重要度
    pub important: bool,
    /// The first day on view.
    pub published_on: Date,
    /// The last one.
    pub ends_on: Option<Date>,
    /// 本文, in Markdown.
    pub body: String,
    /// The attachment.
    pub file_id: Option<Uuid>,
    /// What it is called.
    pub file_name: String,
    /// How many bytes it has.
    pub file_size: Option<i64>,
    /// It was read before.
    pub was_read: bool,
    /// The reader is one of those it is for.
    pub is_meant: bool,
    /// It is on view.
    pub is_on_view: bool,
}

/// What a notice or article is asked for by.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// A notice.
    Id(Uuid),
    /// An article.
    Slug(&'a str),
}

/// Finds it, whoever it is for.
///
/// # Errors
/// Whatever the database answers.
pub async fn find(db: &Db, reader: &Reader, name: Name<'_>) -> Result<Option<Found>> {
    let (kind, id, slug) = match name {
        Name::Id(id) => (Kind::Notice, Some(id), None),
        Name::Slug(slug) => (Kind::Article, None, Some(slug)),
    };
    on!(read db, pool => {
        sqlx::query_as(concat!(
            "select n.id, n.title, n.category, n.important, n.published_on, n.ends_on, n.body,
                    n.file_id, n.file_name, f.size as file_size,
                    r.read_at is not null as was_read,
                    ", on_view!(), " as is_on_view, ", meant_for_reader!(), " as is_meant
             from notice n join person p on p.id = $2
             left join notice_read r on r.notice_id = n.id and r.member_id = $4
             left join file f on f.id = n.file_id
             where n.kind = $5 and (n.id = $6 or n.slug = $7)"
        ))
        .bind(reader.today)
        .bind(reader.person)
        .bind(reader.age)
        .bind(reader.member)
        .bind(kind.as_str())
        .bind(id)
        .bind(slug)
        .fetch_optional(pool)
        .await
    })
}

/// Notes that a member has read a notice; once is enough.
///
/// # Errors
/// Whatever the database answers.
pub async fn mark_read(tx: &mut Tx, member: Uuid, notice: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into notice_read (member_id, notice_id, read_at) values ($1, $2, $3)
             on conflict (member_id, notice_id) do nothing",
        )
        .bind(member)
        .bind(notice)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// The articles for a reader, by topic.
///
/// # Errors
/// Whatever the database answers.
pub async fn articles(db: &Db, reader: &Reader) -> Result<Vec<ArticleLine>> {
    let rows: Vec<(String, String, String)> = on!(read db, pool => {
        sqlx::query_as(concat!(
            "select n.slug, n.title, n.category from person p cross join notice n
             where n.kind = 'article' and ", on_view!(), " and ", meant_for_reader!(), "
             order by n.category, n.number"
        ))
        .bind(reader.today)
        .bind(reader.person)
        .bind(reader.age)
        .fetch_all(pool)
        .await?
    });
    let line = |(slug, title, category)| ArticleLine {
        slug,
        title,
        category,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// What a reader may know of an attachment.
#[derive(Clone, Debug, FromRow)]
pub struct FoundFile {
    /// What it is called by the notice that the reader has it from.
    pub file_name: String,
    /// A notice that has it is for the reader.
    pub is_meant: bool,
    /// And on view.
    pub is_on_view: bool,
}

/// Finds an attachment, whoever it is for.
///
/// # Errors
/// Whatever the database answers.
pub async fn find_file(db: &Db, reader: &Reader, file: Uuid) -> Result<Option<FoundFile>> {
    on!(read db, pool => {
        sqlx::query_as(concat!(
            "select file_name, is_meant, is_on_view from (
                 select n.file_name, ", on_view!(), " as is_on_view,
                        ", meant_for_reader!(), " as is_meant
                 from notice n join person p on p.id = $2 where n.file_id = $4) as having_it
             order by (is_meant and is_on_view) desc, is_meant desc limit 1"
        ))
        .bind(reader.today)
        .bind(reader.person)
        .bind(reader.age)
        .bind(file)
        .fetch_optional(pool)
        .await
    })
}

/// What is in an attachment.
///
/// # Errors
/// Whatever the database answers.
pub async fn content(db: &Db, file: Uuid) -> Result<Option<Vec<u8>>> {
    on!(read db, pool => {
        sqlx::query_scalar("select content from file where id = $1")
            .bind(file)
            .fetch_optional(pool)
            .await
    })
}

/// A notice whose letters are due.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Due {
    /// The notice.
    pub id: Uuid,
    age_from: i64,
    age_to: i64,
}

/// Takes one that is on view `today`, has opened by `opened_by` and was told to
/// nobody: it counts as told from `now` on. Of two servers one takes it, since the
/// other finds it told when it gets hold of the row.
///
/// # Errors
/// Whatever the database answers.
pub async fn take_due(
    tx: &mut Tx,
    today: Date,
    opened_by: Timestamp,
    now: Timestamp,
) -> Result<Option<Due>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "update notice set told_at = $3
             where told_at is null and id = (
                 select id from notice
                 where told_at is null and kind = 'notice' and state = 'published' and letter
                   and opens_at <= $2
                   and (ends_on is null or ends_on >= $1)
                 order by opens_at, id limit 1)
             returning id, age_from, age_to",
        )
        .bind(today)
        .bind(opened_by.0)
        .bind(now.0)
        .fetch_optional(conn)
        .await
    })
}

/// Queues the letters about notice $1: $2 and $3 are the birth dates between which
/// its readers were born, $4 this instant, $5 today.
macro_rules! tell {
    ($new_id:literal) => {
        concat!(
            "insert into letter (id, kind, address, address_key, member_id, notice_id, asked_at,
                                 due_at, rank)
             select ",
            $new_id,
            ", 'notice', e.address, e.address_key, m.id, n.id, $4, $4, 2
             from notice n
             cross join member m
             join person p on p.id = m.person_id
             join email e on e.member_id = m.id and e.notices and e.confirmed_at is not null
             where n.id = $1 and m.left_at is null and m.disabled_at is null
               and p.born_on <= $2 and p.born_on > $3
               and (p.disqualified_on is null or p.disqualified_on > $5) and ",
            meant!()
        )
    };
}
/// On SQLite.
pub const TELL_ON_SQLITE: &str = tell!("randomblob(16)");
/// On PostgreSQL.
pub const TELL_ON_POSTGRES: &str = tell!("gen_random_uuid()");

/// Queues the letters about a notice: one to every member who may read it, has not
/// left the society and has an address that gets notices. Answers how many.
///
/// # Errors
/// Whatever the database answers.
pub async fn tell(tx: &mut Tx, due: &Due, today: Date, now: Timestamp) -> Result<u64> {
    // So many rows get their identifiers from the engine, and each has its own way.
    let insert = match tx {
        Tx::Sqlite(_) => TELL_ON_SQLITE,
        Tx::Postgres(_) => TELL_ON_POSTGRES,
    };
    let years = |age: i64| u8::try_from(age).unwrap_or(u8::MAX);
    let (youngest, too_old) = born_between(today, years(due.age_from), years(due.age_to));
    let letters = on!(write tx, conn => {
        sqlx::query(insert)
            .bind(due.id)
            .bind(youngest)
            .bind(too_old)
            .bind(now.0)
            .bind(today)
            .execute(&mut *conn)
            .await?
            .rows_affected()
    });
    on!(write tx, conn => {
        sqlx::query("update notice set letters = $2 where id = $1")
            .bind(due.id)
            .bind(i64::try_from(letters).unwrap_or(i64::MAX))
            .execute(conn)
            .await?;
    });
    Ok(letters)
}

/// Between which birth dates somebody is so old today: the last, and the one that is too
/// early.
pub(crate) fn born_between(today: Date, from: u8, to: u8) -> (Date, Date) {
    (
        age::born_by(today, from),
        age::born_by(today, to.saturating_add(1)),
    )
}

/// 種類
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// お知らせ
    Notice,
    /// 健康情報
    Article,
}

impl Kind {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Article => "article",
        }
    }

    /// The office's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Notice => "お知らせ",
            Self::Article => "健康情報",
        }
    }

    /// Reads one of the office's words.
    pub fn parse(written: &str) -> Option<Self> {
        match written {
            "お知らせ" => Some(Self::Notice),
            "健康情報" => Some(Self::Article),
            _ => None,
        }
    }
}

//! Notices as the office writes them: drafts, their steps, whom they reach, and how far
//! their letters are. What members see of them is in `notice`.

use domain::{
    audience::{Audience, InsuredOrDependent},
    office::notice::Kept,
    values::{sex::Sex, timestamp::Timestamp},
};
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

use super::{
    Db, Result, Tx,
    notice::{Kind, born_between, meant},
    on,
};

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

/// What can be done to a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// 作成
    Written,
    /// 変更
    Changed,
    /// 添付ファイルの変更
    Attached,
    /// 公開の依頼, which waits for a second person.
    Asked,
    /// 公開
    Published,
    /// 下書きに戻す
    Returned,
    /// 取り下げ
    Withdrawn,
    /// Letters held back.
    Paused,
    /// Letters gone on with.
    Resumed,
}

impl Step {
    const ALL: [Self; 9] = [
        Self::Written,
        Self::Changed,
        Self::Attached,
        Self::Asked,
        Self::Published,
        Self::Returned,
        Self::Withdrawn,
        Self::Paused,
        Self::Resumed,
    ];

    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Changed => "changed",
            Self::Attached => "attached",
            Self::Asked => "asked",
            Self::Published => "published",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
        }
    }

    /// The step of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What.
    pub step: Step,
    /// The notice's version after it.
    pub version: i64,
    /// The columns that were changed.
    pub columns: Vec<String>,
    /// By whom, and their name.
    pub by: Option<(Uuid, String)>,
    /// When.
    pub at: Timestamp,
}

/// Writes a step down that was taken on one that is held.
///
/// # Errors
/// Whatever the database answers.
pub async fn note(
    tx: &mut Tx,
    id: Uuid,
    step: Step,
    columns: &[&str],
    staff: Uuid,
    now: Timestamp,
) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into notice_step (id, notice_id, step, version, columns, staff_id, at)
             select $1, n.id, $3, n.version, $4, $5, $6 from notice n where n.id = $2",
        )
        .bind(Uuid::now_v7())
        .bind(id)
        .bind(step.as_str())
        .bind(columns.join(" "))
        .bind(staff)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

#[derive(FromRow)]
struct StepRow {
    step: String,
    version: i64,
    columns: String,
    staff_id: Option<Uuid>,
    name: Option<String>,
    at: i64,
}

/// Every step, the first one first.
pub const STEPS: &str = "select t.step, t.version, t.columns, t.staff_id, s.name, t.at
     from notice_step t left join staff_member s on s.id = t.staff_id
     where t.notice_id = $1 order by t.at, t.id";

fn taken(rows: Vec<StepRow>) -> Vec<Taken> {
    let step = |row: StepRow| {
        Some(Taken {
            step: Step::parse(&row.step)?,
            version: row.version,
            columns: row.columns.split_whitespace().map(str::to_owned).collect(),
            by: row.staff_id.zip(row.name),
            at: Timestamp(row.at),
        })
    };
    rows.into_iter().filter_map(step).collect()
}

/// The steps of a notice.
///
/// # Errors
/// Whatever the database answers.
pub async fn steps(db: &Db, id: Uuid) -> Result<Vec<Taken>> {
    let rows = on!(read db, conn => {
        sqlx::query_as(STEPS).bind(id).fetch_all(conn).await?
    });
    Ok(taken(rows))
}

/// The same of one that is held.
///
/// # Errors
/// Whatever the database answers.
pub async fn steps_of_held(tx: &mut Tx, id: Uuid) -> Result<Vec<Taken>> {
    let rows = on!(write tx, conn => {
        sqlx::query_as(STEPS).bind(id).fetch_all(conn).await?
    });
    Ok(taken(rows))
}

/// A line of the office's list.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Line {
    /// The row.
    pub id: Uuid,
    /// Its state, as it is stored.
    pub state: String,
    /// 種類, as it is stored.
    pub kind: String,
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
    /// How many letters were queued.
    pub letters: i64,
    /// Who changed it last; nobody where a file brought it.
    pub changed_by: Option<String>,
    /// When.
    pub changed_at: Option<i64>,
}

/// Which notices the office's list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// What somebody has still to do something about, and what is on view or will be.
    Current,
    /// What is over or was withdrawn.
    Past,
}

/// Lines of the office's list, drafts first, then the newest: `most` after the first
/// `skip`. $1 is today, $2 whether the past ones are asked for, $3 how many, $4 after which.
pub const LIST: &str = "select n.id, n.state, n.kind, n.title, n.category, n.important,
            n.published_on, n.ends_on, n.letters,
            (select s.name from notice_step t join staff_member s on s.id = t.staff_id
             where t.notice_id = n.id order by t.at desc, t.id desc limit 1) as changed_by,
            (select t.at from notice_step t
             where t.notice_id = n.id order by t.at desc, t.id desc limit 1) as changed_at
     from notice n
     where (n.state = 'withdrawn'
            or (n.state = 'published' and n.ends_on is not null and n.ends_on < $1)) = $2
     order by case when n.state in ('draft', 'waiting') then 0 else 1 end,
              n.published_on desc, n.id desc limit $3 offset $4";

/// Those lines.
///
/// # Errors
/// Whatever the database answers.
pub async fn list(db: &Db, shown: Shown, today: Date, most: i64, skip: i64) -> Result<Vec<Line>> {
    on!(read db, conn => {
        sqlx::query_as(LIST)
            .bind(today)
            .bind(shown == Shown::Past)
            .bind(most)
            .bind(skip)
            .fetch_all(conn)
            .await
    })
}

/// How many drafts wait for somebody.
pub const WAITING: &str = "select count(*) from notice where state in ('draft', 'waiting')";

/// How many they are.
///
/// # Errors
/// Whatever the database answers.
pub async fn waiting(db: &Db) -> Result<i64> {
    on!(read db, conn => {
        sqlx::query_scalar(WAITING).fetch_one(conn).await
    })
}

/// Whom a notice reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Reach {
    /// People on the roster for whom it is.
    pub people: i64,
    /// Those among them who would get a letter.
    pub letters: i64,
}

/// Whom an audience reaches today. $1 to $3 are its side, sex and employers, $4 and $5 the
/// birth dates, $6 today.
pub const REACH: &str = concat!(
    "select count(*) as people, count(e.member_id) as letters
     from (select $1 as relation, $2 as sex, $3 as employers, $6 as published_on) n
     cross join person p
     left join member m on m.person_id = p.id and m.left_at is null and m.disabled_at is null
     left join email e on e.member_id = m.id and e.notices and e.confirmed_at is not null
     where (p.disqualified_on is null or p.disqualified_on > $6)
       and p.born_on <= $4 and p.born_on > $5 and ",
    meant!()
);

/// Counts them.
///
/// # Errors
/// Whatever the database answers.
pub async fn reach(db: &Db, audience: &Audience, today: Date) -> Result<Reach> {
    let (youngest, too_old) = born_between(today, audience.age_from, audience.age_to);
    on!(read db, conn => {
        sqlx::query_as(REACH)
            .bind(audience.relation.map_or("", InsuredOrDependent::as_str))
            .bind(audience.sex.map_or("", Sex::as_str))
            .bind(audience.employers_as_text())
            .bind(youngest)
            .bind(too_old)
            .bind(today)
            .fetch_one(conn)
            .await
    })
}

/// 事業所コード among these that nobody on the roster has.
///
/// # Errors
/// Whatever the database answers.
pub async fn unknown_employers(db: &Db, codes: &[String]) -> Result<Vec<String>> {
    on!(read db, conn => {
        let mut unknown = Vec::new();
        for code in codes {
            let known: bool =
                sqlx::query_scalar("select exists (select 1 from person where employer_code = $1)")
                    .bind(code)
                    .fetch_one(&mut *conn)
                    .await?;
            if !known {
                unknown.push(code.clone());
            }
        }
        Ok(unknown)
    })
}

/// The employers on the roster: code and name.
///
/// # Errors
/// Whatever the database answers.
pub async fn employers(db: &Db) -> Result<Vec<(String, String)>> {
    on!(read db, conn => {
        sqlx::query_as(
            "select part, label from office_figure where name = 'may_register' and part <> ''
             order by part",
        )
        .fetch_all(conn)
        .await
    })
}

/// How far the letters about a notice are. Those that left long ago are not counted any
/// more one by one: `OfficeNotice::letters` says how many there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Progress {
    /// Handed over to the mail server.
    pub sent: i64,
    /// Given up.
    pub given_up: i64,
    /// On their way.
    pub waiting: i64,
    /// Held back.
    pub paused: i64,
}

/// Counts them.
pub const PROGRESS: &str = "select count(*) filter (where sent_at is not null) as sent,
            count(*) filter (where given_up_at is not null) as given_up,
            count(*) filter (where sent_at is null and given_up_at is null and paused_at is null)
                as waiting,
            count(*) filter (where sent_at is null and given_up_at is null
                               and paused_at is not null) as paused
     from letter where notice_id = $1";

/// How far they are.
///
/// # Errors
/// Whatever the database answers.
pub async fn progress(db: &Db, id: Uuid) -> Result<Progress> {
    on!(read db, conn => {
        sqlx::query_as(PROGRESS).bind(id).fetch_one(conn).await
    })
}

/// Holds back what has not left yet, in one statement. How many they are.
///
/// # Errors
/// Whatever the database answers.
pub async fn pause(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<u64> {
    Ok(on!(write tx, conn => {
        sqlx::query(
            "update letter set paused_at = $2
             where notice_id = $1 and sent_at is null and given_up_at is null
               and paused_at is null",
        )
        .bind(id)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    }))
}

/// Goes on with them: they count as asked for now, since a letter lives for a few days
/// alone. How many they are.
///
/// # Errors
/// Whatever the database answers.
pub async fn resume(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<u64> {
    Ok(on!(write tx, conn => {
        sqlx::query(
            "update letter set paused_at = null, asked_at = $2, due_at = $2
             where notice_id = $1 and sent_at is null and given_up_at is null
               and paused_at is not null",
        )
        .bind(id)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    }))
}

/// Takes letters back that have not left: all, or those to whom the notice is not meant
/// any more. How many they were.
///
/// # Errors
/// Whatever the database answers.
pub async fn take_back(tx: &mut Tx, id: Uuid, all: bool, today: Date) -> Result<u64> {
    let ages: Option<(i64, i64)> = on!(write tx, conn => {
        sqlx::query_as("select age_from, age_to from notice where id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await?
    });
    let years = |age: i64| u8::try_from(age).unwrap_or(u8::MAX);
    let Some((from, to)) = ages else {
        return Ok(0);
    };
    let (youngest, too_old) = born_between(today, years(from), years(to));
    Ok(on!(write tx, conn => {
        sqlx::query(concat!(
            "delete from letter
             where notice_id = $1 and sent_at is null and given_up_at is null
               and ($2 or not exists (
                   select 1 from notice n
                   join member m on m.id = letter.member_id
                   join person p on p.id = m.person_id
                   where n.id = $1 and p.born_on <= $3 and p.born_on > $4 and ",
            meant!(),
            "))"
        ))
        .bind(id)
        .bind(all)
        .bind(youngest)
        .bind(too_old)
        .execute(conn)
        .await?
        .rows_affected()
    }))
}

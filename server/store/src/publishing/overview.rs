//! The office's list of notices.

use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

use crate::{Db, Result, on};

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

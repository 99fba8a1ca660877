//! Who has done what to a notice, and when.

use domain::values::timestamp::Timestamp;
use sqlx_macros::FromRow;
use uuid::Uuid;

use crate::{Db, Result, Tx, on};

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

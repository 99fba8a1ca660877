//! What was done, or is proposed, to somebody of the office: shown to those who
//! administer it, and confirmed by a second one where the society wants that.

use std::time::Duration;

use domain::{office::role::Roles, values::timestamp::Timestamp};
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// What.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// Somebody new.
    Add,
    /// Other roles.
    Roles,
    /// Kept out.
    Disable,
    /// Let in again.
    Enable,
    /// A link to a new password.
    Link,
}

impl ChangeKind {
    const ALL: [Self; 5] = [
        Self::Add,
        Self::Roles,
        Self::Disable,
        Self::Enable,
        Self::Link,
    ];

    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Roles => "roles",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Link => "link",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A change that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewChange {
    /// To whom.
    pub staff: Uuid,
    /// What.
    pub kind: ChangeKind,
    /// The roles they have then.
    pub roles: Roles,
    /// By whom; nobody at the command line.
    pub by: Option<Uuid>,
    /// Whether it waits for a second person.
    pub waits: bool,
}

/// A change as it is shown.
#[derive(Clone, Debug)]
pub struct Change {
    /// The row.
    pub id: Uuid,
    /// To whom, and their name.
    pub staff: (Uuid, String),
    /// What.
    pub kind: ChangeKind,
    /// The roles they have then.
    pub roles: Roles,
    /// By whom; nobody at the command line.
    pub by: Option<(Uuid, String)>,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    id: Uuid,
    staff_id: Uuid,
    name: String,
    kind: String,
    roles: String,
    proposed_by: Option<Uuid>,
    by_name: Option<String>,
    proposed_at: i64,
}

impl Row {
    fn change(self) -> Option<Change> {
        Some(Change {
            id: self.id,
            staff: (self.staff_id, self.name),
            kind: ChangeKind::parse(&self.kind)?,
            roles: Roles::parse(&self.roles),
            by: self.proposed_by.zip(self.by_name),
            at: Timestamp(self.proposed_at),
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select c.id, c.staff_id, s.name, c.kind, c.roles, c.proposed_by, b.name as by_name,
                    c.proposed_at
             from staff_change c
             join staff_member s on s.id = c.staff_id
             left join staff_member b on b.id = c.proposed_by ",
            $rest
        )
    };
}

/// Writes a change that is done, or waits.
///
/// # Errors
/// Whatever the database answers.
pub async fn insert(tx: &mut Tx, change: NewChange, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into staff_change (id, staff_id, kind, roles, proposed_by, proposed_at,
                                       decided_at, decided_by, done)
             values ($1, $2, $3, $4, $5, $6, $7, $5, $8)",
        )
        .bind(Uuid::now_v7())
        .bind(change.staff)
        .bind(change.kind.as_str())
        .bind(change.roles.words())
        .bind(change.by)
        .bind(now.0)
        .bind((!change.waits).then_some(now.0))
        .bind(i32::from(!change.waits))
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Decides on a change that waits, once: what it was.
///
/// # Errors
/// Whatever the database answers.
pub async fn decide(
    tx: &mut Tx,
    id: Uuid,
    by: Option<Uuid>,
    done: bool,
    now: Timestamp,
) -> Result<Option<Change>> {
    let decided = on!(write tx, conn => {
        sqlx::query(
            "update staff_change set decided_at = $2, decided_by = $3, done = $4
             where id = $1 and decided_at is null",
        )
        .bind(id)
        .bind(now.0)
        .bind(by)
        .bind(i32::from(done))
        .execute(conn)
        .await?
        .rows_affected()
    });
    if decided == 0 {
        return Ok(None);
    }
    let row: Option<Row> = on!(write tx, conn => {
        sqlx::query_as(select!("where c.id = $1")).bind(id).fetch_optional(conn).await?
    });
    Ok(row.and_then(Row::change))
}

/// Whether something waits that is to be done to somebody.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_waiting(tx: &mut Tx, staff: Uuid) -> Result<bool> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select exists (select 1 from staff_change where staff_id = $1 and decided_at is null)",
        )
        .bind(staff)
        .fetch_one(conn)
        .await
    })
}

/// What waits for a second person, the oldest first.
///
/// # Errors
/// Whatever the database answers.
pub async fn waiting(db: &Db) -> Result<Vec<Change>> {
    let rows: Vec<Row> = on!(read db, conn => {
        sqlx::query_as(select!("where c.decided_at is null order by c.proposed_at, c.id"))
            .fetch_all(conn)
            .await?
    });
    Ok(rows.into_iter().filter_map(Row::change).collect())
}

/// What was done since an instant, the newest first; fifty at most.
///
/// # Errors
/// Whatever the database answers.
pub async fn done_since(db: &Db, since: Timestamp) -> Result<Vec<Change>> {
    let rows: Vec<Row> = on!(read db, conn => {
        sqlx::query_as(select!(
            "where c.done = 1 and c.decided_at > $1 order by c.decided_at desc, c.id limit 50"
        ))
        .bind(since.0)
        .fetch_all(conn)
        .await?
    });
    Ok(rows.into_iter().filter_map(Row::change).collect())
}

/// For so long after one has made or changed another's account, neither confirms the other's
/// work.
pub(super) const TOO_CLOSE: Duration = Duration::from_secs(7 * 24 * 3600);

/// Whether one of the two has made or changed the other's account within a week: then neither
/// confirms what the other wants, whatever it is.
///
/// # Errors
/// Whatever the database answers.
pub async fn are_too_close(tx: &mut Tx, one: Uuid, other: Uuid, now: Timestamp) -> Result<bool> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select exists (select 1 from staff_change
             where done = 1 and decided_at > $3
               and (staff_id = $1 and proposed_by = $2 or staff_id = $2 and proposed_by = $1))",
        )
        .bind(one)
        .bind(other)
        .bind(now.minus(TOO_CLOSE).0)
        .fetch_one(conn)
        .await
    })
}

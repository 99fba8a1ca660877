//! What a clerk may do only when another has agreed: asked for, agreed to, done once, all
//! within a day.

use std::time::Duration;

use domain::values::timestamp::Timestamp;
use sqlx_macros::FromRow;
use uuid::Uuid;

use super::{Db, Result, Tx, on, person::Key, staff_change::TOO_CLOSE};

/// For so long a question stands, from its asking to its use.
pub const STANDS: Duration = Duration::from_secs(24 * 3600);

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// 調査: a look whose member hears of it after 90 days.
    Inquiry,
    /// A member's second step is removed, where the setting `four_eyes` asks for two.
    SecondStep,
    /// 開示: a file with everything that is held about a person.
    Disclosure,
}

impl What {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inquiry => "inquiry",
            Self::SecondStep => "second_step",
            Self::Disclosure => "disclosure",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Inquiry, Self::SecondStep, Self::Disclosure]
            .into_iter()
            .find(|what| what.as_str() == name)
    }
}

/// Asks. `false`, and nothing is changed, where the same question stands already.
///
/// # Errors
/// Whatever the database answers.
pub async fn ask(
    tx: &mut Tx,
    what: What,
    person: Uuid,
    staff: Uuid,
    now: Timestamp,
) -> Result<bool> {
    let asked = on!(write tx, conn => {
        sqlx::query(
            "insert into second_person (id, what, person_id, asked_by, asked_at)
             select $1, $2, $3, $4, $5
             where not exists (select 1 from second_person
                               where asked_by = $4 and person_id = $3 and what = $2
                                 and used_at is null and asked_at > $6)",
        )
        .bind(Uuid::now_v7())
        .bind(what.as_str())
        .bind(person)
        .bind(staff)
        .bind(now.0)
        .bind(now.minus(STANDS).0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(asked == 1)
}

/// A question that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Question {
    /// Its row.
    pub id: Uuid,
    /// The name of what is asked for.
    pub what: String,
    /// About whom.
    pub person_id: Uuid,
    /// Their key; the name is no part of the question.
    #[sqlx(flatten)]
    pub key: Key,
    /// Who asks.
    pub asked_by: Uuid,
    /// When, in Unix milliseconds.
    pub asked_at: i64,
}

/// What waits for another clerk than this one, the oldest first.
///
/// # Errors
/// Whatever the database answers.
pub async fn waiting(db: &Db, staff: Uuid, now: Timestamp) -> Result<Vec<Question>> {
    on!(read db, conn => {
        sqlx::query_as(
            "select s.id, s.what, s.person_id, p.symbol, p.number, p.branch, s.asked_by, s.asked_at
             from second_person s join person p on p.id = s.person_id
             where s.agreed_at is null and s.asked_at > $2 and s.asked_by <> $1
             order by s.asked_at, s.id limit 50",
        )
        .bind(staff)
        .bind(now.minus(STANDS).0)
        .fetch_all(conn)
        .await
    })
}

/// Agrees to another clerk's question; about whom it was. `None` for one's own, for one of
/// somebody who has made or changed this clerk's account within a week (or whose account
/// this clerk has), and for one that does not stand any more: of two at once one gets the
/// row.
///
/// # Errors
/// Whatever the database answers.
pub async fn agree(
    tx: &mut Tx,
    question: Uuid,
    staff: Uuid,
    now: Timestamp,
) -> Result<Option<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "update second_person set agreed_by = $2, agreed_at = $3
             where id = $1 and asked_by <> $2 and agreed_at is null and asked_at > $4
               and not exists (
                   select 1 from staff_change c
                   where c.proposed_at > $5
                     and ((c.staff_id = $2 and c.proposed_by = second_person.asked_by)
                          or (c.staff_id = second_person.asked_by and c.proposed_by = $2)))
             returning person_id",
        )
        .bind(question)
        .bind(staff)
        .bind(now.0)
        .bind(now.minus(STANDS).0)
        .bind(now.minus(TOO_CLOSE).0)
        .fetch_optional(conn)
        .await
    })
}

/// Uses what was agreed to, once. `false` where nothing is.
///
/// # Errors
/// Whatever the database answers.
pub async fn use_up(
    tx: &mut Tx,
    what: What,
    person: Uuid,
    staff: Uuid,
    now: Timestamp,
) -> Result<bool> {
    let used = on!(write tx, conn => {
        sqlx::query(
            "update second_person set used_at = $4
             where asked_by = $3 and person_id = $2 and what = $1 and agreed_at is not null
               and used_at is null and asked_at > $5",
        )
        .bind(what.as_str())
        .bind(person)
        .bind(staff)
        .bind(now.0)
        .bind(now.minus(STANDS).0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(used > 0)
}

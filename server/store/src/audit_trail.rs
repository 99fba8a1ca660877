//! The audit, for whoever watches over it: filtered, the newest first, page by page by the
//! number of an entry and not by an offset, so that the last of millions costs what the
//! first does.

use domain::values::timestamp::Timestamp;
use sqlx_macros::FromRow;
use uuid::Uuid;

use super::{
    Db, Result,
    audit::{Event, counted},
    on,
};

/// What is asked for; everything where nothing is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// About this person.
    pub person: Option<Uuid>,
    /// About this account. What was only tried is counted elsewhere, and not among these.
    pub member: Option<Uuid>,
    /// Done by this staff member.
    pub actor: Option<String>,
    /// This is what happened.
    pub event: Option<Event>,
    /// From then on, and before then.
    pub during: Option<(Timestamp, Timestamp)>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Line {
    /// Its number.
    pub id: i64,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// The name of what happened; a later version may have written one that is not known.
    pub event: String,
    /// About whom.
    pub person_id: Option<Uuid>,
    /// Today's 記号-番号-枝番 of the person.
    pub person_key: Option<String>,
    /// About which account.
    pub member_id: Option<Uuid>,
    /// From where.
    pub network_address: String,
    /// What the event alone does not say.
    pub detail: String,
    /// Who of the staff did it.
    pub actor: String,
    /// What was written of the reason, unless it was removed.
    pub words: Option<String>,
}

/// Entries before the number $1 and from $2 on, $3 of them; about the person $4, the account
/// $5, by the actor $6, of the event $7, from $8 on and before $9, where those are not null.
/// `$by` is the condition whose index is read.
macro_rules! page {
    ($by:expr) => {
        concat!(
            "select a.id, a.at, a.event, a.person_id,
                    (select p.symbol || '-' || p.number || '-' || p.branch
                     from person p where p.id = a.person_id) as person_key,
                    a.member_id, a.network_address, a.detail, a.actor,
                    (select r.words from office_reason r
                     where r.person_id = a.person_id and r.at = a.at and r.event = a.event
                       and r.actor = a.actor limit 1) as words
             from audit a
             where a.id < $1 and a.id >= $2 and ",
            $by,
            " and ($4 is null or a.person_id = $4) and ($5 is null or a.member_id = $5)
              and ($6 is null or a.actor = $6) and ($7 is null or a.event = $7)
              and ($8 is null or a.at >= $8) and ($9 is null or a.at < $9)
             order by a.id desc limit $3"
        )
    };
}

/// About somebody: the fewest.
pub const BY_PERSON: &str = page!("a.person_id = $4");
/// About an account, by the index of the history.
pub const BY_MEMBER: &str = page!(concat!("a.member_id = $5 and a.event not in ", counted!()));
/// By somebody of the staff.
pub const BY_ACTOR: &str = page!("a.actor <> '' and a.actor = $6");
/// Of a kind.
pub const BY_EVENT: &str = page!("a.event = $7");
/// Whatever there is.
pub const ALL: &str = page!("true");

/// The entries of a day lie between two numbers: they are drawn in the order of time, but for
/// what was written at the same moment, or by a clock that was wrong.
pub const DAY: &str = "select min(id), max(id) from audit where at >= $1 and at < $2";

impl Filter {
    /// The statement that reads the fewest rows.
    pub const fn sql(&self) -> &'static str {
        match self {
            Self {
                person: Some(_), ..
            } => BY_PERSON,
            Self {
                member: Some(_), ..
            } => BY_MEMBER,
            Self { actor: Some(_), .. } => BY_ACTOR,
            Self { event: Some(_), .. } => BY_EVENT,
            _ => ALL,
        }
    }

    /// In words for the audit of an export: what it was filtered by, and no value that says
    /// anything of itself.
    pub fn in_words(&self) -> String {
        let mut words = Vec::new();
        if let Some(person) = self.person {
            words.push(format!("person {person}"));
        }
        if let Some(member) = self.member {
            words.push(format!("member {member}"));
        }
        if let Some(actor) = &self.actor {
            words.push(format!("actor {actor}"));
        }
        if let Some(event) = self.event {
            words.push(format!("event {}", event.as_str()));
        }
        if let Some((from, until)) = self.during {
            let (from, until) = (from.in_japan().date(), until.in_japan().date());
            words.push(format!("from {from} to before {until}"));
        }
        match words.is_empty() {
            true => "everything".to_owned(),
            false => words.join(", "),
        }
    }
}

/// Entries before a number, the newest first, `most` of them. `None` begins with the newest
/// of all.
///
/// # Errors
/// Whatever the database answers.
pub async fn before(db: &Db, filter: &Filter, before: Option<i64>, most: i64) -> Result<Vec<Line>> {
    let (mut below, mut first) = (before.unwrap_or(i64::MAX), 0);
    if let Some((from, until)) = filter.during {
        let (lowest, highest): (Option<i64>, Option<i64>) = on!(read db, conn => {
            sqlx::query_as(DAY).bind(from.0).bind(until.0).fetch_one(conn).await?
        });
        let (Some(lowest), Some(highest)) = (lowest, highest) else {
            return Ok(Vec::new());
        };
        (below, first) = (below.min(highest.saturating_add(1)), lowest);
    }
    on!(read db, conn => {
        sqlx::query_as(filter.sql())
            .bind(below)
            .bind(first)
            .bind(most)
            .bind(filter.person)
            .bind(filter.member)
            .bind(filter.actor.as_deref())
            .bind(filter.event.map(Event::as_str))
            .bind(filter.during.map(|(from, _)| from.0))
            .bind(filter.during.map(|(_, until)| until.0))
            .fetch_all(conn)
            .await
    })
}

/// Who of the staff has searched more often than `most` times since then, and how often.
/// Where nothing was noted since then, no entry has so high a number.
///
/// # Errors
/// Whatever the database answers.
pub async fn many_searches(db: &Db, since: Timestamp, most: i64) -> Result<Vec<(String, i64)>> {
    on!(read db, conn => {
        sqlx::query_as(
            "select actor, count(*) from audit
             where event = $1 and at >= $2
               and id >= (select coalesce(min(id), 9223372036854775807) from audit where at >= $2)
             group by actor having count(*) > $3 order by 2 desc, 1",
        )
        .bind(Event::OfficeSearched.as_str())
        .bind(since.0)
        .bind(most)
        .fetch_all(conn)
        .await
    })
}

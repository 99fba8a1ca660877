//! What a clerk wrote of a reason: apart from the audit, which nothing is removed from,
//! since somebody may have written of health or family.

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

use super::{Result, Tx, audit::Event, on};

/// A text to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewReason<'a> {
    /// When, as in the audit.
    pub at: Timestamp,
    /// For what.
    pub event: Event,
    /// Who wrote it, as in the audit.
    pub actor: &'a str,
    /// About whom.
    pub person: Uuid,
    /// The text.
    pub words: &'a str,
}

/// Keeps it.
///
/// # Errors
/// Whatever the database answers.
pub async fn insert(tx: &mut Tx, new: &NewReason<'_>) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into office_reason (id, at, event, actor, person_id, words)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(Uuid::now_v7())
        .bind(new.at.0)
        .bind(new.event.as_str())
        .bind(new.actor)
        .bind(new.person)
        .bind(new.words)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Removes the text that belongs to an entry of the audit: about whom it was. `None` where
/// there is none, or no more.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove(tx: &mut Tx, entry: i64) -> Result<Option<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "delete from office_reason where id in (
                 select r.id from office_reason r
                 join audit a on a.person_id = r.person_id and a.at = r.at
                             and a.event = r.event and a.actor = r.actor
                 where a.id = $1)
             returning person_id",
        )
        .bind(entry)
        .fetch_optional(conn)
        .await
    })
}

//! What happened, in order: rows are added and never changed.

use app::timestamp::Timestamp;
use uuid::Uuid;

use super::{Result, Tx, on};

/// What can be found in the audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The office brought a roster that changed something.
    RosterImported,
    /// A provisional credential was made for a person who had none.
    PostcardIssued,
    /// A person's provisional credentials were voided and a new one made.
    PostcardReissued,
}

impl Event {
    /// The word by which the database knows it; it never changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RosterImported => "roster-imported",
            Self::PostcardIssued => "postcard-issued",
            Self::PostcardReissued => "postcard-reissued",
        }
    }
}

/// One entry. No secret ever stands in it, nor anything about health.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
    /// To whom, as a person on the roster.
    pub person: Option<Uuid>,
    /// To whom, as a member.
    pub member: Option<Uuid>,
    /// From where; empty for what was done at the command line.
    pub network_address: &'a str,
    /// What the event alone does not say.
    pub detail: &'a str,
}

/// Adds `entry`, in the transaction of what it tells about.
///
/// # Errors
/// Whatever the engine answers.
pub async fn record(tx: &mut Tx, entry: &Entry<'_>) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into audit (at, event, person_id, member_id, network_address, detail)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(entry.at.0)
        .bind(entry.event.as_str())
        .bind(entry.person)
        .bind(entry.member)
        .bind(entry.network_address)
        .bind(entry.detail)
        .execute(conn)
        .await?;
    });
    Ok(())
}

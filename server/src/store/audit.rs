//! What happened, in order: rows are added and never changed.

use app::timestamp::Timestamp;
use uuid::Uuid;

use super::{Result, Tx, on};

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody asked for the registration's letter.
    LetterAsked,
    /// A postcard's pair was accepted.
    PostcardAccepted,
    /// A postcard's pair, or its link, was not.
    PostcardRefused,
    /// A postcard was issued.
    PostcardIssued,
    /// A postcard was issued in place of another.
    PostcardReissued,
    /// An account was opened.
    Registered,
    /// An account was opened anew with a new postcard.
    Reopened,
    /// An added address was confirmed.
    AddressConfirmed,
    /// A member signed in.
    SignedIn,
    /// A sign-in failed.
    SignInFailed,
    /// A member signed out.
    SignedOut,
    /// The roster was imported.
    RosterImported,
}

impl Event {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LetterAsked => "letter_asked",
            Self::PostcardAccepted => "postcard_accepted",
            Self::PostcardRefused => "postcard_refused",
            Self::PostcardIssued => "postcard_issued",
            Self::PostcardReissued => "postcard_reissued",
            Self::Registered => "registered",
            Self::Reopened => "reopened",
            Self::AddressConfirmed => "address_confirmed",
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::SignedOut => "signed_out",
            Self::RosterImported => "roster_imported",
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

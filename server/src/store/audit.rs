//! What happened, in order: rows are added and never changed.

use app::{timestamp::Timestamp, visit::Asker};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Result, Tx, on, staging::placeholders};

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
    /// Somebody asked for the reissue's letter.
    ReissueAsked,
    /// A reissue's pair was accepted.
    ReissueAccepted,
    /// A reissue's pair, or its link, was not.
    ReissueRefused,
    /// The password was changed through a reissue.
    Reissued,
    /// An added address was confirmed.
    AddressConfirmed,
    /// A member signed in.
    SignedIn,
    /// A sign-in failed.
    SignInFailed,
    /// The present password was asked for, and another was given.
    PasswordRefused,
    /// A member signed out.
    SignedOut,
    /// The roster was imported.
    RosterImported,
    /// Medical expenses were imported.
    ExpensesImported,
    /// The insured (`member`) looked at the expenses of somebody in the household
    /// (`person`): once a day.
    ExpensesSeen,
    /// A dependent lets the insured see the own expenses.
    SharingAllowed,
    /// A dependent does not any more.
    SharingEnded,
    /// What the law no longer lets us keep was removed.
    Purged,
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
            Self::ReissueAsked => "reissue_asked",
            Self::ReissueAccepted => "reissue_accepted",
            Self::ReissueRefused => "reissue_refused",
            Self::Reissued => "reissued",
            Self::AddressConfirmed => "address_confirmed",
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::PasswordRefused => "password_refused",
            Self::SignedOut => "signed_out",
            Self::RosterImported => "roster_imported",
            Self::ExpensesImported => "expenses_imported",
            Self::ExpensesSeen => "expenses_seen",
            Self::SharingAllowed => "sharing_allowed",
            Self::SharingEnded => "sharing_ended",
            Self::Purged => "purged",
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
    /// Who did it, where that is neither the member nor somebody not let in.
    pub actor: &'a str,
}

impl Event {
    /// The entry for something done at the command line.
    pub fn at_the_command_line<'a>(self, detail: &'a str, at: Timestamp) -> Entry<'a> {
        Entry {
            at,
            event: self,
            person: None,
            member: None,
            network_address: "",
            detail,
            actor: "",
        }
    }

    /// The entry for something that came in over the net.
    pub fn by(self, asker: &Asker, at: Timestamp) -> Entry<'_> {
        Entry {
            at,
            event: self,
            person: None,
            member: None,
            network_address: &asker.network_address,
            detail: &asker.device,
            actor: "",
        }
    }
}

impl Entry<'_> {
    /// The same, and it is about this person.
    #[must_use]
    pub fn of_person(self, person: Uuid) -> Self {
        Self {
            person: Some(person),
            ..self
        }
    }

    /// The same, and it is about this account.
    #[must_use]
    pub fn of_member(self, member: Uuid) -> Self {
        Self {
            member: Some(member),
            ..self
        }
    }

    /// Adds it, in the transaction of what it tells about.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn record(&self, tx: &mut Tx) -> Result<()> {
        on!(write tx, conn => {
            sqlx::query(
                "insert into audit (at, event, person_id, member_id, network_address, detail, actor)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(self.at.0)
            .bind(self.event.as_str())
            .bind(self.person)
            .bind(self.member)
            .bind(self.network_address)
            .bind(self.detail)
            .bind(self.actor)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Adds it for each of these people, in one statement.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn record_of_each(&self, tx: &mut Tx, people: &[Uuid]) -> Result<()> {
        let insert = "insert into audit
                      (at, event, person_id, member_id, network_address, detail, actor) values ";
        on!(write tx, conn => {
            // Made of constants and a number alone.
            let sql = insert.to_owned() + &placeholders(people.len(), 7);
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for person in people {
                query = query
                    .bind(self.at.0)
                    .bind(self.event.as_str())
                    .bind(*person)
                    .bind(self.member)
                    .bind(self.network_address)
                    .bind(self.detail)
                    .bind(self.actor);
            }
            query.execute(conn).await?;
        });
        Ok(())
    }
}

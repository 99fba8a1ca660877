//! What happened, in order: rows are added and never changed. What was only tried, and
//! what anybody may ask for, is counted beside them.

use domain::{
    values::timestamp::Timestamp,
    visit::{RequestOrigin, network::network},
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Result, Tx, on, staging::placeholders};

/// The events, each with its name in the database.
macro_rules! events {
    ($($(#[$about:meta])* $event:ident => $name:literal,)*) => {
        /// What can happen.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Event {
            $($(#[$about])* $event,)*
        }

        impl Event {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$event,)*];

            /// The name in the database.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$event => $name,)*
                }
            }

            /// The event of that name in the database; `None` for one that only a
            /// later version knows.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$event),)*
                    _ => None,
                }
            }
        }
    };
}

events! {
    /// Somebody asked for the registration's letter.
    LetterAsked => "letter_asked",
    /// A postcard's pair was accepted.
    PostcardAccepted => "postcard_accepted",
    /// A postcard's pair, or its link, was not.
    PostcardRefused => "postcard_refused",
    /// A postcard was issued.
    PostcardIssued => "postcard_issued",
    /// Postcards were asked for in the browser: `detail` is the run, for whom, and how many
    /// people, here and below; `actor` is who of the office.
    PostcardsAsked => "postcards_asked",
    /// A second person confirmed it.
    PostcardsConfirmed => "postcards_confirmed",
    /// A run of postcards was made.
    PostcardsMade => "postcards_made",
    /// It was handed out: `detail` says how.
    PostcardsHandedOut => "postcards_handed_out",
    /// It was received.
    PostcardsReceived => "postcards_received",
    /// It was withdrawn, and its unused postcards are ended.
    PostcardsWithdrawn => "postcards_withdrawn",
    /// A postcard was issued in place of another.
    PostcardReissued => "postcard_reissued",
    /// An account was opened.
    Registered => "registered",
    /// An account was opened anew with a new postcard.
    Reopened => "reopened",
    /// Somebody asked for the reissue's letter.
    ReissueAsked => "reissue_asked",
    /// A reissue's pair was accepted.
    ReissueAccepted => "reissue_accepted",
    /// A reissue's pair, or its link, was not.
    ReissueRefused => "reissue_refused",
    /// The password was changed through a reissue.
    Reissued => "reissued",
    /// An added address was confirmed.
    AddressConfirmed => "address_confirmed",
    /// A member chose another login ID.
    LoginIdChanged => "login_id_changed",
    /// A member chose another password.
    PasswordChanged => "password_changed",
    /// A member chose another nickname.
    NicknameChanged => "nickname_changed",
    /// A member added an address, which waits for its confirmation.
    AddressAdded => "address_added",
    /// A member had a confirmation's letter sent once more.
    ConfirmationAsked => "confirmation_asked",
    /// A member removed an address.
    AddressRemoved => "address_removed",
    /// A member chose where notices go.
    NoticesChanged => "notices_changed",
    /// The link in a letter about a notice was used: no more of them go to that address.
    Unsubscribed => "unsubscribed",
    /// A member signed in.
    SignedIn => "signed_in",
    /// A member signed in with a passkey.
    SignedInWithPasskey => "signed_in_with_passkey",
    /// A member added a passkey.
    PasskeyAdded => "passkey_added",
    /// A member gave a passkey another name.
    PasskeyRenamed => "passkey_renamed",
    /// A member removed a passkey.
    PasskeyRemoved => "passkey_removed",
    /// A sign-in failed.
    SignInFailed => "sign_in_failed",
    /// The present password was asked for, and another was given.
    PasswordRefused => "password_refused",
    /// A member signed out.
    SignedOut => "signed_out",
    /// A member ended one of their sessions.
    SessionEnded => "session_ended",
    /// A member ended all sessions but the one that asked.
    OthersEnded => "others_ended",
    /// A sign-in was disowned through the letter that told of it.
    SignInDisowned => "sign_in_disowned",
    /// A member asked for what is not theirs.
    NotTheirs => "not_theirs",
    /// A member ended the use of the portal.
    Left => "left",
    /// Somebody of the office looked at a person's data: `actor` is who, `detail` the role
    /// and the reason. The person reads the latter two, and never who.
    OfficeLooked => "office_looked",
    /// A member took a copy of everything that is held about them.
    DataTaken => "data_taken",
    /// A person has another 記号, 番号 or 枝番: `detail` is the old key and the new.
    KeyChanged => "key_changed",
    /// The roster was imported.
    RosterImported => "roster_imported",
    /// Medical expenses were imported.
    ExpensesImported => "expenses_imported",
    /// The insured (`member`) looked at the expenses of somebody in the household
    /// (`person`): once a day.
    ExpensesSeen => "expenses_seen",
    /// A dependent lets the insured see the own expenses.
    SharingAllowed => "sharing_allowed",
    /// A dependent does not any more.
    SharingEnded => "sharing_ended",
    /// A dependent's decision ended with the household in which it was made.
    SharingLapsed => "sharing_lapsed",
    /// What the law no longer lets us keep was removed.
    Purged => "purged",
    /// Notices and health articles were imported.
    NoticesImported => "notices_imported",
    /// Somebody of the office wrote or changed a notice: `detail` is which, here and below.
    NoticeWritten => "notice_written",
    /// Somebody of the office wants a notice published, which a second person confirms.
    NoticeAsked => "notice_asked",
    /// Somebody of the office published a notice.
    NoticePublished => "notice_published",
    /// Somebody of the office took a notice from view.
    NoticeWithdrawn => "notice_withdrawn",
    /// Somebody of the office held back the letters about a notice.
    NoticeLettersPaused => "notice_letters_paused",
    /// Somebody of the office went on with them.
    NoticeLettersResumed => "notice_letters_resumed",
    /// The secret file was replaced, and the audit's seals go on with the new one:
    /// `detail` names the last seal of before and covers everything up to it.
    AuditChainBegun => "audit_chain_begun",
    /// Results of checkups were imported.
    CheckupsImported => "checkups_imported",
    /// An import was withdrawn: `detail` is its number and kind, and how many lines went and
    /// came back.
    ImportWithdrawn => "import_withdrawn",
    /// A member's password was right, and a code is asked for.
    CodeAsked => "code_asked",
    /// A code was not right.
    CodeRefused => "code_refused",
    /// A member turned one-time codes on.
    CodesTurnedOn => "codes_turned_on",
    /// A member turned them off.
    CodesTurnedOff => "codes_turned_off",
    /// A member had new recovery codes made.
    RecoveryCodesMade => "recovery_codes_made",
    /// A member signed in with a recovery code.
    RecoveryCodeUsed => "recovery_code_used",
    /// Second steps went with what brought the account back.
    SecondStepsRemoved => "second_steps_removed",
    /// The database came back from a backup, and everything that was open in it was ended.
    Restored => "restored",
    /// The office closed an account: `actor` is who of the staff, empty at the command
    /// line, here and wherever the office acts.
    Disabled => "disabled",
    /// The office let a member in again.
    Enabled => "enabled",
    /// The office ended all sessions of a member.
    OfficeEndedSessions => "office_ended_sessions",
    /// The office sent an address's confirmation once more.
    OfficeSentConfirmation => "office_sent_confirmation",
    /// The office removed a second step that was lost.
    OfficeRemovedSecondStep => "office_removed_second_step",
    /// The office asked for a new postcard.
    PostcardWanted => "postcard_wanted",
    /// A postcard came back to the office.
    PostcardReturned => "postcard_returned",
    /// The office wrote a member's わたしのデータ to a file, since they had asked for it.
    DataDisclosed => "data_disclosed",
    /// Somebody of the office searched: `detail` is the kind and the number of hits.
    OfficeSearched => "office_searched",
    /// A look or a file was asked for that needs a second person.
    SecondPersonAsked => "second_person_asked",
    /// A second person agreed to it.
    SecondPersonAgreed => "second_person_agreed",
    /// The text of a reason was removed.
    ReasonRemoved => "reason_removed",
    /// The audit was exported: `detail` is what it was filtered by.
    AuditExported => "audit_exported",
    /// Somebody of the office signed in; `actor` is who, here and below.
    StaffSignedIn => "staff_signed_in",
    /// The same, by a code from the command line.
    StaffSignedInByCode => "staff_signed_in_by_code",
    /// Somebody of the office signed out.
    StaffSignedOut => "staff_signed_out",
    /// Somebody was added: `detail` is who, and the roles.
    StaffAdded => "staff_added",
    /// Somebody of the office has other roles.
    StaffRolesChanged => "staff_roles_changed",
    /// Somebody of the office is kept out.
    StaffDisabled => "staff_disabled",
    /// Somebody of the office is let in again.
    StaffEnabled => "staff_enabled",
    /// A link to a new password was made for somebody of the office.
    StaffLinkMade => "staff_link_made",
    /// Somebody of the office chose a password.
    StaffPasswordChosen => "staff_password_chosen",
    /// Somebody of the office has another second step, or other recovery codes.
    StaffSecondStep => "staff_second_step",
    /// A code that stands for a second step was made at the command line.
    StaffCodeMade => "staff_code_made",
    /// Somebody of the office asked for what their roles do not open: `detail` is the path.
    StaffRefused => "staff_refused",
    /// Somebody of the office has brought a file.
    FileReceived => "file_received",
    /// They have answered what it asks.
    FileAnswered => "file_answered",
    /// They want it brought in.
    FileRun => "file_run",
    /// They want withdrawn what it has brought; another has to agree.
    WithdrawalAsked => "withdrawal_asked",
    /// Another of them wants it, too.
    FileConfirmed => "file_confirmed",
    /// They want it no more.
    FileCancelled => "file_cancelled",
    /// They took what is wrong with it as a sheet.
    ProblemsTaken => "problems_taken",
}

/// What anybody can cause without getting in, and what was refused: counted.
const COUNTED: [Event; 8] = [
    Event::LetterAsked,
    Event::PostcardRefused,
    Event::ReissueAsked,
    Event::ReissueRefused,
    Event::SignInFailed,
    Event::PasswordRefused,
    Event::CodeAsked,
    Event::CodeRefused,
];

/// The first of them, as the index over the rest has them: the audit has none but of
/// earlier versions, which knew no more.
macro_rules! counted {
    () => {
        "('letter_asked', 'postcard_refused', 'reissue_asked', 'reissue_refused', \
          'sign_in_failed', 'password_refused')"
    };
}
pub(crate) use counted;

/// Whose tries at names are that nobody has.
const NOBODY: Uuid = Uuid::nil();
/// In milliseconds.
const HOUR: i64 = 3_600_000;

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
    /// Whether it is counted, by account, hour and network, and not written down each
    /// time: the audit would grow without end, by whoever likes.
    pub fn is_counted(self) -> bool {
        COUNTED.contains(&self)
    }

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
    pub fn by(self, origin: &RequestOrigin, at: Timestamp) -> Entry<'_> {
        Entry {
            at,
            event: self,
            person: None,
            member: None,
            network_address: &origin.network_address,
            detail: &origin.device,
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
        if self.event.is_counted() {
            return self.count(tx).await;
        }
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

    /// Of several browsers in one hour none is told.
    async fn count(&self, tx: &mut Tx) -> Result<()> {
        let network = match self.network_address.parse() {
            Ok(address) => network(address).to_string(),
            Err(_) => self.network_address.to_owned(),
        };
        on!(write tx, conn => {
            sqlx::query(
                "insert into refused_try (member_id, hour, event, network, times, first_at, last_at,
                                          detail)
                 values ($1, $2, $3, $4, 1, $5, $5, $6)
                 on conflict (member_id, hour, event, network) do update
                 set times = refused_try.times + 1, last_at = excluded.last_at,
                     detail = case when refused_try.detail = excluded.detail
                                   then excluded.detail else '' end",
            )
            .bind(self.member.unwrap_or(NOBODY))
            .bind(self.at.0 - self.at.0.rem_euclid(HOUR))
            .bind(self.event.as_str())
            .bind(network)
            .bind(self.at.0)
            .bind(self.detail)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_named_alike_in_the_code_and_in_the_tables() {
        let names = COUNTED.map(|event| format!("'{}'", event.as_str()));
        assert_eq!(counted!(), format!("({})", names[..6].join(", ")));
    }
}

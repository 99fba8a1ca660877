//! Letters with a link that somebody asks for by typing an address.
//!
//! Whatever is known about the address, the same rows are written and the same
//! is answered. Only the owner of the mailbox learns the truth, from the letter:
//! where there is nothing to open, the link is void from its first moment and
//! the letter says why.
//!
//! Strangers may ask, too, until the caps are reached. Then the mailbox's owner still has
//! a way on: one more letter goes when the latest link has run out, and when it has been
//! used. The first anybody can reckon; of the second the answer and the number of writes
//! tell nothing.

use std::time::Duration;

use domain::{
    rules::EmailAddress,
    values::timestamp::Timestamp,
    visit::{LetterPurpose, SentLetter},
};
use store::{
    Attempt, Tx,
    letter::{self, LetterKind, NewLetter},
    lifetime,
    link::{self, NewLink, Purpose},
    member,
};
use uuid::Uuid;

use crate::base::fault::InternalError;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Letters to one address that may be asked for, for each purpose: one a minute,
/// three an hour, six a day.
const CAPS: [(Duration, i64); 3] = [(MINUTE, 1), (HOUR, 3), (DAY, 6)];

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct LetterRequest<'a> {
    /// What the link is for.
    pub purpose: Purpose,
    /// The link's row; the letter gets the same identifier.
    pub link: Uuid,
    /// SHA-256 of the link's token.
    pub token_hash: &'a [u8],
    /// Where it goes.
    pub address: &'a EmailAddress,
    /// Whose account it opens, or whose address it confirms.
    pub member: Option<Uuid>,
    /// Which of the member's addresses it confirms.
    pub email: Option<Uuid>,
    /// The sign-in that was disowned before, where this follows from it.
    pub session: Option<Uuid>,
    /// The letter with the link.
    pub letter: LetterKind,
    /// The letter instead of it, where there is nothing to open.
    pub truth: Option<LetterKind>,
    /// Whether the caps hold; not where a letter of ours has offered this one.
    pub is_capped: bool,
    /// When.
    pub now: Timestamp,
}

/// The letter that went out, or the earlier one where it would have been one
/// too many.
#[derive(Clone, Copy, Debug)]
pub struct RequestedLetter {
    /// The letter.
    pub letter: Uuid,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

impl RequestedLetter {
    /// What the one who asked may know.
    pub fn told(self, way: LetterPurpose, address: &EmailAddress, now: Timestamp) -> SentLetter {
        SentLetter {
            way,
            letter: self.letter,
            address: address.as_str().to_owned(),
            asked_at: self.asked_at,
            until: self.asked_at.plus(lifetime::LINK),
            earlier: self.asked_at < now,
        }
    }
}

/// Writes link and letter; beyond the caps nothing is left of them, and nothing voided,
/// while the latest link works.
/// The address is locked already ([`letter::lock_address`]).
///
/// # Errors
/// Whatever the database answers.
pub async fn ask(
    tx: &mut Tx,
    asking: &LetterRequest<'_>,
) -> Result<RequestedLetter, InternalError> {
    let LetterRequest {
        address,
        purpose,
        now,
        ..
    } = *asking;
    let within_caps = within_caps(tx, purpose, address, now).await?;
    let told_already = told_within_the_hour(tx, asking).await?;
    let owner = member::by_address(tx, address).await?;
    let latest = link::latest(tx, purpose, &address.key(), now).await?;
    let earlier =
        latest.filter(|latest| asking.is_capped && !within_caps && now < latest.expires_at);
    let attempt = Attempt::begin(tx).await?;
    link::insert(
        tx,
        &NewLink {
            id: asking.link,
            purpose,
            token_hash: asking.token_hash,
            address,
            member: asking.member,
            email: asking.email,
            session: asking.session,
            asked_at: now,
            expires_at: now.plus(lifetime::LINK),
            is_untold: earlier.is_some(),
            ended_at: asking.truth.map(|_| now),
        },
    )
    .await?;
    let kind = match asking.truth {
        None => asking.letter,
        Some(truth) if !told_already => truth,
        Some(_) => LetterKind::Withheld,
    };
    letter::queue_as(
        tx,
        asking.link,
        NewLetter {
            kind,
            address: address.as_str(),
            address_key: &address.key(),
            // With a link that is void the letter would be held for stale.
            link: asking.truth.is_none().then_some(asking.link),
            // The truth stands in the history of whoever's mailbox it is, and never
            // in that of a member who typed somebody else's address.
            member: match asking.truth {
                None => asking.member,
                Some(_) => owner,
            },
            about: "",
            asked_at: now,
        },
    )
    .await?;
    match earlier {
        Some(latest) if !latest.is_spent => attempt.undo(tx).await?,
        _ => attempt.keep(tx).await?,
    }
    let new = RequestedLetter {
        letter: asking.link,
        asked_at: now,
    };
    Ok(earlier.map_or(new, |latest| RequestedLetter {
        letter: latest.id,
        asked_at: latest.asked_at,
    }))
}

/// Whether one more letter may go to an address.
async fn within_caps(
    tx: &mut Tx,
    purpose: Purpose,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<bool, InternalError> {
    let mut within = true;
    for (span, most) in CAPS {
        within &= link::count_asked_within(tx, purpose, &address.key(), span, now).await? < most;
    }
    Ok(within)
}

/// Whether the owner of the mailbox has had the truth within the last hour.
async fn told_within_the_hour(
    tx: &mut Tx,
    asking: &LetterRequest<'_>,
) -> Result<bool, InternalError> {
    let truth = asking.truth.unwrap_or(LetterKind::Withheld);
    let key = asking.address.key();
    let told = letter::count_asked_within(tx, &key, truth, HOUR, asking.now).await?;
    Ok(told > 0)
}

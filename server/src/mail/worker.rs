//! The worker that sends what is queued: several letters at a time, each again and again
//! until the mail server has it or the letter has lost its meaning.

use std::{
    mem,
    num::NonZeroU8,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    rules::EmailAddress,
    values::{society::Society, timestamp::Timestamp},
};
use store::{
    self, Db,
    letter::{self, Claimed, ClaimedLink, LONGEST_PAUSE, LetterKind},
    link::Purpose,
};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};
use uuid::Uuid;

use super::{
    layout::Letter,
    letters::{self, Changed, ChangedAddress, Link},
    outgoing::Outgoing,
    send_error::SendError,
    smtp::PATIENCE,
    transport::Transport,
};
use crate::base::{clock::Clock, secrets::Secrets};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// How long to wait after the first, second, … failure; after the last of them,
/// hourly.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(30),
    MINUTE,
    Duration::from_secs(2 * 60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(30 * 60),
];

/// A letter that could not be sent for so long is not news any more.
const LIFE: Duration = Duration::from_secs(3 * 24 * 3600);

/// How long a letter is nobody else's: longer than any sending takes, so that two
/// workers never send the same one.
const LEASE: Duration = Duration::from_secs(5 * PATIENCE.as_secs());

/// Letters that one sender claims at a time, and whose outcome it notes at a time: the
/// disk is waited for twice for all of them together.
const BATCH: i64 = 50;

/// What is left of a batch after this long is given back, before its lease ends.
const ENOUGH: Duration = Duration::from_secs(LEASE.as_secs() - 2 * PATIENCE.as_secs());

/// How often to look without being woken: for retries, and for what another
/// server has queued.
const ROUND: Duration = Duration::from_secs(5);

/// Sends what is queued.
#[derive(Debug)]
pub struct MailWorker {
    /// Where the queue is.
    pub db: Db,
    /// How letters leave.
    pub transport: Transport,
    /// What time it is.
    pub clock: Clock,
    /// Makes the tokens in links.
    pub secrets: Arc<Secrets>,
    /// Who writes.
    pub society: Arc<Society>,
    /// Where the portal is found, without a slash at the end.
    pub public_url: Arc<str>,
    /// Told when something was queued.
    pub wake: Arc<Notify>,
    /// How many letters are on their way at a time.
    pub senders: NonZeroU8,
    /// Outcomes that could not be noted yet.
    pub unnoted: Unnoted,
}

/// Outcomes of letters that the database has still to hear of. Until it has, nothing else
/// is claimed: otherwise a letter that was sent would be sent again after every lease.
#[derive(Debug, Default)]
pub struct Unnoted(Mutex<Vec<(Claimed, Result<(), Failure>)>>);

/// What became of the letters of one pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryBatch {
    /// Handed over.
    pub sent: usize,
    /// To be tried again later.
    pub put_off: usize,
    /// Not to be sent any more.
    pub given_up: usize,
}

impl MailWorker {
    /// Works until `stop` holds `true` (or its sender is gone); the letters at hand
    /// are finished first.
    pub async fn run(self: Arc<Self>, stop: watch::Receiver<bool>) {
        let mut senders = JoinSet::new();
        for _ in 0..self.senders.get() {
            senders.spawn(self.clone().send_along(stop.clone()));
        }
        while let Some(ended) = senders.join_next().await {
            if let Err(error) = ended {
                // All begin anew, where they are started.
                tracing::error!(%error, "a sender of letters ended");
                return;
            }
        }
    }

    async fn send_along(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.deliver_some().await {
                Ok(batch) if batch != DeliveryBatch::default() => continue,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(
                        error = store::told(&error),
                        "the queue of letters cannot be worked on"
                    );
                }
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(ROUND) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// One pass: tries every letter that is due now.
    ///
    /// # Errors
    /// Whatever the database answers; trouble with a letter is none.
    pub async fn deliver_due(&self) -> store::Result<DeliveryBatch> {
        let mut all = DeliveryBatch::default();
        loop {
            let batch = self.deliver_some().await?;
            if batch == DeliveryBatch::default() {
                return Ok(all);
            }
            all.sent += batch.sent;
            all.put_off += batch.put_off;
            all.given_up += batch.given_up;
        }
    }

    /// Tries some of those that are due, and notes what came of it.
    async fn deliver_some(&self) -> store::Result<DeliveryBatch> {
        let left = self.note_outcomes().await?;
        if left != DeliveryBatch::default() {
            return Ok(left);
        }
        let begun = self.clock.now();
        let claimed = letter::claim(&self.db, begun, LEASE, BATCH).await?;
        if claimed.len() as i64 == BATCH {
            // There is more: another sender may have it.
            self.wake.notify_one();
        }
        let mut untried = Vec::new();
        for claimed in claimed {
            if begun.plus(ENOUGH) < self.clock.now() {
                untried.push(claimed.id);
                continue;
            }
            let outcome = self.deliver(&claimed).await;
            self.unnoted().push((claimed, outcome));
        }
        if !untried.is_empty() {
            let mut tx = self.db.write().await?;
            for letter in untried {
                letter::give_back(&mut tx, letter, self.clock.now()).await?;
            }
            tx.commit().await?;
        }
        self.note_outcomes().await
    }

    /// Notes what became of the letters that were tried, in one transaction.
    async fn note_outcomes(&self) -> store::Result<DeliveryBatch> {
        let outcomes = mem::take(&mut *self.unnoted());
        if outcomes.is_empty() {
            return Ok(DeliveryBatch::default());
        }
        let noted = self.note(&outcomes).await;
        if noted.is_err() {
            self.unnoted().extend(outcomes);
        }
        noted
    }

    async fn note(
        &self,
        outcomes: &[(Claimed, Result<(), Failure>)],
    ) -> store::Result<DeliveryBatch> {
        let sent: Vec<Uuid> = outcomes
            .iter()
            .filter(|(_, outcome)| outcome.is_ok())
            .map(|(claimed, _)| claimed.id)
            .collect();
        let mut batch = DeliveryBatch {
            sent: sent.len(),
            ..DeliveryBatch::default()
        };
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        letter::mark_sent(&mut tx, &sent, now).await?;
        for (claimed, outcome) in outcomes {
            match outcome {
                Ok(()) => {}
                Err(Failure::Later(why)) => {
                    let due = next_try(claimed, now);
                    letter::mark_failed(&mut tx, claimed.id, due, why).await?;
                    batch.put_off += 1;
                }
                Err(Failure::Never(why)) => {
                    letter::give_up(&mut tx, claimed.id, now, why).await?;
                    batch.given_up += 1;
                }
            }
        }
        tx.commit().await?;
        Ok(batch)
    }

    fn unnoted(&self) -> MutexGuard<'_, Vec<(Claimed, Result<(), Failure>)>> {
        self.unnoted
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn deliver(&self, claimed: &Claimed) -> Result<(), Failure> {
        let outcome = self.try_to_deliver(claimed).await;
        match &outcome {
            Ok(()) => {}
            Err(Failure::Later(why)) => tracing::warn!(
                letter = %claimed.id, kind = claimed.kind, attempt = claimed.attempts,
                next = %next_try(claimed, self.clock.now()).full(), why,
                "a letter could not be sent"
            ),
            Err(Failure::Never(why)) => tracing::warn!(
                letter = %claimed.id, kind = claimed.kind, attempt = claimed.attempts,
                why, "a letter was given up"
            ),
        }
        outcome
    }

    async fn try_to_deliver(&self, claimed: &Claimed) -> Result<(), Failure> {
        let now = self.clock.now();
        // First of all, so that whatever else is in the way does not keep it for ever.
        if let Some(why) = has_lost_its_meaning(claimed, now) {
            return Err(Failure::Never(why.to_owned()));
        }
        let Some(kind) = LetterKind::parse(&claimed.kind) else {
            return Err(Failure::Later(
                "this version does not know the letter".to_owned(),
            ));
        };
        let letter = self.write(kind, claimed)?;
        let to = EmailAddress::parse(&claimed.address)
            .map_err(|_| Failure::Never("the recipient is no address".to_owned()))?;
        let from = EmailAddress::parse(&self.society.sender())
            .map_err(|_| Failure::Later("the sender in the settings is no address".to_owned()))?;
        let outgoing = |letter| {
            Outgoing::new(claimed.id, letter, &from, &to, &self.society, now)
                .map_err(|error| Failure::Never(error.to_string()))
        };
        match letter {
            Some(letter) => self.transport.send(&outgoing(letter)?).await?,
            None => self.transport.knock(&outgoing(Letter::none())?).await?,
        }
        Ok(())
    }

    /// The letter, from what the rows say at this moment; `None` for one that is
    /// withheld.
    fn write(&self, kind: LetterKind, claimed: &Claimed) -> Result<Option<Letter>, Failure> {
        let society = &self.society;
        let sign_in = format!("{}/login", self.public_url);
        let reissue = format!("{}/reissue", self.public_url);
        Ok(Some(match kind {
            LetterKind::Registration => {
                letters::registration(society, &self.link(claimed, "/register/verify")?)
            }
            LetterKind::AddressConfirmation => letters::address_confirmation(
                society,
                &self.link(claimed, "/profile/emails/confirm")?,
            ),
            LetterKind::Reissue => {
                let link = self.link(claimed, "/reissue/verify")?;
                let (Some(member), Some(row)) = (&claimed.member, &claimed.link) else {
                    return Err(Failure::Never("the member is gone".to_owned()));
                };
                let password = self.secrets.reissue_password(row.id, &row.address);
                letters::reissue(society, &link, &member.login_id, &password)
            }
            LetterKind::NotFound => letters::not_found(society, &reissue),
            LetterKind::AlreadyRegistered => letters::already_registered(society, &sign_in),
            LetterKind::Change => letters::change(
                society,
                claimed.asked_at,
                &Changed::parse(&claimed.about),
                ChangedAddress::parse(&claimed.about),
                &reissue,
            ),
            LetterKind::Welcome => match &claimed.member {
                Some(member) => {
                    letters::welcome(society, &member.nickname, &member.login_id, &sign_in)
                }
                None => return Err(Failure::Never("the member is gone".to_owned())),
            },
            LetterKind::NewDevice => {
                let link = self.link(claimed, "/security/report")?;
                let sign_in = claimed.link.as_ref().and_then(|link| link.sign_in.as_ref());
                let Some(sign_in) = sign_in else {
                    return Err(Failure::Never("the session is gone".to_owned()));
                };
                letters::new_device(society, &link, sign_in)
            }
            LetterKind::Left => letters::left(
                society,
                claimed.asked_at,
                &format!("{}/help", self.public_url),
            ),
            LetterKind::ByOffice => {
                let help = format!("{}/help", self.public_url);
                let letter = letters::by_office(society, claimed.asked_at, &claimed.about, &help);
                letter.ok_or_else(|| {
                    Failure::Later("this version does not know what it tells of".to_owned())
                })?
            }
            LetterKind::Notice => {
                let today = self.clock.now().in_japan().date();
                let notice = claimed.notice.as_ref();
                let on_view = notice.filter(|n| n.ends_on.is_none_or(|last| today <= last));
                let Some(notice) = on_view else {
                    return Err(Failure::Never("nobody waits for it any more".to_owned()));
                };
                let address = format!("{}/notices/{}", self.public_url, notice.id);
                let token = self
                    .secrets
                    .unsubscribe_token(notice.email, &notice.address);
                let unsubscribe = format!("{}/notices/unsubscribe?token={token}", self.public_url);
                letters::notice(society, &notice.title, &address, &unsubscribe)
            }
            LetterKind::RecoveryCodeUsed => {
                letters::recovery_code_used(society, claimed.asked_at, &claimed.about, &reissue)
            }
            LetterKind::NewPostcard => {
                let good_from = claimed.about.parse().map_or(claimed.asked_at, Timestamp);
                letters::new_postcard(society, claimed.asked_at, good_from)
            }
            LetterKind::Withheld => return Ok(None),
        }))
    }

    fn link(&self, claimed: &Claimed, path: &str) -> Result<Link, Failure> {
        let Some(link) = &claimed.link else {
            return Err(Failure::Never("the link is gone".to_owned()));
        };
        let token = self
            .secrets
            .link_token(&link.purpose, link.id, &link.address);
        Ok(Link {
            url: format!("{}{path}?token={token}", self.public_url),
            asked_at: link.asked_at,
            expires_at: link.expires_at,
        })
    }
}

#[derive(Debug)]
enum Failure {
    Later(String),
    Never(String),
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(why) => Self::Never(why),
            SendError::ServiceError(why) => Self::Later(why),
        }
    }
}

fn has_lost_its_meaning(claimed: &Claimed, now: Timestamp) -> Option<&'static str> {
    match &claimed.link {
        Some(link) if link.ended_at.is_some() => Some("the link has been used or made void"),
        // Or lies further ahead than any does: nobody is let in with it.
        Some(link) if !link.expires_at.is_to_come(life(link), now) => Some("the link has expired"),
        _ if claimed.asked_at.plus(LIFE) <= now => Some("three days have passed"),
        _ => None,
    }
}

/// The longest that a link for this works.
fn life(link: &ClaimedLink) -> Duration {
    let purpose = Purpose::parse(&link.purpose).unwrap_or(Purpose::Device);
    purpose.life()
}

/// No later than the moment at which the letter loses its meaning: it is given up
/// then, and not an hour afterwards.
fn next_try(claimed: &Claimed, now: Timestamp) -> Timestamp {
    let failures = usize::try_from(claimed.attempts).unwrap_or(usize::MAX);
    let pause = PAUSES
        .get(failures.saturating_sub(1))
        .copied()
        .unwrap_or(LONGEST_PAUSE);
    let mut end = claimed.asked_at.plus(LIFE);
    if let Some(link) = &claimed.link {
        end = end.min(link.expires_at);
    }
    now.plus(pause).min(end).max(now.plus(SECOND))
}

#[cfg(test)]
mod tests;

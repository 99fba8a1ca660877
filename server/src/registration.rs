//! 新規利用登録: from the e-mail address to the account.
//!
//! Nobody learns from an answer, its time or its writes whether an address is
//! a member's or why a postcard was refused: no branch returns early.

use std::{sync::Arc, time::Duration};

use app::{
    forms::{NewMember, ProvisionalCredentials},
    ports::{Answer, Completion, Delivery, Entry, OpenLink, Registration},
    rules::{EmailAddress, ProvisionalPassword},
    timestamp::Timestamp,
    visit::{Asker, LinkToken, Provisional, SentLetter, SessionToken},
};
use async_trait::async_trait;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    age::born_by,
    fault::Fault,
    hash::Hasher,
    mail::letters::Changed,
    secrets::{Secrets, session_token, token_hash},
    store::{
        Db, Tx,
        audit::{self, Event},
        letter::{self, LetterKind, NewLetter},
        link::{self, NewLink, Purpose},
        member,
        person::Eligible,
        postcard, session, throttle,
    },
};

/// How long a link works: at 2:59:59 it does, at 3:00:00 it does not.
pub const LINK_LIFE: Duration = Duration::from_secs(3 * 3600);

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Letters to one address that anybody may ask for: one a minute, three an
/// hour, six a day.
const CAPS: [(Duration, i64); 3] = [(MINUTE, 1), (HOUR, 3), (DAY, 6)];

/// The letters that anybody may ask for.
const ASKED_FOR: [LetterKind; 3] = [
    LetterKind::Registration,
    LetterKind::AlreadyRegistered,
    LetterKind::Withheld,
];

/// The use cases of the registration.
#[derive(Clone)]
pub struct RegistrationDesk {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// The server's key.
    pub secrets: Arc<Secrets>,
    /// From which age a dependent may register.
    pub registration_age: u8,
    /// Wakes the postman.
    pub post: Arc<Notify>,
}

#[async_trait]
impl Registration for RegistrationDesk {
    async fn ask(
        &self,
        address: EmailAddress,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<SentLetter> {
        self.ask_for_letter(address, asker, now)
            .await
            .map_err(Fault::report)
    }

    async fn delivery(&self, sent: &SentLetter) -> Answer<Delivery> {
        let delivery = letter::delivery(&self.db, sent.letter)
            .await
            .map_err(|e| Fault::from(e).report())?;
        Ok(delivery.unwrap_or(Delivery::GivenUp))
    }

    async fn link(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<OpenLink>> {
        let hash = token_hash(&token.0);
        let open = link::find_open(&self.db, Purpose::Registration, &hash, now)
            .await
            .map_err(|e| Fault::from(e).report())?;
        Ok(open.map(|open| OpenLink {
            until: Timestamp(open.expires_at),
        }))
    }

    async fn enter(
        &self,
        token: &LinkToken,
        postcard: ProvisionalCredentials,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Entry> {
        self.enter_with(token, postcard, asker, now)
            .await
            .map_err(Fault::report)
    }

    async fn complete(
        &self,
        provisional: &Provisional,
        new: NewMember,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Completion> {
        self.open_account(provisional, new, asker, now)
            .await
            .map_err(Fault::report)
    }
}

impl RegistrationDesk {
    fn who(&self, now: Timestamp) -> Eligible {
        let today = now.in_japan().date();
        Eligible {
            today,
            born_by: born_by(today, self.registration_age),
        }
    }

    async fn ask_for_letter(
        &self,
        address: EmailAddress,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<SentLetter, Fault> {
        let id = Uuid::now_v7();
        let token = self
            .secrets
            .link_token(Purpose::Registration.as_str(), id, address.as_str());
        let hash = token_hash(&token);
        let until = now.plus(LINK_LIFE);

        let mut tx = self.db.write().await?;
        letter::lock_address(&mut tx, &address.key(), now).await?;
        let is_member = member::has_address(&mut tx, &address).await?;
        let within_caps = within_caps(&mut tx, &address, now).await?;
        let told_already = told_within_the_hour(&mut tx, &address, now).await?;
        let latest = letter::latest(&mut tx, &address.key(), &ASKED_FOR).await?;
        let (letter, asked_at) = match latest {
            // Beyond the caps nothing is made and nothing voided: the letter
            // that went out before is the one to ask about.
            Some(latest) if !within_caps => latest,
            _ => {
                link::insert(
                    &mut tx,
                    &NewLink {
                        id,
                        purpose: Purpose::Registration,
                        token_hash: &hash,
                        address: &address,
                        member: None,
                        email: None,
                        asked_at: now,
                        expires_at: until,
                        ended_at: is_member.then_some(now),
                    },
                )
                .await?;
                let kind = match (is_member, told_already) {
                    (false, _) => LetterKind::Registration,
                    (true, false) => LetterKind::AlreadyRegistered,
                    (true, true) => LetterKind::Withheld,
                };
                letter::queue(
                    &mut tx,
                    NewLetter {
                        kind,
                        address: address.as_str(),
                        address_key: &address.key(),
                        link: (!is_member).then_some(id),
                        member: None,
                        about: "",
                        asked_at: now,
                    },
                )
                .await
                .map(|letter| (letter, now))?
            }
        };
        record(&mut tx, now, Event::LetterAsked, None, None, asker).await?;
        tx.commit().await?;
        self.post.notify_one();
        Ok(SentLetter {
            letter,
            address: address.as_str().to_owned(),
            asked_at,
            until: asked_at.plus(LINK_LIFE),
            earlier: asked_at < now,
        })
    }

    async fn enter_with(
        &self,
        token: &LinkToken,
        typed: ProvisionalCredentials,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<Entry, Fault> {
        let link_hash = token_hash(&token.0);

        let who = self.who(now);

        // First of all a place: whoever is turned away has not tried.
        let place = self.hasher.reserve()?;
        // Counted before anything is judged, so that parallel guesses count too.
        let mut tx = self.db.write().await?;
        let link = link::count_try(&mut tx, Purpose::Registration, &link_hash, now).await?;
        let card = postcard::by_login_id(&mut tx, who, typed.login_id.as_str()).await?;
        let tried = card.as_ref().map_or(throttle::DECOY, |card| card.id);
        let admitted = throttle::count_try(&mut tx, tried, now).await?;
        tx.commit().await?;

        let stored = card
            .as_ref()
            .map_or(self.hasher.decoy(), |card| &card.password_hash);
        let right = place.verify(typed.password.as_str(), stored).await?;
        drop(place);
        let session = session_token()?;
        let session_hash = token_hash(&session);

        let good = card.filter(|card| admitted && right && card.is_good(now));

        let mut tx = self.db.write().await?;
        let entry = match (link, good) {
            (None, _) => {
                record(&mut tx, now, Event::PostcardRefused, None, None, asker).await?;
                Entry::LinkOver
            }
            (Some(_), None) => {
                record(&mut tx, now, Event::PostcardRefused, None, None, asker).await?;
                Entry::Refused
            }
            (Some(link), Some(card)) => {
                let until = Timestamp(link.expires_at);
                // In the order of the count, so that two at once wait and don't
                // stop each other.
                link::forgive(&mut tx, link.id).await?;
                throttle::forgive(&mut tx, card.id).await?;
                session::insert(
                    &mut tx,
                    &session::NewSession {
                        token_hash: &session_hash,
                        of: session::Holder::Provisional {
                            postcard: card.id,
                            link: link.id,
                        },
                        asker,
                        started_at: now,
                        expires_at: until,
                    },
                )
                .await?;
                record(
                    &mut tx,
                    now,
                    Event::PostcardAccepted,
                    Some(card.person_id),
                    None,
                    asker,
                )
                .await?;
                Entry::Welcome {
                    session: SessionToken(session),
                    until,
                }
            }
        };
        tx.commit().await?;
        Ok(entry)
    }

    async fn open_account(
        &self,
        provisional: &Provisional,
        new: NewMember,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<Completion, Fault> {
        let card_hash = postcard::hash_of_session(&self.db, provisional.session).await?;
        if let Some(card_hash) = card_hash
            && let Ok(as_printed) = ProvisionalPassword::parse(new.password.as_str())
            && self.hasher.verify(as_printed.as_str(), &card_hash).await?
        {
            return Ok(Completion::SameAsProvisional);
        }
        let password_hash = self.hasher.hash(new.password.as_str()).await?;
        let confirmation = Uuid::now_v7();
        let purpose = Purpose::Email;
        let confirmation_hash = token_hash(&self.secrets.link_token(
            purpose.as_str(),
            confirmation,
            new.email.as_str(),
        ));

        let mut tx = self.db.write().await?;
        let Some(registering) = session::complete(&mut tx, provisional.session, now).await? else {
            drop(tx);
            // A double click: the other post was quicker, and the account is there.
            let done = session::is_completed(&self.db, provisional.session).await?;
            return Ok(if done {
                Completion::Done
            } else {
                Completion::Over
            });
        };
        if !postcard::use_up(&mut tx, self.who(now), registering.postcard_id, now).await? {
            return Ok(Completion::Over);
        }
        let Ok(address) = EmailAddress::parse(&registering.address) else {
            return Err(Fault::Other(format!(
                "link of session {} has no address",
                provisional.session
            )));
        };
        let person = registering.person_id;
        let existing = member::of_person(&mut tx, person).await?;
        if member::login_id_taken(&mut tx, &new.login_id, existing).await? {
            return Ok(Completion::LoginIdTaken);
        }
        if member::has_address(&mut tx, &address).await? {
            return Ok(Completion::Over);
        }
        let account = existing.unwrap_or_else(Uuid::now_v7);
        let written = match existing {
            None => {
                throttle::begin(&mut tx, account).await?;
                member::open(&mut tx, account, person, &new, &password_hash, now).await
            }
            Some(_) => member::reopen(&mut tx, account, &new, &password_hash).await,
        };
        match written {
            // Somebody else took the ID between the question and the answer.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                return Ok(Completion::LoginIdTaken);
            }
            written => written?,
        }
        let told = match existing {
            None => Vec::new(),
            Some(_) => {
                session::end_all_but(&mut tx, account, 0, now).await?;
                throttle::forgive(&mut tx, account).await?;
                member::remove_addresses(&mut tx, account).await?
            }
        };
        match member::add_address(&mut tx, account, &address, now, Some(now)).await {
            // Another registration with this address was quicker.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                return Ok(Completion::Over);
            }
            added => added?,
        };
        link::end_registrations(&mut tx, &address.key(), now).await?;
        session::led_to(&mut tx, provisional.session, account).await?;
        let mut letter = NewLetter {
            kind: LetterKind::Welcome,
            address: address.as_str(),
            address_key: &address.key(),
            link: None,
            member: Some(account),
            about: "",
            asked_at: now,
        };
        letter::queue(&mut tx, letter).await?;
        let all_new = Changed::about(&[Changed::LoginId, Changed::Password, Changed::Address]);
        for (old, key) in &told {
            letter.kind = LetterKind::Change;
            letter.about = &all_new;
            letter::queue(
                &mut tx,
                NewLetter {
                    address: old,
                    address_key: key,
                    ..letter
                },
            )
            .await?;
        }
        if new.email.key() != address.key() {
            // A second address counts when its own link has been opened.
            // Whose mailbox it is learns the truth if it is a member's already.
            let taken = member::has_address(&mut tx, &new.email).await?;
            let email = member::add_address(&mut tx, account, &new.email, now, None).await?;
            link::insert(
                &mut tx,
                &NewLink {
                    id: confirmation,
                    purpose,
                    token_hash: &confirmation_hash,
                    address: &new.email,
                    member: Some(account),
                    email: Some(email),
                    asked_at: now,
                    expires_at: now.plus(LINK_LIFE),
                    ended_at: taken.then_some(now),
                },
            )
            .await?;
            letter::queue(
                &mut tx,
                NewLetter {
                    kind: if taken {
                        LetterKind::AlreadyRegistered
                    } else {
                        LetterKind::AddressConfirmation
                    },
                    address: new.email.as_str(),
                    address_key: &new.email.key(),
                    link: (!taken).then_some(confirmation),
                    member: Some(account),
                    about: "",
                    asked_at: now,
                },
            )
            .await?;
        }
        let event = if existing.is_some() {
            Event::Reopened
        } else {
            Event::Registered
        };
        record(&mut tx, now, event, Some(person), Some(account), asker).await?;
        tx.commit().await?;
        self.post.notify_one();
        Ok(Completion::Done)
    }
}

/// Whether one more letter may go to an address.
async fn within_caps(tx: &mut Tx, address: &EmailAddress, now: Timestamp) -> Result<bool, Fault> {
    let mut within = true;
    for (span, most) in CAPS {
        let since = now.minus(span);
        within &= letter::count_asked_since(tx, &address.key(), &ASKED_FOR, since).await? < most;
    }
    Ok(within)
}

/// Whether the owner of the mailbox heard within the last hour that it is known.
async fn told_within_the_hour(
    tx: &mut Tx,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<bool, Fault> {
    let kinds = [LetterKind::AlreadyRegistered];
    Ok(letter::count_asked_since(tx, &address.key(), &kinds, now.minus(HOUR)).await? > 0)
}

async fn record(
    tx: &mut Tx,
    at: Timestamp,
    event: Event,
    person: Option<Uuid>,
    member: Option<Uuid>,
    asker: &Asker,
) -> Result<(), Fault> {
    let entry = audit::Entry {
        at,
        event,
        person,
        member,
        network_address: &asker.network_address,
        detail: &asker.device,
    };
    Ok(audit::record(tx, &entry).await?)
}

//! A member's addresses. One that is added counts when the link in its own letter
//! has been opened and the button there pressed; the confirmed ones are told of
//! every change, and whose mailbox it is learns the truth, as in the registration.

use std::sync::Arc;

use app::{
    ports::{Address, AddressChange, Addresses, Answer, NewSession, PasswordGiven},
    rules::{EmailAddress, EmailError, SignInPassword, email::MOST},
    timestamp::Timestamp,
    visit::{Asked, Asker, LinkToken, Member, SessionToken},
};
use async_trait::async_trait;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    asking::{self, Asking},
    fault::Fault,
    hash::Hasher,
    mail::letters::Changed,
    present_password,
    secrets::{Secrets, session_token, token_hash},
    store::{
        Db, Tx,
        audit::Event,
        email::{self, Email},
        letter::{self, LetterKind},
        link::{self, Purpose},
        member, session,
    },
};

/// The use cases of addresses.
#[derive(Clone)]
pub struct AddressBook {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// The server's key.
    pub secrets: Arc<Secrets>,
    /// Wakes the postman.
    pub post: Arc<Notify>,
}

#[async_trait]
impl Addresses for AddressBook {
    async fn of(&self, member: &Member) -> Answer<Vec<Address>> {
        email::list(&self.db, member.id)
            .await
            .map_err(|error| Fault::from(error).report())
    }

    async fn change(
        &self,
        member: &Member,
        asked: &Asked,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<AddressChange> {
        self.change_now(&Request { member, asker, now }, asked)
            .await
            .map_err(Fault::report)
    }

    async fn change_with(
        &self,
        member: &Member,
        password: &SignInPassword,
        asked: Option<&Asked>,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<PasswordGiven> {
        self.give_password(&Request { member, asker, now }, password, asked)
            .await
            .map_err(Fault::report)
    }

    async fn choose_for_notices(
        &self,
        member: &Member,
        address: Option<Uuid>,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<AddressChange> {
        self.choose(&Request { member, asker, now }, address)
            .await
            .map_err(Fault::report)
    }

    async fn waiting(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<String>> {
        link::waiting_address(&self.db, &token_hash(&token.0), now)
            .await
            .map_err(|error| Fault::from(error).report())
    }

    async fn confirm(&self, token: &LinkToken, asker: &Asker, now: Timestamp) -> Answer<bool> {
        self.take(token, asker, now).await.map_err(Fault::report)
    }
}

/// Who wants a change, from where, and when.
struct Request<'a> {
    member: &'a Member,
    asker: &'a Asker,
    now: Timestamp,
}

impl Request<'_> {
    async fn record(&self, tx: &mut Tx, event: Event) -> Result<(), Fault> {
        let entry = event.by(self.asker, self.now).of_person(self.member.person);
        Ok(entry.of_member(self.member.id).record(tx).await?)
    }

    async fn tell_all(&self, tx: &mut Tx) -> Result<(), Fault> {
        let about = Changed::about(&[Changed::Address]);
        let kind = LetterKind::Change;
        Ok(letter::tell_all(tx, self.member.id, kind, &about, self.now).await?)
    }
}

/// What is wanted, with everything that has to be known before the transaction.
enum Wanted {
    Add(Confirmation),
    Again(Uuid, Confirmation),
    Remove(Uuid),
    /// Of an address that is not there any more.
    Nothing,
    /// Of another member's address.
    NotTheirs,
}

/// A confirmation's link to be.
struct Confirmation {
    address: EmailAddress,
    link: Uuid,
    token_hash: [u8; 32],
}

impl AddressBook {
    async fn change_now(
        &self,
        request: &Request<'_>,
        asked: &Asked,
    ) -> Result<AddressChange, Fault> {
        let wanted = self.prepare(request.member, asked).await?;
        let mut tx = self.db.write().await?;
        if !member::hold(&mut tx, request.member.id, request.member.session).await? {
            return Ok(AddressChange::Over);
        }
        let is_due = request.member.password_is_due(request.now);
        let change = match refusal(&mut tx, request.member.id, &wanted).await? {
            Some(refusal) => AddressChange::Refused(refusal),
            None if is_due && !matches!(wanted, Wanted::Nothing | Wanted::NotTheirs) => {
                AddressChange::PasswordDue
            }
            None => carry_out(&mut tx, request, &wanted).await?,
        };
        tx.commit().await?;
        self.post.notify_one();
        Ok(change)
    }

    async fn give_password(
        &self,
        request: &Request<'_>,
        password: &SignInPassword,
        asked: Option<&Asked>,
    ) -> Result<PasswordGiven, Fault> {
        let Request { member, asker, now } = *request;
        let (db, hasher) = (&self.db, &self.hasher);
        if !present_password::is_right((db, hasher), member, password, asker, now).await? {
            return Ok(PasswordGiven::Wrong);
        }
        let wanted = match asked {
            Some(asked) => Some(self.prepare(member, asked).await?),
            None => None,
        };
        let token = session_token()?;
        let hash = token_hash(&token);

        let mut tx = self.db.write().await?;
        if !member::hold(&mut tx, member.id, member.session).await? {
            return Ok(PasswordGiven::Over);
        }
        let until = session::renew(&mut tx, member.session, &hash, now).await?;
        let change = match &wanted {
            None => None,
            Some(wanted) => Some(match refusal(&mut tx, member.id, wanted).await? {
                Some(refusal) => AddressChange::Refused(refusal),
                None => carry_out(&mut tx, request, wanted).await?,
            }),
        };
        tx.commit().await?;
        self.post.notify_one();
        Ok(PasswordGiven::Right {
            session: NewSession {
                token: SessionToken(token),
                until,
            },
            change,
        })
    }

    async fn choose(
        &self,
        request: &Request<'_>,
        address: Option<Uuid>,
    ) -> Result<AddressChange, Fault> {
        let member = request.member;
        let chosen = match address {
            Some(row) => email::find(&self.db, row).await?,
            None => None,
        };
        let mut tx = self.db.write().await?;
        if !member::hold(&mut tx, member.id, member.session).await? {
            return Ok(AddressChange::Over);
        }
        let change = match (address, chosen) {
            (Some(_), None) => AddressChange::Gone,
            (_, Some(email)) if email.member_id != member.id => {
                request.record(&mut tx, Event::NotTheirs).await?;
                AddressChange::NotTheirs
            }
            // It has never been offered for one that waits.
            (_, Some(email)) if !email.is_confirmed() => AddressChange::Gone,
            _ => {
                if email::choose_for_notices(&mut tx, member.id, address).await? {
                    request.record(&mut tx, Event::NoticesChanged).await?;
                }
                AddressChange::Done
            }
        };
        tx.commit().await?;
        Ok(change)
    }

    /// Finds out whose address is spoken of and derives the link's token. Neither
    /// changes any more once it is known.
    async fn prepare(&self, member: &Member, asked: &Asked) -> Result<Wanted, Fault> {
        let row = match asked {
            Asked::Add(address) => return Ok(Wanted::Add(self.confirmation(address.clone()))),
            Asked::Again(row) | Asked::Remove(row) => *row,
        };
        let Some(email) = email::find(&self.db, row).await? else {
            return Ok(Wanted::Nothing);
        };
        if email.member_id != member.id {
            return Ok(Wanted::NotTheirs);
        }
        Ok(match (asked, EmailAddress::parse(&email.address)) {
            (Asked::Again(_), Ok(address)) => Wanted::Again(row, self.confirmation(address)),
            _ => Wanted::Remove(row),
        })
    }

    fn confirmation(&self, address: EmailAddress) -> Confirmation {
        let link = Uuid::now_v7();
        let purpose = Purpose::Email.as_str();
        let token = self.secrets.link_token(purpose, link, address.as_str());
        Confirmation {
            address,
            link,
            token_hash: token_hash(&token),
        }
    }

    async fn take(&self, token: &LinkToken, asker: &Asker, now: Timestamp) -> Result<bool, Fault> {
        let hash = token_hash(&token.0);
        let mut tx = self.db.write().await?;
        let Some(member) = link::confirmation_of(&mut tx, &hash).await? else {
            return Ok(false);
        };
        if !member::lock(&mut tx, member).await? {
            return Ok(false);
        }
        let Some(used) = link::use_confirmation(&mut tx, &hash, now).await? else {
            // A double click: the first one has confirmed it.
            return Ok(link::has_confirmed(&mut tx, &hash).await?);
        };
        match email::confirm(&mut tx, used.email_id, now).await {
            // Another member confirmed the same address in the meantime.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Ok(false),
            confirmed => confirmed?,
        }
        Event::AddressConfirmed
            .by(asker, now)
            .of_member(member)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Why it is not possible as the addresses are now.
async fn refusal(tx: &mut Tx, member: Uuid, wanted: &Wanted) -> Result<Option<EmailError>, Fault> {
    let addresses = email::of_member(tx, member).await?;
    let refusal = match wanted {
        Wanted::Add(new) if addresses.iter().any(|e| e.address_key == new.address.key()) => {
            Some(EmailError::Yours)
        }
        Wanted::Add(_) if addresses.len() >= MOST => Some(EmailError::ThreeAlready),
        Wanted::Remove(row) => {
            let mut confirmed = addresses.iter().filter(|e| e.is_confirmed());
            let is_last =
                confirmed.next().is_some_and(|e| e.id == *row) && confirmed.next().is_none();
            is_last.then_some(EmailError::LastOne)
        }
        _ => None,
    };
    Ok(refusal)
}

/// Does what nothing speaks against. The account is held.
async fn carry_out(
    tx: &mut Tx,
    request: &Request<'_>,
    wanted: &Wanted,
) -> Result<AddressChange, Fault> {
    let Request { member, now, .. } = *request;
    match wanted {
        Wanted::Nothing => Ok(AddressChange::Gone),
        Wanted::NotTheirs => {
            request.record(tx, Event::NotTheirs).await?;
            Ok(AddressChange::NotTheirs)
        }
        Wanted::Add(new) => {
            let row = email::add(tx, member.id, &new.address, now, None).await?;
            request.record(tx, Event::AddressAdded).await?;
            request.tell_all(tx).await?;
            send(tx, request, row, new).await
        }
        Wanted::Again(row, letter) => match own(tx, member.id, *row).await? {
            Some(email) if !email.is_confirmed() => {
                request.record(tx, Event::ConfirmationAsked).await?;
                send(tx, request, *row, letter).await
            }
            _ => Ok(AddressChange::Gone),
        },
        Wanted::Remove(row) => {
            let Some(email) = own(tx, member.id, *row).await? else {
                return Ok(AddressChange::Gone);
            };
            // One that never counted had only its confirmation, and is told nothing.
            if email.is_confirmed() {
                request.tell_all(tx).await?;
                link::end_all_to(tx, member.id, &email.address_key, now).await?;
            }
            email::remove(tx, &email, now).await?;
            request.record(tx, Event::AddressRemoved).await?;
            Ok(AddressChange::Done)
        }
    }
}

async fn own(tx: &mut Tx, member: Uuid, row: Uuid) -> Result<Option<Email>, Fault> {
    let addresses = email::of_member(tx, member).await?;
    Ok(addresses.into_iter().find(|email| email.id == row))
}

/// Sends an address its confirmation; where it is another member's, the truth.
async fn send(
    tx: &mut Tx,
    request: &Request<'_>,
    row: Uuid,
    confirmation: &Confirmation,
) -> Result<AddressChange, Fault> {
    let Confirmation {
        address,
        link,
        token_hash,
    } = confirmation;
    let now = request.now;
    letter::lock_address(tx, &address.key(), now).await?;
    let is_taken = email::is_taken(tx, address).await?;
    let asked = asking::ask(
        tx,
        &Asking {
            purpose: Purpose::Email,
            link: *link,
            token_hash,
            address,
            member: Some(request.member.id),
            email: Some(row),
            letter: LetterKind::AddressConfirmation,
            truth: is_taken.then_some(LetterKind::AlreadyRegistered),
            now,
        },
    )
    .await?;
    Ok(AddressChange::Sent {
        earlier: asked.letter != *link,
    })
}

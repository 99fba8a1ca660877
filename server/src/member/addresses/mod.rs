//! A member's addresses. One that is added counts when the link in its own letter
//! has been opened and the button there pressed; the confirmed ones are told of
//! every change, and whose mailbox it is learns the truth, as in the registration.

mod change;

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    ports::{Address, AddressChange, Addresses, Answer, NewSession, PasswordGiven, WaitingAddress},
    rules::SignInPassword,
    values::timestamp::Timestamp,
    visit::{Asked, Asker, LinkToken, Member, SessionToken},
};
use store::{
    Db, Tx,
    audit::Event,
    email,
    letter::{self, LetterKind},
    link, member, session,
};
use tokio::sync::Notify;
use uuid::Uuid;

use self::change::{Wanted, carry_out, refusal};
use crate::{
    base::{
        fault::Fault,
        hash::Hasher,
        secrets::{Secrets, session_token, token_hash},
    },
    mail::letters::Changed,
    member::password_check,
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

    async fn waiting(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<WaitingAddress>> {
        link::confirmation::waiting_address(&self.db, &token_hash(&token.0), now)
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
        let change = match refusal(&mut tx, request.member.id, &wanted, request.now).await? {
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
        if !password_check::is_right((db, hasher), member, password, asker, now).await? {
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
            Some(wanted) => Some(match refusal(&mut tx, member.id, wanted, now).await? {
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

    async fn take(&self, token: &LinkToken, asker: &Asker, now: Timestamp) -> Result<bool, Fault> {
        let hash = token_hash(&token.0);
        let mut tx = self.db.write().await?;
        let Some(member) = link::confirmation::member_of(&mut tx, &hash).await? else {
            return Ok(false);
        };
        if !member::lock(&mut tx, member).await? {
            return Ok(false);
        }
        let Some(used) = link::confirmation::use_up(&mut tx, &hash, now).await? else {
            // A double click: the first one has confirmed it.
            return Ok(link::confirmation::is_used(&mut tx, &hash).await?);
        };
        match email::confirm(&mut tx, used.email_id, now).await {
            // Another member confirmed the same address in the meantime.
            Err(error) if store::is_unique_violation(&error) => return Ok(false),
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

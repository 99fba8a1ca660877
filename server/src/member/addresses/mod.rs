//! A member's addresses. One that is added counts when the link in its own letter
//! has been opened and the button there pressed; the confirmed ones are told of
//! every change, and whose mailbox it is learns the truth, as in the registration.

mod change;

use std::sync::Arc;

use domain::{
    ports::{Address, AddressChange, Addresses, Answer, NewSession, PasswordGiven, WaitingAddress},
    rules::{EmailAddress, SignInPassword},
    values::timestamp::Timestamp,
    visit::{LinkToken, Member, PendingAddressChange, RequestOrigin, SessionToken},
};
use futures::future::BoxFuture;
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
    account::welcome,
    base::{
        fault::InternalError,
        hash::Hasher,
        secrets::{Secrets, session_token, token_hash},
    },
    mail::letters::ChangedAddress,
    member::password_check,
};

/// The use cases of addresses.
#[derive(Clone)]
pub struct AddressService {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// The server's key.
    pub secrets: Arc<Secrets>,
    /// Wakes the worker that sends letters.
    pub wake_mail: Arc<Notify>,
}

impl Addresses for AddressService {
    fn of<'a>(&'a self, member: &'a Member) -> BoxFuture<'a, Answer<Vec<Address>>> {
        Box::pin(async move {
            email::list(&self.db, member.id)
                .await
                .map_err(|error| InternalError::from(error).report())
        })
    }

    fn change<'a>(
        &'a self,
        member: &'a Member,
        asked: &'a PendingAddressChange,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<AddressChange>> {
        Box::pin(async move {
            self.change_now(
                &Request {
                    member,
                    origin,
                    now,
                },
                asked,
            )
            .await
            .map_err(InternalError::report)
        })
    }

    fn change_with<'a>(
        &'a self,
        member: &'a Member,
        password: &'a SignInPassword,
        asked: Option<&'a PendingAddressChange>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<PasswordGiven>> {
        Box::pin(async move {
            self.give_password(
                &Request {
                    member,
                    origin,
                    now,
                },
                password,
                asked,
            )
            .await
            .map_err(InternalError::report)
        })
    }

    fn choose_for_notices<'a>(
        &'a self,
        member: &'a Member,
        address: Option<Uuid>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<AddressChange>> {
        Box::pin(async move {
            self.choose(
                &Request {
                    member,
                    origin,
                    now,
                },
                address,
            )
            .await
            .map_err(InternalError::report)
        })
    }

    fn waiting<'a>(
        &'a self,
        token: &'a LinkToken,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Option<WaitingAddress>>> {
        Box::pin(async move {
            link::confirmation::waiting_address(&self.db, &token_hash(&token.0), now)
                .await
                .map_err(|error| InternalError::from(error).report())
        })
    }

    fn is_confirmed<'a>(&'a self, token: &'a LinkToken) -> BoxFuture<'a, Answer<bool>> {
        Box::pin(async move {
            link::confirmation::is_confirmed(&self.db, &token_hash(&token.0))
                .await
                .map_err(|error| InternalError::from(error).report())
        })
    }

    fn confirm<'a>(
        &'a self,
        token: &'a LinkToken,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<bool>> {
        Box::pin(async move {
            self.take(token, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }
}

/// Who wants a change, from where, and when.
struct Request<'a> {
    member: &'a Member,
    origin: &'a RequestOrigin,
    now: Timestamp,
}

impl Request<'_> {
    async fn record(&self, tx: &mut Tx, event: Event) -> Result<(), InternalError> {
        let entry = event
            .by(self.origin, self.now)
            .of_person(self.member.person);
        Ok(entry.of_member(self.member.id).record(tx).await?)
    }

    async fn tell_all(&self, tx: &mut Tx, changed: &ChangedAddress) -> Result<(), InternalError> {
        let about = changed.about();
        let kind = LetterKind::Change;
        Ok(letter::notify_all(tx, self.member.id, kind, &about, self.now).await?)
    }
}

impl AddressService {
    async fn change_now(
        &self,
        request: &Request<'_>,
        asked: &PendingAddressChange,
    ) -> Result<AddressChange, InternalError> {
        let wanted = self.prepare(request.member, asked).await?;
        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, request.member.id, request.member.session).await? {
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
        self.wake_mail.notify_one();
        Ok(change)
    }

    async fn give_password(
        &self,
        request: &Request<'_>,
        password: &SignInPassword,
        asked: Option<&PendingAddressChange>,
    ) -> Result<PasswordGiven, InternalError> {
        let Request {
            member,
            origin,
            now,
        } = *request;
        let (db, hasher) = (&self.db, &self.hasher);
        if !password_check::verify_current((db, hasher), member, password, origin, now).await? {
            return Ok(PasswordGiven::Wrong);
        }
        let wanted = match asked {
            Some(asked) => Some(self.prepare(member, asked).await?),
            None => None,
        };
        let token = session_token()?;
        let hash = token_hash(&token);

        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, member.id, member.session).await? {
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
        self.wake_mail.notify_one();
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
    ) -> Result<AddressChange, InternalError> {
        let member = request.member;
        let chosen = match address {
            Some(row) => email::find(&self.db, row).await?,
            None => None,
        };
        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, member.id, member.session).await? {
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

    async fn take(
        &self,
        token: &LinkToken,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<bool, InternalError> {
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
        // An account that was registered with an address of its own waits for this one.
        let is_first = email::confirmed(&mut tx, member).await?.is_empty();
        match email::confirm(&mut tx, used.email_id, now).await {
            // Another member confirmed the same address in the meantime.
            Err(error) if store::is_unique_violation(&error) => return Ok(false),
            confirmed => confirmed?,
        }
        if is_first && let Ok(address) = EmailAddress::parse(&used.address) {
            welcome::send(&mut tx, member, &address, now).await?;
        }
        Event::AddressConfirmed
            .by(origin, now)
            .of_member(member)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        self.wake_mail.notify_one();
        Ok(true)
    }
}

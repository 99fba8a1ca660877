//! パスキー: a member adds one, names it, and removes it. What a browser is asked and what
//! its answer is worth is in `second_step`.

use std::sync::Arc;

use domain::{
    ports::{
        Answer, AskedChallenge, NewPasskey, NewSession, Passkey, PasskeyChange, PasskeyRefusal,
        Passkeys,
    },
    rules::{PasskeyName, passkey_name},
    values::{device, timestamp::Timestamp},
    visit::{Member, RequestOrigin, SessionToken},
};
use futures::future::BoxFuture;
use store::{
    Db, Tx,
    audit::Event,
    letter::{self, LetterKind},
    member,
    second_step::{Holder, passkeys},
    session,
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    base::{
        fault::InternalError,
        secrets::{session_token, token_hash},
    },
    mail::letters::Changed,
    second_step::passkeys::{Label, MOST, RelyingParty},
};

/// The use cases of a member's passkeys.
#[derive(Clone)]
pub struct PasskeyService {
    /// The database.
    pub db: Db,
    /// The portal, as passkeys know it.
    pub relying_party: RelyingParty,
    /// Wakes the worker that sends letters.
    pub wake_mail: Arc<Notify>,
}

impl Passkeys for PasskeyService {
    fn are_possible(&self) -> bool {
        self.relying_party.is_possible()
    }

    fn of<'a>(&'a self, member: &'a Member) -> BoxFuture<'a, Answer<Vec<Passkey>>> {
        Box::pin(async move {
            passkeys::of(&self.db, Holder::Member(member.id))
                .await
                .map_err(|error| InternalError::from(error).report())
        })
    }

    fn ask_for_sign_in(&self, now: Timestamp) -> Answer<Result<AskedChallenge, PasskeyRefusal>> {
        self.relying_party
            .ask_for_sign_in(now)
            .map_err(InternalError::report)
    }

    fn ask_for_new<'a>(
        &'a self,
        member: &'a Member,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Result<AskedChallenge, PasskeyRefusal>>> {
        Box::pin(async move {
            if member.password_is_due(now) {
                return Ok(Err(PasskeyRefusal::PasswordDue));
            }
            let label = Label {
                login: &member.login_id,
                name: &member.nickname,
            };
            self.relying_party
                .ask_for_new(&self.db, Holder::Member(member.id), label, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn add<'a>(
        &'a self,
        member: &'a Member,
        new: NewPasskey<'a>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<PasskeyChange>> {
        Box::pin(async move {
            self.take(&Request::new(member, origin, now), new)
                .await
                .map_err(InternalError::report)
        })
    }

    fn rename<'a>(
        &'a self,
        member: &'a Member,
        passkey: Uuid,
        name: &'a PasskeyName,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<PasskeyChange>> {
        Box::pin(async move {
            self.give_name(&Request::new(member, origin, now), passkey, name)
                .await
                .map_err(InternalError::report)
        })
    }

    fn remove<'a>(
        &'a self,
        member: &'a Member,
        passkey: Uuid,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<PasskeyChange>> {
        Box::pin(async move {
            self.drop_one(&Request::new(member, origin, now), passkey)
                .await
                .map_err(InternalError::report)
        })
    }
}

/// Who wants a change, from where, and when.
struct Request<'a> {
    member: &'a Member,
    holder: Holder,
    origin: &'a RequestOrigin,
    now: Timestamp,
}

impl<'a> Request<'a> {
    const fn new(member: &'a Member, origin: &'a RequestOrigin, now: Timestamp) -> Self {
        Self {
            member,
            holder: Holder::Member(member.id),
            origin,
            now,
        }
    }

    async fn record(&self, tx: &mut Tx, event: Event) -> Result<(), InternalError> {
        let entry = event
            .by(self.origin, self.now)
            .of_person(self.member.person);
        Ok(entry.of_member(self.member.id).record(tx).await?)
    }

    /// Notes a change, tells every confirmed address, and has the session go on under
    /// another token, as every change of an account does.
    async fn carry_out(
        &self,
        tx: &mut Tx,
        token: String,
        (event, changed): (Event, Changed),
    ) -> Result<PasskeyChange, InternalError> {
        self.record(tx, event).await?;
        let about = Changed::about(&[changed]);
        letter::notify_all(tx, self.member.id, LetterKind::Change, &about, self.now).await?;
        let hash = token_hash(&token);
        let given_at = self.member.password_given_at;
        let until = session::renew(tx, self.member.session, &hash, given_at).await?;
        Ok(PasskeyChange::Done(Some(NewSession {
            token: SessionToken(token),
            until,
        })))
    }
}

impl PasskeyService {
    async fn take(
        &self,
        request: &Request<'_>,
        new: NewPasskey<'_>,
    ) -> Result<PasskeyChange, InternalError> {
        let Request {
            member,
            holder,
            now,
            ..
        } = *request;
        // Whoever was fresh when the browser was asked has five minutes for it.
        if let Some(challenge) = new.challenge
            && member.password_is_due(challenge.asked_at)
        {
            return Ok(PasskeyChange::Refused(PasskeyRefusal::PasswordDue));
        }
        let judged = self
            .relying_party
            .judge_new(&self.db, new.challenge, new.credential, now)
            .await?;
        let kept = match judged {
            Ok(kept) => kept,
            Err(refusal) => return Ok(PasskeyChange::Refused(refusal)),
        };
        let called = match new.name {
            Some(name) => name.clone(),
            None => name_of_device(&request.origin.device)?,
        };
        let token = session_token()?;

        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, member.id, member.session).await? {
            return Ok(PasskeyChange::Over);
        }
        if passkeys::count(&mut tx, holder).await? >= MOST {
            return Ok(PasskeyChange::Refused(PasskeyRefusal::TooMany));
        }
        let passkey = passkeys::NewPasskey {
            holder,
            name: &called,
            credential: kept.credential(),
            added_at: now,
        };
        if !passkeys::insert(&mut tx, &passkey).await? {
            return Ok(PasskeyChange::Refused(PasskeyRefusal::Known));
        }
        let what = (Event::PasskeyAdded, Changed::PasskeyAdded);
        let done = request.carry_out(&mut tx, token, what).await?;
        tx.commit().await?;
        self.wake_mail.notify_one();
        Ok(done)
    }

    async fn give_name(
        &self,
        request: &Request<'_>,
        passkey: Uuid,
        name: &PasskeyName,
    ) -> Result<PasskeyChange, InternalError> {
        let member = request.member;
        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, member.id, member.session).await? {
            return Ok(PasskeyChange::Over);
        }
        if !passkeys::rename(&mut tx, request.holder, passkey, name).await? {
            return Ok(PasskeyChange::NotTheirs);
        }
        request.record(&mut tx, Event::PasskeyRenamed).await?;
        tx.commit().await?;
        Ok(PasskeyChange::Done(None))
    }

    async fn drop_one(
        &self,
        request: &Request<'_>,
        passkey: Uuid,
    ) -> Result<PasskeyChange, InternalError> {
        let Request {
            member,
            holder,
            now,
            ..
        } = *request;
        if member.password_is_due(now) {
            return Ok(PasskeyChange::Refused(PasskeyRefusal::PasswordDue));
        }
        let token = session_token()?;
        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, member.id, member.session).await? {
            return Ok(PasskeyChange::Over);
        }
        if !passkeys::remove(&mut tx, holder, passkey).await? {
            return Ok(PasskeyChange::NotTheirs);
        }
        let what = (Event::PasskeyRemoved, Changed::PasskeyRemoved);
        let done = request.carry_out(&mut tx, token, what).await?;
        tx.commit().await?;
        self.wake_mail.notify_one();
        Ok(done)
    }
}

/// `iPhoneのSafari`: what a passkey is called whose name was left blank.
fn name_of_device(user_agent: &str) -> Result<PasskeyName, InternalError> {
    let words: String = device::in_words(user_agent)
        .chars()
        .take(passkey_name::MAX_CHARS)
        .collect();
    PasskeyName::parse(&words)
        .map_err(|_| InternalError::Other("a device without a name".to_owned()))
}

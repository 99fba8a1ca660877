//! 二段階認証: a member turns one-time codes on and off, and has new recovery codes made.
//!
//! Like every change of the account these show the present password, are told to all
//! addresses, and give the session another token.

use std::sync::Arc;

use domain::{
    ports::{Answer, Codes, CodesChange, CodesState, NewSession},
    rules::{RecoveryCode, SignInPassword},
    values::{society::Society, timestamp::Timestamp},
    visit::{Member, RequestOrigin, SessionToken},
};
use futures::future::BoxFuture;
use store::{
    Db, Tx,
    audit::Event,
    letter::{self, LetterKind},
    member,
    second_step::Holder,
    session,
};
use tokio::sync::Notify;

use crate::{
    base::{
        fault::InternalError,
        hash::Hasher,
        secrets::{Secrets, session_token, token_hash},
    },
    mail::letters::Changed,
    member::password_check,
    second_step::codes::{self, NewApp, NewRecoveryCodes},
};

/// The use cases of a member's codes.
#[derive(Clone)]
pub struct CodesService {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// The server's key.
    pub secrets: Arc<Secrets>,
    /// Whose portal an app names.
    pub society: Arc<Society>,
    /// Wakes the worker that sends letters.
    pub wake_mail: Arc<Notify>,
}

impl Codes for CodesService {
    fn state<'a>(&'a self, member: &'a Member) -> BoxFuture<'a, Answer<CodesState>> {
        Box::pin(async move {
            self.how_it_stands(member)
                .await
                .map_err(InternalError::report)
        })
    }

    fn turn_on<'a>(
        &'a self,
        member: &'a Member,
        code: &'a str,
        password: Option<SignInPassword>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<CodesChange>> {
        Box::pin(async move {
            self.turn_on_with(member, code, password, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn turn_off<'a>(
        &'a self,
        member: &'a Member,
        password: Option<SignInPassword>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<CodesChange>> {
        Box::pin(async move {
            self.change(member, password, Change::Off, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn new_recovery_codes<'a>(
        &'a self,
        member: &'a Member,
        password: Option<SignInPassword>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<CodesChange>> {
        Box::pin(async move {
            let change = async || {
                let new = NewRecoveryCodes::draw()?;
                let change = Change::RecoveryCodes(new);
                self.change(member, password, change, origin, now).await
            };
            change().await.map_err(InternalError::report)
        })
    }
}

/// What is to be changed, with everything drawn and compared that it needs.
enum Change {
    On(NewApp),
    Off,
    RecoveryCodes(NewRecoveryCodes),
}

impl Change {
    const fn told_as(&self) -> (Event, Changed) {
        match self {
            Self::On(_) => (Event::CodesTurnedOn, Changed::CodesOn),
            Self::Off => (Event::CodesTurnedOff, Changed::CodesOff),
            Self::RecoveryCodes(_) => (Event::RecoveryCodesMade, Changed::RecoveryCodes),
        }
    }

    /// Writes it, and gives the recovery codes that were made; `None` where another window
    /// was quicker. The account is held already.
    async fn write(
        self,
        tx: &mut Tx,
        holder: Holder,
        now: Timestamp,
    ) -> store::Result<Option<Vec<RecoveryCode>>> {
        match self {
            Self::On(new) => codes::turn_on(tx, holder, new, now).await,
            Self::Off => Ok(codes::turn_off(tx, holder).await?.then(Vec::new)),
            Self::RecoveryCodes(new) => match codes::app(tx, holder).await? {
                Some(_) => Ok(Some(codes::hand_out(tx, holder, new, now).await?)),
                None => Ok(None),
            },
        }
    }
}

impl CodesService {
    async fn how_it_stands(&self, member: &Member) -> Result<CodesState, InternalError> {
        let session = session::token_hash(&self.db, member.session).await?;
        codes::state(
            (&self.db, &self.secrets),
            Holder::Member(member.id),
            &session,
            (&self.society.portal_name, &member.login_id),
        )
        .await
    }

    async fn turn_on_with(
        &self,
        member: &Member,
        code: &str,
        password: Option<SignInPassword>,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<CodesChange, InternalError> {
        let session = session::token_hash(&self.db, member.session).await?;
        let holder = Holder::Member(member.id);
        match codes::first_code(&self.secrets, holder, &session, code, now)? {
            None => Ok(CodesChange::CodeWrong),
            Some(new) => {
                self.change(member, password, Change::On(new), origin, now)
                    .await
            }
        }
    }

    async fn change(
        &self,
        member: &Member,
        password: Option<SignInPassword>,
        change: Change,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<CodesChange, InternalError> {
        let given_at = match &password {
            None if member.password_is_due(now) => return Ok(CodesChange::PasswordDue),
            None => member.password_given_at,
            Some(typed) => {
                let keys = (&self.db, &self.hasher);
                if !password_check::verify_current(keys, member, typed, origin, now).await? {
                    return Ok(CodesChange::PasswordWrong);
                }
                now
            }
        };
        let token = session_token()?;
        let (event, changed) = change.told_as();

        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, member.id, member.session).await? {
            return Ok(CodesChange::Over);
        }
        let Some(codes) = change
            .write(&mut tx, Holder::Member(member.id), now)
            .await?
        else {
            return Ok(CodesChange::Already);
        };
        let about = Changed::about(&[changed]);
        letter::notify_all(&mut tx, member.id, LetterKind::Change, &about, now).await?;
        event
            .by(origin, now)
            .of_person(member.person)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
        let hash = token_hash(&token);
        let until = session::renew(&mut tx, member.session, &hash, given_at).await?;
        tx.commit().await?;
        self.wake_mail.notify_one();
        let token = SessionToken(token);
        Ok(CodesChange::Done(NewSession { token, until }, codes))
    }
}

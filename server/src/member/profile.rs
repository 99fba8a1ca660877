//! プロフィール設定: login ID, nickname and password, changed together.
//!
//! Whoever changes ID or password shows the present password, unless it was given
//! not long ago; everybody else who is signed in to the account is signed out.

use std::sync::Arc;

use domain::{
    forms::NewProfile,
    ports::{Answer, NewSession, Profile, ProfileChange},
    rules::LoginIdError,
    values::timestamp::Timestamp,
    visit::{self, Member, RequestOrigin, SessionToken},
};
use futures::future::BoxFuture;
use store::{
    Db,
    audit::Event,
    letter::{self, LetterKind},
    link, member,
    session::{self, IdQuestion},
    throttle::{self, Count},
};
use tokio::sync::Notify;

use crate::{
    base::{
        fault::InternalError,
        hash::Hasher,
        secrets::{session_token, token_hash},
    },
    mail::letters::Changed,
    member::password_check,
};

/// The use case of the profile.
#[derive(Clone)]
pub struct ProfileService {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// Wakes the worker that sends letters.
    pub wake_mail: Arc<Notify>,
}

impl Profile for ProfileService {
    fn change<'a>(
        &'a self,
        member: &'a Member,
        new: NewProfile,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<ProfileChange>> {
        Box::pin(async move {
            self.take_over(member, new, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }
}

impl ProfileService {
    async fn take_over(
        &self,
        member: &Member,
        new: NewProfile,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<ProfileChange, InternalError> {
        let login_id = Some(&new.login_id).filter(|id| id.as_str() != member.login_id);
        let nickname = Some(&new.nickname).filter(|name| name.as_str() != member.nickname);
        let is_weighty = login_id.is_some() || new.password.is_some();
        let is_given = match &new.current_password {
            None if is_weighty && member.password_is_due(now) => {
                return Ok(ProfileChange::PasswordDue);
            }
            None => false,
            Some(typed) => {
                let (db, hasher) = (&self.db, &self.hasher);
                if !password_check::verify_current((db, hasher), member, typed, origin, now).await?
                {
                    return Ok(ProfileChange::PasswordWrong);
                }
                true
            }
        };
        if let (Some(login_id), None) = (login_id, &new.password) {
            let mut tx = self.db.write().await?;
            let stored = member::password_hash(&mut tx, member.id).await?;
            drop(tx);
            // As the key: no password has capitals.
            if self.hasher.verify(&login_id.key(), &stored).await? {
                return Ok(ProfileChange::SameAsPassword);
            }
        }
        let password_hash = match &new.password {
            Some(password) => Some(self.hasher.hash(password.as_str()).await?),
            None => None,
        };
        let token = session_token()?;

        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, member.id, member.session).await? {
            return Ok(ProfileChange::Over);
        }
        if login_id.is_some()
            && session::ask_for_id(&mut tx, member.session, now).await? == IdQuestion::TooMany
        {
            return Ok(ProfileChange::LoginIdRefused(LoginIdError::TooManyToday));
        }
        if let Some(login_id) = login_id
            && member::login_id_taken(&mut tx, login_id, Some(member.id)).await?
        {
            session::count_taken_id(&mut tx, member.session).await?;
            tx.commit().await?;
            return Ok(ProfileChange::LoginIdRefused(LoginIdError::Taken));
        }
        match member::set_credentials(&mut tx, member.id, login_id, password_hash.as_deref()).await
        {
            // Somebody else took the ID between the question and the answer.
            Err(error) if store::is_unique_violation(&error) => {
                return Ok(ProfileChange::LoginIdRefused(LoginIdError::Taken));
            }
            written => written?,
        }
        if let Some(nickname) = nickname {
            member::set_nickname(&mut tx, member.id, nickname).await?;
        }
        let mut changes = Vec::new();
        for (is_changed, event, told) in [
            (
                login_id.is_some(),
                Event::LoginIdChanged,
                Some(Changed::LoginId),
            ),
            (
                new.password.is_some(),
                Event::PasswordChanged,
                Some(Changed::Password),
            ),
            (nickname.is_some(), Event::NicknameChanged, None),
        ] {
            if is_changed {
                changes.extend(told);
                let entry = event.by(origin, now).of_person(member.person);
                entry.of_member(member.id).record(&mut tx).await?;
            }
        }
        if is_weighty {
            session::end_others(&mut tx, member.id, member.session, now).await?;
            link::end_reissues_of(&mut tx, member.id, now).await?;
            let about = Changed::about(&changes);
            letter::notify_all(&mut tx, member.id, LetterKind::Change, &about, now).await?;
        }
        if new.password.is_some() {
            throttle::reset_tries(&mut tx, Count::Anybody(member.id)).await?;
        }
        let session = if is_weighty || is_given {
            let given_at = if is_given {
                now
            } else {
                member.password_given_at
            };
            let hash = token_hash(&token);
            let until = session::renew(&mut tx, member.session, &hash, given_at).await?;
            Some(NewSession {
                token: SessionToken(token),
                until,
            })
        } else {
            None
        };
        tx.commit().await?;
        self.wake_mail.notify_one();
        let changed = visit::Changed {
            login_id: login_id.is_some(),
            nickname: nickname.is_some(),
            password: new.password.is_some(),
        };
        Ok(ProfileChange::Done(session, changed))
    }
}

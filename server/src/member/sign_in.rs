//! ログイン and ログアウト. One answer for every failure, for the same work:
//! unknown, wrong, paused and closed cost the same hash and the same writes.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    forms::Credentials,
    ports::{Answer, NewSession, SignIn, SignedIn},
    values::timestamp::Timestamp,
    visit::{DeviceToken, Member, RequestOrigin, SessionToken},
};
use store::{
    Db,
    audit::{Entry, Event},
    device, member, session,
    throttle::{self, Count},
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    base::{
        fault::InternalError,
        hash::Hasher,
        secrets::{Secrets, session_token, token_hash},
    },
    member::new_device,
};

/// The use cases of sign-in.
#[derive(Clone)]
pub struct SignInService {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// The server's key.
    pub secrets: Arc<Secrets>,
    /// Wakes the worker that sends letters.
    pub wake_mail: Arc<Notify>,
}

#[async_trait]
impl SignIn for SignInService {
    async fn sign_in(
        &self,
        credentials: Credentials,
        device: Option<&DeviceToken>,
        earlier: Option<Uuid>,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Answer<Option<SignedIn>> {
        self.let_in(credentials, (device, earlier), origin, now)
            .await
            .map_err(InternalError::report)
    }

    async fn sign_out(
        &self,
        member: &Member,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Answer<()> {
        self.see_off(member, origin, now)
            .await
            .map_err(InternalError::report)
    }
}

impl SignInService {
    async fn let_in(
        &self,
        typed: Credentials,
        (device, earlier): (Option<&DeviceToken>, Option<Uuid>),
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, InternalError> {
        // First of all a place: whoever is turned away has not tried.
        let place = self.hasher.acquire()?;
        let fresh = DeviceToken(session_token()?);
        let device = device.cloned().unwrap_or(fresh);
        let device_hash = token_hash(&device.0);
        // Counted before anything is judged, so that parallel guesses count too. Where the
        // browser is one that this member is known by, nobody else's tries pause it.
        let mut tx = self.db.write().await?;
        let account = member::by_login_id(&mut tx, typed.login_id.key()).await?;
        let tried = account
            .as_ref()
            .map_or(throttle::DECOY, |account| account.id);
        let known = device::known(&mut tx, tried, &device_hash, now).await?;
        let count = known.map_or(Count::Anybody(tried), Count::Device);
        let admitted = throttle::count_try(&mut tx, count, now).await?;
        tx.commit().await?;

        let stored = account
            .as_ref()
            .map_or(self.hasher.decoy(), |account| &account.password_hash);
        let right = place.verify(typed.password.as_str(), stored).await?;
        let account = account.filter(|a| admitted && right && a.disabled_at.is_none());
        // Only a right password is hashed anew: the one extra hash tells nothing
        // that the answer does not.
        let rehashed = match &account {
            Some(account) if self.hasher.is_outdated(&account.password_hash) => {
                Some(place.hash(typed.password.as_str()).await?)
            }
            _ => None,
        };
        drop(place);
        let token = session_token()?;
        let hash = token_hash(&token);
        let until = now.plus(session::ABSOLUTE);

        let mut tx = self.db.write().await?;
        let mut entry = Entry {
            member: (tried != throttle::DECOY).then_some(tried),
            ..Event::SignInFailed.by(origin, now)
        };
        let mut new = None;
        let mut welcome = None;
        if let Some(account) = account
            && member::signed_in(&mut tx, &account, rehashed.as_deref(), now).await?
        {
            welcome = Some(account);
        }
        session::end_earlier(&mut tx, earlier.filter(|_| welcome.is_some()), now).await?;
        if let Some(account) = welcome {
            let previous = account.last_sign_in_at.map(Timestamp);
            throttle::reset_tries(&mut tx, Count::Anybody(account.id)).await?;
            throttle::reset_tries(&mut tx, count).await?;
            session::end_all_but(&mut tx, account.id, session::MOST - 1, now).await?;
            let session = session::insert(
                &mut tx,
                &session::NewSession {
                    token_hash: &hash,
                    of: session::Holder::Member(account.id, previous),
                    origin,
                    started_at: now,
                    expires_at: until,
                },
            )
            .await?;
            let is_new = device::note(&mut tx, account.id, &device_hash, session, now).await?;
            if is_new && previous.is_some() {
                new_device::tell(&mut tx, &self.secrets, account.id, session, (now, until)).await?;
            }
            entry.event = Event::SignedIn;
            new = Some(SignedIn {
                session: NewSession {
                    token: SessionToken(token),
                    until,
                },
                device,
            });
        }
        entry.record(&mut tx).await?;
        tx.commit().await?;
        if new.is_some() {
            self.wake_mail.notify_one();
        }
        Ok(new)
    }

    async fn see_off(
        &self,
        member: &Member,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        let mut tx = self.db.write().await?;
        session::end(&mut tx, member.session, now).await?;
        Event::SignedOut
            .by(origin, now)
            .of_person(member.person)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

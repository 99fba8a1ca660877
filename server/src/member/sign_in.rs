//! ログイン and ログアウト. One answer for every failure, for the same work:
//! unknown, wrong, paused and closed cost the same hash and the same writes.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    forms::Credentials,
    ports::{Answer, PasskeyRefusal, SignIn, SignedIn},
    values::timestamp::Timestamp,
    visit::{Challenge, DeviceToken, Member, RequestOrigin},
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
    base::{fault::InternalError, hash::Hasher, secrets::Secrets},
    member::new_session::Opening,
    second_step::passkeys::RelyingParty,
};

/// The use cases of sign-in.
#[derive(Clone)]
pub struct SignInService {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// The portal, as passkeys know it.
    pub relying_party: RelyingParty,
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

    async fn sign_in_with_passkey(
        &self,
        credential: &str,
        challenge: Option<&Challenge>,
        browser: (Option<&DeviceToken>, Option<Uuid>),
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Answer<Result<SignedIn, PasskeyRefusal>> {
        self.let_in_with_passkey((credential, challenge), browser, origin, now)
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
        let opening = Opening::new(device, origin, now)?;
        // Counted before anything is judged, so that parallel guesses count too. Where the
        // browser is one that this member is known by, nobody else's tries pause it.
        let mut tx = self.db.write().await?;
        let account = member::by_login_id(&mut tx, typed.login_id.key()).await?;
        let tried = account
            .as_ref()
            .map_or(throttle::DECOY, |account| account.id);
        let known = device::known(&mut tx, tried, &opening.device_hash, now).await?;
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
            let opened = opening.open(&mut tx, &self.secrets, account.id, previous);
            new = Some(opened.await?);
            entry.event = Event::SignedIn;
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

//! ログイン and ログアウト. One answer for every failure, for the same work:
//! unknown, wrong, paused and closed cost the same hash and the same writes, whether the
//! account asks for codes or not.

use std::sync::Arc;

use domain::{
    forms::Credentials,
    ports::{Answer, PasskeyRefusal, SecondStep, SignIn, SignInAnswer, SignedIn},
    rules::SecondStepCode,
    values::timestamp::Timestamp,
    visit::{Challenge, CodeDue, DeviceToken, Member, RequestOrigin},
};
use futures::future::BoxFuture;
use store::{
    Db, Tx,
    audit::{Entry, Event},
    device,
    letter::{self, LetterKind},
    member::{self, SignInRow},
    second_step::Holder,
    session,
    throttle::{self, Count},
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    base::{fault::InternalError, hash::Hasher, secrets::Secrets},
    member::new_session::Opening,
    second_step::{
        codes::{self, Taken},
        passkeys::RelyingParty,
    },
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

impl SignIn for SignInService {
    fn sign_in<'a>(
        &'a self,
        credentials: Credentials,
        device: Option<&'a DeviceToken>,
        earlier: Option<Uuid>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<SignInAnswer>> {
        Box::pin(async move {
            self.let_in(credentials, (device, earlier), origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn second_step<'a>(
        &'a self,
        due: &'a CodeDue,
        code: SecondStepCode,
        device: Option<&'a DeviceToken>,
        earlier: Option<Uuid>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<SecondStep>> {
        Box::pin(async move {
            self.let_in_with_code(due, &code, (device, earlier), origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn sign_in_with_passkey<'a>(
        &'a self,
        credential: &'a str,
        challenge: Option<&'a Challenge>,
        browser: (Option<&'a DeviceToken>, Option<Uuid>),
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Result<SignedIn, PasskeyRefusal>>> {
        Box::pin(async move {
            self.let_in_with_passkey((credential, challenge), browser, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn sign_out<'a>(
        &'a self,
        member: &'a Member,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<()>> {
        Box::pin(async move {
            self.see_off(member, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }
}

impl SignInService {
    async fn let_in(
        &self,
        typed: Credentials,
        (device, earlier): (Option<&DeviceToken>, Option<Uuid>),
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<SignInAnswer, InternalError> {
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
        let app = codes::app(&mut tx, Holder::Member(tried)).await?;
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
        let mut answer = SignInAnswer::Refused;
        let mut welcome = None;
        match (account, app) {
            (Some(account), None)
                if member::signed_in(&mut tx, &account, rehashed.as_deref(), now).await? =>
            {
                welcome = Some(account);
            }
            (Some(account), Some(_))
                if member::keep_hash(&mut tx, &account, rehashed.as_deref()).await? =>
            {
                throttle::take_back(&mut tx, count).await?;
                entry.event = Event::CodeAsked;
                answer = SignInAnswer::CodeDue(CodeDue {
                    member: account.id,
                    password_version: account.password_version,
                    until: now.plus(CodeDue::LIFE),
                });
            }
            _ => {}
        }
        session::end_earlier(&mut tx, earlier.filter(|_| welcome.is_some()), now).await?;
        if let Some(account) = welcome {
            let signed_in = self.begin(&mut tx, &account, count, opening).await?;
            answer = SignInAnswer::In(signed_in);
            entry.event = Event::SignedIn;
        }
        entry.record(&mut tx).await?;
        tx.commit().await?;
        if matches!(answer, SignInAnswer::In(_)) {
            self.wake_mail.notify_one();
        }
        Ok(answer)
    }

    /// Whoever comes here has shown the password: a wrong code tells nothing new, and only
    /// the tries are counted as there.
    async fn let_in_with_code(
        &self,
        due: &CodeDue,
        code: &SecondStepCode,
        (device, earlier): (Option<&DeviceToken>, Option<Uuid>),
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<SecondStep, InternalError> {
        let holder = Holder::Member(due.member);
        let opening = Opening::new(device, origin, now)?;
        // Counted before it is judged, so that parallel guesses count too.
        let mut tx = self.db.write().await?;
        let account = member::by_id(&mut tx, due.member).await?;
        let account = account.filter(|account| account.password_version == due.password_version);
        let known = device::known(&mut tx, due.member, &opening.device_hash, now).await?;
        let count = known.map_or(Count::Anybody(due.member), Count::Device);
        let admitted = throttle::count_try(&mut tx, count, now).await?;
        let app = codes::app(&mut tx, holder).await?;
        tx.commit().await?;
        let (Some(account), Some(app)) = (account, app) else {
            return Ok(SecondStep::Over);
        };
        let judged = codes::judge(&self.secrets, holder, &app, code, now);

        let mut tx = self.db.write().await?;
        // The account first, which every change of it begins with.
        if !member::lock(&mut tx, account.id).await? {
            return Ok(SecondStep::Over);
        }
        let mut entry = Event::CodeRefused.by(origin, now).of_member(account.id);
        let taken = match admitted {
            true => codes::take(&mut tx, holder, &app, judged, now).await?,
            false => None,
        };
        let Some(taken) = taken else {
            entry.record(&mut tx).await?;
            tx.commit().await?;
            return Ok(SecondStep::Refused);
        };
        if !member::signed_in(&mut tx, &account, None, now).await? {
            return Ok(SecondStep::Over);
        }
        session::end_earlier(&mut tx, earlier, now).await?;
        let signed_in = self.begin(&mut tx, &account, count, opening).await?;
        if let Taken::Recovery { left } = taken {
            let used = Event::RecoveryCodeUsed
                .by(origin, now)
                .of_member(account.id);
            used.record(&mut tx).await?;
            let (kind, left) = (LetterKind::RecoveryCodeUsed, left.to_string());
            letter::notify_all(&mut tx, account.id, kind, &left, now).await?;
        }
        entry.event = Event::SignedIn;
        entry.record(&mut tx).await?;
        tx.commit().await?;
        self.wake_mail.notify_one();
        Ok(SecondStep::In(signed_in))
    }

    /// Opens the session of a sign-in that is complete, and forgets what was tried.
    async fn begin(
        &self,
        tx: &mut Tx,
        account: &SignInRow,
        count: Count,
        opening: Opening<'_>,
    ) -> Result<SignedIn, InternalError> {
        let previous = account.last_sign_in_at.map(Timestamp);
        throttle::reset_tries(tx, Count::Anybody(account.id)).await?;
        throttle::reset_tries(tx, count).await?;
        opening.open(tx, &self.secrets, account.id, previous).await
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

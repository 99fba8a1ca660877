//! The office's sign-in: login and password, then the second step. One answer for every
//! failure, for the same work, as at the members' door.

use std::sync::Arc;

use domain::{
    office::{Stage, login::StaffLogin},
    rules::{RecoveryCode, SecondStepCode},
    values::timestamp::Timestamp,
    visit::RequestOrigin,
};
use store::{
    Db, Tx,
    audit::{Entry, Event},
    second_step::Holder,
    staff, staff_session,
    throttle::{self, Count},
};
use uuid::Uuid;

use crate::{
    base::{
        fault::InternalError,
        hash::Hasher,
        secrets::{Secrets, session_token, token_hash},
    },
    office::access::StaffVisit,
    second_step::{
        codes::{self, Judged},
        passkeys::RelyingParty,
    },
};

/// The use cases of the office's sign-in.
#[derive(Clone)]
pub struct StaffSignIn {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// The server's key.
    pub secrets: Arc<Secrets>,
    /// The portal, as passkeys know it.
    pub relying_party: RelyingParty,
}

/// A session that has begun, for the cookie.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The cookie's value.
    pub token: String,
    /// Its end.
    pub until: Timestamp,
    /// Whether there is a second step, which is asked for next.
    pub has_second_step: bool,
}

/// What a code at the second page comes to.
#[derive(Debug)]
pub enum Entered {
    /// In.
    In(Begun),
    /// The code was wrong, used, or the account is paused.
    Wrong,
    /// The session has ended meanwhile.
    Over,
}

/// What the first code of an app comes to.
#[derive(Debug)]
pub enum Enrolled {
    /// In; and the recovery codes, which nobody sees again.
    In(Begun, Vec<RecoveryCode>),
    /// The code was wrong.
    Wrong,
    /// There is a second step already, or the session has ended.
    Over,
}

/// Whose tries are counted: of whoever tries, or of a browser they are known by.
async fn count_of(
    tx: &mut Tx,
    tried: Uuid,
    device_hash: &[u8],
    now: Timestamp,
) -> store::Result<Count> {
    let known = staff::known_device(tx, tried, device_hash, now).await?;
    Ok(known.map_or(Count::Anybody(tried), Count::StaffDevice))
}

impl StaffSignIn {
    /// Login and password: `None` for whatever is not right.
    ///
    /// # Errors
    /// Database, hash workers or randomness.
    pub async fn password(
        &self,
        login: &str,
        password: &str,
        device: &str,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Option<Begun>, InternalError> {
        let place = self.hasher.acquire()?;
        let device_hash = token_hash(device);
        let token = session_token()?;
        let hash = token_hash(&token);
        // Counted before it is judged, so that parallel guesses count too.
        let mut tx = self.db.write().await?;
        let account = staff::by_login(&mut tx, &StaffLogin::key_of(login)).await?;
        let tried = account.as_ref().map_or(throttle::DECOY, |a| a.staff.id);
        let count = count_of(&mut tx, tried, &device_hash, now).await?;
        let admitted = throttle::count_try(&mut tx, count, now).await?;
        tx.commit().await?;

        let stored = account.as_ref().and_then(|a| a.password_hash.as_deref());
        let right = place
            .verify(password, stored.unwrap_or(self.hasher.decoy()))
            .await?;
        drop(place);
        let right = right && admitted && stored.is_some();
        let account = account.filter(|a| right && a.staff.disabled_at.is_none());

        let mut tx = self.db.write().await?;
        // This try is taken back, and those before it are forgotten with the second step and
        // not before, or whoever has the password could try codes without end.
        let begun = match &account {
            Some(account) => {
                throttle::take_back(&mut tx, count).await?;
                let stage = Stage::Password;
                staff_session::insert(&mut tx, &account.staff, stage, &hash, origin, now).await?;
                Some(Begun {
                    token,
                    until: now.plus(staff_session::longest(stage)),
                    has_second_step: account.staff.has_second_step,
                })
            }
            None => {
                let failed = Entry {
                    member: (tried != throttle::DECOY).then_some(tried),
                    ..Event::SignInFailed.by(origin, now)
                };
                failed.record(&mut tx).await?;
                None
            }
        };
        tx.commit().await?;
        Ok(begun)
    }

    /// The second step: a one-time code, a recovery code, or one from the command line.
    ///
    /// # Errors
    /// Database or randomness.
    pub async fn code(
        &self,
        visit: &StaffVisit,
        typed: &str,
        device: &str,
    ) -> Result<Entered, InternalError> {
        let (now, staff) = (visit.now, &visit.session.staff);
        let token = session_token()?;
        let hash = token_hash(&token);
        let device_hash = token_hash(device);
        let command_line = token_hash(&command_line_form(typed));
        let mut tx = self.db.write().await?;
        let admitted = {
            let count = count_of(&mut tx, staff.id, &device_hash, now).await?;
            throttle::count_try(&mut tx, count, now).await?
        };
        let stage = match admitted {
            true => {
                self.judge(&mut tx, staff.id, typed, &command_line, now)
                    .await?
            }
            false => None,
        };
        let Some(stage) = stage else {
            let failed = Entry {
                member: Some(staff.id),
                ..Event::SignInFailed.by(&visit.origin, now)
            };
            failed.record(&mut tx).await?;
            tx.commit().await?;
            return Ok(Entered::Wrong);
        };
        if !staff_session::end(&mut tx, visit.session.id, now).await? {
            return Ok(Entered::Over);
        }
        self.come_in(&mut tx, visit, stage, &hash, &device_hash)
            .await?;
        tx.commit().await?;
        Ok(Entered::In(Begun {
            token,
            until: now.plus(staff_session::longest(stage)),
            has_second_step: staff.has_second_step,
        }))
    }

    /// How far in a code lets somebody.
    async fn judge(
        &self,
        tx: &mut Tx,
        staff: Uuid,
        typed: &str,
        command_line: &[u8],
        now: Timestamp,
    ) -> store::Result<Option<Stage>> {
        if self.is_right(tx, staff, typed, now).await? {
            return Ok(Some(Stage::Full));
        }
        let taken = staff::take_code(tx, staff, command_line, now).await?;
        Ok(taken.then_some(Stage::CommandLine))
    }

    /// Whether a one-time or recovery code is right; it is used up then.
    async fn is_right(
        &self,
        tx: &mut Tx,
        staff: Uuid,
        typed: &str,
        now: Timestamp,
    ) -> store::Result<bool> {
        let holder = Holder::Staff(staff);
        let Ok(code) = SecondStepCode::parse(typed) else {
            return Ok(false);
        };
        let Some(app) = codes::app(tx, holder).await? else {
            return Ok(false);
        };
        let judged: Judged = codes::judge(&self.secrets, holder, &app, &code, now);
        Ok(codes::take(tx, holder, &app, judged, now).await?.is_some())
    }

    /// The session goes on as one that is in.
    pub(super) async fn come_in(
        &self,
        tx: &mut Tx,
        visit: &StaffVisit,
        stage: Stage,
        token_hash: &[u8],
        device_hash: &[u8],
    ) -> store::Result<()> {
        let (now, staff) = (visit.now, &visit.session.staff);
        let count = count_of(tx, staff.id, device_hash, now).await?;
        throttle::reset_tries(tx, Count::Anybody(staff.id)).await?;
        throttle::reset_tries(tx, count).await?;
        staff_session::insert(tx, staff, stage, token_hash, &visit.origin, now).await?;
        staff::signed_in(tx, staff.id, now).await?;
        staff::note_device(tx, staff.id, device_hash, now).await?;
        let event = match stage {
            Stage::CommandLine => Event::StaffSignedInByCode,
            Stage::Full | Stage::Password => Event::StaffSignedIn,
        };
        visit.entry(event).record(tx).await
    }

    /// The first code of an app: the second step is enrolled, and its holder is in.
    ///
    /// # Errors
    /// Database or randomness.
    pub async fn enrol(
        &self,
        visit: &StaffVisit,
        typed: &str,
        device: &str,
    ) -> Result<Enrolled, InternalError> {
        let (now, staff) = (visit.now, &visit.session.staff);
        let holder = Holder::Staff(staff.id);
        let session = visit.enrolment_seed();
        let code = match SecondStepCode::parse(typed) {
            Ok(SecondStepCode::OneTime(code)) => code,
            _ => return Ok(Enrolled::Wrong),
        };
        let Some(app) = codes::first_code(&self.secrets, holder, &session, &code, now)? else {
            return Ok(Enrolled::Wrong);
        };
        let token = session_token()?;
        let hash = token_hash(&token);
        let device_hash = token_hash(device);
        let mut tx = self.db.write().await?;
        staff::lock(&mut tx).await?;
        // With the password alone nobody adds an app beside a passkey.
        if !visit.is_in() && staff::has_second_step(&mut tx, staff.id).await? {
            return Ok(Enrolled::Over);
        }
        let open = staff_session::end(&mut tx, visit.session.id, now).await?;
        let recovery = codes::turn_on(&mut tx, holder, app, now).await?;
        let (true, Some(recovery)) = (open, recovery) else {
            return Ok(Enrolled::Over);
        };
        visit.entry(Event::StaffSecondStep).record(&mut tx).await?;
        self.come_in(&mut tx, visit, Stage::Full, &hash, &device_hash)
            .await?;
        tx.commit().await?;
        let begun = Begun {
            token,
            until: now.plus(staff_session::longest(Stage::Full)),
            has_second_step: true,
        };
        Ok(Enrolled::In(begun, recovery))
    }

    /// Password and code once more, within the session: the proof is fresh again, and the
    /// session has another token. `None` where one of them is wrong.
    ///
    /// # Errors
    /// Database, hash workers or randomness.
    pub async fn prove(
        &self,
        visit: &StaffVisit,
        password: &str,
        code: &str,
        device: &str,
    ) -> Result<Option<Begun>, InternalError> {
        let (now, id) = (visit.now, visit.id());
        let place = self.hasher.acquire()?;
        let device_hash = token_hash(device);
        let token = session_token()?;
        let hash = token_hash(&token);
        let mut tx = self.db.write().await?;
        let account = staff::by_id(&mut tx, id).await?;
        let count = count_of(&mut tx, id, &device_hash, now).await?;
        let admitted = throttle::count_try(&mut tx, count, now).await?;
        tx.commit().await?;
        let stored = account.and_then(|account| account.password_hash);
        let stored = stored.as_deref().unwrap_or(self.hasher.decoy());
        let right = place.verify(password, stored).await?;
        drop(place);
        let command_line = token_hash(&command_line_form(code));
        let mut tx = self.db.write().await?;
        let right = right
            && admitted
            && self
                .judge(&mut tx, id, code, &command_line, now)
                .await?
                .is_some();
        if !right || !staff_session::prove(&mut tx, visit.session.id, &hash, now).await? {
            visit
                .entry(Event::PasswordRefused)
                .of_member(id)
                .record(&mut tx)
                .await?;
            tx.commit().await?;
            return Ok(None);
        }
        throttle::reset_tries(&mut tx, Count::Anybody(id)).await?;
        throttle::reset_tries(&mut tx, count).await?;
        tx.commit().await?;
        Ok(Some(Begun {
            token,
            until: visit.session.expires_at,
            has_second_step: true,
        }))
    }

    /// ログアウト
    ///
    /// # Errors
    /// The database.
    pub async fn sign_out(&self, visit: &StaffVisit) -> Result<(), InternalError> {
        let mut tx = self.db.write().await?;
        if staff_session::end(&mut tx, visit.session.id, visit.now).await? {
            visit.entry(Event::StaffSignedOut).record(&mut tx).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// A code from the command line, as it is compared: however it was typed.
pub fn command_line_form(typed: &str) -> String {
    let letters = typed.chars().filter(|c| c.is_ascii_alphanumeric());
    letters.collect::<String>().to_ascii_lowercase()
}

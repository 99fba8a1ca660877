//! Passkeys of the office's people: a whole sign-in, without password and code.

use domain::{
    office::Stage,
    ports::{AskedChallenge, PasskeyRefusal},
    rules::PasskeyName,
    values::timestamp::Timestamp,
    visit::{Challenge, RequestOrigin},
};
use store::{
    Tx,
    audit::Event,
    second_step::{
        Holder,
        passkeys::{self, NewPasskey},
    },
    staff, staff_session,
    throttle::{self, Count},
};
use uuid::Uuid;

use super::sign_in::{Begun, Enrolled, StaffSignIn};
use crate::{
    base::{
        fault::InternalError,
        secrets::{session_token, token_hash},
    },
    office::access::{Acting, AnyRole, StaffVisit},
    second_step::passkeys::{Door, Label, MOST},
};

/// What came of a wish, or why it was refused.
pub type Judged<T> = Result<Result<T, PasskeyRefusal>, InternalError>;

impl StaffSignIn {
    /// What a passkey is asked to sign at the door.
    ///
    /// # Errors
    /// What the library cannot make.
    pub fn ask_passkey(&self, now: Timestamp) -> Judged<AskedChallenge> {
        self.relying_party.ask_for_sign_in(now)
    }

    /// Lets in whoever presents a passkey of the office's.
    ///
    /// # Errors
    /// Database or randomness.
    pub async fn passkey(
        &self,
        (credential, challenge): (&str, Option<&Challenge>),
        device: &str,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Judged<Begun> {
        let token = session_token()?;
        let (hash, device_hash) = (token_hash(&token), token_hash(device));
        let judged = self
            .relying_party
            .judge_sign_in(&self.db, Door::Office, challenge, credential, now)
            .await?;
        let mut tx = self.db.write().await?;
        let mut failed = Event::SignInFailed.by(origin, now);
        let refusal = match judged {
            Err(refusal) => refusal,
            Ok(presented) => {
                let id = presented.holder.id();
                failed.member = Some(id);
                let account = staff::by_id(&mut tx, id).await?;
                let account = account.filter(|account| account.staff.disabled_at.is_none());
                let used = presented.note_use(&mut tx, now).await?;
                match account.filter(|_| used) {
                    None => PasskeyRefusal::Unknown,
                    Some(account) => {
                        let staff = account.staff;
                        let stage = Stage::Full;
                        throttle::reset_tries(&mut tx, Count::Anybody(id)).await?;
                        staff_session::insert(&mut tx, &staff, stage, &hash, origin, now).await?;
                        staff::signed_in(&mut tx, id, now).await?;
                        staff::note_device(&mut tx, id, &device_hash, now).await?;
                        let actor = id.to_string();
                        let entry = store::audit::Entry {
                            actor: &actor,
                            ..Event::StaffSignedIn.by(origin, now)
                        };
                        entry.record(&mut tx).await?;
                        tx.commit().await?;
                        return Ok(Ok(Begun {
                            token,
                            until: now.plus(staff_session::longest(stage)),
                            has_second_step: true,
                        }));
                    }
                }
            }
        };
        failed.record(&mut tx).await?;
        tx.commit().await?;
        Ok(Err(refusal))
    }

    /// The first passkey of somebody who has no second step yet: it is enrolled, and its
    /// holder is in. It brings no recovery codes, which belong to an app.
    ///
    /// # Errors
    /// Database or randomness.
    pub async fn enrol_passkey(
        &self,
        visit: &StaffVisit,
        (credential, challenge): (&str, Option<&Challenge>),
        name: &PasskeyName,
        device: &str,
    ) -> Judged<Enrolled> {
        let (now, staff) = (visit.now, &visit.session.staff);
        let (token, holder) = (session_token()?, Holder::Staff(visit.id()));
        let (hash, device_hash) = (token_hash(&token), token_hash(device));
        let judged = self
            .relying_party
            .judge_new(&self.db, challenge, credential, now)
            .await?;
        let kept = match judged {
            Ok(kept) => kept,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut tx = self.db.write().await?;
        staff::lock(&mut tx).await?;
        let open = staff_session::end(&mut tx, visit.session.id, now).await?;
        if !open || staff::has_second_step(&mut tx, staff.id).await? {
            return Ok(Ok(Enrolled::Over));
        }
        let new = NewPasskey {
            holder,
            name,
            credential: kept.credential(),
            added_at: now,
        };
        if !passkeys::insert(&mut tx, &new).await? {
            return Ok(Err(PasskeyRefusal::Known));
        }
        visit.entry(Event::StaffSecondStep).record(&mut tx).await?;
        self.come_in(&mut tx, visit, Stage::Full, &hash, &device_hash)
            .await?;
        tx.commit().await?;
        let begun = Begun {
            token,
            until: now.plus(staff_session::longest(Stage::Full)),
            has_second_step: true,
        };
        Ok(Ok(Enrolled::In(begun, Vec::new())))
    }

    /// One's own passkey once more, within the session: the proof is fresh again, as with
    /// password and code.
    ///
    /// # Errors
    /// Database or randomness.
    pub async fn prove_by_passkey(
        &self,
        visit: &StaffVisit,
        (credential, challenge): (&str, Option<&Challenge>),
    ) -> Judged<Begun> {
        let (now, id) = (visit.now, visit.id());
        let token = session_token()?;
        let hash = token_hash(&token);
        let judged = self
            .relying_party
            .judge_sign_in(&self.db, Door::Office, challenge, credential, now)
            .await?;
        let mut tx = self.db.write().await?;
        let refusal = match judged {
            Err(refusal) => refusal,
            Ok(presented) => {
                if presented.holder == Holder::Staff(id)
                    && presented.note_use(&mut tx, now).await?
                    && staff_session::prove(&mut tx, visit.session.id, &hash, now).await?
                {
                    tx.commit().await?;
                    return Ok(Ok(Begun {
                        token,
                        until: visit.session.expires_at,
                        has_second_step: true,
                    }));
                }
                PasskeyRefusal::Unknown
            }
        };
        let refused = visit.entry(Event::PasswordRefused).of_member(id);
        refused.record(&mut tx).await?;
        tx.commit().await?;
        Ok(Err(refusal))
    }

    /// What a new passkey is asked to sign.
    ///
    /// # Errors
    /// Database, and what the library cannot make.
    pub async fn ask_new_passkey(&self, acting: &StaffVisit) -> Judged<AskedChallenge> {
        let staff = &acting.session.staff;
        let label = Label {
            login: staff.login_id.as_str(),
            name: &staff.name,
        };
        let holder = Holder::Staff(acting.id());
        self.relying_party
            .ask_for_new(&self.db, holder, label, acting.now)
            .await
    }

    /// Adds a passkey.
    ///
    /// # Errors
    /// Database.
    pub async fn add_passkey(
        &self,
        acting: &Acting<AnyRole>,
        (credential, challenge): (&str, Option<&Challenge>),
        name: &PasskeyName,
    ) -> Judged<()> {
        let holder = Holder::Staff(acting.id());
        let judged = self
            .relying_party
            .judge_new(&self.db, challenge, credential, acting.now)
            .await?;
        let kept = match judged {
            Ok(kept) => kept,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut tx = self.db.write().await?;
        staff::lock(&mut tx).await?;
        if !staff_session::is_open(&mut tx, acting.session.id).await? {
            return Ok(Err(PasskeyRefusal::Stale));
        }
        if passkeys::count(&mut tx, holder).await? >= MOST {
            return Ok(Err(PasskeyRefusal::TooMany));
        }
        let new = NewPasskey {
            holder,
            name,
            credential: kept.credential(),
            added_at: acting.now,
        };
        if !passkeys::insert(&mut tx, &new).await? {
            return Ok(Err(PasskeyRefusal::Known));
        }
        noted(&mut tx, acting).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Removes one of one's own; `false` where there is none of that row.
    ///
    /// # Errors
    /// Database.
    pub async fn remove_passkey(
        &self,
        acting: &Acting<AnyRole>,
        passkey: Uuid,
    ) -> Result<bool, InternalError> {
        let mut tx = self.db.write().await?;
        let removed = passkeys::remove(&mut tx, Holder::Staff(acting.id()), passkey).await?;
        if removed {
            noted(&mut tx, acting).await?;
        }
        tx.commit().await?;
        Ok(removed)
    }
}

async fn noted(tx: &mut Tx, acting: &Acting<AnyRole>) -> store::Result<()> {
    acting.entry(Event::StaffSecondStep).record(tx).await
}

//! One-time codes and recovery codes: turning them on, and judging what is typed.
//!
//! What is drawn, derived and compared comes first, and needs no transaction; what a
//! change writes comes then, in the caller's.

use domain::{
    ports::{CodesState, Enrolment},
    rules::{RecoveryCode, SecondStepCode},
    values::timestamp::Timestamp,
};
use store::{
    Db, Result, Tx,
    second_step::{self, Holder, codes, recovery as kept_recovery},
};

use super::{OneTimeSecret, recovery};
use crate::base::{fault::InternalError, qr, secrets::Secrets};

/// What the secrets are encrypted as.
const SEALED_AS: &str = "one-time code";

/// What a page shows of a holder's codes: how to turn them on, or that they are on.
///
/// The secret to be is derived from the server's key and `session`, the hash of the
/// session's token: looking at the page writes nothing, no other session sees the same
/// secret, and after a change of the account, which renews the token, it is another.
/// `issuer` and `label` are what the app shows.
///
/// # Errors
/// Whatever the database answers.
pub async fn state(
    (db, secrets): (&Db, &Secrets),
    holder: Holder,
    session: &[u8],
    (issuer, label): (&str, &str),
) -> std::result::Result<CodesState, InternalError> {
    if let Some(since) = codes::on_since(db, holder).await? {
        let left = kept_recovery::count(db, holder).await?;
        return Ok(CodesState::On { since, left });
    }
    let secret = to_be(secrets, holder, session);
    let uri = secret.uri(issuer, label);
    Ok(CodesState::Off(Enrolment {
        secret: secret.base32(),
        qr: qr::draw(&uri)?,
        uri,
    }))
}

/// The secret that a session is shown.
fn to_be(secrets: &Secrets, holder: Holder, session: &[u8]) -> OneTimeSecret {
    OneTimeSecret::new(secrets.one_time_secret(&holder.mark(), session))
}

/// An app that has shown its first right code, and the recovery codes that come with it.
#[derive(Debug)]
pub struct NewApp {
    sealed_secret: Vec<u8>,
    step: i64,
    recovery: NewRecoveryCodes,
}

/// Judges the first code of an app; `None` for a wrong one. Nothing is on yet.
///
/// # Errors
/// The machine gives no random numbers.
pub fn first_code(
    secrets: &Secrets,
    holder: Holder,
    session: &[u8],
    code: &str,
    now: Timestamp,
) -> std::result::Result<Option<NewApp>, InternalError> {
    let secret = to_be(secrets, holder, session);
    let Some(step) = secret.step_of(code, now) else {
        return Ok(None);
    };
    Ok(Some(NewApp {
        sealed_secret: secrets.seal(SEALED_AS, &holder.mark(), secret.bytes())?,
        step,
        recovery: NewRecoveryCodes::draw()?,
    }))
}

/// From now on codes are asked for. Gives the recovery codes, which nobody sees again;
/// `None` where codes were on already.
///
/// # Errors
/// Whatever the database answers.
pub async fn turn_on(
    tx: &mut Tx,
    holder: Holder,
    new: NewApp,
    now: Timestamp,
) -> Result<Option<Vec<RecoveryCode>>> {
    if !codes::add(tx, holder, &new.sealed_secret, new.step, now).await? {
        return Ok(None);
    }
    Ok(Some(hand_out(tx, holder, new.recovery, now).await?))
}

/// Ten recovery codes, not handed out yet.
#[derive(Debug)]
pub struct NewRecoveryCodes {
    codes: Vec<RecoveryCode>,
    hashes: Vec<[u8; 32]>,
}

impl NewRecoveryCodes {
    /// Draws them.
    ///
    /// # Errors
    /// The machine gives no random numbers.
    pub fn draw() -> std::result::Result<Self, getrandom::Error> {
        let codes = recovery::draw()?;
        let hashes = codes.iter().map(recovery::hash).collect();
        Ok(Self { codes, hashes })
    }
}

/// Keeps new recovery codes in place of all earlier ones, and gives them.
///
/// # Errors
/// Whatever the database answers.
pub async fn hand_out(
    tx: &mut Tx,
    holder: Holder,
    new: NewRecoveryCodes,
    now: Timestamp,
) -> Result<Vec<RecoveryCode>> {
    kept_recovery::replace(tx, holder, &new.hashes, now).await?;
    Ok(new.codes)
}

/// The app whose codes are asked for, as it is kept: read before a code is judged.
#[derive(Clone, Debug)]
pub struct App {
    sealed_secret: Vec<u8>,
}

/// Whether codes are asked for, and by which app they are judged. One statement, whoever it
/// is.
///
/// # Errors
/// Whatever the database answers.
pub async fn app(tx: &mut Tx, holder: Holder) -> Result<Option<App>> {
    let sealed = codes::sealed_secret(tx, holder).await?;
    Ok(sealed.map(|sealed_secret| App { sealed_secret }))
}

/// What a typed code comes to before the database is asked whether it is still good.
#[derive(Debug)]
pub enum Judged {
    /// The app's code of that step.
    OneTime(i64),
    /// Something of the form of a recovery code, by its hash.
    Recovery([u8; 32]),
    /// No code of this app.
    Wrong,
}

/// Compares a code with what the app shows. Where the secret cannot be read any more (the
/// secret file is another), only recovery codes are left.
pub fn judge(
    secrets: &Secrets,
    holder: Holder,
    app: &App,
    code: &SecondStepCode,
    now: Timestamp,
) -> Judged {
    match code {
        SecondStepCode::Recovery(code) => Judged::Recovery(recovery::hash(code)),
        SecondStepCode::OneTime(code) => secrets
            .open_sealed(SEALED_AS, &holder.mark(), &app.sealed_secret)
            .and_then(|bytes| bytes.try_into().ok())
            .map(OneTimeSecret::new)
            .and_then(|secret| secret.step_of(code, now))
            .map_or(Judged::Wrong, Judged::OneTime),
    }
}

/// A code that was good, and is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The app's.
    OneTime,
    /// A recovery code.
    Recovery {
        /// So many are left.
        left: i64,
    },
}

/// Uses a code up; `None` where it is not good: wrong, used, or of an app that is gone.
///
/// # Errors
/// Whatever the database answers.
pub async fn take(
    tx: &mut Tx,
    holder: Holder,
    app: &App,
    judged: Judged,
    now: Timestamp,
) -> Result<Option<Taken>> {
    Ok(match judged {
        Judged::OneTime(step) => codes::take(tx, holder, &app.sealed_secret, step)
            .await?
            .then_some(Taken::OneTime),
        Judged::Recovery(hash) if kept_recovery::take(tx, holder, &hash, now).await? => {
            let left = kept_recovery::left(tx, holder).await?;
            Some(Taken::Recovery { left })
        }
        Judged::Recovery(_) | Judged::Wrong => None,
    })
}

/// No codes are asked for any more. `false` where none were.
///
/// # Errors
/// Whatever the database answers.
pub async fn turn_off(tx: &mut Tx, holder: Holder) -> Result<bool> {
    second_step::remove_codes(tx, holder).await
}

//! ログイン, ログアウト, and the present password given once more.

use futures_core::future::BoxFuture;

use uuid::Uuid;

use super::{AddressChange, Answer, PasskeyRefusal};
use crate::{
    forms::Credentials,
    rules::SecondStepCode,
    values::timestamp::Timestamp,
    visit::{Challenge, CodeDue, DeviceToken, Member, RequestOrigin, SessionToken},
};

/// Sign-in and sign-out.
pub trait SignIn: Send + Sync {
    /// A new session, or that a code is asked for first, or one answer for every failure.
    /// `device` is what the browser carries from an earlier sign-in; `earlier` is the session it carries,
    /// which ends when another takes its place.
    fn sign_in<'a>(
        &'a self,
        credentials: Credentials,
        device: Option<&'a DeviceToken>,
        earlier: Option<Uuid>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<SignInAnswer>>;

    /// Completes a sign-in whose password was right, with a one-time or recovery code.
    fn second_step<'a>(
        &'a self,
        due: &'a CodeDue,
        code: SecondStepCode,
        device: Option<&'a DeviceToken>,
        earlier: Option<Uuid>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<SecondStep>>;

    /// The same with a passkey: `credential` is what the browser answered to the
    /// challenge. A passkey names its member itself, so no login ID is asked for.
    fn sign_in_with_passkey<'a>(
        &'a self,
        credential: &'a str,
        challenge: Option<&'a Challenge>,
        browser: (Option<&'a DeviceToken>, Option<Uuid>),
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Result<SignedIn, PasskeyRefusal>>>;

    /// Ends the session that asks.
    fn sign_out<'a>(
        &'a self,
        member: &'a Member,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<()>>;
}

/// A session that has just begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// Its cookie's value.
    pub token: SessionToken,
    /// Its absolute end.
    pub until: Timestamp,
}

/// A sign-in that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: NewSession,
    /// By which the browser is known the next time.
    pub device: DeviceToken,
}

/// What became of a login ID and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInAnswer {
    /// They were right.
    In(SignedIn),
    /// They were right, and a code is asked for.
    CodeDue(CodeDue),
    /// They were not, or nobody is let in.
    Refused,
}

/// What became of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondStep {
    /// It was right.
    In(SignedIn),
    /// It was not, or was used before, or comes during a pause.
    Refused,
    /// The account is not what it was when the password was given.
    Over,
}

/// A password was given as the present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordGiven {
    /// It is.
    Right {
        /// What the session goes on under.
        session: NewSession,
        /// What became of the change that waited, if any.
        change: Option<AddressChange>,
    },
    /// It is another.
    Wrong,
    /// The session ended before.
    Over,
}

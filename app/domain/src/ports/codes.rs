//! 二段階認証: one-time codes and recovery codes of a member.

use futures_core::future::BoxFuture;

use super::{Answer, NewSession, Passkey};
use crate::{
    rules::{RecoveryCode, SignInPassword},
    values::{drawing::QrCode, timestamp::Timestamp},
    visit::{Member, RequestOrigin},
};

/// A member's codes.
pub trait Codes: Send + Sync {
    /// Whether they are on, or how they are turned on.
    fn state<'a>(&'a self, member: &'a Member) -> BoxFuture<'a, Answer<CodesState>>;

    /// Turns them on with the app's first code.
    fn turn_on<'a>(
        &'a self,
        member: &'a Member,
        code: &'a str,
        password: Option<SignInPassword>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<CodesChange>>;

    /// Turns them off.
    fn turn_off<'a>(
        &'a self,
        member: &'a Member,
        password: Option<SignInPassword>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<CodesChange>>;

    /// Hands out ten recovery codes in place of the earlier ones.
    fn new_recovery_codes<'a>(
        &'a self,
        member: &'a Member,
        password: Option<SignInPassword>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<CodesChange>>;
}

/// How it stands.
#[derive(Clone, Debug)]
pub enum CodesState {
    /// No codes are asked for.
    Off(Enrolment),
    /// They are.
    On {
        /// Since then.
        since: Timestamp,
        /// Recovery codes that were not used.
        left: i64,
    },
}

/// What an app needs to know.
#[derive(Clone)]
pub struct Enrolment {
    /// The secret, to type: base 32, without blanks.
    pub secret: String,
    /// The address that the QR code holds.
    pub uri: String,
    /// That code.
    pub qr: QrCode,
}

/// Holds a secret: nothing of it is ever printed.
impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrolment")
    }
}

/// What became of a change.
#[derive(Clone, Debug)]
pub enum CodesChange {
    /// It is done; the session goes on under another token. With it come the recovery codes
    /// that were made, to be shown once.
    Done(NewSession, Vec<RecoveryCode>),
    /// The app's code is not right.
    CodeWrong,
    /// The present password has to be given.
    PasswordDue,
    /// It is another.
    PasswordWrong,
    /// Codes are on already, or off already: another window was quicker.
    Already,
    /// The session ended before.
    Over,
}

/// A member's second steps, as pages list them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondSteps {
    /// Since when one-time codes are asked for, if they are.
    pub codes_since: Option<Timestamp>,
    /// The passkeys, the oldest first.
    pub passkeys: Vec<Passkey>,
}

impl SecondSteps {
    /// Whether there is any.
    pub const fn is_any(&self) -> bool {
        self.codes_since.is_some() || !self.passkeys.is_empty()
    }
}

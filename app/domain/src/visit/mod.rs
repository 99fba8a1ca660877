//! Who is asking, and what the browser carries for them. The server's http
//! layer loads a `Visit` for every request; pages and server functions read it.

pub mod network;
pub mod return_to;

use std::{fmt, time::Duration};

use crate::{
    rules::{EmailAddress, RecoveryCode},
    values::timestamp::Timestamp,
    visit::return_to::ReturnTo,
};

/// For so long after the password was given, changes are made without it.
const PASSWORD_LASTS: Duration = Duration::from_secs(10 * 60);

/// One request's visitor.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The one instant by which this request judges every limit.
    pub now: Timestamp,
    /// Who is asking.
    pub who: Visitor,
    /// The browser still carries a session that is over, and why.
    pub lapsed: Option<Lapse>,
    /// From where.
    pub origin: RequestOrigin,
    /// The registration's link that was opened in this browser, if any.
    pub registration: Option<LinkToken>,
    /// The reissue's link, likewise.
    pub reissue: Option<LinkToken>,
    /// The link that confirms an address, likewise.
    pub confirmation: Option<LinkToken>,
    /// The link that disowns a sign-in, likewise.
    pub report: Option<LinkToken>,
    /// The sign-in that waits for a code in this browser.
    pub code_due: Option<CodeDue>,
    /// Recovery codes that were made for this session a moment ago, to be shown once.
    pub recovery_codes: Vec<RecoveryCode>,
    /// What the browser carries from an earlier sign-in.
    pub device: Option<DeviceToken>,
    /// The letter that was asked for last in this browser.
    pub sent: Option<SentLetter>,
    /// What was typed into 利用者情報入力 when the time ran out.
    pub draft: Option<Draft>,
    /// What waits in this session for the present password.
    pub asked: Option<PendingAddressChange>,
    /// What a passkey was asked to sign for a sign-in.
    pub sign_in_challenge: Option<Challenge>,
    /// What a new passkey was asked to sign in this session.
    pub passkey_challenge: Option<Challenge>,
    /// The page that was wanted before the sign-in.
    pub return_to: Option<ReturnTo>,
    /// What the step before has come to.
    pub told: Option<Told>,
}

impl Visit {
    /// Whether this is nobody in particular, in a browser that carries nothing of
    /// ours: a page shows them what it shows everybody.
    pub fn is_anybody_s(&self) -> bool {
        matches!(self.who, Visitor::Nobody)
            && self.lapsed.is_none()
            && self.registration.is_none()
            && self.reissue.is_none()
            && self.confirmation.is_none()
            && self.code_due.is_none()
            && self.sent.is_none()
            && self.draft.is_none()
            && self.told.is_none()
    }
}

/// Why a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapse {
    /// Its time has passed.
    Time,
    /// Somebody has ended it: on another device, or by a change of the account.
    Ended,
}

/// Who is asking.
#[derive(Clone, Debug)]
pub enum Visitor {
    /// Nobody we know.
    Nobody,
    /// Signed in with the postcard.
    Provisional(Provisional),
    /// The same browser, after 利用登録完了.
    Registered {
        /// For the sheet to keep.
        login_id: String,
        /// The address that waits for its letter to be opened, while none is confirmed.
        waiting: Option<String>,
    },
    /// Signed in with a postcard that somebody else has registered with since.
    PostcardUsed,
    /// Signed in with a reissue's provisional password.
    Reissuing(Reissuing),
    /// The same browser, after the password was changed.
    Reissued,
    /// Signed in.
    Member(Member),
}

impl Visitor {
    /// The session that a sign-in in this browser takes the place of.
    pub fn session(&self) -> Option<uuid::Uuid> {
        match self {
            Self::Member(member) => Some(member.session),
            Self::Provisional(provisional) => Some(provisional.session),
            Self::Reissuing(reissuing) => Some(reissuing.session),
            Self::Nobody | Self::Registered { .. } | Self::PostcardUsed | Self::Reissued => None,
        }
    }
}

/// Somebody with a postcard, between 仮ログイン and 登録.
#[derive(Clone, Debug)]
pub struct Provisional {
    /// The session's row.
    pub session: uuid::Uuid,
    /// The confirmed address the link was sent to.
    pub address: String,
    /// When link and session end.
    pub until: Timestamp,
}

/// A member who has forgotten the password, between 仮ログイン and 登録.
#[derive(Clone, Debug)]
pub struct Reissuing {
    /// The session's row.
    pub session: uuid::Uuid,
    /// The account.
    pub member: uuid::Uuid,
    /// ログインID, which stays unless another is chosen.
    pub login_id: String,
    /// When link and session end.
    pub until: Timestamp,
}

/// A member who is signed in.
#[derive(Clone, Debug)]
pub struct Member {
    /// The account.
    pub id: uuid::Uuid,
    /// The person on the roster.
    pub person: uuid::Uuid,
    /// The session that asks.
    pub session: uuid::Uuid,
    /// ログインID, as it was typed when it was chosen.
    pub login_id: String,
    /// ニックネーム
    pub nickname: String,
    /// When the password was last given in this session.
    pub password_given_at: Timestamp,
    /// When the member signed in before this time.
    pub previous_sign_in: Option<Timestamp>,
}

impl Member {
    /// Whether a change of ID, password or address asks for the present password.
    pub fn password_is_due(&self, now: Timestamp) -> bool {
        !self.password_given_at.is_within(PASSWORD_LASTS, now)
    }
}

/// From where a request comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestOrigin {
    /// The network address, as text.
    pub network_address: String,
    /// What the browser calls itself, shortened.
    pub device: String,
}

/// The secret part of a letter's link.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(pub String);

/// The secret that a session's cookie holds.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(pub String);

/// The secret by which a browser is known to have been signed in from before.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceToken(pub String);

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken")
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken")
    }
}

impl fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceToken")
    }
}

/// What somebody without a session can ask a letter for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterPurpose {
    /// 新規利用登録
    Registration,
    /// パスワード再発行
    Reissue,
}

/// A letter on its way, as far as the one who asked may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLetter {
    /// What it was asked for.
    pub way: LetterPurpose,
    /// Which letter to ask about.
    pub letter: uuid::Uuid,
    /// The address as typed.
    pub address: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Until when its link works.
    pub until: Timestamp,
    /// Sent before this request already: one more would have been too many.
    pub earlier: bool,
}

/// A sign-in whose password was right and whose code is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeDue {
    /// Whose.
    pub member: uuid::Uuid,
    /// Which of the account's passwords it was.
    pub password_version: i64,
    /// Until when the code may come.
    pub until: Timestamp,
}

impl CodeDue {
    /// So long after the password the code may come.
    pub const LIFE: Duration = Duration::from_secs(5 * 60);

    /// Whether it still may; an end further off than any was set by a clock that was wrong.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.until.is_to_come(Self::LIFE, now)
    }
}

/// What is kept of 利用者情報入力 when the time runs out: never a password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// 新ログインID
    pub login_id: String,
    /// ニックネーム
    pub nickname: String,
}

/// A change of a member's addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PendingAddressChange {
    /// One more.
    Add(EmailAddress),
    /// The letter that confirms this one, once more.
    Again(uuid::Uuid),
    /// This one less.
    Remove(uuid::Uuid),
}

/// What of プロフィール設定 was changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// ログインID
    pub login_id: bool,
    /// ニックネーム
    pub nickname: bool,
    /// パスワード
    pub password: bool,
}

/// What the next page says of the step before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// ログアウト
    SignedOut,
    /// A code that came too late for its sign-in.
    CodeOver,
    /// プロフィール設定
    Changed(Changed),
}

/// What a passkey was asked to sign; the browser carries it, encrypted.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    /// When.
    pub asked_at: Timestamp,
    /// What its answer is judged by, as the server wrote it down.
    pub state: String,
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenge")
    }
}

/// What the browser is to carry from now on.
#[derive(Clone, Debug)]
pub enum CookieChange {
    /// A new session, until its absolute end.
    Session(SessionToken, Timestamp),
    /// No session any more.
    NoSession,
    /// What the next page is to say, for a minute.
    Told(Told),
    /// A sign-in that waits for a code.
    CodeDue(CodeDue),
    /// None waits any more.
    NoCodeDue,
    /// Recovery codes that the next page shows, in the session of that row.
    RecoveryCodes(Vec<RecoveryCode>, uuid::Uuid),
    /// That somebody has signed in here.
    Device(DeviceToken),
    /// The letter that was asked for.
    Sent(SentLetter),
    /// What was typed when the time ran out.
    Draft(Draft),
    /// What waits for the present password in the session of that row.
    PendingAddressChange(PendingAddressChange, uuid::Uuid),
    /// Nothing waits any more.
    NoPendingChange,
    /// No passkey is waited for any more: the challenge was answered.
    NoChallenge,
    /// The page that was wanted before the sign-in has been reached.
    NoReturn,
    /// The registration is complete: its link, letter and draft are forgotten.
    RegistrationDone,
    /// The member has left: nothing at all.
    Left,
    /// The password is changed: the reissue's link and letter are forgotten.
    ReissueDone,
}

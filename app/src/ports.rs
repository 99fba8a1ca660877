//! What the pages and server functions need from the server: its table of
//! contents. The server implements these traits; tests and pages see no more.
//!
//! Every question gets the visit's `Asker` and its one `now`, so that a page
//! and the change it causes agree about the time.

use std::sync::Arc;

use async_trait::async_trait;
use time::Date;

use crate::{
    expense::{Expense, Kind},
    forms::{
        Credentials, NewCredentials, NewMember, NewProfile, ProvisionalCredentials,
        ReissueCredentials,
    },
    month::Month,
    rules::{EmailAddress, EmailError, SignInPassword},
    society::Society,
    timestamp::Timestamp,
    visit::{
        Asked, Asker, DeviceToken, LinkToken, Member, Provisional, Reissuing, SentLetter,
        SessionToken,
    },
};

/// Everything a request may ask for; given into the context of each.
#[derive(Clone)]
pub struct Ports {
    /// Who runs the portal.
    pub society: Arc<Society>,
    /// Where the portal is found, without a slash at the end.
    pub public_url: Arc<str>,
    /// The client bundle's addresses.
    pub assets: Arc<Assets>,
    /// 新規利用登録
    pub registration: Arc<dyn Registration>,
    /// パスワード再発行
    pub reissue: Arc<dyn Reissue>,
    /// The way of the letters that were asked for.
    pub post: Arc<dyn Post>,
    /// ログイン, ログアウト
    pub sign_in: Arc<dyn SignIn>,
    /// 利用状況とセキュリティ
    pub security: Arc<dyn Security>,
    /// 利用停止
    pub leaving: Arc<dyn Leaving>,
    /// プロフィール設定
    pub profile: Arc<dyn Profile>,
    /// A member's addresses.
    pub addresses: Arc<dyn Addresses>,
    /// 医療費通知
    pub expenses: Arc<dyn Expenses>,
    /// The mailbox folder, where letters go to a folder.
    pub mailbox: Option<Arc<dyn Mailbox>>,
}

/// Addresses of the client bundle's files, with their hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// The one style sheet.
    pub style: String,
    /// The module that fetches the client when it is wanted.
    pub loader: String,
    /// wasm-bindgen's module.
    pub client: String,
    /// The client itself.
    pub wasm: String,
}

/// Why there is no answer at all. What exactly went wrong is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Too much to do at the moment: 503, try again soon.
    Busy,
    /// Something failed: 500, with a reference that the log carries too.
    Failed {
        /// To be told on the telephone.
        reference: String,
    },
}

/// What a port answers.
pub type Answer<T> = Result<T, Trouble>;

/// From the e-mail address to the account.
#[async_trait]
pub trait Registration: Send + Sync {
    /// Asks for a letter with a link. The answer is the same whatever is known
    /// about the address: until when the link will work, and which letter to
    /// ask about.
    async fn ask(&self, address: EmailAddress, asker: &Asker, now: Timestamp)
    -> Answer<SentLetter>;

    /// What a link is good for; `None` for one that is forged, over or used.
    async fn link(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<OpenLink>>;

    /// 仮ログイン with the postcard. Refusals don't tell their reason, except
    /// that a link which is no longer good has a page of its own.
    async fn enter(
        &self,
        token: &LinkToken,
        postcard: ProvisionalCredentials,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Entry>;

    /// 利用者情報登録: the account, the end of postcard, link and session, the
    /// audit entry and the letters, all or nothing.
    async fn complete(
        &self,
        provisional: &Provisional,
        member: NewMember,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Completion>;
}

/// The way of the letters.
#[async_trait]
pub trait Post: Send + Sync {
    /// How far a letter has come that was asked for in this browser.
    async fn delivery(&self, letter: &SentLetter) -> Answer<Delivery>;
}

/// How far a letter has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// In the queue.
    Waiting,
    /// Handed to the mail server at this instant.
    HandedOver(Timestamp),
    /// Not accepted by the mail server; it will not be tried again.
    GivenUp,
}

/// A link that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLink {
    /// Until when.
    pub until: Timestamp,
}

/// What a provisional sign-in came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Signed in, for as long as the link is good.
    Welcome {
        /// The new session.
        session: SessionToken,
        /// When it ends.
        until: Timestamp,
    },
    /// The pair was not accepted.
    Refused,
    /// The link was not.
    LinkOver,
}

/// What became of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// The account is there.
    Done,
    /// Somebody has this login ID.
    LoginIdTaken,
    /// The new password is the postcard's.
    SameAsProvisional,
    /// The session ended before.
    Over,
}

/// From the forgotten password to a new one.
#[async_trait]
pub trait Reissue: Send + Sync {
    /// Asks for the letter with link, login ID and provisional password. The answer
    /// is the same whatever is known about the address, and nothing changes by it.
    async fn ask(&self, address: EmailAddress, asker: &Asker, now: Timestamp)
    -> Answer<SentLetter>;

    /// What a link is good for; `None` for one that is forged, over or used.
    async fn link(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<OpenLink>>;

    /// 仮ログイン with what the letter bears.
    async fn enter(
        &self,
        token: &LinkToken,
        letter: ReissueCredentials,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Entry>;

    /// パスワード変更: the new password (and ID), the end of every session, reissue
    /// and pending address, the audit entry and the letters, all or nothing.
    async fn complete(
        &self,
        reissuing: &Reissuing,
        new: NewCredentials,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Renewal>;
}

/// What became of a change of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// The new password holds.
    Done,
    /// Somebody else has this login ID.
    LoginIdTaken,
    /// The new password is the letter's provisional one.
    SameAsProvisional,
    /// The new password is the login ID, which stayed.
    SameAsLoginId,
    /// The session ended before.
    Over,
}

/// Sign-in and sign-out.
#[async_trait]
pub trait SignIn: Send + Sync {
    /// A new session, or `None`: one answer for every failure. `device` is what
    /// the browser carries from an earlier sign-in.
    async fn sign_in(
        &self,
        credentials: Credentials,
        device: Option<&DeviceToken>,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Option<SignedIn>>;

    /// Ends the session that asks.
    async fn sign_out(&self, member: &Member, asker: &Asker, now: Timestamp) -> Answer<()>;
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

/// What a member sees of the use of the account, and can end of it.
#[async_trait]
pub trait Security: Send + Sync {
    /// The open sessions, the one seen last first.
    async fn sessions(&self, member: &Member, now: Timestamp) -> Answer<Vec<OpenSession>>;

    /// What has happened, the newest first; `page` counts from 1.
    async fn history(&self, member: &Member, page: u32) -> Answer<History>;

    /// Ends one of the member's sessions.
    async fn end_session(
        &self,
        member: &Member,
        session: uuid::Uuid,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Ending>;

    /// Ends all sessions but the one that asks; `false` when that one is over.
    async fn end_others(&self, member: &Member, asker: &Asker, now: Timestamp) -> Answer<bool>;

    /// The sign-in that a new device's letter told of; `None` for a link that is
    /// forged, over or used.
    async fn reported(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<ReportedSignIn>>;

    /// Ends that session and those begun since, forgets the device, and asks for the
    /// reissue's letter.
    async fn disown(&self, token: &LinkToken, asker: &Asker, now: Timestamp) -> Answer<Disowning>;
}

/// A session that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Its row.
    pub id: uuid::Uuid,
    /// From where it was opened.
    pub from: Asker,
    /// The sign-in.
    pub started_at: Timestamp,
    /// The last request, give or take a minute.
    pub last_seen_at: Timestamp,
}

/// One page of what has happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The newest first.
    pub entries: Vec<HistoryEntry>,
    /// How many there are, on all pages; 0 behind the last one.
    pub total: i64,
    /// Whether there are older ones.
    pub goes_on: bool,
}

/// Something that has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When.
    pub at: Timestamp,
    /// What, in a member's words.
    pub what: String,
    /// From where, if it came in over the net.
    pub from: Option<Asker>,
}

/// What became of ending a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is over.
    Done,
    /// It is none of this member's.
    NotTheirs,
    /// The session that asks is over itself.
    Over,
}

/// The sign-in that a letter told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedSignIn {
    /// When.
    pub at: Timestamp,
    /// From where.
    pub from: Asker,
}

/// What became of disowning a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disowning {
    /// The session is over, and the reissue's letter on its way.
    Done(SentLetter),
    /// It was done before: a double click.
    Already,
    /// The link is no longer good.
    Over,
}

/// The end of the use of the portal.
#[async_trait]
pub trait Leaving: Send + Sync {
    /// Ends the account, all or nothing: sessions, links, addresses, login ID,
    /// password and known devices. The history and the data stay; a new postcard
    /// opens the account again.
    async fn leave(
        &self,
        member: &Member,
        current: SignInPassword,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Leave>;
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// The account is closed.
    Done,
    /// The present password is another, or is not to be tried at the moment.
    WrongPassword,
    /// The session ended before.
    Over,
}

/// プロフィール設定
#[async_trait]
pub trait Profile: Send + Sync {
    /// Login ID, nickname and password, the end of every other session and of open
    /// reissues, the audit entries and the letters, all or nothing.
    async fn change(
        &self,
        member: &Member,
        new: NewProfile,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<ProfileChange>;
}

/// What became of a change of the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileChange {
    /// It holds; with what the session goes on under, where that is new.
    Done(Option<NewSession>),
    /// The present password has to be given, since the last time is too long ago.
    PasswordDue,
    /// It was given, and it is another.
    PasswordWrong,
    /// Somebody else has this login ID.
    LoginIdTaken,
    /// The new login ID is the password, which stayed.
    SameAsPassword,
    /// The session ended before.
    Over,
}

/// A member's addresses.
#[async_trait]
pub trait Addresses: Send + Sync {
    /// All of them, the oldest first.
    async fn of(&self, member: &Member) -> Answer<Vec<Address>>;

    /// Changes them, where the password was given not long ago.
    async fn change(
        &self,
        member: &Member,
        asked: &Asked,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<AddressChange>;

    /// Changes them with the present password, which counts as given from now on
    /// whatever becomes of the change, and if nothing was asked.
    async fn change_with(
        &self,
        member: &Member,
        password: &SignInPassword,
        asked: Option<&Asked>,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<PasswordGiven>;

    /// Notices go to this one of them, or to none. No password is asked for that.
    async fn choose_for_notices(
        &self,
        member: &Member,
        address: Option<uuid::Uuid>,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<AddressChange>;

    /// The address that a confirmation's link would confirm; `None` for a link
    /// that is forged, over or used.
    async fn waiting(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<WaitingAddress>>;

    /// Confirms it; `false` when the link is no longer good.
    async fn confirm(&self, token: &LinkToken, asker: &Asker, now: Timestamp) -> Answer<bool>;
}

/// One of a member's addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its row.
    pub id: uuid::Uuid,
    /// As it was typed.
    pub address: String,
    /// Whether it counts.
    pub state: AddressState,
}

/// Whether an address counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressState {
    /// It does.
    Confirmed {
        /// Whether notices go there.
        gets_notices: bool,
    },
    /// Not before the link in its letter has been opened.
    Waiting {
        /// Until when that link works; `None` where no letter went out.
        until: Option<Timestamp>,
    },
}

/// What became of a change of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressChange {
    /// It holds.
    Done,
    /// A letter is on its way; or an earlier one, since another would have been
    /// one too many.
    Sent {
        /// No letter was made this time.
        earlier: bool,
    },
    /// Not possible, and why.
    Refused(EmailError),
    /// The present password has to be given first.
    PasswordDue,
    /// The address is not there any more.
    Gone,
    /// It is another member's.
    NotTheirs,
    /// The session ended before.
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

/// An address that waits for its owner's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingAddress {
    /// The address.
    pub address: String,
    /// What the member who added it is called: somebody else's is to be left alone.
    pub nickname: String,
}

/// The letters in the mailbox folder.
#[async_trait]
pub trait Mailbox: Send + Sync {
    /// Newest first.
    async fn letters(&self) -> Answer<Vec<StoredLetter>>;
}

/// A letter as its reader would see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLetter {
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// 件名
    pub subject: String,
    /// When, as the letter says.
    pub date: String,
    /// The plain text.
    pub text: String,
}

/// 医療費通知
#[async_trait]
pub trait Expenses: Send + Sync {
    /// What a member may see of a year. Whose expenses these are besides the own
    /// is noted in each one's history before there is an answer.
    async fn look(
        &self,
        member: &Member,
        wish: &ExpenseWish,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<ExpenseLook>;

    /// Whether the insured sees this member's expenses; `None` for a member who
    /// has nothing to decide, being insured.
    async fn sharing(&self, member: &Member) -> Answer<Option<Sharing>>;

    /// Decides it, from this moment on.
    async fn share(
        &self,
        member: &Member,
        shares: bool,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Decision>;
}

/// What of a year's expenses somebody wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpenseWish {
    /// The year; `None`: the newest of which there is something.
    pub year: Option<i32>,
    /// The 枝番 of one person; `None`: everybody.
    pub branch: Option<String>,
    /// One kind; `None`: all.
    pub kind: Option<Kind>,
}

impl ExpenseWish {
    /// Reads the address of a page or a sheet; `None` for what no link or form of
    /// ours asks for.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let asked = |key| get(key).filter(|value| !value.is_empty());
        let year = match asked("year") {
            None => None,
            Some(year) => Some(year.parse().ok()?),
        };
        let kind = match asked("kind") {
            None => None,
            Some(kind) => Some(Kind::parse(&kind)?),
        };
        Some(Self {
            year,
            branch: asked("person"),
            kind,
        })
    }
}

/// What a look at the expenses came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpenseLook {
    /// A year of them.
    Year(Box<ExpenseYear>),
    /// The months after 資格喪失 are over.
    Over,
    /// A person or a year that is not for this member: 404, whatever is there.
    NotTheirs,
}

/// A year of expenses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpenseYear {
    /// Which year.
    pub year: i32,
    /// Every year of which there is something, the newest first.
    pub years: Vec<i32>,
    /// 記号 of the household.
    pub symbol: String,
    /// 番号 of the household.
    pub number: String,
    /// Whose expenses may be seen; the member who looks is the first.
    pub people: Vec<Patient>,
    /// The expenses that were asked for, the newest month first.
    pub expenses: Vec<Expense>,
    /// The months of the year of which nothing has come in yet, whoever's.
    pub awaited: Vec<Month>,
    /// Words in it with characters that CP932 lacks.
    pub beyond_cp932: Vec<String>,
    /// What a dependent has to know and can decide.
    pub sharing: Option<Sharing>,
    /// After 資格喪失: what can be read, and for how long.
    pub leaving: Option<AfterLeaving>,
}

/// Somebody whose expenses a member may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patient {
    /// 枝番
    pub branch: String,
    /// 氏名
    pub name: String,
    /// 続柄
    pub relation: String,
    /// Why.
    pub standing: Standing,
}

/// Why a member may see somebody's expenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They are the member's own.
    Own,
    /// A dependent too young for an account.
    Child,
    /// A dependent who lets the insured see them.
    Sharing,
}

/// Whether the insured sees a dependent's expenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// At this moment.
    pub shares: bool,
    /// As the dependent has decided, and not by the society's setting.
    pub decided: bool,
}

/// What is left to read after 資格喪失.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfterLeaving {
    /// The first month of the membership.
    pub first: Month,
    /// Its last month.
    pub last: Month,
    /// The last day on which it can be read.
    pub until: Date,
}

/// What became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It holds.
    Done,
    /// An insured member has nothing to decide.
    NotTheirs,
    /// The session ended before.
    Over,
}

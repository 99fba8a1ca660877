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
    forms::{Credentials, NewCredentials, NewMember, ProvisionalCredentials, ReissueCredentials},
    month::Month,
    rules::EmailAddress,
    society::Society,
    timestamp::Timestamp,
    visit::{Asker, LinkToken, Member, Provisional, Reissuing, SentLetter, SessionToken},
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
    /// A member's further addresses.
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
    /// A new session, or `None`: one answer for every failure.
    async fn sign_in(
        &self,
        credentials: Credentials,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Option<NewSession>>;

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

/// A member's further addresses.
#[async_trait]
pub trait Addresses: Send + Sync {
    /// The address that a confirmation's link would confirm; `None` for a link
    /// that is forged, over or used.
    async fn waiting(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<String>>;

    /// Confirms it; `false` when the link is no longer good.
    async fn confirm(&self, token: &LinkToken, asker: &Asker, now: Timestamp) -> Answer<bool>;
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

//! What the pages and server functions need from the server: its table of
//! contents. The server implements these traits; tests and pages see no more.
//!
//! Every question gets the visit's `RequestOrigin` and its one `now`, so that a page
//! and the change it causes agree about the time.
//!
//! Answers are boxed in plain sight. `async_trait` gives each method bounds of its own, and
//! under each of them the compiler proves anew that everything below, sqlx included, may
//! change threads: half of the time in which `server` was built.

mod addresses;
mod checkups;
mod closing;
mod codes;
mod expenses;
mod mailbox;
mod my_data;
mod notices;
mod passkeys;
mod post;
mod profile;
mod registration;
mod reissue;
mod security;
mod sign_in;

use std::sync::Arc;

pub use addresses::{Address, AddressChange, AddressState, Addresses, WaitingAddress};
pub use checkups::{CheckupLook, CheckupResults, Checkups};
pub use closing::{AccountClosing, Closed};
pub use codes::{Codes, CodesChange, CodesState, Enrolment, SecondSteps};
pub use expenses::{
    AfterDisqualification, Coverage, Decision, ExpenseFront, ExpenseLook, ExpenseWish, ExpenseYear,
    Expenses, Sharing,
};
pub use mailbox::{Mailbox, StoredLetter};
pub use my_data::{Download, MyData};
pub use notices::{
    Article, ArticleLine, ArticleList, Attachment, AttachmentLink, Front, LeftToRead, Notice,
    NoticeLine, NoticeList, NoticeLook, NoticeWish, Notices,
};
pub use passkeys::{AskedChallenge, NewPasskey, Passkey, PasskeyChange, PasskeyRefusal, Passkeys};
pub use post::{Delivery, DeliveryStatus};
pub use profile::{Profile, ProfileChange};
pub use registration::{Completion, Entry, OpenLink, Registration};
pub use reissue::{Reissue, Renewal};
pub use security::{
    Disowning, Ending, History, HistoryEntry, OpenSession, ReportedSignIn, Security,
};
pub use sign_in::{NewSession, PasswordGiven, SecondStep, SignIn, SignInAnswer, SignedIn};

use crate::values::society::Society;

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
    pub post: Arc<dyn DeliveryStatus>,
    /// ログイン, ログアウト
    pub sign_in: Arc<dyn SignIn>,
    /// 二段階認証
    pub codes: Arc<dyn Codes>,
    /// 利用状況とセキュリティ
    pub security: Arc<dyn Security>,
    /// 利用停止
    pub closing: Arc<dyn AccountClosing>,
    /// プロフィール設定
    pub profile: Arc<dyn Profile>,
    /// パスキー
    pub passkeys: Arc<dyn Passkeys>,
    /// A member's addresses.
    pub addresses: Arc<dyn Addresses>,
    /// 医療費通知
    pub expenses: Arc<dyn Expenses>,
    /// 健保からのお知らせ and 健康情報
    pub notices: Arc<dyn Notices>,
    /// 健診結果
    pub checkups: Arc<dyn Checkups>,
    /// わたしのデータ
    pub my_data: Arc<dyn MyData>,
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
    /// The script of the pages about passkeys.
    pub passkeys: String,
    /// wasm-bindgen's module.
    pub client: String,
    /// The client itself.
    pub wasm: String,
}

/// Why there is no answer at all. What exactly went wrong is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceError {
    /// Too much to do at the moment: 503, try again soon.
    Busy,
    /// Something failed: 500, with a reference that the log carries too.
    Failed {
        /// To be told on the telephone.
        reference: String,
    },
}

/// What a port answers.
pub type Answer<T> = Result<T, ServiceError>;

//! パスキー: a member's own, and what a browser is asked to sign.

use std::borrow::Cow;

use futures_core::future::BoxFuture;
use uuid::Uuid;

use super::{Answer, NewSession};
use crate::{
    rules::{PasskeyName, PasskeyNameError},
    text::Sentence,
    values::timestamp::Timestamp,
    visit::{Challenge, Member, RequestOrigin},
};

/// A member's passkeys.
pub trait Passkeys: Send + Sync {
    /// Whether there are passkeys at all: they belong to a domain name, and the portal may
    /// be found under an IP address.
    fn are_possible(&self) -> bool;

    /// A member's, the oldest first.
    fn of<'a>(&'a self, member: &'a Member) -> BoxFuture<'a, Answer<Vec<Passkey>>>;

    /// What a passkey is asked to sign for a sign-in. Nothing is written.
    fn ask_for_sign_in(&self, now: Timestamp) -> Answer<Result<AskedChallenge, PasskeyRefusal>>;

    /// What a new passkey is asked to sign, where the member may add one.
    fn ask_for_new<'a>(
        &'a self,
        member: &'a Member,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Result<AskedChallenge, PasskeyRefusal>>>;

    /// Adds the one that has signed.
    fn add<'a>(
        &'a self,
        member: &'a Member,
        new: NewPasskey<'a>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<PasskeyChange>>;

    /// Gives one another name. No password is asked for that.
    fn rename<'a>(
        &'a self,
        member: &'a Member,
        passkey: Uuid,
        name: &'a PasskeyName,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<PasskeyChange>>;

    /// Removes one.
    fn remove<'a>(
        &'a self,
        member: &'a Member,
        passkey: Uuid,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<PasskeyChange>>;
}

/// A passkey, as its holder sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Its row.
    pub id: Uuid,
    /// What the holder calls it.
    pub name: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// The last sign-in with it.
    pub last_used_at: Option<Timestamp>,
}

/// What a browser is to have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedChallenge {
    /// The options, as JSON for the browser's own methods.
    pub options: String,
    /// What the answer is judged by.
    pub challenge: Challenge,
}

/// A passkey to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewPasskey<'a> {
    /// What the member calls it; where that is left blank, it is called as the device.
    pub name: Option<&'a PasskeyName>,
    /// What the browser answered, as JSON.
    pub credential: &'a str,
    /// To which challenge of this session.
    pub challenge: Option<&'a Challenge>,
}

/// What became of a change of passkeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasskeyChange {
    /// It holds; with what the session goes on under, where that is new.
    Done(Option<NewSession>),
    /// Not possible, and why.
    Refused(PasskeyRefusal),
    /// It is another member's, or not there any more.
    NotTheirs,
    /// The session ended before.
    Over,
}

/// Why a passkey is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyRefusal {
    /// The portal is found under an IP address.
    NotPossible,
    /// What came is not what a browser answers.
    Malformed,
    /// The challenge is five minutes old, was answered before, or is another session's.
    Stale,
    /// It lets nobody in here: removed, of another portal, of somebody who is not let in.
    Unknown,
    /// It cannot be added: of another portal, or without a check of the person.
    Unfit,
    /// The device did not keep it, so it could not be found at a sign-in.
    NotKept,
    /// It is there already.
    Known,
    /// There are as many as there can be.
    TooMany,
    /// The present password has to be given first.
    PasswordDue,
    /// Its name cannot be one.
    Name(PasskeyNameError),
}

impl Sentence for PasskeyRefusal {
    fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::NotPossible => {
                "このポータルのアドレスはIPアドレス（数字）のため、パスキーは使えません。ログインIDとパスワードでログインしてください。"
            }
            Self::Malformed => {
                "パスキーの情報を読み取れませんでした。お手数ですが、もう一度はじめからお試しください。"
            }
            Self::Stale => {
                "時間が過ぎたか、ほかの画面で操作されたため、確認できませんでした。もう一度はじめからお試しください。"
            }
            Self::Unknown => {
                "このパスキーではログインできませんでした。削除されたパスキーか、ほかのサイトのパスキーの可能性があります。ログインIDとパスワードでログインしてください。"
            }
            Self::Unfit => {
                "このパスキーは追加できませんでした。顔や指紋、暗証番号で確認できる端末で、もう一度お試しください。"
            }
            Self::NotKept => {
                "お使いの端末にパスキーを保存できませんでした。別の端末でお試しいただくか、これまでどおりログインIDとパスワードをお使いください。"
            }
            Self::Known => "このパスキーは、すでに追加されています。",
            Self::TooMany => {
                "追加できるパスキーは10個までです。使っていないものを削除してから、もう一度お試しください。"
            }
            Self::PasswordDue => {
                "まだ変更していません。時間が過ぎたため、先に現在のパスワードを入力してください。"
            }
            Self::Name(why) => return why.sentence(),
        }
        .into()
    }
}

//! Why a server function or a page refuses somebody, and where they may begin again.
#![deny(missing_docs)]

use domain::{
    ports::{Answer, Ports},
    visit::LinkToken,
};

/// Why something is not for this visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A function that somebody else may call.
    NotForYou,
    /// A link that is over, used, altered or unknown: one sentence for all.
    Link(Begun),
    /// A link that something later has taken back; nobody has used it.
    TakenBack(Begun),
    /// A page behind a link that was not opened in this browser: in an app's own, perhaps.
    Elsewhere(Begun),
    /// A postcard that somebody has registered with, shown by whoever knows its pair.
    PostcardUsed,
    /// The address of a registration was confirmed by somebody else since.
    AddressTaken,
    /// A provisional session that ran out, or never was.
    Over(Begun),
}

/// What was going on, and so where to begin again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// 新規利用登録
    Registration,
    /// パスワード再発行
    Reissue,
    /// プロフィール設定
    Profile,
    /// お心当たりのないログイン
    Report,
}

impl Refusal {
    /// Why the link that was opened in this browser leads nowhere, where `otherwise` would
    /// be said of one that is over: "used" is said of no link that was taken back.
    ///
    /// # Errors
    /// Whatever the port answers.
    pub async fn of_link(
        ports: &Ports,
        token: Option<&LinkToken>,
        begun: Begun,
        otherwise: Self,
    ) -> Answer<Self> {
        let taken_back = match token {
            Some(token) => ports.post.is_taken_back(token).await?,
            None => false,
        };
        Ok(if taken_back {
            Self::TakenBack(begun)
        } else {
            otherwise
        })
    }
}

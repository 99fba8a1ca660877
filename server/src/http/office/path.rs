//! The office's addresses. Where to go is made by these constructors alone, so no form can
//! send anybody elsewhere.

use axum::http::Uri;
use domain::office::job::JobKind;
use uuid::Uuid;

/// An address within the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficePath(String);

impl OfficePath {
    /// ダッシュボード
    pub(super) fn home() -> Self {
        Self("/office".to_owned())
    }

    /// The page that was asked for, to be come back to: the address that this request was
    /// answered at, so always one of the office's own. A page that refreshes itself is come
    /// back to as whoever opened it did.
    pub(super) fn wanted(address: &Uri) -> Self {
        Self(match address.query() {
            Some(query) if !is_refresh(query) => format!("{}?{query}", address.path()),
            _ => address.path().to_owned(),
        })
    }

    /// ログイン
    pub(super) fn login() -> Self {
        Self("/office/login".to_owned())
    }

    /// The second step.
    pub(super) fn code() -> Self {
        Self("/office/login/code".to_owned())
    }

    /// The second step's enrolment.
    pub(super) fn second_step() -> Self {
        Self("/office/second-step".to_owned())
    }

    /// 職員
    pub(super) fn staff() -> Self {
        Self("/office/staff".to_owned())
    }

    /// 加入者
    pub(super) fn people() -> Self {
        Self("/office/people".to_owned())
    }

    /// A person's page.
    pub(super) fn person(id: Uuid) -> Self {
        Self(format!("/office/people/{id}"))
    }

    /// A notice's page.
    pub(super) fn notice(id: Uuid) -> Self {
        Self(format!("/office/notices/{id}"))
    }

    /// Its letters.
    pub(super) fn notice_letters(id: Uuid) -> Self {
        Self(format!("/office/notices/{id}/letters"))
    }

    /// ハガキの発行
    pub(super) fn postcards() -> Self {
        Self("/office/postcards".to_owned())
    }

    /// A run of postcards.
    pub(super) fn postcard_run(id: Uuid) -> Self {
        Self(format!("/office/postcards/{id}"))
    }

    /// 取込
    pub(super) fn files() -> Self {
        Self("/office/files".to_owned())
    }

    /// The form for a file of this kind.
    pub(super) fn new_file(kind: JobKind) -> Self {
        Self(format!("/office/files/new?kind={}", kind.as_str()))
    }

    /// A file's page.
    pub(super) fn file(id: Uuid) -> Self {
        Self(format!("/office/files/{id}"))
    }

    /// 監査記録
    pub(super) fn audit() -> Self {
        Self("/office/audit".to_owned())
    }

    /// The address.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// 自分の設定
    pub(super) fn profile() -> Self {
        Self("/office/profile".to_owned())
    }

    /// An invitation, without its token.
    pub(super) fn invite() -> Self {
        Self("/office/invite".to_owned())
    }
}

/// Whether a page asks for itself, with nobody there.
pub(super) fn is_refresh(query: &str) -> bool {
    query.split('&').any(|pair| pair == "refresh=1")
}

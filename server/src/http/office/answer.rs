//! What a handler of the office answers: a page, or where to go next. Where to go is made
//! by the constructors here alone, so no form can send anybody elsewhere.

use axum::{
    Extension,
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use leptos::prelude::*;
use office_pages::{
    frame::{Frame, Who},
    pages::problem,
    parts::Tried,
    render,
};
use store::{job, postcard_run, publishing, second_person, staff_change};
use uuid::Uuid;

use super::{super::State, guard::Visit};
use crate::{
    base::fault::InternalError,
    http::pages::Complete,
    office::{
        access::StaffVisit,
        postcards::run::TOLD,
        staff::{StaffError, sign_in::Begun},
    },
};
use domain::{
    office::{Stage, job::JobKind, role::Role},
    ports::ServiceError,
};

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

/// A page's title and number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screen(pub(super) &'static str, pub(super) &'static str);

/// What a handler has to make its answers with.
#[derive(Clone)]
pub(super) struct Responder {
    state: State,
    visit: Visit,
    path: String,
}

impl FromRequestParts<State> for Responder {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, StatusCode> {
        let visit = Extension::<Visit>::from_request_parts(parts, state).await;
        let Extension(visit) = visit.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(Self {
            state: state.clone(),
            visit,
            path: parts.uri.path().to_owned(),
        })
    }
}

impl Responder {
    /// The visit that asks.
    pub(super) fn visit(&self) -> &Visit {
        &self.visit
    }

    /// What the handlers share.
    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Its own address.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// A page.
    pub(super) async fn page(&self, screen: Screen, page: impl FnOnce() -> AnyView) -> Response {
        self.with_status(StatusCode::OK, screen, page).await
    }

    /// The same page once more, for a form that failed.
    pub(super) async fn again(&self, screen: Screen, page: impl FnOnce() -> AnyView) -> Response {
        self.with_status(StatusCode::UNPROCESSABLE_ENTITY, screen, page)
            .await
    }

    /// A page with its status.
    pub(super) async fn with_status(
        &self,
        status: StatusCode,
        Screen(title, number): Screen,
        page: impl FnOnce() -> AnyView,
    ) -> Response {
        let who = match &self.visit.staff {
            Some(staff) if staff.is_in() => Some(self.who(staff).await),
            _ => None,
        };
        let frame = Frame {
            society: self.state.office.society.clone(),
            style: self.state.bundle.addresses().style.into(),
            title,
            screen: number,
            who,
            path: self.path.clone(),
            failed: status == StatusCode::UNPROCESSABLE_ENTITY,
        };
        let mut response = (status, Html(render(frame, page))).into_response();
        response.extensions_mut().insert(Complete);
        response
    }

    async fn who(&self, staff: &StaffVisit) -> Who {
        let member = &staff.session.staff;
        let mut waiting = Vec::new();
        if member.roles.has(Role::Admin) {
            // A count beside a word: without it the page is as good.
            let changes = staff_change::waiting(&self.state.office.db).await;
            waiting.push((
                "/office/staff",
                changes.map_or(0, |changes| changes.len() as u64),
            ));
        }
        if member.roles.has(Role::Publisher) {
            let drafts = publishing::waiting(&self.state.office.db).await;
            let drafts = drafts.ok().and_then(|drafts| u64::try_from(drafts).ok());
            waiting.push(("/office/notices", drafts.unwrap_or_default()));
        }
        if member.roles.has(Role::Desk) {
            let db = &self.state.office.db;
            let asked = second_person::waiting(db, member.id, self.visit.now).await;
            let asked = asked.map_or(0, |asked| asked.len() as u64);
            waiting.push(("/office/people", asked));
        }
        if member.roles.has(Role::Importer) {
            let since = self.visit.now.minus(TOLD);
            let open = postcard_run::waiting(&self.state.office.db, since).await;
            let open = open.map_or(0, |open| {
                open.to_confirm + open.to_hand_out + open.to_receive
            });
            waiting.push(("/office/postcards", open.unsigned_abs()));
        }
        if JobKind::FILES
            .iter()
            .any(|kind| member.roles.has(kind.role()))
        {
            let files = job::waiting(&self.state.office.db)
                .await
                .unwrap_or_default();
            let own = files
                .iter()
                .filter(|(kind, ..)| *kind != JobKind::Postcards && member.roles.has(kind.role()));
            waiting.push(("/office/files", own.map(|(.., count)| count).sum()));
        }
        Who {
            name: member.name.clone(),
            roles: member.roles,
            by_command_line: staff.session.stage == Stage::CommandLine,
            waiting,
        }
    }

    /// Somebody is in: the session's cookies, and the page that they wanted before, or the
    /// dashboard.
    pub(super) fn come_in(&self, begun: &Begun) -> Response {
        let cookies = &self.state.cookies;
        let wanted = self.visit.wanted.clone();
        let answer = see_other(&wanted.unwrap_or_else(OfficePath::home));
        let answer = with_cookies(answer, cookies.keep_office_session(begun, self.visit.now));
        let answer = with_cookies(answer, cookies.keep_office_device(&self.visit.device));
        with_cookies(answer, cookies.forget_wanted())
    }

    /// The page for a refusal.
    pub(super) async fn refuse(&self, refused: Refused) -> Response {
        let (status, title, sentence, reference) = match refused {
            Refused::SeeOther(path) => return see_other(&path),
            Refused::SignInFirst { first, wanted } => {
                let kept = wanted.and_then(|page| self.state.cookies.want_office(&page));
                return with_cookies(see_other(&first), kept);
            }
            Refused::Forbidden => (
                StatusCode::FORBIDDEN,
                "開けません",
                "この画面を開く役割がありません。必要なときは、管理の職員に依頼してください。",
                None,
            ),
            Refused::SignedOut => (
                StatusCode::UNAUTHORIZED,
                "ログインしてください",
                "ログインは終了しています。もう一度ログインしてから、ファイルを送ってください。",
                None,
            ),
            Refused::ProofFirst => (
                StatusCode::FORBIDDEN,
                "ご本人の確認が必要です",
                "最後のご本人の確認から10分が過ぎました。ファイルは受け取っていません。取込の画面を開き直すと、もう一度確認できます。",
                None,
            ),
            Refused::NotFound => (
                StatusCode::NOT_FOUND,
                "見つかりません",
                "この画面はありません。",
                None,
            ),
            Refused::NotUnderstood(status) => (
                status,
                "読み取れません",
                "送られた内容を読み取れませんでした。前の画面からやり直してください。",
                None,
            ),
            Refused::Trouble(ServiceError::Busy) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "混み合っています",
                "ただいま混み合っています。少し待ってから、もう一度お試しください。",
                None,
            ),
            Refused::Trouble(ServiceError::Failed { reference }) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "エラー",
                "処理できませんでした。何も変更していません。",
                Some(reference),
            ),
        };
        let mut response = self
            .with_status(status, Screen(title, "O-9"), || {
                problem::page(title, sentence, reference.as_deref())
            })
            .await;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let soon = HeaderValue::from_static("5");
            response.headers_mut().insert(header::RETRY_AFTER, soon);
        }
        response
    }
}

/// Why there is no page.
#[derive(Clone, Debug)]
pub enum Refused {
    /// Somewhere else first.
    SeeOther(OfficePath),
    /// Nobody is in, and what was sent is no form that is kept for later.
    SignedOut,
    /// The sign-in, or what is left of it, and then the page that was wanted.
    SignInFirst {
        /// Where it goes on.
        first: OfficePath,
        /// What was asked for.
        wanted: Option<OfficePath>,
    },
    /// Not with these roles.
    Forbidden,
    /// The proof of who they are is too old, and nothing of what they send is read.
    ProofFirst,
    /// There is no such page, or nobody of that name.
    NotFound,
    /// The form is none.
    NotUnderstood(StatusCode),
    /// Something broke.
    Trouble(ServiceError),
}

impl<E: Into<InternalError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Trouble(error.into().report())
    }
}

/// Left to [`super::guard::load`], which has what a page needs.
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What a handler answers.
pub(super) type Answer = Result<Response, Refused>;

/// Somewhere else.
pub(super) fn see_other(path: &OfficePath) -> Response {
    match HeaderValue::from_str(&path.0) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The same, with cookies.
pub(super) fn with_cookies(
    mut response: Response,
    cookies: impl IntoIterator<Item = HeaderValue>,
) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A sentence beside a field, or the page for what broke.
pub(super) fn note(error: StaffError) -> Result<Tried, Refused> {
    let field = match &error {
        StaffError::Internal(_) => {
            let StaffError::Internal(error) = error else {
                return Ok(Tried::default());
            };
            return Err(Refused::from(error));
        }
        StaffError::LoginTaken => "login_id",
        StaffError::Name => "name",
        StaffError::NoRole => "roles",
        StaffError::UnknownPerson => "person",
        StaffError::Password(_) => "password",
        _ => "",
    };
    Ok(Tried::note(field, error.to_string()))
}

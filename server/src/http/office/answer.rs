//! What a handler of the office answers: a page, or where to go next.

use axum::{
    Extension,
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
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

pub(super) use super::path::OfficePath;
use super::{super::State, visit::Visit};
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
    match HeaderValue::from_str(path.as_str()) {
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

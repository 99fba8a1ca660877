//! O-2, O-3, O-5: login, second step, invitation, logout.

use axum::{extract::Request, http::HeaderMap, response::Response};
use office_pages::{
    pages::sign_in::{self as pages, Told},
    parts::Tried,
};

use super::{
    answer::{Answer, OfficePath, Refused, Responder, Screen, note, see_other, with_cookies},
    form::Form,
    sign_in_passkey::passkey_of,
};
use crate::office::{
    access::StaffVisit,
    staff::{StaffError, sign_in::Entered},
};

pub(super) const LOGIN: Screen = Screen("事務局ログイン", "O-2");
const CODE: Screen = Screen("二段階認証", "O-3");
const INVITE: Screen = Screen("パスワードの設定", "O-5");

const WRONG_PAIR: &str =
    "ログインIDまたはパスワードが違います。続けて間違えると、しばらくログインできません。";
const WRONG_CODE: &str = "確認コードが違います。アプリに今表示されているコードを入力してください。一度使ったコードは使えません。";

/// GET /office/login
pub(super) async fn page(responder: Responder, headers: HeaderMap) -> Answer {
    let cookies = &responder.state().cookies;
    let told = match cookies.office_told(&headers).as_deref() {
        Some("out") => Told::SignedOut,
        Some("chosen") => Told::PasswordChosen,
        _ if responder.visit().lapsed => Told::Over,
        _ => Told::Nothing,
    };
    if responder
        .visit()
        .staff
        .as_ref()
        .is_some_and(StaffVisit::is_in)
    {
        return Ok(see_other(&OfficePath::home()));
    }
    let passkey = passkey_of(responder.state());
    Ok(responder
        .page(LOGIN, || pages::login(None, told, passkey.as_ref()))
        .await)
}

/// POST /office/login
pub(super) async fn password(responder: Responder, form: Form) -> Answer {
    let (visit, passkey) = (responder.visit(), passkey_of(responder.state()));
    let (login, typed) = (form.get("login_id"), form.get("password"));
    if login.trim().is_empty() || typed.is_empty() {
        let mut tried = Tried::default().keep("login_id", login);
        if login.trim().is_empty() {
            tried
                .notes
                .push(("login_id", "ログインIDを入力してください".to_owned()));
        }
        if typed.is_empty() {
            tried
                .notes
                .push(("password", "パスワードを入力してください".to_owned()));
        }
        return Ok(responder
            .again(LOGIN, || {
                pages::login(Some(&tried), Told::Nothing, passkey.as_ref())
            })
            .await);
    }
    let sign_in = &responder.state().office.sign_in;
    let begun = sign_in
        .password(login, typed, &visit.device, &visit.origin, visit.now)
        .await?;
    let Some(begun) = begun else {
        let tried = Tried::note("login_id", WRONG_PAIR).keep("login_id", login);
        return Ok(responder
            .again(LOGIN, || {
                pages::login(Some(&tried), Told::Nothing, passkey.as_ref())
            })
            .await);
    };
    let next = match begun.has_second_step {
        true => OfficePath::code(),
        false => OfficePath::second_step(),
    };
    let cookies = responder
        .state()
        .cookies
        .keep_office_session(&begun, visit.now);
    Ok(with_cookies(see_other(&next), cookies))
}

/// Whoever has shown a password; where there is nothing to show, the login.
pub(super) fn begun(responder: &Responder) -> Result<&StaffVisit, Refused> {
    let staff = responder.visit().staff.as_ref();
    staff.ok_or(Refused::SeeOther(OfficePath::login()))
}

/// GET /office/login/code
pub(super) async fn code_page(responder: Responder) -> Answer {
    let staff = begun(&responder)?;
    if staff.is_in() {
        return Ok(see_other(&OfficePath::home()));
    }
    let has_one = staff.session.staff.has_second_step;
    let passkey = passkey_of(responder.state());
    Ok(responder
        .page(CODE, || pages::code(None, has_one, passkey.as_ref()))
        .await)
}

/// POST /office/login/code
pub(super) async fn code(responder: Responder, form: Form) -> Answer {
    let staff = begun(&responder)?;
    if staff.is_in() {
        return Ok(see_other(&OfficePath::home()));
    }
    let has_one = staff.session.staff.has_second_step;
    let device = &responder.visit().device;
    let sign_in = &responder.state().office.sign_in;
    match sign_in.code(staff, form.get("code"), device).await? {
        Entered::In(begun) => Ok(responder.come_in(&begun)),
        Entered::Wrong => {
            let tried = Tried::note("code", WRONG_CODE);
            let passkey = passkey_of(responder.state());
            Ok(responder
                .again(CODE, || {
                    pages::code(Some(&tried), has_one, passkey.as_ref())
                })
                .await)
        }
        Entered::Over => Err(Refused::SeeOther(OfficePath::login())),
    }
}

/// GET /office/invite: the token leaves the address bar at once.
pub(super) async fn invitation(
    responder: Responder,
    headers: HeaderMap,
    request: Request,
) -> Answer {
    let query = request.uri().query().unwrap_or_default();
    let token = url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == "token")
        .map(|(_, token)| token.chars().take(TOKEN_CHARS).collect::<String>());
    if let Some(token) = token {
        let cookie = responder.state().cookies.open_invitation(&token);
        return Ok(with_cookies(see_other(&OfficePath::invite()), cookie));
    }
    invitation_page(&responder, &headers, None).await
}

/// Longer tokens are not ours, and would not fit into a cookie.
const TOKEN_CHARS: usize = 200;

async fn invitation_page(
    responder: &Responder,
    headers: &HeaderMap,
    tried: Option<Tried>,
) -> Answer {
    let token = responder
        .state()
        .cookies
        .invitation(headers)
        .unwrap_or_default();
    let now = responder.visit().now;
    let invited = responder.state().office.staff.invited(&token, now).await?;
    let who = invited
        .as_ref()
        .map(|staff| (staff.name.as_str(), staff.login_id.as_str()));
    match (tried, who) {
        (Some(tried), who) => Ok(responder
            .again(INVITE, || pages::invite(Some(&tried), who))
            .await),
        (None, Some(who)) => Ok(responder
            .page(INVITE, || pages::invite(None, Some(who)))
            .await),
        (None, None) => {
            let status = axum::http::StatusCode::FORBIDDEN;
            Ok(responder
                .with_status(status, INVITE, || pages::invite(None, None))
                .await)
        }
    }
}

/// POST /office/invite
pub(super) async fn accept(responder: Responder, headers: HeaderMap, form: Form) -> Answer {
    let cookies = &responder.state().cookies;
    let token = cookies.invitation(&headers).unwrap_or_default();
    let staff = &responder.state().office.staff;
    match staff
        .accept(&token, form.get("password"), responder.visit().now)
        .await
    {
        Ok(()) => {
            let told = cookies.tell_office("chosen");
            let gone = cookies.forget_invitation();
            let answer = see_other(&OfficePath::login());
            Ok(with_cookies(with_cookies(answer, told), gone))
        }
        Err(StaffError::LinkOver) => invitation_page(&responder, &headers, None).await,
        Err(error) => {
            let tried = note(error)?;
            invitation_page(&responder, &headers, Some(tried)).await
        }
    }
}

/// POST /office/logout
pub(super) async fn sign_out(responder: Responder) -> Result<Response, Refused> {
    if let Some(staff) = &responder.visit().staff {
        responder.state().office.sign_in.sign_out(staff).await?;
    }
    let cookies = &responder.state().cookies;
    let answer = with_cookies(
        see_other(&OfficePath::login()),
        cookies.forget_office_session(),
    );
    let mut answer = with_cookies(answer, cookies.tell_office("out"));
    let clear = axum::http::HeaderValue::from_static("\"cache\"");
    answer.headers_mut().insert("clear-site-data", clear);
    Ok(answer)
}

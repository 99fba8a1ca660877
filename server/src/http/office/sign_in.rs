//! O-2 to O-5: login, second step, enrolment, invitation, logout.

use axum::{extract::Request, http::HeaderMap, response::Response};
use domain::ports::CodesState;
use office_pages::{
    pages::{
        second_step,
        sign_in::{self as pages, Told},
    },
    parts::{PasskeyScript, Tried},
};
use store::second_step::Holder;

use super::{
    super::State,
    answer::{Answer, OfficePath, Refused, Responder, Screen, note, see_other, with_cookies},
    guard::{Form, prove},
};
use crate::{
    office::{
        access::{Acting, AnyRole, StaffVisit},
        staff::{
            StaffError,
            sign_in::{Enrolled, Entered},
        },
    },
    second_step::codes,
};

pub(super) const LOGIN: Screen = Screen("事務局ログイン", "O-2");
const CODE: Screen = Screen("二段階認証", "O-3");
const ENROL: Screen = Screen("二段階認証の設定", "O-4");
const INVITE: Screen = Screen("パスワードの設定", "O-5");

const WRONG_PAIR: &str =
    "ログインIDまたはパスワードが違います。続けて間違えると、しばらくログインできません。";
const WRONG_CODE: &str = "確認コードが違います。アプリに今表示されているコードを入力してください。一度使ったコードは使えません。";

/// The script for passkeys, where the portal's name is one that they can have.
pub(super) fn passkey_of(state: &State) -> Option<PasskeyScript> {
    let possible = state.office.sign_in.relying_party.is_possible();
    possible.then(|| PasskeyScript {
        address: state.bundle.addresses().passkeys,
    })
}

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

/// GET /office/second-step
pub(super) async fn enrolment(responder: Responder) -> Answer {
    enrolment_page(&responder, None).await
}

pub(super) async fn enrolment_page(responder: &Responder, tried: Option<Tried>) -> Answer {
    let staff = begun(responder)?;
    let office = &responder.state().office;
    let names = (
        &*office.society.portal_name,
        staff.session.staff.login_id.as_str(),
    );
    let issuer = format!("{} 事務局", names.0);
    let holder = Holder::Staff(staff.id());
    let seed = staff.enrolment_seed();
    let place = (&office.db, &*office.secrets);
    let has_one = staff.session.staff.has_second_step;
    // A passkey alone is a second step, too; an app can be added to it by whoever is in.
    let passkey = passkey_of(responder.state()).filter(|_| !has_one);
    match codes::state(place, holder, &seed, (&issuer, names.1)).await? {
        CodesState::On { .. } if staff.is_in() => Ok(see_other(&OfficePath::profile())),
        CodesState::On { .. } => Ok(see_other(&OfficePath::code())),
        CodesState::Off(_) if has_one && !staff.is_in() => Ok(see_other(&OfficePath::code())),
        CodesState::Off(app) => match tried {
            None => Ok(responder
                .page(ENROL, || second_step::enrol(None, &app, passkey.as_ref()))
                .await),
            Some(tried) => Ok(responder
                .again(ENROL, || {
                    second_step::enrol(Some(&tried), &app, passkey.as_ref())
                })
                .await),
        },
    }
}

/// POST /office/second-step
pub(super) async fn enrol(responder: Responder, headers: HeaderMap, form: Form) -> Answer {
    let staff = begun(&responder)?;
    if !form.get("credential").is_empty() {
        return super::passkeys::enrol(staff, &responder, &headers, &form).await;
    }
    // Beside a passkey, an app is added as whatever cannot be taken back.
    let proven = match Acting::<AnyRole>::of(staff.clone()) {
        Some(acting) if acting.session.staff.has_second_step => {
            match prove(&responder, acting, &form).await? {
                Ok(proven) => Some(proven),
                Err(asked) => return Ok(asked),
            }
        }
        _ => None,
    };
    let device = &responder.visit().device;
    let sign_in = &responder.state().office.sign_in;
    match sign_in.enrol(staff, form.get("code"), device).await? {
        Enrolled::In(begun, recovery) => {
            let cookies = responder
                .state()
                .cookies
                .keep_office_session(&begun, staff.now);
            let known = responder.state().cookies.keep_office_device(device);
            let page = responder
                .page(Screen("予備コード", "O-4"), || {
                    second_step::recovery(&recovery)
                })
                .await;
            Ok(with_cookies(with_cookies(page, cookies), known))
        }
        Enrolled::Wrong => {
            let sentence = "確認コードが違います。アプリに今表示されている6桁の数字を入力してください。端末の時計が合っているかも確認してください。";
            let page = enrolment_page(&responder, Some(Tried::note("code", sentence))).await?;
            Ok(match proven {
                Some(proven) => proven.answer(page),
                None => page,
            })
        }
        Enrolled::Over => Ok(see_other(&OfficePath::login())),
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

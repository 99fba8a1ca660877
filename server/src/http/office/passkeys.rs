//! Passkeys at the office's door, and in one's own settings.

use axum::{
    extract::Request,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{
    ports::{AskedChallenge, PasskeyRefusal},
    rules::{PasskeyName, PasskeyNameError},
    text::Sentence,
};
use office_pages::{
    pages::sign_in::{self as pages, Told},
    parts::Tried,
};

use super::{
    answer::{Answer, OfficePath, Refused, Responder, see_other, with_cookies},
    form::Form,
    profile,
    proof::prove,
    sign_in::{LOGIN, begun},
    sign_in_passkey::passkey_of,
};
use crate::{
    http::{cookies::Asked, pages::Complete},
    office::{
        access::{Acting, AnyRole, StaffVisit},
        staff::{passkeys::Judged, sign_in::Enrolled},
    },
};

/// JSON for the browser's own methods, and the cookie with what the answer is judged by.
fn options(responder: &Responder, which: Asked, asked: Judged<AskedChallenge>) -> Answer {
    let asked = match asked? {
        Ok(asked) => asked,
        Err(PasskeyRefusal::NotPossible) => return Err(Refused::NotFound),
        Err(_) => return Err(Refused::Forbidden),
    };
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (kind, asked.options).into_response();
    response.extensions_mut().insert(Complete);
    let cookie = responder.state().cookies.ask(which, &asked.challenge);
    Ok(with_cookies(response, cookie))
}

/// GET /office/login/passkey
pub(super) async fn ask(responder: Responder, request: Request) -> Answer {
    // Whoever reloads a form that failed wants the page.
    let mode = request.headers().get("sec-fetch-mode");
    if mode.is_some_and(|mode| mode == "navigate") {
        return Ok(see_other(&OfficePath::login()));
    }
    let asked = responder
        .state()
        .office
        .sign_in
        .ask_passkey(responder.visit().now);
    options(&responder, Asked::ForSignIn, asked)
}

/// POST /office/login/passkey
pub(super) async fn sign_in(responder: Responder, headers: HeaderMap, form: Form) -> Answer {
    let (visit, state) = (responder.visit(), responder.state());
    let challenge = state.cookies.challenge(&headers, Asked::ForSignIn);
    let presented = (form.get("credential"), challenge.as_ref());
    let judged = state
        .office
        .sign_in
        .passkey(presented, &visit.device, &visit.origin, visit.now)
        .await?;
    match judged {
        Ok(begun) => Ok(responder.come_in(&begun)),
        Err(refusal) => {
            let tried = Tried::note("", refusal.sentence());
            let passkey = passkey_of(state);
            Ok(responder
                .again(LOGIN, || {
                    pages::login(Some(&tried), Told::Nothing, passkey.as_ref())
                })
                .await)
        }
    }
}

/// GET /office/second-step/passkey: for whoever has no second step yet.
pub(super) async fn ask_first(responder: Responder) -> Answer {
    let staff = begun(&responder)?;
    if staff.session.staff.has_second_step {
        return Ok(see_other(&OfficePath::code()));
    }
    let asked = responder
        .state()
        .office
        .sign_in
        .ask_new_passkey(staff)
        .await;
    options(&responder, Asked::ForNew(staff.session.id), asked)
}

/// POST /office/second-step, with a passkey: who is in by it, or why not.
pub(super) async fn enrol(
    staff: &StaffVisit,
    responder: &Responder,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Result<Response, PasskeyRefusal>, Refused> {
    let state = responder.state();
    let challenge = state
        .cookies
        .challenge(headers, Asked::ForNew(staff.session.id));
    let enrolled = match name_of(form) {
        Ok(name) => {
            let presented = (form.get("credential"), challenge.as_ref());
            let device = &responder.visit().device;
            let sign_in = &state.office.sign_in;
            sign_in
                .enrol_passkey(staff, presented, &name, device)
                .await?
        }
        Err(error) => Err(PasskeyRefusal::Name(error)),
    };
    Ok(enrolled.map(|enrolled| match enrolled {
        Enrolled::In(begun, _) => responder.come_in(&begun),
        Enrolled::Wrong | Enrolled::Over => see_other(&OfficePath::login()),
    }))
}

/// What a new passkey is called; a plain word where nothing was typed.
fn name_of(form: &Form) -> Result<PasskeyName, PasskeyNameError> {
    PasskeyName::parse(match form.get("name").trim() {
        "" => "パスキー",
        name => name,
    })
}

/// GET /office/profile/passkeys
pub(super) async fn ask_new(acting: Acting<AnyRole>, responder: Responder) -> Answer {
    let asked = responder
        .state()
        .office
        .sign_in
        .ask_new_passkey(&acting)
        .await;
    options(&responder, Asked::ForNew(acting.session.id), asked)
}

/// POST /office/profile/passkeys: a new one, or one's own to remove.
pub(super) async fn change(
    acting: Acting<AnyRole>,
    responder: Responder,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let proven = match prove(&responder, acting, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let state = responder.state();
    let (acting, sign_in) = (&proven.acting, &state.office.sign_in);
    let done = |word: &str| {
        with_cookies(
            see_other(&OfficePath::profile()),
            state.cookies.tell_office(word),
        )
    };
    let answer: Response = if form.get("remove").is_empty() {
        let which = Asked::ForNew(acting.session.id);
        let challenge = state.cookies.challenge(&headers, which);
        let added = match name_of(&form) {
            Ok(name) => {
                let presented = (form.get("credential"), challenge.as_ref());
                sign_in.add_passkey(acting, presented, &name).await?
            }
            Err(error) => Err(PasskeyRefusal::Name(error)),
        };
        match added {
            Ok(()) => done("passkey-added"),
            Err(refusal) => {
                let tried = Tried::note("", refusal.sentence());
                profile::shown(acting, &responder, Some(&tried), None).await?
            }
        }
    } else {
        let passkey = form.get("remove").parse().map_err(|_| Refused::NotFound)?;
        if !form.is_confirmed() {
            let tried = Tried::note(
                "",
                "確認の欄にチェックを入れてから、もう一度押してください。",
            );
            return profile::shown(acting, &responder, Some(&tried), None).await;
        }
        match sign_in.remove_passkey(acting, passkey).await? {
            true => done("passkey-removed"),
            false => return Err(Refused::NotFound),
        }
    };
    Ok(proven.answer(answer))
}

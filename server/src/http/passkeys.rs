//! What a browser is to have a passkey sign: JSON for its own methods, and beside it the
//! cookie with what the answer is judged by. Nothing is written.

use app::pages::portal::problem::Problem;
use axum::{
    extract::{Request, State as FromState},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    ports::{Answer, AskedChallenge, PasskeyRefusal},
    visit::{Visit, Visitor},
};

use super::{State, cookies::Asked, pages::problem};

/// `/login/passkey`, for the sign-in.
pub(super) async fn for_sign_in(FromState(state): FromState<State>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    // A form that failed was answered under this address: whoever reloads it, or comes back
    // to it, wants the page.
    let mode = parts.headers.get("sec-fetch-mode");
    if mode.is_some_and(|mode| mode == "navigate") {
        return Redirect::to("/login").into_response();
    }
    let Some(visit) = parts.extensions.get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let asked = state.ports.passkeys.ask_for_sign_in(visit.now);
    answer(&state, visit, parts, Asked::ForSignIn, asked).await
}

/// `/profile/passkeys/options`, for a new one.
pub(super) async fn for_new(FromState(state): FromState<State>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Some(visit) = parts.extensions.get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Visitor::Member(member) = &visit.who else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let asked = state.ports.passkeys.ask_for_new(member, visit.now).await;
    let which = Asked::ForNew(member.session);
    answer(&state, visit, parts, which, asked).await
}

async fn answer(
    state: &State,
    visit: Visit,
    parts: Parts,
    which: Asked,
    asked: Answer<Result<AskedChallenge, PasskeyRefusal>>,
) -> Response {
    let asked = match asked {
        Ok(Ok(asked)) => asked,
        Ok(Err(PasskeyRefusal::NotPossible)) => return StatusCode::NOT_FOUND.into_response(),
        Ok(Err(_)) => return StatusCode::FORBIDDEN.into_response(),
        Err(trouble) => return problem(state, visit, parts, Problem::trouble(&trouble)).await,
    };
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (kind, asked.options).into_response();
    if let Some(cookie) = state.cookies.ask(which, &asked.challenge) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

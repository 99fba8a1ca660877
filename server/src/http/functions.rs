//! Runs a server function and makes its answer: from the outcome it left in
//! the slot, never from what leptos makes of its return value.

use app::{
    api::{Next, Slot},
    pages::portal::problem::Problem,
};
use axum::{
    extract::{Request, State as FromState},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::visit::{CookieChange, Visit};
use leptos::prelude::*;

use super::{
    State,
    pages::{Beside, render},
};

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// A post to a server function.
pub(super) async fn function(FromState(state): FromState<State>, request: Request) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // The same page is rendered for the path alone, should the form fail.
    let mut again = axum::http::Request::new(());
    *again.uri_mut() = request.uri().clone();
    let (parts, ()) = again.into_parts();

    let slot = Slot::default();
    let context = {
        let (ports, visit, slot) = (state.ports.clone(), visit.clone(), slot.clone());
        move || {
            provide_context(ports.clone());
            provide_context(visit.clone());
            provide_context(slot.clone());
        }
    };
    let _ = leptos_axum::handle_server_fns_with_context(context, request).await;
    // No outcome: the function never ran, since its arguments could not be read.
    let Some(outcome) = slot.take() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let now = visit.now;
    let mut response = match outcome.next {
        Next::SeeOther(path) => {
            let to = HeaderValue::from_static(path);
            (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
        }
        Next::ReturnTo(wanted) => match HeaderValue::from_str(wanted.as_str()) {
            Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
        Next::TryAgain(retry) => render(&state, visit, parts, Beside::Retry(retry)).await,
        Next::Forbidden(refusal) => {
            let problem = Problem::forbidden(refusal);
            render(&state, visit, parts, Beside::Problem(problem)).await
        }
        Next::NotFound => {
            let problem = Problem::of(StatusCode::NOT_FOUND);
            render(&state, visit, parts, Beside::Problem(problem)).await
        }
        Next::ServiceError(trouble) => {
            let problem = Problem::trouble(&trouble);
            render(&state, visit, parts, Beside::Problem(problem)).await
        }
    };
    // Whoever is signed out leaves no page behind that Back would bring up again. (The
    // cookies stay: one of them says that this browser is known.)
    let signed_out = |keep: &_| matches!(keep, CookieChange::NoSession | CookieChange::Left);
    if outcome.keep.iter().any(signed_out) {
        response
            .headers_mut()
            .insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    }
    for keep in &outcome.keep {
        for cookie in state.cookies.keep(keep, now) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

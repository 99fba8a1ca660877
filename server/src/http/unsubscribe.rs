//! `/notices/unsubscribe`: what a mail program posts to by itself (RFC 8058), and what
//! somebody opens who has followed the link in a letter. The token in the address says
//! everything: no cookie, no origin, nothing of the body.

use app::pages::portal::{problem::Problem, unsubscribe::Unsubscribe};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State as FromState},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::visit::Visit;

use super::{
    State,
    pages::{Beside, problem, render},
};
use crate::member::unsubscribing;

/// More than `List-Unsubscribe=One-Click` in any coding.
const MOST_BYTES: usize = 1024;

/// Longer tokens are not ours.
const TOKEN_CHARS: usize = 200;

/// GET: asks, and changes nothing: a mail scanner may open it ten times.
pub(super) async fn ask(FromState(state): FromState<State>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Some((visit, token)) = read(&parts) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    match unsubscribing::is_good(&state.db, &state.office.secrets, &token).await {
        Ok(true) => answer(&state, visit, parts, Unsubscribe::Ask(token)).await,
        Ok(false) => refuse(&state, visit, parts).await,
        Err(error) => problem(&state, visit, parts, Problem::trouble(&error.report())).await,
    }
}

/// POST: does it; the second time there is nothing to do, and the answer is the same.
pub(super) async fn end(FromState(state): FromState<State>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some((visit, token)) = read(&parts) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Err(status) = hear_out(&parts.headers, body).await {
        return status.into_response();
    }
    let (secrets, origin, now) = (&state.office.secrets, &visit.origin, visit.now);
    match unsubscribing::unsubscribe(&state.db, secrets, &token, origin, now).await {
        Ok(true) => answer(&state, visit, parts, Unsubscribe::Done).await,
        Ok(false) => refuse(&state, visit, parts).await,
        Err(error) => problem(&state, visit, parts, Problem::trouble(&error.report())).await,
    }
}

fn read(parts: &Parts) -> Option<(Visit, String)> {
    let visit = parts.extensions.get::<Visit>().cloned()?;
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    let token = url::form_urlencoded::parse(query).find(|(key, _)| key == "token");
    let token = token.map(|(_, token)| token.chars().take(TOKEN_CHARS).collect());
    Some((visit, token.unwrap_or_default()))
}

/// Reads what was sent and keeps nothing of it.
async fn hear_out(headers: &HeaderMap, body: Body) -> Result<(), StatusCode> {
    if let Some(kind) = headers.get(header::CONTENT_TYPE) {
        let essence = kind.to_str().ok().and_then(|kind| kind.split(';').next());
        let is_taken = essence.map(str::trim).is_some_and(|essence| {
            ["multipart/form-data", "application/x-www-form-urlencoded"]
                .iter()
                .any(|taken| essence.eq_ignore_ascii_case(taken))
        });
        if !is_taken {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
    }
    let read = to_bytes(body, MOST_BYTES).await;
    read.map(drop).map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)
}

async fn answer(state: &State, visit: Visit, parts: Parts, what: Unsubscribe) -> Response {
    render(state, visit, parts, Beside::Unsubscribe(what)).await
}

async fn refuse(state: &State, visit: Visit, parts: Parts) -> Response {
    problem(state, visit, parts, Problem::unsubscribing()).await
}

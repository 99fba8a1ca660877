//! Loads the visit: who is asking, from where, and what the browser carries.

use axum::{
    extract::{Request, State as FromState},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::visit::{Lapse, Visitor};
use store::session;

use super::{
    State,
    client::anonymous,
    cookies::{Asked, Opened},
    pages::problem,
};
use crate::base::{fault::InternalError, secrets::token_hash};

/// Puts the visit into the request.
pub(super) async fn load(
    FromState(state): FromState<State>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut visit = anonymous(state.clock.now(), &state.trusted_proxies, &request);
    let headers = request.headers();
    visit.registration = state.cookies.opened(headers, Opened::Registration);
    visit.reissue = state.cookies.opened(headers, Opened::Reissue);
    visit.confirmation = state.cookies.opened(headers, Opened::Confirmation);
    visit.report = state.cookies.opened(headers, Opened::Report);
    visit.code_due = state
        .cookies
        .code_due(headers)
        .filter(|due| due.waits(visit.now));
    visit.device = state.cookies.device(headers);
    visit.sent = state
        .cookies
        .sent(headers)
        .filter(|sent| visit.now < sent.until);
    visit.draft = state.cookies.draft(headers);
    visit.sign_in_challenge = state.cookies.challenge(headers, Asked::ForSignIn);
    visit.return_to = state.cookies.wanted(headers);
    visit.told = state.cookies.told(headers);
    if let Some(token) = state.cookies.session(headers) {
        match session::visitor(&state.db, &token_hash(&token.0), visit.now).await {
            Ok(who) => {
                if matches!(who, Visitor::Nobody) {
                    // Only a word on the page hangs on it.
                    let ended = session::was_ended(&state.db, &token_hash(&token.0)).await;
                    visit.lapsed = Some(match ended {
                        Ok(true) => Lapse::Ended,
                        _ => Lapse::Time,
                    });
                }
                if let Visitor::Member(member) = &who {
                    visit.asked = state.cookies.asked(headers, member.session);
                    let for_new = Asked::ForNew(member.session);
                    visit.passkey_challenge = state.cookies.challenge(headers, for_new);
                    visit.recovery_codes = state.cookies.recovery_codes(headers, member.session);
                }
                visit.who = who;
            }
            // Nobody gets in while the database is gone; and nobody is told
            // that they are signed out.
            Err(error) => {
                let trouble = InternalError::from(error).report();
                let (parts, _) = request.into_parts();
                return problem(
                    &state,
                    visit,
                    parts,
                    app::pages::portal::problem::Problem::trouble(&trouble),
                )
                .await;
            }
        }
    }
    // No page has a NUL in its address, and PostgreSQL takes none in a text.
    let address = request.uri().path_and_query();
    if address.is_some_and(|address| address.as_str().contains("%00")) {
        let (parts, _) = request.into_parts();
        let nowhere = app::pages::portal::problem::Problem::of(axum::http::StatusCode::NOT_FOUND);
        return problem(&state, visit, parts, nowhere).await;
    }
    request.extensions_mut().insert(visit.clone());
    let mut response = next.run(request).await.into_response();
    if response.status().is_client_error() || response.status().is_server_error() {
        // For the page that explains.
        response.extensions_mut().insert(visit);
    }
    response
}

//! Who is asking, and whether they may: judged before the first byte of a body is read.

use axum::{
    extract::{FromRequestParts, Request, State as FromState},
    http::{Method, StatusCode, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use store::{audit::Event, staff_session};

use super::{
    super::{State, client::anonymous, cookies::Asked, limits::is_multipart, pages::Complete},
    answer::{Refused, Responder},
    drafts,
    path::{OfficePath, is_refresh},
    visit::Visit,
};
use crate::{
    base::secrets::{session_token, token_hash},
    office::access::{Acting, Needs, StaffVisit},
};

/// Loads the visit, and makes the page of whatever was refused.
pub(super) async fn load(
    FromState(state): FromState<State>,
    mut request: Request,
    next: Next,
) -> Response {
    let visit = anonymous(state.clock.now(), &state.trusted_proxies, &request);
    let (now, origin) = (visit.now, visit.origin);
    let headers = request.headers();
    let token = state.cookies.office_session(headers);
    if token.is_none() && comes_from_elsewhere(&request) {
        let address = request
            .uri()
            .path_and_query()
            .map_or("/office", |p| p.as_str());
        let mut response = Html(office_pages::once_more(address)).into_response();
        response.extensions_mut().insert(Complete);
        return response;
    }
    let device = state
        .cookies
        .office_device(headers)
        .map_or_else(session_token, Ok);
    let Ok(device) = device else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut visit = Visit {
        now,
        origin,
        staff: None,
        lapsed: false,
        device,
        challenge: state.cookies.challenge(headers, Asked::ForSignIn),
        wanted: state.cookies.wanted_office(headers),
    };
    let (mut trouble, mut over) = (None, None);
    if let Some(token) = token {
        // A page that refreshes itself is nobody who is there.
        let active = !request.uri().query().is_some_and(is_refresh);
        let hash = token_hash(&token);
        match staff_session::current(&state.db, &hash, active, now).await {
            Ok(Some(session)) => {
                visit.staff = Some(StaffVisit::new(session, hash, visit.origin.clone(), now));
            }
            Ok(None) => {
                visit.lapsed = true;
                over = Some(hash);
            }
            Err(error) => trouble = Some(Refused::from(error)),
        }
    }
    request.extensions_mut().insert(visit);
    let (mut parts, body) = request.into_parts();
    let responder = match Responder::from_request_parts(&mut parts, &state).await {
        Ok(responder) => responder,
        Err(status) => return status.into_response(),
    };
    if let Some(trouble) = trouble {
        return responder.refuse(trouble).await;
    }
    let mut request = Request::from_parts(parts, body);
    if let Some(hash) = over {
        match drafts::keep(&state, &hash, request, now).await {
            Ok(unread) => request = unread,
            Err(answered) => return answered,
        }
    }
    let sent = (request.method() == Method::POST).then(|| request.uri().path().to_owned());
    let mut response = next.run(request).await;
    let went_well = response.status().is_success() || response.status().is_redirection();
    if let (Some(path), Some(staff), true) = (sent, &responder.visit().staff, went_well) {
        drafts::sent(&state, staff, &path).await;
    }
    match response.extensions_mut().remove::<Refused>() {
        Some(refused) => responder.refuse(refused).await,
        None => response,
    }
}

/// Somebody who followed a link in webmail or groupware: the strict cookie was not sent.
fn comes_from_elsewhere(request: &Request) -> bool {
    let site = request.headers().get("sec-fetch-site");
    request.method() == Method::GET
        && site.is_some_and(|site| site == "cross-site")
        && request.uri().path() != "/office/invite"
}

/// Whoever has the roles that the handler names; and otherwise where they have to go first.
impl<N: Needs> FromRequestParts<State> for Acting<N> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Refused> {
        let visit = parts.extensions.get::<Visit>();
        let next = match visit.and_then(|visit| visit.staff.as_ref()) {
            Some(staff) if staff.is_in() => None,
            Some(staff) if staff.session.staff.has_second_step => Some(OfficePath::code()),
            Some(_) => Some(OfficePath::second_step()),
            None => Some(OfficePath::login()),
        };
        let staff = visit.and_then(|visit| visit.staff.clone());
        let (None, Some(staff)) = (&next, staff) else {
            // A file that is on its way is not kept for later, nor read.
            if is_multipart(&parts.headers) {
                return Err(Refused::SignedOut);
            }
            let first = next.unwrap_or_else(OfficePath::login);
            // A page can be come back to; what was sent is a draft, if it is kept at all.
            let dest = parts.headers.get("sec-fetch-dest");
            let is_page = parts.method == Method::GET && dest.is_none_or(|d| d == "document");
            let wanted = is_page.then(|| OfficePath::wanted(&parts.uri));
            return Err(Refused::SignInFirst { first, wanted });
        };
        match Acting::of(staff.clone()) {
            Some(acting) => Ok(acting),
            None => Err(without_role(state, &staff, parts.uri.path()).await?),
        }
    }
}

/// Notes that somebody asked for what their roles do not open.
pub(super) async fn without_role(
    state: &State,
    staff: &StaffVisit,
    path: &str,
) -> Result<Refused, Refused> {
    let entry = store::audit::Entry {
        detail: path,
        ..staff.entry(Event::StaffRefused)
    };
    let mut tx = state.db.write().await?;
    entry.record(&mut tx).await?;
    tx.commit().await?;
    Ok(Refused::Forbidden)
}

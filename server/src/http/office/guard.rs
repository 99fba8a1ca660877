//! Who is asking, and whether they may: judged before the first byte of a body is read.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request, State as FromState},
    http::{Method, StatusCode, Uri, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use domain::{
    text::Sentence,
    values::timestamp::Timestamp,
    visit::{Challenge, RequestOrigin},
};
use office_pages::{pages::proof, parts::Tried};
use store::{audit::Event, staff_session};

use super::{
    super::{
        State, client::anonymous, cookies::Asked, form_body, limits::is_multipart, pages::Complete,
    },
    answer::{OfficePath, Refused, Responder, Screen, is_refresh, with_cookies},
    drafts,
    sign_in::passkey_of,
};
use crate::{
    base::secrets::{session_token, token_hash},
    office::access::{Acting, Needs, StaffVisit},
};

/// A form of the office: the longest is a notice.
pub(super) const MOST_BYTES: usize = 256 * 1024;

/// One request at the office.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// The one instant of this request.
    pub(super) now: Timestamp,
    /// From where.
    pub(super) origin: RequestOrigin,
    /// Who is asking; at least their password was right.
    pub(super) staff: Option<StaffVisit>,
    /// Whether the browser still carries a session that is over.
    pub(super) lapsed: bool,
    /// By what the browser is known, or will be.
    pub(super) device: String,
    /// What a passkey was asked to sign for a sign-in or a proof.
    pub(super) challenge: Option<Challenge>,
    /// The page that led to the sign-in.
    pub(super) wanted: Option<OfficePath>,
}

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

/// A form, each field once.
#[derive(Clone, Debug)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Of fields that were read elsewhere.
    pub(super) fn of(fields: BTreeMap<String, String>) -> Self {
        Self(fields)
    }

    /// Whether a field was sent, even if nothing stands in it.
    pub(super) fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// What stands in a field; nothing where there is none.
    pub(super) fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// The fields of an address.
    pub(super) fn in_query(address: &Uri) -> Self {
        let query = address.query().unwrap_or_default();
        let fields = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        Self(fields.filter(|(_, value)| !value.contains('\0')).collect())
    }

    /// Whether the act was confirmed.
    pub(super) fn is_confirmed(&self) -> bool {
        self.get("confirm") == "yes"
    }

    /// Every field but those of the proof, to be sent once more with it.
    fn waiting(&self) -> Vec<(String, String)> {
        let fields = self
            .0
            .iter()
            .filter(|(name, _)| !name.starts_with("proof_"));
        fields
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}

impl FromRequest<State> for Form {
    type Rejection = Refused;

    async fn from_request(request: Request<Body>, _: &State) -> Result<Self, Refused> {
        let (parts, body) = request.into_parts();
        let bytes = form_body::read(&parts.headers, body, MOST_BYTES)
            .await
            .map_err(Refused::NotUnderstood)?;
        let fields: BTreeMap<String, String> =
            url::form_urlencoded::parse(&bytes).into_owned().collect();
        // PostgreSQL takes no NUL in a text.
        match fields.values().any(|value| value.contains('\0')) {
            true => Err(Refused::NotUnderstood(StatusCode::BAD_REQUEST)),
            false => Ok(Self(fields)),
        }
    }
}

/// A proof that is at most ten minutes old, and the cookies that a new one brings.
pub(super) struct Proven<N> {
    /// Who, with it.
    pub(super) acting: Acting<N>,
    cookies: Vec<axum::http::HeaderValue>,
}

impl<N> Proven<N> {
    /// The answer, with the cookies of the proof.
    pub(super) fn answer(self, response: Response) -> Response {
        with_cookies(response, self.cookies)
    }
}

/// Asks for a passkey, or password and code, again, where they were shown more than ten
/// minutes ago; what was typed waits on the page that asks. `Err` is that page.
pub(super) async fn prove<N: Needs>(
    responder: &Responder,
    acting: Acting<N>,
    form: &Form,
) -> Result<Result<Proven<N>, Response>, Refused> {
    if acting.is_proof_fresh() {
        let cookies = Vec::new();
        return Ok(Ok(Proven { acting, cookies }));
    }
    let screen = Screen("ご本人の確認", "O-6");
    let (password, code) = (form.get("proof_password"), form.get("proof_code"));
    let signed = form.get("proof_credential");
    let (waiting, passkey) = (form.waiting(), passkey_of(responder.state()));
    let ask = async |tried: Option<Tried>| {
        let page = || proof::page(tried.as_ref(), responder.path(), &waiting, passkey.as_ref());
        responder.again(screen, page).await
    };
    if password.is_empty() && code.is_empty() && signed.is_empty() {
        return Ok(Err(ask(None).await));
    }
    let (sign_in, visit) = (&responder.state().office.sign_in, responder.visit());
    let proven = if signed.is_empty() {
        let proven = sign_in
            .prove(&acting, password, code, &visit.device)
            .await?;
        proven.ok_or_else(|| Tried::note("proof_password", "パスワードか確認コードが違います。"))
    } else {
        let presented = (signed, visit.challenge.as_ref());
        let proven = sign_in.prove_by_passkey(&acting, presented).await?;
        proven.map_err(|refusal| Tried::note("", refusal.sentence()))
    };
    match proven {
        Ok(begun) => Ok(Ok(Proven {
            cookies: responder
                .state()
                .cookies
                .keep_office_session(&begun, acting.now),
            acting,
        })),
        Err(tried) => Ok(Err(ask(Some(tried)).await)),
    }
}

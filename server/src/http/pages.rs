//! Renders a page: on the server only, whole, without one inline script.

use std::{any::Any, sync::OnceLock};

use app::{
    api::Retry,
    pages::portal::{problem::Problem, unsubscribe::Unsubscribe},
    shell::shell,
};
use axum::{
    body::{Body, Bytes},
    extract::{Request, State as FromState},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::visit::{Visit, return_to::ReturnTo};
use futures::{FutureExt, StreamExt, future::ready, stream};
use leptos::prelude::*;

use super::{State, client::anonymous};
use crate::base::fault::reference;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The page that shows new recovery codes, once.
const RECOVERY_CODES: &str = "/profile/codes/new";

/// What a page is to say besides itself.
#[derive(Clone, Debug)]
pub(super) enum Beside {
    Nothing,
    /// A form failed: shown again, 422.
    Retry(Retry),
    /// Something else went wrong: the page for that.
    Problem(Problem),
    /// How far the end of letters about notices has come.
    Unsubscribe(Unsubscribe),
}

/// Marks an answer that is complete as it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Complete;

/// What the log calls a failure.
#[derive(Clone, Debug)]
struct Reference(String);

/// Any page, by GET.
pub(super) async fn page(FromState(state): FromState<State>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Some(visit) = parts.extensions.get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    match state.kept.place(&visit, &parts.uri) {
        None => {
            let address = parts
                .uri
                .path_and_query()
                .filter(|_| parts.method == Method::GET);
            let wanted = address.and_then(|address| ReturnTo::parse(address.as_str()));
            let shows_recovery_codes =
                !visit.recovery_codes.is_empty() && parts.uri.path() == RECOVERY_CODES;
            let mut response = render(&state, visit, parts, Beside::Nothing).await;
            if shows_recovery_codes && let Some(gone) = state.cookies.forget_recovery_codes() {
                response.headers_mut().append(header::SET_COOKIE, gone);
            }
            come_back(&state, wanted, response)
        }
        Some(place) => match place.get() {
            Some(html) => whole(html.clone()),
            None => {
                let response = render(&state, visit, parts, Beside::Nothing).await;
                keep(place, response).await
            }
        },
    }
}

/// Whoever has to sign in first is led to the page they wanted afterwards.
fn come_back(state: &State, wanted: Option<ReturnTo>, mut response: Response) -> Response {
    let to = response.headers().get(header::LOCATION);
    let signs_in_first = to.is_some_and(|to| to == "/login");
    let cookie = wanted.filter(|_| signs_in_first);
    if let Some(cookie) = cookie.and_then(|wanted| state.cookies.want(&wanted)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Keeps a page for the next visitor, if it is one to keep.
async fn keep(place: &OnceLock<Bytes>, response: Response) -> Response {
    let (head, body) = response.into_parts();
    match axum::body::to_bytes(body, usize::MAX).await {
        Ok(html) if head.status == StatusCode::OK => whole(place.get_or_init(|| html).clone()),
        Ok(html) => Response::from_parts(head, Body::from(html)),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn whole(html: Bytes) -> Response {
    let mut response = ([(header::CONTENT_TYPE, HTML)], html).into_response();
    response.extensions_mut().insert(Complete);
    response
}

/// The page for what went wrong.
pub(super) async fn problem(
    state: &State,
    visit: Visit,
    parts: Parts,
    problem: Problem,
) -> Response {
    render(state, visit, parts, Beside::Problem(problem)).await
}

/// Renders the page of a path.
pub(super) async fn render(state: &State, visit: Visit, parts: Parts, beside: Beside) -> Response {
    let status = match beside {
        Beside::Retry(_) => Some(StatusCode::UNPROCESSABLE_ENTITY),
        Beside::Nothing | Beside::Problem(_) | Beside::Unsubscribe(_) => None,
    };
    let ports = state.ports.clone();
    let context = move || {
        provide_context(ports.clone());
        provide_context(visit.clone());
        match &beside {
            Beside::Nothing => {}
            Beside::Retry(retry) => provide_context(retry.clone()),
            Beside::Problem(problem) => provide_context(problem.clone()),
            Beside::Unsubscribe(what) => provide_context(what.clone()),
        }
    };
    let request = Request::from_parts(parts, Body::empty());
    let response =
        leptos_axum::handle_response_inner(context, shell, request, |app, _chunks, _| {
            // The chunks that are dropped are inline scripts for a hydration of the
            // whole page, which never comes.
            async move {
                let html = app.to_html_stream_in_order().collect::<String>().await;
                stream::once(ready(html)).boxed()
            }
            .boxed()
        })
        .await;
    let (mut head, body) = response.into_parts();
    // A page that has something else to say now (the tenth wrong try has ended
    // the link, say) says so in its status too.
    if let (Some(status), StatusCode::OK) = (status, head.status) {
        head.status = status;
    }
    if head.status == StatusCode::SERVICE_UNAVAILABLE {
        head.headers
            .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    head.extensions.insert(Complete);
    match axum::body::to_bytes(body, usize::MAX).await {
        // The page that leads elsewhere needs no words.
        Ok(_) if head.status.is_redirection() => Response::from_parts(head, Body::empty()),
        Ok(html) => Response::from_parts(head, Body::from(html)),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Every error gets our page, wherever it comes from.
pub(super) async fn explain(
    FromState(state): FromState<State>,
    request: Request,
    next: Next,
) -> Response {
    let unknown = anonymous(state.clock.now(), &state.trusted_proxies, &request);
    let head = request.method() == Method::HEAD;
    let mut asked = axum::http::Request::new(());
    *asked.uri_mut() = request.uri().clone();
    let (parts, ()) = asked.into_parts();
    let response = next.run(request).await;
    let status = response.status();
    let bare = status.is_client_error() || status.is_server_error();
    if !bare || response.extensions().get::<Complete>().is_some() {
        return response;
    }
    let told = [header::ALLOW, header::RETRY_AFTER].map(|name| {
        response
            .headers()
            .get(&name)
            .cloned()
            .map(|value| (name, value))
    });
    // Whoever came as far as the visit is told as who they are.
    let visit = response.extensions().get::<Visit>().cloned();
    let visit = visit.unwrap_or(unknown);
    let what = Problem {
        reference: response
            .extensions()
            .get::<Reference>()
            .map(|r| r.0.clone()),
        ..Problem::of(status)
    };
    let mut page = problem(&state, visit, parts, what).await;
    *page.status_mut() = status;
    for (name, value) in told.into_iter().flatten() {
        page.headers_mut().insert(name, value);
    }
    if head {
        *page.body_mut() = Body::empty();
    }
    page
}

/// A panic is our failure: logged with a reference, told by the same reference.
pub(super) fn after_panic(payload: Box<dyn Any + Send>) -> Response {
    let what = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    let reference = reference();
    tracing::error!(reference, what, "a request panicked");
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Reference(reference));
    response
}

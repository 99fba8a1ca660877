//! Which request goes where, and through what.

use axum::{
    Router,
    extract::{Request, State as FromState},
    http::{Method, StatusCode, header},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use leptos::server_fn::axum::server_fn_paths;
use store::{audit_seal, letter};
use tower::ServiceExt;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    csrf::{ConfigError, CsrfLayer},
};

use super::state::State;
use super::{
    assets::{AT_THE_ROOT, at_the_root, hashed, manifest},
    client::client,
    downloads, files, form_body,
    functions::function,
    headers, limits, links, my_data, office,
    pages::{self, Complete, after_panic, page},
    passkeys, unsubscribe, visitor,
};
use crate::{base::tally, http::public_url::PublicUrl};

/// The whole service.
///
/// # Errors
/// A public URL that no browser would send as its `Origin`.
pub fn router(state: State, public_url: &PublicUrl) -> Result<Router, ConfigError> {
    let open = with_or_without_office(state.clone(), public_url, true)?;
    if state.office.networks.is_empty() {
        return Ok(open);
    }
    // For whoever is not to see the office there is no such path, on any method.
    let closed = with_or_without_office(state.clone(), public_url, false)?;
    let choose = move |request: Request| {
        let path = request.uri().path();
        let below = path.strip_prefix(office::PATH);
        let is_office = below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let hidden = is_office
            && !state
                .office
                .is_there_for(client(&request, &state.trusted_proxies));
        let service = if hidden { closed.clone() } else { open.clone() };
        service.oneshot(request)
    };
    Ok(Router::new().fallback_service(tower::service_fn(choose)))
}

fn with_or_without_office(
    state: State,
    public_url: &PublicUrl,
    office: bool,
) -> Result<Router, ConfigError> {
    let csrf = CsrfLayer::new().add_trusted_origin(public_url.as_str())?;

    // A page and the function that its form posts to share one path; the pages
    // themselves are told apart by the route table in `app`.
    let mut site = Router::new();
    for (path, method) in server_fn_paths() {
        if method == Method::POST {
            let guarded = post(function).route_layer(from_fn(form_body::check));
            site = match path {
                // The script asks here what a passkey is to sign.
                "/login/passkey" => site.route(path, guarded.get(passkeys::for_sign_in)),
                _ => site.route(path, guarded.get(page)),
            };
        }
    }
    let my_data = post(my_data::download).route_layer(from_fn(form_body::check));
    let site = site
        .route("/expenses.csv", get(downloads::expenses))
        .route("/expenses/form.csv", get(downloads::expense_form))
        .route("/files/{id}", get(files::file))
        .route("/my-data.zip", my_data)
        .route("/profile/passkeys/options", get(passkeys::for_new))
        // Where a password manager looks for the page that changes the password.
        .route(
            "/.well-known/change-password",
            get(|| async { (StatusCode::SEE_OTHER, [(header::LOCATION, "/profile")]) }),
        )
        .fallback_service(get(page).with_state(state.clone()))
        .layer(from_fn_with_state(state.clone(), visitor::load));
    // The office has sessions of its own.
    let site = match office {
        true => site.merge(office::routes(&state)),
        false => site,
    };
    let site = site
        .layer(from_fn_with_state(state.clone(), links::open))
        .layer(
            CompressionLayer::new().gzip(true).compress_when(
                SizeAbove::new(1024)
                    .and(NotForContentType::IMAGES)
                    .and(NotForContentType::const_new("application/zip"))
                    .and(NotForContentType::const_new("application/pdf"))
                    // .xlsx and .docx, which are zip files.
                    .and(NotForContentType::const_new(
                        "application/vnd.openxmlformats",
                    )),
            ),
        )
        // After the check of the origin: a foreign page cannot use up what its
        // visitors may post.
        .layer(from_fn_with_state(state.clone(), limits::check));

    let mut files = Router::new().route("/pkg/{name}", get(hashed));
    for name in AT_THE_ROOT {
        files = files.route(&format!("/{name}"), get(at_the_root));
    }
    let files = files.route("/manifest.webmanifest", get(manifest));
    let probes = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz));

    // A mail program posts from anywhere, and no cookie means anything to this page.
    let unsubscribing = Router::new()
        .route(
            "/notices/unsubscribe",
            get(unsubscribe::ask).post(unsubscribe::end),
        )
        .layer(from_fn_with_state(state.clone(), visitor::load))
        .layer(from_fn_with_state(state.clone(), limits::check));

    Ok(files
        .merge(probes)
        .merge(site)
        .layer(csrf)
        .merge(unsubscribing)
        .layer(from_fn(limits::patience))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(from_fn_with_state(state.clone(), pages::explain))
        // Once more, for the page that explains.
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(from_fn_with_state(public_url.is_https(), headers::add))
        .with_state(state))
}

/// The process lives.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The process can serve: the database answers. And what works beside the requests does:
/// whoever watches sees an age grow when it does not.
async fn readyz(FromState(state): FromState<State>) -> Response {
    let mut response = match watched(&state).await {
        Ok(words) => format!("ready\n{words}").into_response(),
        Err(error) => {
            tally::warn("not ready", store::told(&error));
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer\n",
            )
                .into_response()
        }
    };
    response.extensions_mut().insert(Complete);
    response
}

async fn watched(state: &State) -> store::Result<String> {
    let now = state.clock.now();
    let queue = letter::backlog(&state.db, now).await?;
    let seal = audit_seal::newest(&state.db).await?;
    let age = |since: Option<i64>| match since {
        Some(since) => format!("{} s", (now.0 - since).max(0) / 1000),
        None => "none".to_owned(),
    };
    Ok(format!(
        "letters due: {}\noldest letter due: {}\nletters given up since yesterday: {}\n\
         last seal: {}\n",
        queue.waiting,
        age(queue.oldest.map(|at| at.0)),
        queue.given_up,
        age(seal.map(|seal| seal.sealed_at)),
    ))
}

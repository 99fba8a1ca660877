//! The office's pages and forms: plain handlers, each of which names the role that it
//! needs as the type of an argument.

mod answer;
mod audit;
mod cookies;
mod drafts;
mod figures;
mod files;
mod guard;
mod home;
mod notices;
mod passkeys;
mod people;
mod postcards;
mod profile;
mod sign_in;
mod staff;
mod upload;

use std::{net::IpAddr, sync::Arc};

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{values::society::Society, visit::network::Network};
use store::Db;
use tokio::sync::{Notify, Semaphore};

use self::answer::Refused;
use super::State;
use crate::{
    base::secrets::Secrets,
    office::{
        postcards::run::PostcardService,
        staff::{StaffService, sign_in::StaffSignIn},
    },
};

/// Where the office is.
pub(super) const PATH: &str = "/office";

/// Files that are on their way in at a time.
pub const UPLOADS: usize = 2;

/// What the office's handlers share.
#[derive(Clone)]
pub struct Office {
    /// The database.
    pub db: Db,
    /// Whose office it is.
    pub society: Arc<Society>,
    /// Where members find the portal.
    pub public_url: Arc<str>,
    /// The server's key.
    pub secrets: Arc<Secrets>,
    /// Who works there.
    pub staff: StaffService,
    /// How they come in.
    pub sign_in: StaffSignIn,
    /// Who makes postcards.
    pub postcards: PostcardService,
    /// Wakes the worker that sends letters.
    pub wake_mail: Arc<Notify>,
    /// How many files are read at a time.
    pub upload_places: Arc<Semaphore>,
    /// Wakes the worker that checks files and brings them in.
    pub wake_files: Arc<Notify>,
    /// From so many lines on a file may wait for the night.
    pub night_from_lines: u64,
    /// From where it can be seen; from everywhere where this is empty.
    pub networks: Arc<[Network]>,
}

impl Office {
    /// Whether the office is there for this address.
    pub(super) fn is_there_for(&self, client: Option<IpAddr>) -> bool {
        self.networks.is_empty()
            || client.is_some_and(|client| self.networks.iter().any(|net| net.has(client)))
    }
}

/// The office, below its path.
pub(super) fn routes(state: &State) -> Router<State> {
    Router::new()
        .route("/office", get(home::page))
        .route("/office/login", get(sign_in::page).post(sign_in::password))
        .route(
            "/office/login/code",
            get(sign_in::code_page).post(sign_in::code),
        )
        .route(
            "/office/login/passkey",
            get(passkeys::ask).post(passkeys::sign_in),
        )
        .route(
            "/office/profile/passkeys",
            get(passkeys::ask_new).post(passkeys::change),
        )
        .route(
            "/office/second-step",
            get(sign_in::enrolment).post(sign_in::enrol),
        )
        .route("/office/second-step/passkey", get(passkeys::ask_first))
        .route(
            "/office/invite",
            get(sign_in::invitation).post(sign_in::accept),
        )
        .route("/office/logout", post(sign_in::sign_out))
        .route("/office/profile", get(profile::page).post(profile::change))
        .route("/office/people", get(people::page).post(people::search))
        .route("/office/people/returned", get(people::returned))
        .route(
            "/office/people/{id}",
            get(people::person).post(people::open),
        )
        .route("/office/people/{id}/postcard", post(people::new_postcard))
        .route(
            "/office/postcards",
            get(postcards::page).post(postcards::ask),
        )
        .route(
            "/office/postcards/{run}",
            get(postcards::run).post(postcards::decide),
        )
        .route(
            "/office/postcards/{run}/download",
            get(postcards::no_download).post(postcards::download),
        )
        .route(
            "/office/people/{id}/{act}",
            get(people::back).post(people::act),
        )
        .route("/office/notices", get(notices::page))
        .route(
            "/office/notices/new",
            get(notices::blank).post(notices::write),
        )
        .route(
            "/office/notices/{id}",
            get(notices::notice).post(notices::change),
        )
        .route(
            "/office/notices/{id}/preview",
            get(notices::preview).post(notices::preview_typed),
        )
        .route(
            "/office/notices/{id}/publish",
            get(notices::before).post(notices::publish),
        )
        .route(
            "/office/notices/{id}/withdraw",
            get(notices::back).post(notices::withdraw),
        )
        .route(
            "/office/notices/{id}/letters",
            get(notices::letters).post(notices::hold_letters),
        )
        .route("/office/notices/{id}/attachment", get(notices::attachment))
        .route("/office/files", get(files::page))
        .route("/office/files/new", get(files::new).post(files::receive))
        .route("/office/files/{job}", get(files::file))
        .route("/office/files/{job}/problems.csv", get(files::problems))
        .route(
            "/office/files/{job}/answers",
            get(files::back).post(files::answers),
        )
        .route("/office/files/{job}/run", get(files::back).post(files::run))
        .route(
            "/office/files/{job}/confirm",
            get(files::back).post(files::confirm),
        )
        .route(
            "/office/files/{job}/withdraw",
            get(files::back).post(files::withdraw),
        )
        .route(
            "/office/files/{job}/values",
            get(files::back).post(files::values),
        )
        .route(
            "/office/files/{job}/cancel",
            get(files::back).post(files::cancel),
        )
        .route("/office/audit", get(audit::page).post(audit::remove))
        .route(
            "/office/audit.csv",
            get(audit::sheet_by_address).post(audit::sheet),
        )
        .route("/office/staff", get(staff::page).post(staff::add_or_decide))
        .route("/office/staff/{id}/roles", post(staff::roles))
        .route("/office/staff/{id}/disable", post(staff::disable))
        .route("/office/staff/{id}/enable", post(staff::enable))
        .route("/office/staff/{id}/link", post(staff::link))
        .route("/office/draft", post(drafts::forget))
        .route("/office/style.css", get(style))
        .route("/office/postcard.css", get(postcard_style))
        .route("/office/{*nowhere}", get(nowhere).post(nowhere))
        .layer(from_fn(mark))
        .layer(from_fn_with_state(state.clone(), guard::load))
}

/// What is said of every answer of the office.
async fn mark(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        "x-robots-tag",
        HeaderValue::from_static("noindex, nofollow"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn style() -> Response {
    let css = HeaderValue::from_static("text/css; charset=utf-8");
    ([(header::CONTENT_TYPE, css)], office_pages::STYLE).into_response()
}

async fn postcard_style() -> Response {
    let css = HeaderValue::from_static("text/css; charset=utf-8");
    ([(header::CONTENT_TYPE, css)], office_pages::POSTCARD_STYLE).into_response()
}

async fn nowhere() -> Refused {
    Refused::NotFound
}

//! The office's pages and forms: plain handlers, each of which names the role that it
//! needs as the type of an argument.

mod answer;
mod audit;
mod cookies;
mod drafts;
mod enrolment;
mod figures;
mod files;
mod form;
mod guard;
mod home;
mod notices;
mod passkeys;
mod path;
mod people;
mod postcards;
mod profile;
mod proof;
mod sign_in;
mod sign_in_passkey;
mod staff;
mod upload;
mod visit;

use std::{net::IpAddr, sync::Arc};

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use domain::{values::society::Society, visit::network::Network};
use store::Db;
use tokio::sync::{Notify, Semaphore};

use self::answer::Refused;
use super::{
    State,
    handler::{get, get_and_post, post},
};
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
        .route(
            "/office/login",
            get_and_post(sign_in::page, sign_in::password),
        )
        .route(
            "/office/login/code",
            get_and_post(sign_in::code_page, sign_in::code),
        )
        .route(
            "/office/login/passkey",
            get_and_post(passkeys::ask, passkeys::sign_in),
        )
        .route(
            "/office/profile/passkeys",
            get_and_post(passkeys::ask_new, passkeys::change),
        )
        .route(
            "/office/second-step",
            get_and_post(enrolment::enrolment, enrolment::enrol),
        )
        .route("/office/second-step/passkey", get(passkeys::ask_first))
        .route(
            "/office/invite",
            get_and_post(sign_in::invitation, sign_in::accept),
        )
        .route("/office/logout", post(sign_in::sign_out))
        .route(
            "/office/profile",
            get_and_post(profile::page, profile::change),
        )
        .route("/office/people", get_and_post(people::page, people::search))
        .route("/office/people/returned", get(people::returned))
        .route(
            "/office/people/{id}",
            get_and_post(people::person, people::open),
        )
        .route("/office/people/{id}/postcard", post(people::new_postcard))
        .route(
            "/office/postcards",
            get_and_post(postcards::page, postcards::ask),
        )
        .route(
            "/office/postcards/{run}",
            get_and_post(postcards::run, postcards::decide),
        )
        .route(
            "/office/postcards/{run}/download",
            get_and_post(postcards::no_download, postcards::download),
        )
        .route(
            "/office/people/{id}/{act}",
            get_and_post(people::back, people::act),
        )
        .route("/office/notices", get(notices::page))
        .route(
            "/office/notices/new",
            get_and_post(notices::blank, notices::write),
        )
        .route(
            "/office/notices/{id}",
            get_and_post(notices::notice, notices::change),
        )
        .route(
            "/office/notices/{id}/preview",
            get_and_post(notices::preview, notices::preview_typed),
        )
        .route(
            "/office/notices/{id}/publish",
            get_and_post(notices::before, notices::publish),
        )
        .route(
            "/office/notices/{id}/withdraw",
            get_and_post(notices::back, notices::withdraw),
        )
        .route(
            "/office/notices/{id}/letters",
            get_and_post(notices::letters, notices::hold_letters),
        )
        .route("/office/notices/{id}/attachment", get(notices::attachment))
        .route("/office/files", get(files::page))
        .route(
            "/office/files/new",
            get_and_post(files::new, files::receive),
        )
        .route("/office/files/{job}", get(files::file))
        .route("/office/files/{job}/problems.csv", get(files::problems))
        .route(
            "/office/files/{job}/answers",
            get_and_post(files::back, files::answers),
        )
        .route(
            "/office/files/{job}/run",
            get_and_post(files::back, files::run),
        )
        .route(
            "/office/files/{job}/confirm",
            get_and_post(files::back, files::confirm),
        )
        .route(
            "/office/files/{job}/withdraw",
            get_and_post(files::back, files::withdraw),
        )
        .route(
            "/office/files/{job}/values",
            get_and_post(files::back, files::values),
        )
        .route(
            "/office/files/{job}/cancel",
            get_and_post(files::back, files::cancel),
        )
        .route("/office/audit", get_and_post(audit::page, audit::remove))
        .route(
            "/office/audit.csv",
            get_and_post(audit::sheet_by_address, audit::sheet),
        )
        .route(
            "/office/staff",
            get_and_post(staff::page, staff::add_or_decide),
        )
        .route("/office/staff/{id}/roles", post(staff::roles))
        .route("/office/staff/{id}/disable", post(staff::disable))
        .route("/office/staff/{id}/enable", post(staff::enable))
        .route("/office/staff/{id}/link", post(staff::link))
        .route("/office/draft", post(drafts::forget))
        .route("/office/style.css", get(style))
        .route("/office/postcard.css", get(postcard_style))
        .route("/office/{*nowhere}", get_and_post(nowhere, nowhere))
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

//! The client bundle: found once at start, kept in memory, served with the
//! compression that was made when it was built.
//!
//! Not `tower-http`'s `ServeDir`, which opens a file for each request: pages name the
//! bundle that was there at the start, so after a rebuild it would answer them with
//! files that are gone, or half written. It also decides neither how long a name may be
//! kept nor which kinds of files are for the browser.

use std::{collections::HashMap, fmt, fs, io, path::Path, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{Path as UrlPath, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::ports::Assets;

/// Under a hashed name nothing ever changes.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Under a plain name it may, with the next version.
const A_WHILE: &str = "public, max-age=3600";

/// One file, in every form it was built in.
#[derive(Debug)]
struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    kind: &'static str,
    cache: &'static str,
}

/// All files of `dist`, by name.
#[derive(Clone, Debug)]
pub struct Bundle {
    files: Arc<HashMap<String, File>>,
    addresses: Assets,
}

/// The bundle is not there, or not whole.
#[derive(Debug)]
pub enum BundleError {
    /// The folder cannot be read.
    Io(std::path::PathBuf, io::Error),
    /// A part is missing, or there is more than one.
    Part(&'static str),
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(folder, error) => write!(
                f,
                "the client bundle {}: {error}; `make client` builds it, PORTAL_SITE names the \
                 folder that holds `dist`",
                folder.display()
            ),
            Self::Part(part) => write!(
                f,
                "the client bundle has no single {part}; `make client` builds it anew"
            ),
        }
    }
}

impl std::error::Error for BundleError {}

impl Bundle {
    /// Reads `dist` in the folder `site`.
    ///
    /// # Errors
    /// No such folder, or a part that is missing.
    pub fn open(site: &Path) -> Result<Self, BundleError> {
        let folder = site.join("dist");
        let failed = |error| BundleError::Io(folder.clone(), error);
        let mut files = HashMap::new();
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            // What is not of these kinds is not for the browser.
            let Some(kind) = kind(name) else { continue };
            let beside = |ending: &str| fs::read(format!("{}.{ending}", path.display())).ok();
            let hashed = name.contains('-');
            let file = File {
                plain: fs::read(&path).map_err(failed)?.into(),
                brotli: beside("br").map(Bytes::from),
                gzip: beside("gz").map(Bytes::from),
                kind,
                cache: if hashed { FOREVER } else { A_WHILE },
            };
            files.insert(name.to_owned(), file);
        }
        let one = |part, start: &str, end: &str| {
            let mut found = files
                .keys()
                .filter(|n| n.starts_with(start) && n.ends_with(end));
            match (found.next(), found.next()) {
                (Some(name), None) => Ok(format!("/pkg/{name}")),
                _ => Err(BundleError::Part(part)),
            }
        };
        let addresses = Assets {
            style: one("style sheet (style-….css)", "style-", ".css")?,
            loader: one("loader (loader-….js)", "loader-", ".js")?,
            passkeys: one("script for passkeys (passkeys-….js)", "passkeys-", ".js")?,
            client: one("module (client-….js)", "client-", ".js")?,
            wasm: one("client (client-…_bg.wasm)", "client-", ".wasm")?,
        };
        Ok(Self {
            files: Arc::new(files),
            addresses,
        })
    }

    /// Where the pages find its parts.
    pub fn addresses(&self) -> Assets {
        self.addresses.clone()
    }

    fn answer(&self, name: &str, headers: &HeaderMap) -> Response {
        let Some(file) = self.files.get(name) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let accepts = |coding: &str| {
            headers
                .get_all(header::ACCEPT_ENCODING)
                .iter()
                .filter_map(|value| value.to_str().ok())
                .flat_map(|value| value.split(','))
                .any(|one| {
                    let mut parts = one.split(';').map(str::trim);
                    // Weight 0 is a refusal (RFC 9110, 12.4.2).
                    parts
                        .next()
                        .is_some_and(|name| name.eq_ignore_ascii_case(coding))
                        && !parts
                            .any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
                })
        };
        let (body, coding) = match (&file.brotli, &file.gzip) {
            (Some(brotli), _) if accepts("br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepts("gzip") => (gzip, Some("gzip")),
            _ => (&file.plain, None),
        };
        let mut response = Response::new(Body::from(body.clone()));
        let answer = response.headers_mut();
        answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
        answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(file.cache));
        answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(coding) = coding {
            answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    }
}

/// `/pkg/{name}`
pub(super) async fn hashed(
    State(bundle): State<Bundle>,
    UrlPath(name): UrlPath<String>,
    headers: HeaderMap,
) -> Response {
    bundle.answer(&name, &headers)
}

/// What browsers ask for by a name of their own.
pub(super) const AT_THE_ROOT: [&str; 2] = ["favicon.svg", "robots.txt"];

/// `/favicon.svg` and the like.
pub(super) async fn at_the_root(
    State(bundle): State<Bundle>,
    uri: axum::http::Uri,
    headers: HeaderMap,
) -> Response {
    bundle.answer(uri.path().trim_start_matches('/'), &headers)
}

/// `/manifest.webmanifest`: under the society's own name the portal stands on a home screen.
pub(super) async fn manifest(State(state): State<super::State>) -> Response {
    let society = &state.ports.society;
    let manifest = serde_json::json!({
        "name": format!("{}（{}）", society.portal_name, society.name),
        "short_name": society.portal_name,
        "lang": "ja",
        "start_url": "/",
        "display": "browser",
        "background_color": "#f6f8f7",
        "theme_color": "#197a4b",
        "icons": [{ "src": "/favicon.svg", "sizes": "any", "type": "image/svg+xml" }],
    });
    let headers = [
        (header::CONTENT_TYPE, "application/manifest+json"),
        (header::CACHE_CONTROL, A_WHILE),
    ];
    (headers, manifest.to_string()).into_response()
}

fn kind(name: &str) -> Option<&'static str> {
    Some(match name.rsplit('.').next()? {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

//! The links in our letters. Opening one changes nothing, so a mail scanner may
//! look at it ten times: the token goes into an encrypted cookie, and leaves the
//! address bar.

use axum::{
    extract::{Request, State as FromState},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{State, cookies::Opened};

/// A link's path, what it opens, and the page it leads to.
const LINKS: [(&str, Opened, &str); 4] = [
    (
        "/register/verify",
        Opened::Registration,
        "/register/provisional",
    ),
    ("/reissue/verify", Opened::Reissue, "/reissue/provisional"),
    (
        "/profile/emails/confirm",
        Opened::Confirmation,
        "/profile/emails/confirm",
    ),
    ("/security/report", Opened::Report, "/security/report"),
];

/// Longer tokens are not ours, and would not fit into a cookie.
const TOKEN_CHARS: usize = 200;

/// Opens a letter's link; whatever else is asked for goes its way.
pub(super) async fn open(
    FromState(state): FromState<State>,
    request: Request,
    next: Next,
) -> Response {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    let link = LINKS
        .iter()
        .find(|(path, ..)| looks && *path == request.uri().path());
    let Some(&(path, which, to)) = link else {
        return next.run(request).await;
    };
    let token = match token(request.uri().query()) {
        Some(token) => token,
        // Without a token this is the page itself.
        None if path == to => return next.run(request).await,
        // The link was cut off: it leads to the page that says so.
        None => String::new(),
    };
    let to = HeaderValue::from_static(to);
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    if let Some(cookie) = state.cookies.open(which, &token) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn token(query: Option<&str>) -> Option<String> {
    let query = query?.as_bytes();
    let (_, token) = url::form_urlencoded::parse(query).find(|(key, _)| key == "token")?;
    Some(token.chars().take(TOKEN_CHARS).collect())
}

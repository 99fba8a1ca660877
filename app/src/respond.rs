//! What a page says to the browser beside its text: another status, another place.

use http::{StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

/// Sends the browser to another page instead of this one.
pub(crate) fn go_to(path: &'static str) -> AnyView {
    let response = expect_context::<ResponseOptions>();
    response.set_status(StatusCode::SEE_OTHER);
    response.insert_header(header::LOCATION, http::HeaderValue::from_static(path));
    ().into_any()
}

/// The page's status, where it is not 200.
pub(crate) fn answer_with(status: StatusCode) {
    expect_context::<ResponseOptions>().set_status(status);
}

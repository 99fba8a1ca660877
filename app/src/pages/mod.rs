//! One file a screen, in the manual's words.

pub mod about;
pub mod addresses;
pub mod checkups;
pub mod confirm;
pub mod confirm_password;
pub mod done;
pub mod entry;
pub mod expenses;
pub mod health;
pub mod help;
pub mod home;
pub mod leave;
pub mod login;
pub mod mailbox;
pub mod my_data;
pub mod notices;
pub mod problem;
pub mod profile;
pub mod profile_input;
pub mod provisional;
pub mod register;
pub mod reissue;
pub mod report;
pub mod security;
pub mod sent;

use http::{StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

/// Sends the browser to another page instead of this one.
fn go_to(path: &'static str) -> AnyView {
    let response = expect_context::<ResponseOptions>();
    response.set_status(StatusCode::SEE_OTHER);
    response.insert_header(header::LOCATION, http::HeaderValue::from_static(path));
    ().into_any()
}

/// The page's status, where it is not 200.
pub(crate) fn answer_with(status: StatusCode) {
    expect_context::<ResponseOptions>().set_status(status);
}

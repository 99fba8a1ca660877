//! Attachments: to be kept, never to be shown as pages of ours.

use app::pages::portal::problem::Problem;
use axum::{
    extract::{Request, State as FromState},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    ports::{Attachment, NoticeLook},
    visit::{Visit, Visitor},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use super::{State, pages::problem};

/// What stands as it is in a name by RFC 8187.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// `/files/{id}`
pub(super) async fn file(FromState(state): FromState<State>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Some(visit) = parts.extensions.get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Visitor::Member(member) = &visit.who else {
        return Redirect::to("/login").into_response();
    };
    let name = parts.uri.path().rsplit('/').next().unwrap_or_default();
    let found = match Uuid::parse_str(name) {
        // What is no identifier is nobody's.
        Err(_) => Ok(NoticeLook::NotTheirs),
        Ok(id) => {
            let notices = &state.ports.notices;
            notices.file(member, id, &visit.origin, visit.now).await
        }
    };
    let what = match found {
        Ok(NoticeLook::Shown(attachment)) => return download(attachment),
        Ok(NoticeLook::Over) => Problem::over(),
        Ok(NoticeLook::NotTheirs) => Problem::of(StatusCode::NOT_FOUND),
        Err(trouble) => Problem::trouble(&trouble),
    };
    problem(&state, visit, parts, what).await
}

pub(super) fn download(attachment: Attachment) -> Response {
    // A name that every browser can read, and behind it the real one.
    let ending = attachment.name.rsplit('.').next().unwrap_or_default();
    let name = utf8_percent_encode(&attachment.name, NAME);
    let disposition = format!("attachment; filename=\"file.{ending}\"; filename*=UTF-8''{name}");
    let Ok(disposition) = HeaderValue::from_str(&disposition) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(attachment.media_type),
        ),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, attachment.content).into_response()
}

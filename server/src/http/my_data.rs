//! `/my-data.zip`: posted to, since it is noted that the file was taken.

use app::{api::refusal::Refusal, pages::portal::problem::Problem};
use axum::{
    extract::{Request, State as FromState},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    ports::Download,
    visit::{Visit, Visitor},
};

use super::{State, pages::problem};

/// Everything about the member, or the page that asks for the password first.
pub(super) async fn download(FromState(state): FromState<State>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Some(visit) = parts.extensions.get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let member = match &visit.who {
        Visitor::Member(member) => member,
        Visitor::Provisional(_) | Visitor::Reissuing(_) => {
            let what = Problem::forbidden(Refusal::NotForYou);
            return problem(&state, visit, parts, what).await;
        }
        Visitor::Nobody
        | Visitor::Registered { .. }
        | Visitor::PostcardUsed
        | Visitor::Reissued => {
            return Redirect::to("/login").into_response();
        }
    };
    let taken = state.ports.my_data.take(member, &visit.origin, visit.now);
    match taken.await {
        Ok(Download::Done(zip)) => {
            let headers = [
                (header::CONTENT_TYPE, "application/zip"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"my-data.zip\"",
                ),
            ];
            (headers, zip).into_response()
        }
        Ok(Download::PasswordDue) => Redirect::to("/my-data").into_response(),
        Ok(Download::Over) => Redirect::to("/login").into_response(),
        Err(trouble) => problem(&state, visit, parts, Problem::trouble(&trouble)).await,
    }
}

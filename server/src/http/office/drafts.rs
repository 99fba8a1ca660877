//! A form that meets an ended session is kept for whoever sent it, and shown to them, and
//! to nobody else, after they have signed in again.

use axum::{
    extract::Request,
    http::Method,
    response::{IntoResponse, Response},
};
use domain::values::timestamp::Timestamp;
use store::staff_draft::{self, Draft};

use super::{
    super::{State, form_body, limits::is_multipart},
    answer::{Answer, OfficePath, Refused, Responder, see_other},
    form::MOST_BYTES,
};
use crate::office::access::{Acting, AnyRole, StaffVisit};

/// What the fields are encrypted as.
const SEALED_AS: &str = "office draft";

/// What is kept of nobody's form.
const SECRETS: [&str; 2] = ["password", "code"];

/// Keeps a form of somebody whose session is over. `Ok` gives the request back where there
/// is none to keep; `Err` leads to the login.
///
/// # Errors
/// The answer, where it was kept.
pub(super) async fn keep(
    state: &State,
    token_hash: &[u8],
    request: Request,
    now: Timestamp,
) -> Result<Request, Response> {
    let path = request.uri().path().to_owned();
    let is_worth_it = request.method() == Method::POST
        && !is_multipart(request.headers())
        && !path.starts_with("/office/login")
        && ![
            "/office/logout",
            "/office/draft",
            "/office/second-step",
            "/office/invite",
        ]
        .contains(&path.as_str());
    if !is_worth_it {
        return Ok(request);
    }
    let owner = staff_draft::owner(&state.db, token_hash, now).await;
    let owner = owner.map_err(|error| Refused::from(error).into_response())?;
    let Some(owner) = owner else {
        return Ok(request);
    };
    let (parts, body) = request.into_parts();
    let read = form_body::read(&parts.headers, body, MOST_BYTES).await;
    let bytes = read.map_err(IntoResponse::into_response)?;
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&bytes)
        .into_owned()
        .filter(|(name, _)| !SECRETS.contains(&name.as_str()) && !name.starts_with("proof_"))
        .collect();
    let kept = async {
        let place = owner.to_string();
        let text = serde_json::to_vec(&fields).unwrap_or_default();
        let sealed_fields = state.office.secrets.seal(SEALED_AS, &place, &text)?;
        let mut tx = state.db.write().await?;
        staff_draft::keep(
            &mut tx,
            owner,
            &Draft {
                path,
                sealed_fields,
            },
            now,
        )
        .await?;
        tx.commit().await?;
        Ok::<_, Refused>(())
    };
    Err(match kept.await {
        Ok(()) => see_other(&OfficePath::login()),
        Err(refused) => refused.into_response(),
    })
}

/// Where it goes, and its fields.
pub(super) async fn of(
    state: &State,
    visit: &StaffVisit,
) -> Result<Option<(String, Vec<(String, String)>)>, Refused> {
    let draft = staff_draft::of(&state.db, visit.id(), visit.now).await?;
    let place = visit.id().to_string();
    Ok(draft.and_then(
        |Draft {
             path,
             sealed_fields,
         }| {
            let text = state
                .office
                .secrets
                .open_sealed(SEALED_AS, &place, &sealed_fields)?;
            Some((path, serde_json::from_slice(&text).ok()?))
        },
    ))
}

/// It went well this time. Where that cannot be noted, it is shown once more.
pub(super) async fn sent(state: &State, visit: &StaffVisit, path: &str) {
    let forgotten = async {
        let draft = staff_draft::of(&state.db, visit.id(), visit.now).await?;
        if draft.is_some_and(|draft| draft.path == path) {
            let mut tx = state.db.write().await?;
            staff_draft::forget(&mut tx, visit.id()).await?;
            tx.commit().await?;
        }
        Ok::<_, store::Error>(())
    };
    if let Err(error) = forgotten.await {
        tracing::warn!(error = store::told(&error), "a draft that was sent is kept");
    }
}

/// POST /office/draft: it is not wanted any more.
pub(super) async fn forget(acting: Acting<AnyRole>, responder: Responder) -> Answer {
    let mut tx = responder.state().db.write().await?;
    staff_draft::forget(&mut tx, acting.id()).await?;
    tx.commit().await?;
    Ok(see_other(&OfficePath::home()))
}

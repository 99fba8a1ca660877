//! O-33: a notice is published, after a second question, and withdrawn.

use axum::extract::Path;
use domain::office::notice::NoticeState;
use office_pages::{
    pages::notices::{self as pages, ToPublish},
    parts::Tried,
};
use store::publishing::{self as kept, OfficeNotice, Step};

use super::{
    super::{
        answer::{Answer, OfficePath, Responder, see_other},
        form::Form,
        proof::prove,
    },
    NO_VERSION, PUBLISH, UNCONFIRMED, find,
    form::filled,
    id_of,
    in_hand::in_hand,
    lead,
    preview::first_day,
    publishing, today,
    write::{again, wrong},
};
use crate::office::{
    access::{Acting, Publisher},
    notices::{
        form::Notes,
        publishing::{Outcome, PublishingError, state},
    },
};

/// GET …/publish: asks for the second time.
pub(in crate::http::office) async fn before(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    if !state(&notice, today(&publisher)).is_unpublished() {
        return Ok(see_other(&OfficePath::notice(notice.id)));
    }
    ask(&publisher, &responder, &notice, None).await
}

async fn ask(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    notice: &OfficeNotice,
    tried: Option<&Tried>,
) -> Answer {
    let (hand, today) = (
        in_hand(publisher, responder, Some(notice)).await?,
        today(publisher),
    );
    let first = first_day(notice, today);
    let letter = notice.written.letter;
    let watched = publishing(responder).four_eyes && letter;
    let waits = hand.state == NoticeState::Waiting;
    let asked_by = match waits && watched {
        false => None,
        true => {
            let steps = kept::steps(&responder.state().db, notice.id).await?;
            let asked = steps.into_iter().rev().find(|one| one.step == Step::Asked);
            asked.and_then(|one| one.by).map(|(_, name)| name)
        }
    };
    let to = ToPublish {
        title: notice.written.title.clone(),
        audience: notice.written.audience.to_string(),
        days: (first, notice.written.ends_on),
        at_once: first <= today,
        letter,
        needs_another: watched && !waits,
        asked_by,
    };
    let page = || pages::publish(tried, &hand, &to);
    Ok(match tried {
        None => responder.page(PUBLISH, page).await,
        Some(_) => responder.again(PUBLISH, page).await,
    })
}

/// A version that was sent along; none is as good as the present one.
fn version_of(form: &Form) -> Result<Option<i64>, Notes> {
    match form.get("version") {
        "" => Ok(None),
        version => match version.parse() {
            Ok(version) => Ok(Some(version)),
            Err(_) => Err(vec![("", NO_VERSION.to_owned())]),
        },
    }
}

/// POST …/publish
pub(in crate::http::office) async fn publish(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    if !form.is_confirmed() {
        let tried = Tried::note("", UNCONFIRMED);
        return ask(&publisher, &responder, &notice, Some(&tried)).await;
    }
    let version = match version_of(&form) {
        Ok(version) => version,
        Err(notes) => {
            let tried = Tried {
                notes,
                ..Tried::default()
            };
            return ask(&publisher, &responder, &notice, Some(&tried)).await;
        }
    };
    let proven = match prove(&responder, publisher, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let publisher = &proven.acting;
    let result = publishing(&responder)
        .publish(publisher, notice.id, version)
        .await;
    let answer = match result {
        Ok(outcome) => {
            let word = match outcome {
                Outcome::Asked => "asked",
                Outcome::Published(NoticeState::Scheduled) => "scheduled",
                _ => "published",
            };
            lead(&responder, &OfficePath::notice(notice.id), word)
        }
        Err(error @ (PublishingError::Own | PublishingError::TooClose | PublishingError::Over)) => {
            let tried = Tried::note("", error.to_string());
            ask(publisher, &responder, &notice, Some(&tried)).await?
        }
        Err(error) => wrong(publisher, &responder, Some(&notice), &form, error).await?,
    };
    Ok(proven.answer(answer))
}

/// GET …/withdraw: where the form is.
pub(in crate::http::office) async fn back(_: Acting<Publisher>, Path(id): Path<String>) -> Answer {
    Ok(see_other(&OfficePath::notice(id_of(&id)?)))
}

/// POST …/withdraw: at once, so nothing is asked for that takes time.
pub(in crate::http::office) async fn withdraw(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let version = match version_of(&form) {
        Ok(version) if form.is_confirmed() => version,
        judged => {
            let notes = judged.err();
            let tried = Tried {
                notes: notes.unwrap_or_else(|| vec![("", UNCONFIRMED.to_owned())]),
                ..filled(&notice.written)
            };
            return again(&publisher, &responder, Some(&notice), tried).await;
        }
    };
    let result = publishing(&responder)
        .withdraw(&publisher, notice.id, version)
        .await;
    match result {
        Ok(outcome) => {
            let word = match outcome {
                Outcome::Withdrawn => "withdrawn",
                _ => "returned",
            };
            Ok(lead(&responder, &OfficePath::notice(notice.id), word))
        }
        Err(error) => wrong(&publisher, &responder, Some(&notice), &form, error).await,
    }
}

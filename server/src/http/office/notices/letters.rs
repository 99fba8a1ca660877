//! O-34: how far its letters are; they are held back, and gone on with.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, header},
};
use office_pages::{
    pages::notices::{self as pages, Letters},
    parts::Tried,
};
use store::publishing::{self as kept, OfficeNotice};

use super::{
    super::{
        answer::{Answer, OfficePath, Responder},
        form::Form,
    },
    LETTERS, UNCONFIRMED, find, id_of,
    in_hand::in_hand,
    lead, publishing, told,
    write::wrong,
};
use crate::office::{
    access::{Acting, Publisher},
    notices::publishing::{PublishingError, letters_due},
};

/// For so many seconds the letters' page stands still.
const REFRESH: &str = "10; url=?refresh=1";

/// GET …/letters
pub(in crate::http::office) async fn letters(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let told = told(&responder, &headers);
    progress(&publisher, &responder, &notice, None, told).await
}

async fn progress(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    notice: &OfficeNotice,
    tried: Option<&Tried>,
    told: Option<&str>,
) -> Answer {
    let hand = in_hand(publisher, responder, Some(notice)).await?;
    let counted = kept::progress(&responder.state().db, notice.id).await?;
    let letters = Letters {
        all: notice.letters,
        sent: counted.sent,
        given_up: counted.given_up,
        waiting: counted.waiting,
        paused: counted.paused,
        due: notice.told_at.is_none().then(|| letters_due(notice)),
    };
    let title = &notice.written.title;
    let page = || pages::letters(tried, told, &hand, title, &letters);
    if tried.is_some() {
        return Ok(responder.again(LETTERS, page).await);
    }
    let mut response = responder.page(LETTERS, page).await;
    if letters.waiting > 0 {
        let refresh = HeaderValue::from_static(REFRESH);
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    Ok(response)
}

/// POST …/letters: held back, or gone on with.
pub(in crate::http::office) async fn hold_letters(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let paused = match form.get("act") {
        "pause" => true,
        "resume" => false,
        _ => {
            let tried = Tried::note("", UNCONFIRMED);
            return progress(&publisher, &responder, &notice, Some(&tried), None).await;
        }
    };
    let result = publishing(&responder)
        .letters(&publisher, notice.id, paused)
        .await;
    match result {
        Ok(_) => {
            responder.state().office.wake_mail.notify_one();
            let word = if paused { "paused" } else { "resumed" };
            let to = OfficePath::notice_letters(notice.id);
            Ok(lead(&responder, &to, word))
        }
        Err(error @ PublishingError::NotPublished) => {
            let tried = Tried::note("", error.to_string());
            progress(&publisher, &responder, &notice, Some(&tried), None).await
        }
        Err(error) => wrong(&publisher, &responder, Some(&notice), &form, error).await,
    }
}

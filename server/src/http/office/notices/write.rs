//! O-31: a notice is written, and changed.

use axum::{
    extract::Path,
    http::{HeaderMap, Uri},
    response::Response,
};
use domain::{audience::Audience, office::notice::Kept};
use office_pages::{
    pages::notices::{self as pages, Conflict},
    parts::Tried,
};
use store::{
    notice::Kind,
    publishing::{self as kept, OfficeNotice, Reach},
};
use uuid::Uuid;

use super::{
    super::{
        answer::{Answer, OfficePath, Refused, Responder},
        form::Form,
        upload::Upload,
    },
    NO_VERSION, WRITE, find,
    form::{FIELDS, NoticeForm, filled, judged, read_form, typed, values},
    id_of,
    in_hand::{in_hand, step_lines},
    lead, publishing, today, told,
};
use crate::office::{
    access::{Acting, Publisher},
    notices::{
        form::Notes,
        publishing::{FileChange, Outcome, PublishingError},
    },
};

/// GET /office/notices/new: an empty one, or one with the words of another.
pub(in crate::http::office) async fn blank(
    publisher: Acting<Publisher>,
    responder: Responder,
    address: Uri,
) -> Answer {
    let hand = in_hand(&publisher, &responder, None).await?;
    let from: Option<Uuid> = Form::in_query(&address).get("from").parse().ok();
    let tried = match from {
        None => Tried::default()
            .keep("kind", Kind::Notice.as_str())
            .keep("audience", "全員")
            .keep("opens_on", &today(&publisher).to_string()),
        Some(id) => {
            let mut written = find(&responder, id).await?.written;
            (written.slug, written.opens_on) = (None, today(&publisher));
            written.ends_on = written.ends_on.filter(|last| written.opens_on <= *last);
            filled(&written)
        }
    };
    Ok(responder
        .page(WRITE, || pages::edit(&tried, None, &hand))
        .await)
}

/// POST /office/notices/new: kept as a draft.
pub(in crate::http::office) async fn write(
    publisher: Acting<Publisher>,
    responder: Responder,
    Upload { form, file }: NoticeForm,
) -> Answer {
    let today = today(&publisher);
    if let Some(answer) = beside(&publisher, &responder, &form, None).await? {
        return Ok(answer);
    }
    let (written, file) = (read_form(&form, today), judged(file));
    let (written, file) = match (written, file) {
        (Ok(written), Ok(file)) => (written, file),
        (written, file) => {
            let mut notes = written.err().unwrap_or_default();
            notes.extend(file.err().unwrap_or_default());
            return again(&publisher, &responder, None, typed(&form, notes)).await;
        }
    };
    let id = match publishing(&responder)
        .write(&publisher, &written, &file)
        .await
    {
        Ok(id) => id,
        Err(error) => return wrong(&publisher, &responder, None, &form, error).await,
    };
    Ok(lead(&responder, &OfficePath::notice(id), "kept"))
}

/// The buttons of the form that keep nothing: counting, and going back to writing.
async fn beside(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    form: &Form,
    notice: Option<&OfficeNotice>,
) -> Result<Option<Response>, Refused> {
    let act = form.get("act");
    if act != "count" && act != "edit" {
        return Ok(None);
    }
    let mut hand = in_hand(publisher, responder, notice).await?;
    if let Ok(version) = form.get("version").parse() {
        // What was opened is what is written on.
        hand.version = version;
    }
    hand.reach = None;
    let notes = read_form(form, today(publisher)).map_or_else(|notes| notes, |_| Notes::new());
    // Of what is not finished only the audience is judged.
    let notes: Notes = notes
        .into_iter()
        .filter(|(field, _)| *field == "audience")
        .collect();
    let tried = typed(form, notes);
    if tried.notes.is_empty()
        && let Ok(audience) = Audience::parse(form.get("audience"))
    {
        let db = &responder.state().db;
        let Reach { people, letters } = kept::reach(db, &audience, today(publisher)).await?;
        hand.reach = Some((people, letters));
        hand.unknown_employers = kept::unknown_employers(db, &audience.employers).await?;
    }
    let page = || pages::edit(&tried, None, &hand);
    Ok(Some(match tried.notes.is_empty() {
        true => responder.page(WRITE, page).await,
        false => responder.again(WRITE, page).await,
    }))
}

/// The form once more, as it was typed.
pub(super) async fn again(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    notice: Option<&OfficeNotice>,
    tried: Tried,
) -> Answer {
    let hand = in_hand(publisher, responder, notice).await?;
    Ok(responder
        .again(WRITE, || pages::edit(&tried, None, &hand))
        .await)
}

/// Says why something was not done, and keeps what was typed.
pub(super) async fn wrong(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    notice: Option<&OfficeNotice>,
    form: &Form,
    error: PublishingError,
) -> Answer {
    let sentence = error.to_string();
    let field = match error {
        PublishingError::Internal(error) => return Err(Refused::from(error)),
        PublishingError::Unknown => return Err(Refused::NotFound),
        PublishingError::NotInAnyMore => return Err(Refused::SeeOther(OfficePath::login())),
        PublishingError::Stale(now, steps) => {
            let mut hand = in_hand(publisher, responder, Some(&now)).await?;
            let tried = match form.has("title") {
                true => typed(form, vec![("", sentence)]),
                false => Tried {
                    notes: vec![("", sentence)],
                    ..filled(&now.written)
                },
            };
            let differs = |(field, value): (&'static str, String)| {
                let was_typed = tried.value(field);
                let is_other = value.trim() != was_typed.trim().replace("\r\n", "\n");
                let (_, name) = FIELDS.iter().find(|(known, _)| *known == field)?;
                is_other.then_some((*name, value, was_typed))
            };
            hand.conflict = Some(Conflict {
                steps: step_lines(&steps),
                fields: values(&now.written)
                    .into_iter()
                    .filter_map(differs)
                    .collect(),
            });
            return Ok(responder
                .again(WRITE, || pages::edit(&tried, None, &hand))
                .await);
        }
        PublishingError::SlugTaken => "slug",
        PublishingError::Over => "ends_on",
        PublishingError::PutOff => "opens_on",
        _ => "",
    };
    let notes = vec![(field, sentence)];
    let tried = match (form.has("title"), notice) {
        (false, Some(notice)) => Tried {
            notes,
            ..filled(&notice.written)
        },
        _ => typed(form, notes),
    };
    again(publisher, responder, notice, tried).await
}

/// GET /office/notices/{id}
pub(in crate::http::office) async fn notice(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let hand = in_hand(&publisher, &responder, Some(&notice)).await?;
    let (tried, told) = (filled(&notice.written), told(&responder, &headers));
    Ok(responder
        .page(WRITE, || pages::edit(&tried, told, &hand))
        .await)
}

/// POST /office/notices/{id}: other words, another attachment, or both.
pub(in crate::http::office) async fn change(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    Upload { form, file }: NoticeForm,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    if let Some(answer) = beside(&publisher, &responder, &form, Some(&notice)).await? {
        return Ok(answer);
    }
    let has_words = form.has("title");
    let mut notes = Notes::new();
    let version: Option<i64> = form.get("version").parse().ok();
    if version.is_none() {
        notes.push(("", NO_VERSION.to_owned()));
    }
    let written = match has_words.then(|| read_form(&form, today(&publisher))) {
        None => None,
        Some(Ok(written)) => Some(written),
        Some(Err(wrong)) => {
            notes.extend(wrong);
            None
        }
    };
    let detaches = form.get("act") == "detach";
    let is_nothing = !has_words && !detaches && file.is_none();
    if is_nothing {
        notes.push(("attachment", "添付ファイルを選んでください。".to_owned()));
    }
    let file = match judged(file) {
        Ok(FileChange::Keep) if detaches => FileChange::Remove,
        Ok(file) => file,
        Err(wrong) => {
            notes.extend(wrong);
            FileChange::Keep
        }
    };
    let (Some(version), true) = (version, notes.is_empty()) else {
        let tried = match has_words {
            true => typed(&form, notes),
            false => Tried {
                notes,
                ..filled(&notice.written)
            },
        };
        return again(&publisher, &responder, Some(&notice), tried).await;
    };
    let publishing = publishing(&responder);
    let at = (notice.id, version);
    match publishing
        .change(&publisher, at, written.as_ref(), &file)
        .await
    {
        Ok(outcome) => {
            let word = match outcome {
                Outcome::Same => "same",
                Outcome::Returned => "returned",
                _ if notice.kept == Kept::Published => "corrected",
                _ => "kept",
            };
            Ok(lead(&responder, &OfficePath::notice(notice.id), word))
        }
        Err(error) => wrong(&publisher, &responder, Some(&notice), &form, error).await,
    }
}

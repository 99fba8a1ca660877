//! O-32: as members see it.

use axum::extract::Path;
use domain::{
    office::notice::Kept,
    ports::{Article, Attachment, AttachmentLink, Notice},
};
use office_pages::pages::notices::{self as pages, Shown};
use store::{
    notice::{self as read, Kind},
    publishing::{OfficeNotice, Written},
};
use time::Date;
use uuid::Uuid;

use super::{
    super::{
        super::files::download,
        answer::{Answer, OfficePath, Refused, Responder},
        form::Form,
    },
    PREVIEW, find,
    form::{FIELDS, read_form, typed},
    id_of, today,
    write::again,
};
use crate::{
    base::{markdown, media_type::media_type},
    office::access::{Acting, Publisher},
};

/// As members see it.
fn shown(written: &Written, file: Option<(Uuid, String, i64)>, first: Date) -> Shown {
    let attachment = file.map(|(id, name, bytes)| AttachmentLink { id, name, bytes });
    let html = markdown::to_html(&written.body);
    match written.kind {
        Kind::Notice => Shown::Notice(Notice {
            title: written.title.clone(),
            category: written.category.clone(),
            important: written.important,
            published_on: first,
            ends_on: written.ends_on,
            html,
            attachment,
        }),
        Kind::Article => Shown::Article(Article {
            title: written.title.clone(),
            category: written.category.clone(),
            published_on: first,
            html,
            attachment,
        }),
    }
}

/// The first day on view, as it will be: what is not published yet begins today at the
/// earliest.
pub(super) fn first_day(notice: &OfficeNotice, today: Date) -> Date {
    match notice.kept {
        Kept::Draft | Kept::Waiting => notice.written.opens_on.max(today),
        Kept::Published | Kept::Withdrawn => notice.written.opens_on,
    }
}

/// GET …/preview: of what is kept.
pub(in crate::http::office) async fn preview(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let first = first_day(&notice, today(&publisher));
    let shown = shown(&notice.written, notice.file, first);
    let path = OfficePath::notice(notice.id);
    Ok(responder
        .page(PREVIEW, || pages::preview(shown, path.as_str(), &[]))
        .await)
}

/// POST …/preview: of what was typed and is not kept yet. Nothing is lost on the way.
pub(in crate::http::office) async fn preview_typed(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let notice = match id.as_str() {
        "new" => None,
        id => Some(find(&responder, id_of(id)?).await?),
    };
    let written = match read_form(&form, today(&publisher)) {
        Ok(written) => written,
        Err(notes) => {
            let tried = typed(&form, notes);
            return again(&publisher, &responder, notice.as_ref(), tried).await;
        }
    };
    let path = match &notice {
        Some(notice) => OfficePath::notice(notice.id).as_str().to_owned(),
        None => "/office/notices/new".to_owned(),
    };
    let fields: Vec<(String, String)> = FIELDS
        .iter()
        .map(|(field, _)| *field)
        .chain(["version"])
        .filter(|field| form.has(field))
        .map(|field| (field.to_owned(), form.get(field).to_owned()))
        .collect();
    let file = notice.and_then(|notice| notice.file);
    let shown = shown(&written, file, written.opens_on);
    Ok(responder
        .page(PREVIEW, || pages::preview(shown, &path, &fields))
        .await)
}

/// GET …/attachment: what members will get.
pub(in crate::http::office) async fn attachment(
    _: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let (file, name, _) = notice.file.ok_or(Refused::NotFound)?;
    let content = read::content(&responder.state().db, file).await?;
    Ok(download(Attachment {
        media_type: media_type(&name).unwrap_or("application/octet-stream"),
        name,
        content: content.ok_or(Refused::NotFound)?,
    }))
}

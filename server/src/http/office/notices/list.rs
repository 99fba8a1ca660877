//! O-30: what there is.

use axum::http::{HeaderMap, Uri};
use domain::{office::notice::Kept, values::timestamp::Timestamp};
use office_pages::pages::notices::{self as pages, Line, List};
use store::{
    notice::Kind,
    publishing::{self as kept, Shown},
};

use super::{
    super::{
        answer::{Answer, Responder},
        form::Form,
    },
    LIST, lacks_another, today, told,
};
use crate::office::access::{Acting, Publisher};

/// Lines on a page of the list.
const PAGE: i64 = 50;

/// GET /office/notices
pub(in crate::http::office) async fn page(
    publisher: Acting<Publisher>,
    responder: Responder,
    headers: HeaderMap,
    address: Uri,
) -> Answer {
    let query = Form::in_query(&address);
    let is_past = query.get("show") == "past";
    let page = query.get("page").parse().unwrap_or(1).clamp(1, 10_000);
    let which = if is_past { Shown::Past } else { Shown::Current };
    let (db, today) = (&responder.state().db, today(&publisher));
    let mut lines = kept::list(db, which, today, PAGE + 1, (page - 1) * PAGE).await?;
    let goes_on = lines.len() as i64 > PAGE;
    lines.truncate(PAGE as usize);
    let line = |line: kept::Line| Line {
        id: line.id,
        state: Kept::parse(&line.state).unwrap_or(Kept::Withdrawn).on(
            today,
            line.published_on,
            line.ends_on,
        ),
        kind: match line.kind == Kind::Article.as_str() {
            true => Kind::Article.name(),
            false => Kind::Notice.name(),
        },
        title: line.title,
        category: line.category,
        important: line.important,
        days: (line.published_on, line.ends_on),
        letters: line.letters,
        changed: line.changed_by.zip(line.changed_at.map(Timestamp)),
    };
    let list = List {
        lines: lines.into_iter().map(line).collect(),
        is_past,
        page,
        goes_on,
        lacks_another: lacks_another(&publisher, &responder).await?,
    };
    let told = told(&responder, &headers);
    Ok(responder.page(LIST, || pages::list(&list, told)).await)
}

//! O-13: 監査記録, on a page and as a sheet.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::values::timestamp::Timestamp;
use futures::stream;
use office_pages::{
    pages::audit::{self as pages, Entry, Trail},
    parts::Tried,
};
use store::{
    audit::Event,
    audit_trail::Filter,
    person::{self, Key},
    staff,
};
use time::{Date, Duration, macros::format_description};
use uuid::Uuid;

use super::{
    answer::{Answer, OfficePath, Refused, Responder, Screen, see_other, with_cookies},
    form::Form,
    proof::prove,
};
use crate::office::{
    access::{Acting, Auditor},
    trail::{self, Export, MANY_WAIT, Seals},
};

const AUDIT: Screen = Screen("監査記録", "O-13");

/// By what the audit can be filtered: the fields of the form.
const FIELDS: [&str; 5] = ["person", "member", "staff", "event", "day"];

/// GET /office/audit
pub(super) async fn page(
    auditor: Acting<Auditor>,
    responder: Responder,
    headers: HeaderMap,
    request: Request,
) -> Answer {
    let form = Form::in_query(request.uri());
    let told = match responder.state().cookies.office_told(&headers).as_deref() {
        Some("removed") => Some("理由の記載を削除しました。"),
        Some("gone") => Some("理由の記載は、もうありません。"),
        _ => None,
    };
    show(&auditor, &responder, &form, told).await
}

async fn show(
    auditor: &Acting<Auditor>,
    responder: &Responder,
    form: &Form,
    told: Option<&str>,
) -> Answer {
    let db = &responder.state().db;
    let (filter, tried) = read_filter(responder, form).await?;
    let before = form.get("before").parse().ok();
    let found = trail::page(db, auditor, &filter, before).await?;
    let everybody = staff::everybody(db).await?;
    let name = |actor: &str| {
        let who = everybody.iter().find(|one| one.id.to_string() == actor);
        who.map_or_else(|| actor.to_owned(), |one| one.name.clone())
    };
    let entries = found.lines.iter().map(|line| Entry {
        id: line.id,
        at: Timestamp(line.at),
        what: trail::in_words(line),
        key: line.person_key.clone().unwrap_or_default(),
        by: name(&line.actor),
        network_address: line.network_address.clone(),
        detail: line.detail.clone(),
        words: line.words.clone(),
    });
    let trail = Trail {
        entries: entries.collect(),
        next: found.next.map(|next| query(form, Some(next))),
        chosen: FIELDS
            .iter()
            .map(|field| (*field, form.get(field).to_owned()))
            .collect(),
        staff: everybody
            .iter()
            .map(|one| (one.id.to_string(), one.name.clone()))
            .collect(),
        events: Event::ALL
            .iter()
            .map(|event| (event.as_str(), trail::event_in_words(*event)))
            .collect(),
        seals: seals(&found.seals),
        many_searches: found
            .many_searches
            .iter()
            .map(|(actor, count)| (name(actor), *count))
            .collect(),
    };
    let page = || pages::page(&tried, told, &trail);
    Ok(match tried.notes.is_empty() {
        true => responder.page(AUDIT, page).await,
        false => responder.again(AUDIT, page).await,
    })
}

/// What was asked for, and what of it is wrong.
async fn read_filter(responder: &Responder, form: &Form) -> Result<(Filter, Tried), Refused> {
    let mut tried = Tried::default();
    for field in FIELDS {
        tried = tried.keep(
            field,
            &form.get(field).chars().take(200).collect::<String>(),
        );
    }
    let mut filter = Filter::default();
    let typed = |field: &str| Some(form.get(field).trim()).filter(|typed| !typed.is_empty());
    if let Some(key) = typed("person") {
        let person = match key.parse::<Key>() {
            Ok(key) => person::by_key(&responder.state().db, &key).await?,
            Err(_) => None,
        };
        match person {
            Some(person) => filter.person = Some(person),
            None => tried.notes.push((
                "person",
                "その記号-番号-枝番の加入者はいません（例：1001-12-00）。".to_owned(),
            )),
        }
    }
    if let Some(member) = typed("member") {
        match member.parse::<Uuid>() {
            Ok(member) => filter.member = Some(member),
            Err(_) => tried
                .notes
                .push(("member", "利用登録の番号ではありません。".to_owned())),
        }
    }
    if let Some(actor) = typed("staff") {
        match actor.parse::<Uuid>() {
            Ok(actor) => filter.actor = Some(actor.to_string()),
            Err(_) => tried
                .notes
                .push(("staff", "その職員はいません。".to_owned())),
        }
    }
    if let Some(event) = typed("event") {
        match Event::parse(event) {
            Some(event) => filter.event = Some(event),
            None => tried
                .notes
                .push(("event", "そのできごとはありません。".to_owned())),
        }
    }
    if let Some(day) = typed("day") {
        let format = format_description!("[year]-[month]-[day]");
        match Date::parse(day, format) {
            Ok(day) => {
                let next = day.saturating_add(Duration::DAY);
                filter.during = Some((Timestamp::start_of(day), Timestamp::start_of(next)));
            }
            Err(_) => tried.notes.push((
                "day",
                "日は、2026-11-22 の形で入力してください。".to_owned(),
            )),
        }
    }
    Ok((filter, tried))
}

/// The same filter, from an entry on.
fn query(form: &Form, before: Option<i64>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for field in FIELDS {
        if !form.get(field).is_empty() {
            query.append_pair(field, form.get(field));
        }
    }
    if let Some(before) = before {
        query.append_pair("before", &before.to_string());
    }
    query.finish()
}

fn seals(seals: &Seals) -> String {
    let newest = match seals.newest_at {
        Some(at) => format!("最後の封印は {} です。", at.full()),
        None => "封印はまだありません。".to_owned(),
    };
    let waiting = match seals.waiting_since {
        Some(since) => format!(
            "{}件{}が封印を待っています（{} から）。",
            seals.waiting,
            if seals.waiting < MANY_WAIT {
                ""
            } else {
                "以上"
            },
            since.full()
        ),
        None => "すべての記録が封印されています。".to_owned(),
    };
    format!("{newest}{waiting}封印が合うかどうかは、portal check で確かめます。")
}

/// POST /office/audit: removes what was written of a reason.
pub(super) async fn remove(auditor: Acting<Auditor>, responder: Responder, form: Form) -> Answer {
    let entry = form.get("entry").parse().map_err(|_| Refused::NotFound)?;
    if !form.is_confirmed() {
        let sentence = "「確認しました」にチェックを入れてから、もう一度押してください。";
        let tried = Tried::note("", sentence);
        let page = || office_pages::parts::summary(Some(&tried));
        return Ok(responder.again(AUDIT, page).await);
    }
    let db = &responder.state().db;
    let removed = trail::remove_words(db, &auditor, entry).await?;
    let word = if removed { "removed" } else { "gone" };
    let told = responder.state().cookies.tell_office(word);
    Ok(with_cookies(see_other(&OfficePath::audit()), told))
}

/// GET /office/audit.csv, with the filter in the address.
pub(super) async fn sheet_by_address(
    auditor: Acting<Auditor>,
    responder: Responder,
    request: Request,
) -> Answer {
    let form = Form::in_query(request.uri());
    sheet(auditor, responder, form).await
}

/// POST /office/audit.csv: everything that the filter finds; noted, and streamed.
pub(super) async fn sheet(auditor: Acting<Auditor>, responder: Responder, form: Form) -> Answer {
    let (filter, tried) = read_filter(&responder, &form).await?;
    if !tried.notes.is_empty() {
        return show(&auditor, &responder, &form, None).await;
    }
    let proven = match prove(&responder, auditor, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let db = &responder.state().db;
    let everybody = staff::everybody(db).await?;
    let names = everybody
        .into_iter()
        .map(|one| (one.id, one.name))
        .collect();
    let export = Export::begin(db, &proven.acting, filter, names).await?;
    let answer = streamed(export);
    Ok(proven.answer(answer))
}

fn streamed(export: Export) -> Response {
    // A piece that cannot be read breaks the download off, so that nobody takes half of it
    // for all.
    let pieces = stream::try_unfold(export, |mut export| async move {
        match export.next().await {
            Ok(Some(piece)) => Ok(Some((piece, export))),
            Ok(None) => Ok(None),
            Err(error) => Err(std::io::Error::other(error.to_string())),
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"audit.csv\"",
        ),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}

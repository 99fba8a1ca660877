//! O-10: who is found. O-14: whose postcards come back.

use axum::http::HeaderMap;
use domain::values::timestamp::Timestamp;
use office_pages::{
    pages::people::{self as pages, Asked, Found, Unreached},
    parts::Tried,
};
use store::{
    people::{Hit, MOST},
    second_person::What,
    staff,
};
use uuid::Uuid;

use super::{
    super::{
        answer::{Answer, OfficePath, Refused, Responder},
        form::Form,
    },
    RETURNED, SEARCH, UNCONFIRMED, lead, looker, told,
};
use crate::office::{
    access::{Acting, Desk},
    people::{self, read_search},
};

/// GET /office/people
pub(in crate::http::office) async fn page(
    desk: Acting<Desk>,
    responder: Responder,
    headers: HeaderMap,
) -> Answer {
    let asked = asked(&desk, &responder).await?;
    let told = told(&responder, &headers);
    let page = || pages::search(None, told, None, &asked);
    Ok(responder.page(SEARCH, page).await)
}

async fn asked(desk: &Acting<Desk>, responder: &Responder) -> Result<Vec<Asked>, Refused> {
    let db = &responder.state().db;
    let questions = people::questions(db, &looker(responder, desk, "").await?).await?;
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    let everybody = staff::everybody(db).await?;
    let name = |id: Uuid| {
        let who = everybody.iter().find(|one| one.id == id);
        who.map(|one| one.name.clone()).unwrap_or_default()
    };
    let line = |one: store::second_person::Question| Asked {
        id: one.id,
        what: match What::parse(&one.what) {
            Some(What::Inquiry) => "調査のための閲覧",
            Some(What::Disclosure) => "開示用のファイルの作成",
            Some(What::SecondStep) => "パスキーと確認コードの解除",
            None => "手続き",
        },
        key: format!("{}-{}-{}", one.key.symbol, one.key.number, one.key.branch),
        by: name(one.asked_by),
        at: Timestamp(one.asked_at),
    };
    Ok(questions.into_iter().map(line).collect())
}

/// GET /office/people/returned: 住所不明.
pub(in crate::http::office) async fn returned(desk: Acting<Desk>, responder: Responder) -> Answer {
    let db = &responder.state().db;
    let own = staff::person_of(db, desk.id()).await?;
    let people: Vec<Unreached> = store::people::unreached(db, own)
        .await?
        .into_iter()
        .map(|one| Unreached {
            id: one.id,
            key: format!("{}-{}-{}", one.key.symbol, one.key.number, one.key.branch),
            name: one.name,
            employer: one.employer_name,
            since: Timestamp(one.address_unknown_since),
        })
        .collect();
    Ok(responder.page(RETURNED, || pages::returned(&people)).await)
}

/// POST /office/people: a search, or one's word on what another clerk has asked.
pub(in crate::http::office) async fn search(
    desk: Acting<Desk>,
    responder: Responder,
    form: Form,
) -> Answer {
    let db = &responder.state().db;
    if !form.get("agree").is_empty() {
        return agree(&desk, &responder, &form).await;
    }
    let typed = form.get("q");
    let asked = asked(&desk, &responder).await?;
    let tried = Tried::default().keep("q", typed);
    let search = match read_search(typed) {
        Ok(search) => search,
        Err(error) => {
            // What is far too long is not sent back.
            let tried = Tried::note("q", error.to_string());
            let page = || pages::search(Some(&tried), None, None, &asked);
            return Ok(responder.again(SEARCH, page).await);
        }
    };
    let mut hits = people::search(db, &looker(&responder, &desk, "").await?, &search).await?;
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let is_more = hits.len() > most;
    hits.truncate(most);
    let found: Vec<Found> = hits.into_iter().map(found).collect();
    let page = || pages::search(Some(&tried), None, Some((&found, is_more)), &asked);
    Ok(responder.page(SEARCH, page).await)
}

fn found(hit: Hit) -> Found {
    Found {
        id: hit.id,
        key: format!("{}-{}-{}", hit.key.symbol, hit.key.number, hit.key.branch),
        name: hit.name,
        kana: hit.kana,
        born_in: hit.born_on.year(),
        state: match (hit.is_disabled, hit.is_registered) {
            (true, _) => "事務局が停止中",
            (false, true) => "登録済み",
            (false, false) => "なし",
        },
    }
}

async fn agree(desk: &Acting<Desk>, responder: &Responder, form: &Form) -> Answer {
    let question: Uuid = form.get("agree").parse().map_err(|_| Refused::NotFound)?;
    if !form.is_confirmed() {
        let asked = asked(desk, responder).await?;
        let tried = Tried::note("", UNCONFIRMED);
        let page = || pages::search(Some(&tried), None, None, &asked);
        return Ok(responder.again(SEARCH, page).await);
    }
    let looker = looker(responder, desk, "").await?;
    let agreed = people::agree(&responder.state().db, &looker, question).await?;
    let word = if agreed { "agreed" } else { "over" };
    Ok(lead(responder, &OfficePath::people(), word))
}

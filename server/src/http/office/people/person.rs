//! O-11, O-12: the reason first, then the page of a person.

use axum::{extract::Path, http::HeaderMap};
use domain::{
    looking::{Confirmed, Question, Reason, ReasonText},
    office::role::Role,
    values::timestamp::Timestamp,
};
use office_pages::{
    pages::people::{self as pages, Account, Address, Letter, Person, Postcard},
    parts::Tried,
};
use store::{
    look::Look,
    people::{SentLetter, SentPostcard},
    staff,
};
use uuid::Uuid;

use super::{
    super::{
        answer::{Answer, OfficePath, Refused, Responder, see_other},
        form::Form,
    },
    PERSON, REASON, lead, looker, told,
};
use crate::{
    account::history::letter_title,
    office::{
        access::{Acting, Desk},
        people::{self, Looked},
    },
};

/// GET /office/people/{id}: the reason first, then the page.
pub(in crate::http::office) async fn person(
    desk: Acting<Desk>,
    responder: Responder,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let id = id.parse().map_err(|_| Refused::NotFound)?;
    show(&desk, &responder, id, None, told(&responder, &headers)).await
}

/// The page while a look is open; the reason's form otherwise.
pub(super) async fn show(
    desk: &Acting<Desk>,
    responder: &Responder,
    id: Uuid,
    tried: Option<&Tried>,
    told: Option<&str>,
) -> Answer {
    let looker = looker(responder, desk, "").await?;
    let db = &responder.state().db;
    let everybody = staff::everybody(db).await?;
    let has_another = desk.has_colleague(Role::Desk, &everybody);
    let Some((look, page)) = people::page(db, &looker, id).await? else {
        let path = OfficePath::person(id);
        let page = || pages::reason(tried, told, path.as_str(), has_another);
        return Ok(match tried {
            None => responder.page(REASON, page).await,
            Some(_) => responder.again(REASON, page).await,
        });
    };
    let shown = shown(look, page, has_another);
    let page = || pages::person(tried, told, &shown);
    Ok(match tried {
        None => responder.page(PERSON, page).await,
        Some(_) => responder.again(PERSON, page).await,
    })
}

fn shown(look: Look, page: people::Page, has_another: bool) -> Person {
    let card = page.card;
    let confirmed = confirmed_in_words(&look);
    let instant = |at: Option<i64>| at.map(Timestamp);
    Person {
        id: card.id,
        key: format!(
            "{}-{}-{}",
            card.key.symbol, card.key.number, card.key.branch
        ),
        membership: (card.qualified_on, card.disqualified_on),
        reason: look.reason,
        secrets: confirmed.is_some().then(|| pages::Secrets {
            born_on: card.born_on,
            address: format!("{} {}", card.postal_code, card.address),
            employer: card.employer_name,
            family: page.family,
        }),
        confirmed,
        account: match (card.member_id, card.disabled_at, card.left_at) {
            (None, ..) => Account::None,
            (_, Some(_), _) => Account::Disabled,
            (_, _, Some(_)) => Account::Left,
            _ => Account::Open,
        },
        registered_at: instant(card.registered_at),
        last_sign_in_at: instant(card.last_sign_in_at),
        has_second_step: page.has_second_step,
        has_another,
        addresses: page
            .addresses
            .into_iter()
            .map(|one| Address {
                id: one.id,
                address: one.address,
                is_confirmed: one.is_confirmed,
                gets_notices: one.gets_notices,
            })
            .collect(),
        letters: page.letters.into_iter().map(letter).collect(),
        postcards: page.postcards.into_iter().map(postcard).collect(),
        name: card.name,
        kana: card.kana,
        relation: card.relation,
    }
}

/// What was confirmed; `None` while a caller still has to be asked.
pub(super) fn confirmed_in_words(look: &Look) -> Option<String> {
    match (&*look.confirmed, look.reason) {
        ("", Reason::Phone) => None,
        ("", _) => Some("お電話ではありません".to_owned()),
        (Confirmed::CALLBACK, _) => Some("折り返し電話".to_owned()),
        (answers, _) => {
            let named = |one: &Question| answers.split(',').any(|word| word == one.as_str());
            let words: Vec<_> = Question::ALL
                .into_iter()
                .filter(named)
                .map(Question::in_words)
                .collect();
            Some(words.join("、"))
        }
    }
}

fn letter(sent: SentLetter) -> Letter {
    Letter {
        at: Timestamp(sent.asked_at),
        title: letter_title(&sent.kind).to_owned(),
        address: sent.address,
        state: match (sent.sent_at, sent.given_up_at) {
            (Some(at), _) => format!("メールサーバーが受け取りました（{}）", Timestamp(at).full()),
            (None, Some(at)) => {
                format!(
                    "送れませんでした（{}）：{}",
                    Timestamp(at).full(),
                    sent.trouble
                )
            }
            (None, None) if sent.trouble.is_empty() => "送信を待っています".to_owned(),
            (None, None) => format!("もう一度送ります：{}", sent.trouble),
        },
    }
}

fn postcard(sent: SentPostcard) -> Postcard {
    let state = match (sent.returned_at, sent.used_at, sent.ended_at) {
        (Some(at), ..) => format!("返送（{}）", Timestamp(at).full()),
        (_, Some(at), _) => format!("使用済み（{}）", Timestamp(at).full()),
        (_, _, Some(at)) => format!("無効（{}）", Timestamp(at).full()),
        _ => format!("期限 {}", Timestamp(sent.expires_at).full()),
    };
    Postcard {
        issued_at: Timestamp(sent.issued_at),
        state,
    }
}

/// POST /office/people/{id}: why, or what was confirmed of who called.
pub(in crate::http::office) async fn open(
    desk: Acting<Desk>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
    let db = &responder.state().db;
    let looker = looker(&responder, &desk, "").await?;
    if form.get("reason").is_empty() && people::open_look(db, &looker, id).await?.is_some() {
        let ticked = |one: &str| form.get(&format!("confirm_{one}")) == "on";
        let Some(confirmed) = Confirmed::parse(ticked) else {
            let sentence = "2つ以上を選ぶか、折り返し電話を選んでください。";
            let tried = Tried::note("confirmed", sentence);
            return show(&desk, &responder, id, Some(&tried), None).await;
        };
        people::confirm_caller(db, &looker, id, &confirmed).await?;
        return Ok(see_other(&OfficePath::person(id)));
    }
    let mut tried = Tried::default().keep("reason", form.get("reason"));
    let reason = Reason::parse(form.get("reason"));
    if reason.is_none() {
        tried
            .notes
            .push(("reason", "理由を選んでください。".to_owned()));
    }
    let text = ReasonText::parse(form.get("reason_text"));
    match &text {
        Ok(text) => tried = tried.keep("reason_text", text.as_str()),
        // What is far too long is not sent back.
        Err(error) => tried.notes.push(("reason_text", error.to_string())),
    }
    let (Some(reason), Ok(text)) = (reason, text) else {
        let path = OfficePath::person(id);
        let page = || pages::reason(Some(&tried), None, path.as_str(), true);
        return Ok(responder.again(REASON, page).await);
    };
    Ok(match people::look(db, &looker, id, reason, &text).await? {
        Looked::Open => see_other(&OfficePath::person(id)),
        Looked::AnotherIsAsked => lead(&responder, &OfficePath::person(id), "asked"),
        Looked::Own => lead(&responder, &OfficePath::people(), "own"),
        Looked::Nobody => return Err(Refused::NotFound),
    })
}

//! O-10 to O-12: 加入者. Whoever answers the telephone finds, says why, looks, and acts.

use axum::{
    extract::Path,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use domain::{
    looking::{Confirmed, Question, Reason, ReasonText},
    office::role::Role,
    values::timestamp::Timestamp,
};
use office_pages::{
    pages::people::{
        self as pages, Account, Address, Asked, Found, Letter, Person, Postcard, Unreached,
    },
    parts::Tried,
};
use store::{
    look::Look,
    people::{Hit, MOST, SentLetter, SentPostcard},
    second_person::What,
    staff,
};
use uuid::Uuid;

use super::{
    answer::{Answer, OfficePath, Refused, Responder, Screen, see_other, with_cookies},
    guard::{Form, prove},
};
use crate::{
    account::{
        by_office::{self, Acted},
        history::letter_title,
    },
    office::{
        access::{Acting, Desk, DeskOrImporter},
        people::{self, Looked, Looker, read_search},
        postcards::run::RunError,
    },
};

const SEARCH: Screen = Screen("加入者の検索", "O-10");
const REASON: Screen = Screen("閲覧の理由", "O-11");
const RETURNED: Screen = Screen("住所不明", "O-14");
const PERSON: Screen = Screen("加入者", "O-12");

/// What the step before has come to.
fn told(responder: &Responder, headers: &HeaderMap) -> Option<&'static str> {
    match responder.state().cookies.office_told(headers).as_deref() {
        Some("acted") => Some("手続きが完了しました。ご本人にメールでお知らせします。"),
        Some("already") => Some("すでにその状態です。何も変更していません。"),
        Some("nobody") => Some("この方は利用登録をされていません。何も変更していません。"),
        Some("asked") => Some(
            "ほかの職員の同意が必要です。同意のあとで、もう一度お手続きください（24時間以内）。",
        ),
        Some("agreed") => Some("同意しました。"),
        Some("over") => Some("この依頼は、もうありません。"),
        Some("own") => Some("ご自分の世帯の登録内容は見られません。ほかの職員に依頼してください。"),
        Some("look first") => Some("はじめに、閲覧の理由を選んでください。"),
        _ => None,
    }
}

/// Leads on, with a word for the page that follows.
fn lead(responder: &Responder, to: &OfficePath, word: &str) -> Response {
    with_cookies(see_other(to), responder.state().cookies.tell_office(word))
}

/// Who looks, as a use case needs them.
async fn looker<'a>(
    responder: &Responder,
    desk: &'a Acting<Desk>,
    confirmed: &'a str,
) -> Result<Looker<'a>, Refused> {
    let person = staff::person_of(&responder.state().db, desk.id()).await?;
    Ok(Looker::new(desk, person, confirmed))
}

/// GET /office/people
pub(super) async fn page(desk: Acting<Desk>, responder: Responder, headers: HeaderMap) -> Answer {
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
pub(super) async fn returned(desk: Acting<Desk>, responder: Responder) -> Answer {
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
pub(super) async fn search(desk: Acting<Desk>, responder: Responder, form: Form) -> Answer {
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

const UNCONFIRMED: &str = "「確認しました」にチェックを入れてから、もう一度押してください。";

/// GET /office/people/{id}: the reason first, then the page.
pub(super) async fn person(
    desk: Acting<Desk>,
    responder: Responder,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let id = id.parse().map_err(|_| Refused::NotFound)?;
    show(&desk, &responder, id, None, told(&responder, &headers)).await
}

/// The page while a look is open; the reason's form otherwise.
async fn show(
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
fn confirmed_in_words(look: &Look) -> Option<String> {
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
pub(super) async fn open(
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

/// What may be done to a person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Addresses,
    Sessions,
    SecondStep,
    Returned,
    Disable,
    Enable,
    Data,
}

impl Act {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "addresses" => Self::Addresses,
            "sessions" => Self::Sessions,
            "second-step" => Self::SecondStep,
            "returned" => Self::Returned,
            "disable" => Self::Disable,
            "enable" => Self::Enable,
            "data" => Self::Data,
            _ => return None,
        })
    }

    /// Whether it needs a reason in words: its field is noted under the act's own name.
    const fn field(self) -> Option<&'static str> {
        match self {
            Self::Disable => Some("disable"),
            Self::Enable => Some("enable"),
            Self::Data => Some("data"),
            _ => None,
        }
    }

    /// Whether it cannot be taken back.
    const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Disable | Self::SecondStep | Self::Returned | Self::Data
        )
    }
}

/// GET of an act's address: a form that failed was there.
pub(super) async fn back(_: Acting<Desk>, Path((id, _)): Path<(String, String)>) -> Answer {
    let id = id.parse().map_err(|_| Refused::NotFound)?;
    Ok(see_other(&OfficePath::person(id)))
}

/// POST /office/people/{id}/{act}
pub(super) async fn act(
    desk: Acting<Desk>,
    responder: Responder,
    Path((id, act)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
    let act = Act::parse(&act).ok_or(Refused::NotFound)?;
    let Some(look) = open_look(&desk, &responder, id).await? else {
        return Ok(lead(&responder, &OfficePath::person(id), "look first"));
    };
    if !form.is_confirmed() {
        let tried = Tried::note("", UNCONFIRMED);
        return show(&desk, &responder, id, Some(&tried), None).await;
    }
    let text = match act.field() {
        None => ReasonText::parse(""),
        Some(_) => ReasonText::required(form.get("reason_text")),
    };
    let text = match (text, act.field()) {
        (Ok(text), _) => text,
        (Err(error), field) => {
            let mut tried = Tried::note("", error.to_string());
            tried
                .notes
                .extend(field.map(|field| (field, error.to_string())));
            tried.notes.truncate(1);
            return show(&desk, &responder, id, Some(&tried), None).await;
        }
    };
    if !act.is_final() {
        return carry_out(&desk, &responder, (id, act), &look, &text, &form).await;
    }
    let proven = match prove(&responder, desk, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let answer = carry_out(&proven.acting, &responder, (id, act), &look, &text, &form).await?;
    Ok(proven.answer(answer))
}

/// The look whose caller is known.
async fn open_look(
    desk: &Acting<Desk>,
    responder: &Responder,
    id: Uuid,
) -> Result<Option<Look>, Refused> {
    let looker = looker(responder, desk, "").await?;
    let look = people::open_look(&responder.state().db, &looker, id).await?;
    Ok(look.filter(|look| confirmed_in_words(look).is_some()))
}

async fn carry_out(
    desk: &Acting<Desk>,
    responder: &Responder,
    (id, act): (Uuid, Act),
    look: &Look,
    text: &ReasonText,
    form: &Form,
) -> Answer {
    let office = &responder.state().office;
    let db = &responder.state().db;
    let looker = looker(responder, desk, &look.confirmed).await?;
    let clerk = looker.clerk();
    let asked = || lead(responder, &OfficePath::person(id), "asked");
    let acted = match act {
        Act::Sessions => by_office::end_sessions(db, clerk, id).await?,
        Act::Returned => by_office::postcard_came_back(db, clerk, id).await?,
        Act::Disable => by_office::disable(db, clerk, id, text).await?,
        Act::Enable => by_office::enable(db, clerk, id, text).await?,
        Act::Addresses => {
            let row = form.get("address").parse().map_err(|_| Refused::NotFound)?;
            by_office::send_confirmation(db, &office.secrets, clerk, id, row).await?
        }
        Act::SecondStep => {
            let needs_another = office.staff.four_eyes;
            if needs_another && !people::has_agreed(db, &looker, What::SecondStep, id, text).await?
            {
                return Ok(asked());
            }
            by_office::remove_second_step(db, clerk, id).await?
        }
        Act::Data => {
            if !people::has_agreed(db, &looker, What::Disclosure, id, text).await? {
                return Ok(asked());
            }
            let zip = by_office::disclose(db, &office.society, clerk, id, text).await?;
            office.wake_mail.notify_one();
            let headers = [
                (header::CONTENT_TYPE, "application/zip"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"disclosure.zip\"",
                ),
            ];
            return Ok((headers, zip).into_response());
        }
    };
    Ok(done(responder, id, acted))
}

fn done(responder: &Responder, id: Uuid, acted: Acted) -> Response {
    responder.state().office.wake_mail.notify_one();
    let word = match acted {
        Acted::Done => "acted",
        Acted::Already => "already",
        Acted::NoAccount => "nobody",
    };
    lead(responder, &OfficePath::person(id), word)
}

/// POST /office/people/{id}/postcard: for whoever answers the telephone, with a look that is
/// open, and for whoever makes the postcards.
pub(super) async fn new_postcard(
    acting: Acting<DeskOrImporter>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
    let desk = Acting::<Desk>::of((*acting).clone());
    let mut confirmed = String::new();
    if let Some(desk) = &desk {
        match open_look(desk, &responder, id).await? {
            Some(look) => confirmed = look.confirmed,
            None => return Ok(lead(&responder, &OfficePath::person(id), "look first")),
        }
    }
    if !form.is_confirmed() {
        let tried = Tried::note("", UNCONFIRMED);
        return match &desk {
            Some(desk) => show(desk, &responder, id, Some(&tried), None).await,
            None => Err(Refused::NotUnderstood(
                axum::http::StatusCode::UNPROCESSABLE_ENTITY,
            )),
        };
    }
    let proven = match prove(&responder, acting, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let by = proven.acting.clerk(&confirmed);
    let db = &responder.state().db;
    if store::people::household(db, id).await?.is_none() {
        return Err(Refused::NotFound);
    }
    let acted = by_office::want_postcard(db, by, id).await?;
    if form.get("print") == "yes" {
        responder.state().office.wake_mail.notify_one();
        let postcards = &responder.state().office.postcards;
        let answer = match (postcards.ask_one(&proven.acting, id).await, &desk) {
            (Ok(run), _) => see_other(&OfficePath::postcard_run(run)),
            (Err(RunError::Choice(error)), Some(desk)) => {
                let tried = Tried::note("", error.to_string());
                show(desk, &responder, id, Some(&tried), None).await?
            }
            (Err(RunError::Internal(error)), _) => return Err(Refused::from(error)),
            (Err(_), _) => return Err(Refused::NotFound),
        };
        return Ok(proven.answer(answer));
    }
    let answer = match desk {
        Some(_) => done(&responder, id, acted),
        None => see_other(&OfficePath::home()),
    };
    Ok(proven.answer(answer))
}

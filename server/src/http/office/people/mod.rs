//! O-10 to O-12: 加入者. Whoever answers the telephone finds, says why, looks, and acts.

mod act;
mod person;
mod search;

pub(super) use self::{
    act::{act, back, new_postcard},
    person::{open, person},
    search::{page, returned, search},
};

use axum::{http::HeaderMap, response::Response};
use store::staff;

use super::answer::{OfficePath, Refused, Responder, Screen, see_other, with_cookies};
use crate::office::{
    access::{Acting, Desk},
    people::Looker,
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

const UNCONFIRMED: &str = "「確認しました」にチェックを入れてから、もう一度押してください。";

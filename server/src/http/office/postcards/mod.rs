//! O-40 to O-42: ハガキの発行. Chosen, asked about, made by a job, handed out once, received.

mod download;
mod overview;
mod run;

pub(super) use self::{
    download::{download, no_download},
    overview::{ask, page},
    run::{decide, run},
};

use axum::{http::HeaderMap, response::Response};
use domain::office::role::Role;
use office_pages::{
    pages::postcards::{Counts, FourEyes, employer_in_words},
    parts::Tried,
};
use store::{
    postcard_run::{Choice, Run},
    staff,
};

use super::answer::{OfficePath, Refused, Responder, Screen, see_other, with_cookies};
use crate::office::{
    access::StaffVisit,
    postcards::{
        run::{PostcardService, State},
        run_error::RunError,
    },
};

const POSTCARDS: Screen = Screen("ハガキの発行", "O-40");
const ASK: Screen = Screen("発行の確認", "O-41");
const RUN: Screen = Screen("ハガキの発行", "O-42");

fn told(responder: &Responder, headers: &HeaderMap) -> Option<&'static str> {
    match responder.state().cookies.office_told(headers).as_deref() {
        Some("confirmed") => Some("確認しました。作成を始めます。"),
        Some("received") => Some("受け取りを確認しました。発行データは削除しました。"),
        Some("withdrawn") => Some(
            "発行を取り消しました。未使用のハガキは無効になり、対象の方にはもう一度発行できます。",
        ),
        Some("handed out") => Some("発行データは、すでに渡しています。もう一度は渡せません。"),
        _ => None,
    }
}

fn lead(responder: &Responder, to: &OfficePath, word: &str) -> Response {
    with_cookies(see_other(to), responder.state().cookies.tell_office(word))
}

/// A sentence on the page, or the page for what broke.
fn sentence(error: RunError) -> Result<Tried, Refused> {
    match error {
        RunError::Internal(error) => Err(Refused::from(error)),
        RunError::Unknown => Err(Refused::NotFound),
        RunError::Choice(error) => Ok(Tried::note("choice", error.to_string())),
        error => Ok(Tried::note("", error.to_string())),
    }
}

fn service(responder: &Responder) -> &PostcardService {
    &responder.state().office.postcards
}

async fn four_eyes(responder: &Responder, visit: &StaffVisit) -> Result<FourEyes, Refused> {
    if !service(responder).four_eyes {
        return Ok(FourEyes::Off);
    }
    let everybody = staff::everybody(&responder.state().db).await?;
    Ok(match visit.has_colleague(Role::Importer, &everybody) {
        true => FourEyes::On,
        false => FourEyes::NobodyElse,
    })
}

fn counts(run: &Run) -> Counts {
    Counts {
        issued: run.issued,
        open: run.open,
        used: run.used,
        expired: run.expired,
        returned: run.returned,
    }
}

fn whom(run: &Run) -> String {
    match run.choice() {
        Some(Choice::Employer(code)) => employer_in_words(&code, &run.employer_name),
        Some(Choice::Person(_)) => format!("1人（{}）", run.person_key),
        Some(Choice::Reissue(_)) => format!("再発行（{}）", run.person_key),
        Some(Choice::Waiting) => "窓口が依頼した方".to_owned(),
        Some(Choice::Everybody) | None => "対象の全員".to_owned(),
    }
}

const fn state_in_words(state: State) -> &'static str {
    match state {
        State::Waiting => "ほかの職員の確認待ち",
        State::Running => "作成中",
        State::Made => "受け取り待ち",
        State::HandedOut => "受け取りの確認待ち",
        State::Received => "受け取り済み",
        State::Withdrawn => "取り消し",
    }
}

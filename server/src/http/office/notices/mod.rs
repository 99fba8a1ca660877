//! O-30 to O-34: お知らせと健康情報.

mod form;
mod in_hand;
mod letters;
mod list;
mod preview;
mod publish;
mod write;

pub(super) use self::{
    letters::{hold_letters, letters},
    list::page,
    preview::{attachment, preview, preview_typed},
    publish::{back, before, publish, withdraw},
    write::{blank, change, notice, write},
};

use axum::{http::HeaderMap, response::Response};
use store::publishing::{self as kept, OfficeNotice};
use time::Date;
use uuid::Uuid;

use super::answer::{OfficePath, Refused, Responder, Screen, see_other, with_cookies};
use crate::office::{
    access::{Acting, Publisher},
    notices::publishing::Publishing,
};

const LIST: Screen = Screen("お知らせ・健康情報", "O-30");
const WRITE: Screen = Screen("お知らせを書く", "O-31");
const PREVIEW: Screen = Screen("プレビュー", "O-32");
const PUBLISH: Screen = Screen("公開の確認", "O-33");
const LETTERS: Screen = Screen("お知らせメールの送信", "O-34");

const UNCONFIRMED: &str = "内容を確かめて、もう一度押してください。";
const NO_VERSION: &str =
    "画面の情報が足りません。お知らせの画面を開きなおしてから、もう一度保存してください。";

fn publishing(responder: &Responder) -> Publishing {
    let office = &responder.state().office;
    Publishing {
        db: office.db.clone(),
        four_eyes: office.staff.four_eyes,
    }
}

/// What the step before has come to.
fn told(responder: &Responder, headers: &HeaderMap) -> Option<&'static str> {
    match responder.state().cookies.office_told(headers).as_deref() {
        Some("kept") => Some("保存しました。"),
        Some("same") => Some("変更した項目はありません。"),
        Some("corrected") => Some("変更しました。会員の画面にも反映されています。"),
        Some("returned") => Some("下書きに戻しました。公開するには、もう一度手続きしてください。"),
        Some("asked") => Some("公開を依頼しました。ほかの広報の職員が確認すると公開されます。"),
        Some("published") => Some("公開しました。"),
        Some("scheduled") => Some("公開を予約しました。"),
        Some("withdrawn") => Some("取り下げました。"),
        Some("paused") => Some("送信を一時停止しました。"),
        Some("resumed") => Some("送信を再開しました。"),
        _ => None,
    }
}

fn lead(responder: &Responder, to: &OfficePath, word: &str) -> Response {
    with_cookies(see_other(to), responder.state().cookies.tell_office(word))
}

fn today(publisher: &Acting<Publisher>) -> Date {
    publisher.now.in_japan().date()
}

fn id_of(id: &str) -> Result<Uuid, Refused> {
    id.parse().map_err(|_| Refused::NotFound)
}

/// Nobody else could agree to letters, and somebody has to.
async fn lacks_another(
    publisher: &Acting<Publisher>,
    responder: &Responder,
) -> Result<bool, Refused> {
    let publishing = publishing(responder);
    Ok(publishing.four_eyes && !publishing.has_another(publisher).await?)
}

async fn find(responder: &Responder, id: Uuid) -> Result<OfficeNotice, Refused> {
    let found = kept::find(&responder.state().db, id).await?;
    found.ok_or(Refused::NotFound)
}

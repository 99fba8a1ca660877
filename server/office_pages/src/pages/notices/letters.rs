//! O-34: how far its letters are.

use app::written::Written;
use domain::values::{number::grouped, timestamp::Timestamp};
use leptos::prelude::*;

use super::in_hand::InHand;
use crate::parts::{Tried, status, summary};

/// How far the letters are.
#[derive(Clone, Copy, Debug)]
pub struct Letters {
    /// All that were queued.
    pub all: i64,
    /// Handed over to the mail server.
    pub sent: i64,
    /// Given up.
    pub given_up: i64,
    /// On their way.
    pub waiting: i64,
    /// Held back.
    pub paused: i64,
    /// When they are queued; `None` afterwards.
    pub due: Option<Timestamp>,
}

/// The letters' page: it refreshes itself while some are on their way.
pub fn letters(
    tried: Option<&Tried>,
    told: Option<&str>,
    hand: &InHand,
    title: &str,
    letters: &Letters,
) -> AnyView {
    let path = hand.path();
    let done = (letters.all - letters.waiting - letters.paused).max(0);
    let percent = match letters.all {
        0 => 0,
        all => done * 100 / all,
    };
    let act = |act: &'static str, label: &'static str| {
        view! {
            <form method="post" action=format!("{path}/letters")>
                <button class="button" name="act" value=act>
                    {label}
                </button>
            </form>
        }
    };
    let state = match (letters.due, hand.letter) {
        (Some(at), true) => view! {
            <p role="status">"まだ送っていません。" {at.full()} " 以降に送り始めます。"</p>
        }
        .written(),
        (_, false) => view! { <p role="status">"メールでお知らせしないものです。"</p> }.written(),
        (None, true) => view! {
            <p role="status">
                {percent} "%（" {grouped(letters.all)} "通のうち " {grouped(done)} "通）"
            </p>
            <progress max="100" value=percent.to_string()>
                {percent}
                "%"
            </progress>
            <dl class="facts">
                <dt>"送りました"</dt>
                <dd>{grouped(letters.sent)} "通"</dd>
                <dt>"待っています"</dt>
                <dd>{grouped(letters.waiting)} "通"</dd>
                <dt>"停止中"</dt>
                <dd>{grouped(letters.paused)} "通"</dd>
                <dt>"送れませんでした"</dt>
                <dd>{grouped(letters.given_up)} "通"</dd>
            </dl>
            {(letters.waiting > 0).then(|| act("pause", "送信を一時停止する"))}
            {(letters.paused > 0).then(|| act("resume", "送信を再開する"))}
        }
        .written(),
    };
    view! {
        <div class="sheet" data-state=hand.state.as_str() data-percent=percent.to_string()>
            {summary(tried)} {told.map(status)} <h1>"お知らせメールの送信"</h1>
            <p>{title.to_owned()}</p> {state} <p>
                <a href=path.clone()>"お知らせの画面へ戻る"</a>
            </p>
        </div>
    }
    .written()
}

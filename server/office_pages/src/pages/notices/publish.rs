//! O-33: asks before it is published.

use app::written::Written;
use domain::values::{number::grouped, timestamp::day_in_words};
use leptos::prelude::*;
use time::Date;

use super::{
    days,
    in_hand::{InHand, reach},
    lacks_another,
};
use crate::parts::{Tried, summary};

/// What is about to be published.
#[derive(Clone, Debug)]
pub struct ToPublish {
    /// 件名
    pub title: String,
    /// 対象, as it was written.
    pub audience: String,
    /// The first day on view as it will be, and the last.
    pub days: (Date, Option<Date>),
    /// Whether it is on view at once.
    pub at_once: bool,
    /// Whether letters go out.
    pub letter: bool,
    /// Who has asked for it, where this one is to agree.
    pub asked_by: Option<String>,
    /// Whether a second person has to agree after this one.
    pub needs_another: bool,
}

/// Asks for the second time.
pub fn publish(tried: Option<&Tried>, hand: &InHand, to: &ToPublish) -> AnyView {
    let path = hand.path();
    let when = match to.at_once {
        true => "すぐに公開します".to_owned(),
        false => format!("{}の0時から公開します（予約）", day_in_words(to.days.0)),
    };
    let letters = match (to.letter, hand.reach) {
        (false, _) => "送りません".to_owned(),
        (true, reach) => format!(
            "{}人に、公開日の9時以降に1通ずつ送ります（21時から9時までは送りません）",
            grouped(reach.map_or(0, |(_, letters)| letters))
        ),
    };
    let button = match (&to.asked_by, to.needs_another, to.at_once) {
        (Some(_), ..) => "確認して公開する",
        (None, true, _) => "公開を依頼する",
        (None, false, true) => "公開する",
        (None, false, false) => "公開を予約する",
    };
    view! {
        <div class="sheet" data-state=hand.state.as_str()>
            {summary(tried)} <h1>"公開の確認"</h1> {lacks_another(hand.lacks_another)}
            {to
                .asked_by
                .clone()
                .map(|name| view! { <p>{name} "さんが公開を依頼しました。内容を確かめてください。"</p> })}
            {to
                .needs_another
                .then(|| {
                    view! {
                        <p>
                            "メールを送るお知らせは、ほかの広報の職員が確認してから公開されます。"
                        </p>
                    }
                })} <dl class="facts">
                <dt>"件名"</dt>
                <dd>{to.title.clone()}</dd>
                <dt>"公開"</dt>
                <dd>{when}</dd>
                <dt>"公開日～終了日"</dt>
                <dd>{days(to.days)}</dd>
                <dt>"対象"</dt>
                <dd>{to.audience.clone()} {reach(hand)}</dd>
                <dt>"メール"</dt>
                <dd>{letters}</dd>
                <dt>"添付ファイル"</dt>
                <dd>{hand.file.clone().map_or("なし".to_owned(), |(name, _)| name)}</dd>
            </dl> <form method="post" action=format!("{path}/publish")>
                <input type="hidden" name="version" value=hand.version.to_string() />
                <input type="hidden" name="confirm" value="yes" />
                <button class="button wide">{button}</button>
            </form> <ul class="inline-links">
                <li>
                    <a href=format!("{path}/preview")>"プレビュー"</a>
                </li>
                <li>
                    <a href=path.clone()>"書く画面へ戻る"</a>
                </li>
            </ul>
        </div>
    }
    .written()
}

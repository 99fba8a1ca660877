//! O-30 to O-34: お知らせと健康情報を書き、公開する。

mod form;
mod in_hand;
mod letters;
mod list;
mod preview;
mod publish;

use app::written::Written;
use domain::{office::notice::NoticeState, values::timestamp::day_in_words};
use leptos::prelude::*;
use time::Date;

pub use self::{
    form::edit,
    in_hand::{Conflict, InHand, StepLine},
    letters::{Letters, letters},
    list::{Line, List, list},
    preview::{Shown, preview},
    publish::{ToPublish, publish},
};

fn days((first, last): (Date, Option<Date>)) -> String {
    let last = last.map(day_in_words).unwrap_or_default();
    format!("{}～{last}", day_in_words(first))
}

fn tag(state: NoticeState) -> AnyView {
    let class = match state {
        NoticeState::Waiting | NoticeState::Draft => "tag is-waiting",
        _ => "tag",
    };
    view! { <span class=class>{state.name()}</span> }.written()
}

/// Said before the work begins, not after it.
fn lacks_another(is_so: bool) -> Option<AnyView> {
    is_so.then(|| {
        view! {
            <p class="notice warn" role="note">
                "メールを送るお知らせの公開には、ほかの広報の職員の確認が必要です。いま、ほかに広報の役割の職員がいません。先に、管理の職員に依頼してください。"
            </p>
        }
        .written()
    })
}

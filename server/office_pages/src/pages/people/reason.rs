//! O-11: 閲覧理由.

use app::written::Written;
use domain::looking::Reason;
use leptos::prelude::*;

use super::{super::reason_fields::reason_fields, NOBODY_ELSE};
use crate::parts::{Tried, status, summary};

/// O-11: 閲覧理由, before anything of a person is shown.
pub fn reason(tried: Option<&Tried>, told: Option<&str>, path: &str, has_another: bool) -> AnyView {
    let choices = Reason::ALL.map(|one| {
        let more = match one {
            Reason::Inquiry if !has_another => Some(NOBODY_ELSE),
            Reason::Inquiry => {
                Some("ほかの職員の同意が必要です。ご本人の記録には90日後に載ります。")
            }
            _ => None,
        };
        (one, more)
    });
    let fields = reason_fields(&tried.cloned().unwrap_or_default(), choices);
    view! {
        <div class="sheet">
            {summary(tried)} {told.map(status)} <h1>"閲覧の理由"</h1>
            <p class="lead">
                "登録内容を見る理由を選んでください。見た日、役割、理由は、ご本人の記録に載ります。10分間有効です。"
            </p>
            <form method="post" action=path.to_owned() novalidate>
                {fields} <button class="button wide">"登録内容を見る"</button>
            </form>
            <p>
                <a href="/office/people">"検索へ戻る"</a>
            </p>
        </div>
    }
    .written()
}

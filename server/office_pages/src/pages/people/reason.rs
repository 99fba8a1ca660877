//! O-11: 閲覧理由.

use domain::looking::Reason;
use leptos::prelude::*;

use super::NOBODY_ELSE;
use crate::parts::{Input, TEXT, Tried, field, status, summary};

/// O-11: 閲覧理由, before anything of a person is shown.
pub fn reason(tried: Option<&Tried>, told: Option<&str>, path: &str, has_another: bool) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let wrong = shown.wrong("reason");
    let chosen = shown.value("reason");
    let choices = Reason::ALL
        .into_iter()
        .map(|one| {
            let more = match one {
                Reason::Inquiry if !has_another => NOBODY_ELSE,
                Reason::Inquiry => "ほかの職員の同意が必要です。ご本人の記録には90日後に載ります。",
                _ => "",
            };
            view! {
                <label class="tick">
                    <input
                        type="radio"
                        name="reason"
                        value=one.as_str()
                        checked=chosen == one.as_str()
                    />
                    <span>
                        {one.in_words()} {(!more.is_empty()).then(|| view! { <small>{more}</small> })}
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <div class="sheet">
            {summary(tried)} {told.map(status)} <h1>"閲覧の理由"</h1>
            <p class="lead">
                "登録内容を見る理由を選んでください。見た日、役割、理由は、ご本人の記録に載ります。10分間有効です。"
            </p>
            <form method="post" action=path.to_owned() novalidate>
                <fieldset class="ticks" id="reason" tabindex="-1" aria-describedby="reason-error">
                    <legend>"理由"</legend>
                    {choices}
                </fieldset>
                <p class="error" id="reason-error">
                    {wrong}
                </p>
                {field(
                    &shown,
                    "reason_text",
                    "補足（なくてもかまいません）",
                    Input {
                        hint: "200文字まで。健康や家族のことは書かないでください。",
                        ..TEXT
                    },
                )} <button class="button wide">"登録内容を見る"</button>
            </form>
            <p>
                <a href="/office/people">"検索へ戻る"</a>
            </p>
        </div>
    }
    .into_any()
}

//! The fields of a 閲覧理由, wherever one is asked for.

use app::written::Written;
use domain::looking::Reason;
use leptos::prelude::*;

use crate::parts::{Input, TEXT, Tried, field};

/// The reasons to choose from, each with what has to be known of it, and a field for more.
pub(super) fn reason_fields(
    tried: &Tried,
    choices: impl IntoIterator<Item = (Reason, Option<&'static str>)>,
) -> AnyView {
    let chosen = tried.value("reason");
    let choices = choices
        .into_iter()
        .map(|(one, more)| {
            view! {
                <label class="tick">
                    <input
                        type="radio"
                        name="reason"
                        value=one.as_str()
                        checked=chosen == one.as_str()
                    />
                    <span>
                        {one.in_words()} {more.map(|more| view! { <small>{more}</small> })}
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="ticks" id="reason" tabindex="-1" aria-describedby="reason-error">
            <legend>"理由"</legend>
            {choices}
        </fieldset>
        <p class="error" id="reason-error">
            {tried.wrong("reason")}
        </p>
        {field(
            tried,
            "reason_text",
            "補足（なくてもかまいません）",
            Input {
                hint: "200文字まで。健康や家族のことは書かないでください。",
                ..TEXT
            },
        )}
    }
    .written()
}

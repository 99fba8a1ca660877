//! What a member reads of the months after 資格喪失: that there is an end, and at the
//! end that it has come.

use domain::{text, values::timestamp::day_in_words};
use leptos::prelude::*;
use time::Date;

use super::layout::{Page, Telephone};
use crate::respond::answer_with;

/// Until when what belongs to the time of membership can be read.
#[component]
pub fn ReadUntil(
    /// What it is, as the object of 「ご覧いただけます」.
    what: &'static str,
    /// The last day.
    until: Date,
    /// What else is to be said.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="notice warn">
            <h2>"資格喪失後の閲覧について"</h2>
            <p>
                {what} "を、" <strong>{day_in_words(until)} "まで"</strong>
                "ご覧いただけます。" {children()}
            </p>
        </div>
    }
}

/// The page in whose place there is nothing any more.
#[component]
pub fn OverPage(
    /// The page's title.
    title: &'static str,
    /// The page's screen number.
    screen: &'static str,
) -> impl IntoView {
    answer_with(http::StatusCode::NOT_FOUND);
    view! {
        <Page title=title screen=screen sheet=true>
            <h1>{title}</h1>
            <p class="lead">{text::OVER}</p>
            <p>
                {title} "の表示は終了しました。ご不明な点は健康保険組合までお問い合わせください。"
                <Telephone />
            </p>
        </Page>
    }
}

//! H-1: the member's first page.

use leptos::prelude::*;

use crate::{
    components::layout::Page,
    pages::go_to,
    visit::{Visit, Visitor},
};

/// ホーム
#[component]
pub fn HomePage() -> impl IntoView {
    let Visitor::Member(member) = expect_context::<Visit>().who else {
        return go_to("/login");
    };
    view! {
        <Page title="ホーム" screen="H-1">
            <h1>{member.nickname} "さん、こんにちは"</h1>
            <p class="lead">
                {match member.previous_sign_in {
                    Some(at) => format!("前回のログインは {} です。", at.full()),
                    None => "はじめてのログインです。ようこそ。".to_owned(),
                }}
            </p>
            <ul class="doors">
                <li>
                    <a href="/checkups">
                        <b>"健診結果"</b>
                        "検査の値、これまでの推移"
                    </a>
                </li>
            </ul>
            <p>
                "お心当たりのないログインがないか、"
                <a href="/security">"利用状況とセキュリティ"</a> "でご確認いただけます。"
            </p>
        </Page>
    }
    .into_any()
}

//! H-1: the member's first page.

use leptos::prelude::*;

use crate::{
    components::{layout::Page, sharing::SharingNotice},
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
            <h1>{member.nickname.clone()} "さん、こんにちは"</h1>
            <p class="lead">
                {match member.previous_sign_in {
                    Some(at) => format!("前回のログインは {} です。", at.full()),
                    None => "はじめてのログインです。ようこそ。".to_owned(),
                }}
            </p>
            <SharingNotice member=member.clone() />
            <ul class="doors">
                <li>
                    <a href="/expenses">
                        <b>"医療費通知"</b>
                        "医療費の明細、医療費控除のための集計"
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

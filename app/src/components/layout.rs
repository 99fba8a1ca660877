//! The frame of every page: header, main, and a foot that tells the office in
//! words where the caller is.

use domain::{
    ports::Ports,
    visit::{LetterPurpose, Visit, Visitor},
};
use leptos::prelude::*;
use leptos_meta::Title;

use super::form::Summary;
use crate::{
    api::Retry,
    written::{Inside, Written},
};

/// A page with its title and its screen number.
#[component]
pub fn Page(
    /// The screen's title, in the manual's words.
    #[prop(into)]
    title: String,
    /// What a caller reads out on the telephone, such as `R-3`.
    #[prop(into)]
    screen: String,
    /// Whether the content is one sheet, as for a form.
    #[prop(optional)]
    sheet: bool,
    /// Whether it says that something went wrong, in place of the page.
    #[prop(optional)]
    of_a_problem: bool,
    children: Inside,
) -> impl IntoView {
    let society = expect_context::<Ports>().society;
    let signed_in = matches!(expect_context::<Visit>().who, Visitor::Member(_));
    // A page that says what went wrong does not say it of a form.
    let retry = use_context::<Retry>().filter(|_| !of_a_problem);
    let error = if retry.is_some() { "エラー：" } else { "" };
    let heading = format!("{error}{title}｜{}", society.portal_name);
    // leptos_meta writes it as it is, and a notice's title is whatever the office wrote.
    let heading = heading.replace('&', "&amp;").replace('<', "&lt;");
    let summary = retry.map(|retry| view! { <Summary retry /> });
    view! {
        <Title text=heading />
        <a class="skip" href="#main">"本文へ移動"</a>
        <header class="site-header">
            <a class="brand" href=if signed_in { "/home" } else { "/" }>
                <span class="mark" aria-hidden="true">"健"</span>
                <span>
                    <strong>{society.portal_name.clone()}</strong>
                    <small>{society.name.clone()}</small>
                </span>
            </a>
            <nav aria-label="主なページ">
                {if signed_in {
                    view! { <Places /> }.written()
                } else {
                    view! {
                        <a href="/help">"ヘルプ"</a>
                        <a href="/login">"ログイン"</a>
                    }
                        .written()
                }}
            </nav>
        </header>
        <main id="main" tabindex="-1">
            {if sheet {
                view! { <div class="sheet">{summary} {children.written()}</div> }.written()
            } else {
                view! {
                    {summary}
                    {children.written()}
                }
                    .written()
            }}
        </main>
        // What is read out to whoever does not see the notes change (loader.js).
        <p class="visually-hidden" id="live" aria-live="polite"></p>
        <footer class="site-footer">
            <address>
                {society.name.clone()} " " <Telephone /> " "
                <span class="screen-number">"画面 " {screen}</span>
            </address>
            <nav aria-label="このサイトについて">
                <a href="/about">"その他の情報開示"</a>
            </nav>
        </footer>
    }
    .written()
}

/// Where a member can go. On a phone the three doors stand side by side, and the rest
/// opens below them, which the browser does by itself; on a desk there is room for all.
#[component]
fn Places() -> impl IntoView {
    let path = use_context::<http::request::Parts>().map(|parts| parts.uri.path().to_owned());
    let to = |page: &'static str, name: &'static str| {
        let below = path.as_deref().and_then(|path| path.strip_prefix(page));
        let current = below.and_then(|below| match below {
            "" => Some("page"),
            below => below.starts_with('/').then_some("true"),
        });
        view! {
            <a href=page aria-current=current>
                {name}
            </a>
        }
    };
    view! {
        <ul class="places">
            <li class="on-a-desk">{to("/home", "ホーム")}</li>
            <li>{to("/notices", "お知らせ")}</li>
            <li>{to("/health", "健康情報")}</li>
            <li>{to("/expenses", "医療費")}</li>
        </ul>
        <details class="menu">
            <summary>"メニュー"</summary>
            <ul>
                <li class="on-a-phone">{to("/home", "ホーム")}</li>
                <li class="on-a-phone">{to("/checkups", "健診結果")}</li>
                <li>{to("/profile", "プロフィール設定")}</li>
                <li>{to("/security", "セキュリティ")}</li>
                <li>{to("/help", "ヘルプ")}</li>
                <li>
                    <form method="post" action="/logout">
                        <button class="link-button">"ログアウト"</button>
                    </form>
                </li>
            </ul>
        </details>
    }
}

/// The society's telephone number, to be touched and called.
#[component]
pub fn Telephone() -> impl IntoView {
    let telephone = expect_context::<Ports>().society.telephone.clone();
    view! { <a href=format!("tel:{telephone}")>"TEL:" {telephone.clone()}</a> }
}

/// The four steps of a procedure that begins with a letter.
#[component]
pub fn Steps(
    /// Which procedure.
    of: LetterPurpose,
    /// The present one, from 1.
    at: usize,
) -> impl IntoView {
    let steps = match of {
        LetterPurpose::Registration => ["メール", "仮ログイン", "利用者情報", "完了"],
        LetterPurpose::Reissue => ["メール", "仮ログイン", "変更", "完了"],
    };
    let items = steps.into_iter().enumerate().map(|(i, name)| {
        let step = i + 1;
        view! {
            <li class:done=step < at aria-current=(step == at).then_some("step")>
                {step} " " {name}
            </li>
        }
    });
    view! { <ol class="steps" aria-label="手続きの流れ">{items.collect_view()}</ol> }
}

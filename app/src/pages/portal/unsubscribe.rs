//! N-3: お知らせメールの配信停止, by the link in a letter.

use leptos::prelude::*;

use crate::{components::layout::Page, pages::portal::problem::NotFoundPage, written::Written};

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsubscribe {
    /// Somebody has opened the link: with this token.
    Ask(String),
    /// No more of these letters.
    Done,
}

/// お知らせメールの配信停止
#[component]
pub fn UnsubscribePage() -> impl IntoView {
    let page = match use_context::<Unsubscribe>() {
        None => return view! { <NotFoundPage /> }.written(),
        Some(Unsubscribe::Ask(token)) => {
            let action = format!("/notices/unsubscribe?token={token}");
            view! {
                <p class="lead">
                    "このメールを受け取ったアドレスに、新しいお知らせのメールをお送りしないようにします。"
                </p>
                <form method="post" action=action>
                    <button class="button wide" type="submit">
                        "お知らせメールを停止する"
                    </button>
                </form>
                <p>
                    "お知らせは、これまでどおりログインしてお読みいただけます。パスワード再発行や登録内容の変更のメールは、停止されません。"
                </p>
            }
            .written()
        }
        Some(Unsubscribe::Done) => view! {
            <p class="notice" role="status">
                "お知らせメールを停止しました。"
            </p>
            <p>
                "もう一度受け取るときは、ログインして、「プロフィール設定」の「お知らせの宛先」で選んでください。"
            </p>
            <p>
                <a href="/profile">"プロフィール設定へ"</a>
            </p>
        }
        .written(),
    };
    view! {
        <Page title="お知らせメールの配信停止" screen="N-3" sheet=true>
            <h1>"お知らせメールの配信停止"</h1>
            {page}
        </Page>
    }
    .written()
}

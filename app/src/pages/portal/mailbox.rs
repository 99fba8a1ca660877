//! M-1: the letters, where they go to a folder and to no mail server.

use domain::ports::{Ports, StoredLetter};
use leptos::prelude::*;

use crate::{
    components::layout::Page,
    pages::portal::problem::{NotFoundPage, trouble},
    written::{Written, when_known},
};

/// メールボックス (開発用)
#[component]
pub fn MailboxPage() -> impl IntoView {
    let Some(mailbox) = expect_context::<Ports>().mailbox else {
        return view! { <NotFoundPage /> }.written();
    };
    when_known(async move {
        match mailbox.letters().await {
            Ok(letters) => view! { <Letters letters /> }.written(),
            Err(what) => trouble(&what),
        }
    })
}

#[component]
fn Letters(letters: Vec<StoredLetter>) -> impl IntoView {
    let empty = letters.is_empty();
    view! {
        <Page title="メールボックス" screen="M-1">
            <h1>"メールボックス"</h1>
            <p>"メールサーバーを使わない設定です。送られるはずのメールを、新しい順に表示しています。"</p>
            {empty.then(|| view! { <p>"まだメールはありません。"</p> })}
            <ol class="mail">{letters.into_iter().map(|letter| view! { <Letter letter /> }).collect_view()}</ol>
        </Page>
    }
}

#[component]
fn Letter(letter: StoredLetter) -> impl IntoView {
    view! {
        <li>
            <article>
                <h2>{letter.subject}</h2>
                <dl class="facts">
                    <div>
                        <dt>"宛先"</dt>
                        <dd>{letter.to}</dd>
                    </div>
                    <div>
                        <dt>"差出人"</dt>
                        <dd>{letter.from}</dd>
                    </div>
                    <div>
                        <dt>"日時"</dt>
                        <dd>{letter.date}</dd>
                    </div>
                </dl>
                <pre class="letter">{linked(&letter.text)}</pre>
            </article>
        </li>
    }
}

/// The text, with what stands alone on a line as an address made a link.
fn linked(text: &str) -> Vec<AnyView> {
    text.split_inclusive('\n')
        .map(|line| {
            let address = line.trim();
            if address.starts_with("http://") || address.starts_with("https://") {
                view! {
                    <a href=address.to_owned()>{address.to_owned()}</a>
                    "\n"
                }
                .written()
            } else {
                line.to_owned().into_any()
            }
        })
        .collect()
}

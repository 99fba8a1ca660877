//! the letter is on its way. Without JavaScript the page asks again by
//! itself until the letter has been handed to the mail server.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::{
    components::layout::{Page, Steps, Telephone},
    pages::{go_to, problem::trouble},
    ports::{Delivery, Ports},
    timestamp::Timestamp,
    visit::{SentLetter, Visit},
};

/// For how long the page asks again.
const PATIENCE: Duration = Duration::from_secs(120);

/// 新規利用登録 (送信完了)
#[component]
pub fn RegistrationSentPage() -> impl IntoView {
    let visit = expect_context::<Visit>();
    let Some(sent) = visit.sent.clone() else {
        return go_to("/register");
    };
    let ports = expect_context::<Ports>();
    Suspend::new(async move {
        match ports.registration.delivery(&sent).await {
            Ok(delivery) => {
                if asks_again(&sent, delivery, visit.now) {
                    expect_context::<ResponseOptions>().insert_header(
                        HeaderName::from_static("refresh"),
                        HeaderValue::from_static("3"),
                    );
                }
                view! { <Sent sent delivery /> }.into_any()
            }
            Err(what) => trouble(&what),
        }
    })
    .into_any()
}

fn asks_again(sent: &SentLetter, delivery: Delivery, now: Timestamp) -> bool {
    delivery == Delivery::Waiting && now < sent.asked_at.plus(PATIENCE)
}

#[component]
fn Sent(sent: SentLetter, delivery: Delivery) -> impl IntoView {
    let society = expect_context::<Ports>().society;
    let now = expect_context::<Visit>().now;
    let state = match delivery {
        Delivery::Waiting if asks_again(&sent, delivery, now) => {
            "メールを送信しています。この画面は自動で更新されます。".to_owned()
        }
        Delivery::Waiting => {
            "メールサーバーに渡すのに時間がかかっています。渡せるまで、くり返し送信します。"
                .to_owned()
        }
        Delivery::HandedOver(at) => {
            format!("メールサーバーに渡しました（{}）。", at.clock_seen_at(now))
        }
        Delivery::GivenUp => {
            "メールを届けられませんでした。アドレスをご確認のうえ、入力し直してください。"
                .to_owned()
        }
    };
    let heading = match (delivery, sent.earlier) {
        (Delivery::GivenUp, _) => "手続き案内メールを届けられませんでした",
        (_, true) => "先にお送りしたメールをご確認ください",
        (_, false) => "手続き案内メールを送信しました",
    };
    view! {
        <Page title="新規利用登録（送信完了）" screen="R-2" sheet=true>
            <Steps at=1 />
            <h1>{heading}</h1>
            {sent
                .earlier
                .then(|| {
                    view! {
                        <p class="lead">
                            "続けて送信されたため、新しいメールはお送りしていません。先に届いたメールのURLをお使いください。"
                        </p>
                    }
                })}
            <dl class="facts">
                <div>
                    <dt>"送信先"</dt>
                    <dd class="value">{sent.address.clone()}</dd>
                </div>
                <div>
                    <dt>"状況"</dt>
                    <dd>
                        <span role="status">{state}</span>
                    </dd>
                </div>
                <div>
                    <dt>"URLの有効期限"</dt>
                    <dd class="deadline">{sent.until.clock_seen_at(now)} " まで"</dd>
                </div>
            </dl>
            <p>
                <a href="/register">"入力し直す"</a>
            </p>
            <h2>"これからの手順"</h2>
            <ol>
                <li>"届いたメールのURLを開いてください。"</li>
                <li>"ハガキの仮ログインIDと仮ログインパスワードを入力してください。"</li>
            </ol>
            <p>"手続きは、メールのURLを開いた端末で続けられます。この画面は閉じてもかまいません。"</p>
            <h2>"メールが届かないときは"</h2>
            <ul>
                <li>"上のアドレスに誤りがないかご確認ください。"</li>
                <li>"迷惑メールフォルダーに入っていないかご確認ください。"</li>
                <li>
                    "迷惑メール設定をされている方は、" <strong>{society.mail_domain.clone()}</strong>
                    " を受信できるようご確認ください。設定のあと、もう一度送信してください。"
                </li>
                <li>"それでも届かない場合は健康保険組合までお問い合わせください。" <Telephone /></li>
            </ul>
        </Page>
    }
}

//! R-2, S-2: the letter is on its way. Without JavaScript the page asks again by
//! itself until the letter has been handed to the mail server.

use std::time::Duration;

use domain::{
    forms::{AddressForm, Field},
    ports::{Delivery, Ports},
    values::timestamp::Timestamp,
    visit::{LetterPurpose, SentLetter, Visit},
};
use http::{HeaderName, HeaderValue};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::{
    components::{
        field::{FormField, Kind},
        form::CheckedForm,
        layout::{Page, Steps, Telephone},
    },
    pages::portal::problem::trouble,
    respond::go_to,
    written::{Written, when_known},
};

/// For how long a letter is on its way; later, the page says that it is late, and asks
/// again at longer intervals.
const PATIENCE: Duration = Duration::from_secs(120);

/// 新規利用登録 (送信完了)
#[component]
pub fn RegistrationSentPage() -> impl IntoView {
    match asked_for(LetterPurpose::Registration) {
        Some(sent) => on_its_way(sent),
        None => go_to("/register"),
    }
}

/// パスワード再発行 (送信完了); also where 「再発行手続きをされた方」 leads, on a
/// device that knows nothing of the letter.
#[component]
pub fn ReissueSentPage() -> impl IntoView {
    match asked_for(LetterPurpose::Reissue) {
        Some(sent) => on_its_way(sent),
        None => view! { <OpenTheLetter /> }.written(),
    }
}

/// The letter that was asked for last in this browser, if it was for this.
fn asked_for(way: LetterPurpose) -> Option<SentLetter> {
    let sent = expect_context::<Visit>().sent;
    sent.filter(|sent| sent.way == way)
}

fn on_its_way(sent: SentLetter) -> AnyView {
    let (ports, visit) = (expect_context::<Ports>(), expect_context::<Visit>());
    when_known(async move {
        match ports.post.delivery(&sent).await {
            Ok(delivery) => {
                if delivery == Delivery::Waiting {
                    let soon = asks_again(&sent, delivery, visit.now);
                    expect_context::<ResponseOptions>().insert_header(
                        HeaderName::from_static("refresh"),
                        HeaderValue::from_static(if soon { "3" } else { "30" }),
                    );
                }
                view! { <Sent sent delivery /> }.written()
            }
            Err(what) => trouble(&what),
        }
    })
}

fn asks_again(sent: &SentLetter, delivery: Delivery, now: Timestamp) -> bool {
    delivery == Delivery::Waiting && now < sent.asked_at.plus(PATIENCE)
}

#[component]
fn Sent(sent: SentLetter, delivery: Delivery) -> impl IntoView {
    let now = expect_context::<Visit>().now;
    let state = match delivery {
        Delivery::Waiting if asks_again(&sent, delivery, now) => {
            "メールを送信しています。この画面は自動で更新されます。".to_owned()
        }
        Delivery::Waiting => {
            format!(
                "まだメールを送信できていません（{}現在）。メールサーバーに渡せるまで、くり返し送信します。届くまでに時間がかかることがあります。",
                now.clock_seen_at(now),
            )
        }
        Delivery::HandedOver(at) => {
            format!("メールサーバーに渡しました（{}）。", at.clock_seen_at(now))
        }
        Delivery::GivenUp => {
            "メールを届けられませんでした。アドレスをご確認のうえ、入力し直してください。"
                .to_owned()
        }
    };
    let (title, screen, again, next, given_up, handed_over) = match sent.way {
        LetterPurpose::Registration => (
            "新規利用登録（送信完了）",
            "R-2",
            "/register",
            "ハガキの仮ログインIDと仮ログインパスワードを入力してください。",
            "手続き案内メールを届けられませんでした",
            "手続き案内メールを送信しました",
        ),
        LetterPurpose::Reissue => (
            "パスワード再発行（送信完了）",
            "S-2",
            "/reissue",
            "メールに書かれているログインIDと仮パスワードを入力し、新しいパスワードに変更してください。",
            "パスワード再発行のメールを届けられませんでした",
            "パスワード再発行のメールを送信しました",
        ),
    };
    let is_late = delivery == Delivery::Waiting && !asks_again(&sent, delivery, now);
    let heading = match (delivery, sent.earlier) {
        (Delivery::GivenUp, _) => given_up,
        _ if is_late => "まだメールを送信できていません",
        (_, true) => "先にお送りしたメールをご確認ください",
        (_, false) => handed_over,
    };
    view! {
        <Page title screen sheet=true>
            <Steps of=sent.way at=1 />
            <h1>{heading}</h1>
            {sent
                .earlier
                .then(|| {
                    view! {
                        <p class="lead">
                            "続けて送信されたため、先にお送りしたメールのURLが使える間は、新しいメールをお送りしません。届いたメールのURLをお使いください。URLの有効期限が過ぎると、また送信できます。"
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
                <a href=again>"入力し直す"</a>
            </p>
            <h2>"これからの手順"</h2>
            <ol>
                <li>"届いたメールのURLを開いてください。"</li>
                <li>{next}</li>
            </ol>
            <p>"手続きは、メールのURLを開いた端末で続けられます。この画面は閉じてもかまいません。"</p>
            <NothingArrives />
        </Page>
    }
}

/// What to do when the letter does not arrive.
#[component]
fn NothingArrives() -> impl IntoView {
    let society = expect_context::<Ports>().society;
    view! {
        <h2>"メールが届かないときは"</h2>
        <ul>
            <li>"入力したアドレスに誤りがないかご確認ください。"</li>
            <li>"迷惑メールフォルダーに入っていないかご確認ください。"</li>
            <li>
                "迷惑メール設定をされている方は、" <strong>{society.mail_domain.clone()}</strong>
                " を受信できるようご確認ください。設定のあと、もう一度送信してください。"
            </li>
            <li>"それでも届かない場合は健康保険組合までお問い合わせください。" <Telephone /></li>
        </ul>
    }
}

/// For somebody who has asked already, on this device or another.
#[component]
fn OpenTheLetter() -> impl IntoView {
    view! {
        <Page title="再発行手続きをされた方" screen="S-2" sheet=true>
            <Steps of=LetterPurpose::Reissue at=1 />
            <h1>"再発行手続きをされた方"</h1>
            <p class="lead">
                "お送りしたメール「パスワード再発行のご案内」のURLを開いてください。"
            </p>
            <ol>
                <li>"メールのURLを開くと、仮ログインの画面になります。"</li>
                <li>
                    "メールに書かれているログインIDと仮パスワードを入力し、新しいパスワードに変更してください。"
                </li>
            </ol>
            <p>"URLは3時間使えます。どの端末で開いてもかまいません。"</p>
            <h2>"もう一度送信する"</h2>
            <p>"URLの期限が切れたときや、メールが見あたらないときは、もう一度お送りします。"</p>
            <CheckedForm form=AddressForm::default() action="/reissue" button="送信">
                <FormField field=Field::Email kind=Kind::Email />
            </CheckedForm>
            <NothingArrives />
        </Page>
    }
}

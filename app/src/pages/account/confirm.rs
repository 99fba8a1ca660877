//! P-2: メールアドレスの確認. Looking at the letter's link changes nothing; the
//! button does. Works without a session, in whatever browser opens the letter.

use domain::{
    ports::{Ports, WaitingAddress},
    rules::nickname::honorific,
    visit::{Visit, Visitor},
};
use leptos::prelude::*;

use crate::{
    api::refusal::{Begun, Refusal},
    components::layout::Page,
    pages::portal::problem::{refused, refused_link, trouble},
    written::{Written, when_known},
};

/// メールアドレスの確認
#[component]
pub fn ConfirmAddressPage() -> impl IntoView {
    let ports = expect_context::<Ports>();
    let visit = expect_context::<Visit>();
    when_known(async move {
        let Some(token) = visit.confirmation else {
            return refused(Refusal::Elsewhere(Begun::Profile));
        };
        match ports.addresses.waiting(&token, visit.now).await {
            Ok(Some(waiting)) => view! { <Confirm waiting /> }.written(),
            Ok(None) => match ports.addresses.is_confirmed(&token).await {
                Ok(true) => view! { <AddressConfirmedPage /> }.written(),
                Ok(false) => {
                    let over = Refusal::Link(Begun::Profile);
                    refused_link(&ports, Some(&token), Begun::Profile, over).await
                }
                Err(what) => trouble(&what),
            },
            Err(what) => trouble(&what),
        }
    })
}

#[component]
fn Confirm(waiting: WaitingAddress) -> impl IntoView {
    view! {
        <Page title="メールアドレスの確認" screen="P-2" sheet=true>
            <h1>"メールアドレスの確認"</h1>
            <p class="lead">
                "「" {waiting.nickname.clone()} "」" {honorific(&waiting.nickname)} "のアカウントに、次のメールアドレスを登録します。"
            </p>
            <dl class="facts">
                <div>
                    <dt>"メールアドレス"</dt>
                    <dd class="value">{waiting.address}</dd>
                </div>
            </dl>
            <form method="post" action="/profile/emails/confirm">
                <button class="button wide">"このアドレスを登録する"</button>
            </form>
            <p>"お心当たりがないときは、この画面を閉じてください。何も登録されません。"</p>
        </Page>
    }
}

/// メールアドレスの確認 (完了)
#[component]
pub fn AddressConfirmedPage() -> impl IntoView {
    let signed_in = matches!(expect_context::<Visit>().who, Visitor::Member(_));
    let (path, name) = if signed_in {
        ("/profile", "プロフィール設定へ")
    } else {
        ("/login", "ログイン画面")
    };
    view! {
        <Page title="メールアドレスの確認（完了）" screen="P-3" sheet=true>
            <h1>"メールアドレスを登録しました"</h1>
            <p>
                "確認が済みました。このアドレスで、パスワード再発行や変更のお知らせを受け取れます。健保からのお知らせの宛先は、プロフィール設定で選べます。"
            </p>
            <p>
                <a class="button wide" href=path>
                    {name}
                </a>
            </p>
        </Page>
    }
}

//! 新規利用登録, the postcard's ID and password.

use domain::{
    forms::{Field, ProvisionalForm},
    ports::{OpenLink, Ports},
    visit::{LetterPurpose, Visit},
};
use leptos::prelude::*;

use crate::{
    api::refusal::{Begun, Refusal},
    components::{
        field::{FormField, Kind},
        form::CheckedForm,
        layout::{Page, Steps, Telephone},
        signed_in_here::SignedInHere,
        whose_link::WhoseLink,
    },
    pages::portal::problem::{refused, trouble},
    written::{Written, when_known},
};

/// 新規利用登録 (仮ログイン)
#[component]
pub fn ProvisionalPage() -> impl IntoView {
    let ports = expect_context::<Ports>();
    let visit = expect_context::<Visit>();
    when_known(async move {
        let Some(token) = visit.registration else {
            return refused(Refusal::Elsewhere(Begun::Registration));
        };
        match ports.registration.link(&token, visit.now).await {
            Ok(Some(link)) => view! { <WithPostcard link /> }.written(),
            Ok(None) => refused(Refusal::Link(Begun::Registration)),
            Err(what) => trouble(&what),
        }
    })
}

#[component]
fn WithPostcard(link: OpenLink) -> impl IntoView {
    let society = expect_context::<Ports>().society;
    let now = expect_context::<Visit>().now;
    view! {
        <Page title="新規利用登録（仮ログイン）" screen="R-3" sheet=true>
            <Steps of=LetterPurpose::Registration at=2 />
            <h1>"新規利用登録"</h1>
            <p class="lead">
                {format!(
                    "ハガキ「{}登録について」に記載の「仮ログインID」と「仮ログインパスワード」を入力してログインしてください。",
                    society.portal_name,
                )}
            </p>
            <figure class="postcard">
                <div aria-hidden="true">
                    <p>{format!("{}登録について", society.portal_name)}</p>
                    <dl>
                        <dt>"仮ログインID"</dt>
                        <dd>"①"</dd>
                        <dt>"仮ログインパスワード"</dt>
                        <dd>"②"</dd>
                    </dl>
                </div>
                <figcaption>
                    "ハガキの①仮ログインIDを「ログインID」に、②仮ログインパスワードを「仮パスワード」に入力します。"
                </figcaption>
            </figure>
            <p class="deadline">"この手続きは " {link.until.clock_seen_at(now)} " まで"</p>
            <WhoseLink address=link.address />
            <SignedInHere />
            <CheckedForm form=ProvisionalForm::default() action="/register/provisional" button="ログイン">
                <FormField
                    field=Field::LoginId
                    kind=Kind::ProvisionalId
                    hint="ハガキの仮ログインID（英字6文字と数字2文字）。大文字・小文字はどちらでもかまいません。"
                />
                <FormField
                    field=Field::Password
                    kind=Kind::ProvisionalPassword
                    hint="ハガキの仮ログインパスワード（12文字）。「-」は入力してもしなくてもかまいません。"
                />
            </CheckedForm>
            <div class="notice">
                <p>
                    "ハガキを紛失や不明の場合は健康保険組合までお問い合わせください。" <Telephone />
                </p>
            </div>
        </Page>
    }
}

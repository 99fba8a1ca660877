//! 利用者情報登録完了, with a sheet to print and keep.

use domain::{
    ports::Ports,
    visit::{Visit, Visitor, Way},
};
use leptos::prelude::*;

use crate::{
    components::layout::{Page, Steps, Telephone},
    respond::go_to,
};

/// 利用者情報登録完了
#[component]
pub fn RegistrationDonePage() -> impl IntoView {
    let Visitor::Registered { login_id } = expect_context::<Visit>().who else {
        return go_to("/login");
    };
    let ports = expect_context::<Ports>();
    view! {
        <Page title="利用者情報登録完了" screen="R-5" sheet=true>
            <Steps of=Way::Registration at=4 />
            <h1>"利用者情報登録完了"</h1>
            <p class="lead">"利用登録が完了しました。ログイン画面へ進んでください。"</p>
            <p>
                <a class="button wide" href="/login">"ログイン画面"</a>
            </p>
            <section>
                <h2>"控え"</h2>
                <p class="screen-only">"この画面を印刷するか、書き写して保管してください。パスワードは載せていません。"</p>
                <dl class="facts">
                    <div>
                        <dt>"ポータルのアドレス"</dt>
                        <dd class="value">{ports.public_url.to_string()} "/"</dd>
                    </div>
                    <div>
                        <dt>"ログインID"</dt>
                        <dd class="value">{login_id}</dd>
                    </div>
                    <div>
                        <dt>"お問い合わせ"</dt>
                        <dd>{ports.society.name.clone()} " " <Telephone /></dd>
                    </div>
                </dl>
            </section>
        </Page>
    }
    .into_any()
}

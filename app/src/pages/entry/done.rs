//! 利用者情報登録完了, with a sheet to print and keep.

use domain::{
    ports::Ports,
    visit::{LetterPurpose, Visit, Visitor},
};
use leptos::prelude::*;

use crate::{
    components::layout::{Page, Steps, Telephone},
    respond::go_to,
    written::Written,
};

/// 利用者情報登録完了
#[component]
pub fn RegistrationDonePage() -> impl IntoView {
    let Visitor::Registered { login_id, waiting } = expect_context::<Visit>().who else {
        return go_to("/login");
    };
    let ports = expect_context::<Ports>();
    view! {
        <Page title="利用者情報登録完了" screen="R-5" sheet=true>
            <Steps of=LetterPurpose::Registration at=4 />
            <h1>"利用者情報登録完了"</h1>
            <p class="lead">"利用登録が完了しました。ログイン画面へ進んでください。"</p>
            {waiting.map(|address| view! { <StillWaits address /> })}
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
    .written()
}

/// Another address was typed than the one whose link it was.
#[component]
fn StillWaits(address: String) -> impl IntoView {
    view! {
        <div class="notice">
            <p>
                "メールアドレス " <strong>{address}</strong>
                " は、まだ確認が済んでいません。このアドレスにお送りしたメールのURLを開いてください。"
            </p>
            <p>
                "それまでは、お知らせのメールは届かず、パスワードをお忘れになったときは新しいハガキが必要です。届かないときは、ログインして「プロフィール設定」からもう一度お送りください。"
            </p>
        </div>
    }
}

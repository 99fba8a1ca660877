//! L-1: ログイン, and the four ways on.

use domain::{
    forms::{Field, SignInForm},
    ports::{PasskeyRefusal, Ports},
    text::{self, Sentence},
    visit::{Lapse, Told, Visit, Visitor},
};
use leptos::prelude::*;

use crate::{
    api::Retry,
    components::{
        field::{FormField, Kind},
        form::CheckedForm,
        layout::Page,
        passkey::{Asked, PasskeyForm},
        status::Status,
    },
    respond::go_to,
    written::Written,
};

/// ログイン
#[component]
pub fn LoginPage() -> impl IntoView {
    let Visit {
        who, lapsed, told, ..
    } = expect_context::<Visit>();
    let signed_in = matches!(who, Visitor::Member(_));
    // A try that failed is answered, even if somebody is signed in already.
    if signed_in && use_context::<Retry>().is_none() {
        return go_to("/home");
    }
    view! {
        <Page title="ログイン" screen="L-1" sheet=true>
            <h1>"ログイン"</h1>
            {lapsed
                .map(|why| {
                    let sentence = match why {
                        Lapse::Time => {
                            "時間が過ぎたため、ログアウトしました。もう一度ログインしてください。"
                        }
                        Lapse::Ended => {
                            "ほかの端末での操作や登録内容の変更により、この端末のログインは終了しました。お心当たりがないときは、パスワードを再発行してください。"
                        }
                    };
                    view! {
                        <div class="notice">
                            <p>{sentence}</p>
                        </div>
                    }
                })}
            {(told == Some(Told::SignedOut) && !signed_in)
                .then(|| view! { <Status sentence="ログアウトしました。" /> })}
            {(told == Some(Told::CodeOver))
                .then(|| {
                    view! {
                        <div class="notice">
                            <p>{text::CODE_OVER}</p>
                        </div>
                    }
                })}
            <CheckedForm form=SignInForm::default() action="/login" button="ログイン">
                <FormField field=Field::LoginId kind=Kind::LoginIdOrPasskey />
                <FormField field=Field::Password kind=Kind::Password />
            </CheckedForm>
            {if expect_context::<Ports>().passkeys.are_possible() {
                view! { <ByPasskey /> }.written()
            } else {
                view! { <p class="hint">{PasskeyRefusal::NotPossible.sentence()}</p> }.written()
            }}
            <ul class="inline-links">
                <li>
                    <a href="/reissue">"パスワードを忘れた方はこちら"</a>
                </li>
                <li>
                    <a href="/register">"はじめてご利用になる方"</a>
                </li>
                <li>
                    <a href="/reissue/sent">"再発行手続きをされた方"</a>
                </li>
                <li>
                    <a href="/about">"その他の情報開示"</a>
                </li>
            </ul>
        </Page>
    }
    .written()
}

#[component]
fn ByPasskey() -> impl IntoView {
    view! {
        <PasskeyForm asked=Asked::ToSignIn button_class="button quiet wide" button="パスキーでログイン">
            <p class="hint">
                "パスキーを追加された方は、顔や指紋、端末の暗証番号でログインできます。"
            </p>
        </PasskeyForm>
        <p class="without-script">
                "パスキーでログインするには、ブラウザーの設定でJavaScriptを有効にしてください。ログインIDとパスワードは、このままお使いいただけます。"
            </p>
    }
}

//! 新規利用登録, the e-mail address.

use domain::{
    forms::{AddressForm, Field},
    ports::Ports,
    visit::{LetterPurpose, Visit},
};
use leptos::prelude::*;

use crate::components::{
    field::{FormField, Kind},
    form::CheckedForm,
    layout::{Page, Steps},
};

/// 新規利用登録
#[component]
pub fn RegisterPage() -> impl IntoView {
    let society = expect_context::<Ports>().society;
    // 「入力し直す」 begins with what was typed.
    let typed = expect_context::<Visit>().sent.map(|sent| sent.address);
    view! {
        <Page title="新規利用登録" screen="R-1" sheet=true>
            <Steps of=LetterPurpose::Registration at=1 />
            <h1>"新規利用登録"</h1>
            <p class="lead">"メールアドレスを入力し、送信してください。"</p>
            <CheckedForm form=AddressForm::default() action="/register" button="送信する">
                <FormField
                    field=Field::Email
                    kind=Kind::Email
                    hint="スマートフォン等で受信できるもの。例：taro@example.jp"
                    value=typed.unwrap_or_default()
                />
            </CheckedForm>
            <div class="notice">
                <p>
                    "このアドレスに手続き案内メールをお送りします。迷惑メール設定は "
                    <strong>{society.mail_domain.clone()}</strong>
                    " を受信可能に設定してください。"
                </p>
            </div>
            <ul class="inline-links">
                <li><a href="/login">"登録がお済みの方はログインへ"</a></li>
                <li><a href="/help#postcard">"ハガキを紛失された方"</a></li>
            </ul>
        </Page>
    }
}

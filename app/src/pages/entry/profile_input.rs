//! 利用者情報入力.

use domain::{
    forms::{Field, RegistrationProfileForm},
    visit::{LetterPurpose, Provisional, Visit, Visitor},
};
use leptos::prelude::*;

use crate::{
    api::refusal::{Begun, Refusal},
    components::{
        field::{FormField, Kind, LoginIdExamples},
        form::CheckedForm,
        layout::{Page, Steps},
        whose_link::WhoseLink,
    },
    pages::portal::problem::refused,
    respond::go_to,
    written::Written,
};

/// 利用者情報入力
#[component]
pub fn RegistrationProfilePage() -> impl IntoView {
    match expect_context::<Visit>().who {
        Visitor::Provisional(provisional) => view! { <Input provisional /> }.written(),
        Visitor::Registered { .. } => go_to("/register/done"),
        Visitor::PostcardUsed => refused(Refusal::PostcardUsed),
        _ => refused(Refusal::Over(Begun::Registration)),
    }
}

#[component]
fn Input(provisional: Provisional) -> impl IntoView {
    let visit = expect_context::<Visit>();
    let draft = visit.draft.unwrap_or_default();
    view! {
        <Page title="利用者情報入力" screen="R-4" sheet=true>
            <Steps of=LetterPurpose::Registration at=3 />
            <h1>"利用者情報入力"</h1>
            <p class="lead">"新しいログインID、パスワードを入力してください。"</p>
            <p class="deadline">"この手続きは " {provisional.until.clock_seen_at(visit.now)} " まで"</p>
            <WhoseLink address=provisional.address.clone() />
            <CheckedForm
                form=RegistrationProfileForm::default()
                action="/register/profile"
                button="登録"
            >
                <FormField
                    field=Field::LoginId
                    kind=Kind::LoginId
                    hint="好きな文字（半角英数字）で設定できます。7・8桁目に数字は使用できません。"
                    value=draft.login_id
                />
                <LoginIdExamples />
                <FormField
                    field=Field::Password
                    kind=Kind::NewPassword
                    hint="半角英小文字、半角数字を組み合わせた8文字以上　例) kenpo123"
                />
                <FormField
                    field=Field::PasswordConfirmation
                    kind=Kind::NewPassword
                    hint="同じパスワードをもう一度入力してください。"
                />
                <FormField
                    field=Field::Email
                    kind=Kind::Email
                    hint="別のアドレスに書きかえると、そのアドレスだけを登録し、確認のメールをお送りします。"
                    value=provisional.address
                />
                <FormField
                    field=Field::Nickname
                    kind=Kind::Nickname
                    hint="画面でお呼びする名前です。20文字まで。"
                    value=draft.nickname
                />
            </CheckedForm>
        </Page>
    }
}

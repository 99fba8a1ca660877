//! L-2: 確認コードの入力, after a right password.

use domain::{
    forms::{CodeForm, Field},
    visit::{Visit, Visitor},
};
use leptos::prelude::*;

use crate::{
    api::Retry,
    components::{
        field::{FormField, Kind},
        form::CheckedForm,
        layout::{Page, Telephone},
    },
    respond::go_to,
    written::Written,
};

/// 確認コードの入力
#[component]
pub fn CodePage() -> impl IntoView {
    let visit = expect_context::<Visit>();
    let is_in = matches!(visit.who, Visitor::Member(_)) && use_context::<Retry>().is_none();
    let Some(due) = visit.code_due.filter(|_| !is_in) else {
        return go_to(if is_in { "/home" } else { "/login" });
    };
    view! {
        <Page title="確認コードの入力" screen="L-2" sheet=true>
            <h1>"確認コードの入力"</h1>
            <p class="lead">"認証アプリに表示されている6けたの数字を入力してください。"</p>
            <p class="deadline">
                "この入力は " {due.until.clock_seen_at(visit.now)} " まで"
            </p>
            <CheckedForm form=CodeForm::default() action="/login/code" button="ログイン">
                <FormField
                    field=Field::Code
                    kind=Kind::Code
                    hint="スマートフォンが手元にないときは、控えておいた予備コード（16文字）を入力してください。"
                />
            </CheckedForm>
            <div class="notice">
                <p>
                    "確認コードも予備コードも使えないときは、健康保険組合にお電話ください。新しいハガキをお送りします。"
                    <Telephone />
                </p>
            </div>
            <ul class="inline-links">
                <li>
                    <a href="/login">"ログインへ戻る"</a>
                </li>
            </ul>
        </Page>
    }
    .written()
}

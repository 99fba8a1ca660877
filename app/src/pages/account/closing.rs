//! T-2 to T-4: ポータルの利用をやめる. What that means, asked a second time with the
//! password, and done.

use domain::{
    forms::{Field, PresentPasswordForm},
    visit::{Visit, Visitor},
};
use leptos::prelude::*;

use crate::{
    components::{
        field::{FormField, Kind, OwnId},
        form::CheckedForm,
        layout::{Page, Telephone},
    },
    respond::go_to,
    written::Written,
};

/// T-2: what ends, what stays, and the way back
#[component]
pub fn ClosingPage() -> impl IntoView {
    if !matches!(expect_context::<Visit>().who, Visitor::Member(_)) {
        return go_to("/login");
    }
    view! {
        <Page title="ポータルの利用をやめる" screen="T-2" sheet=true>
            <h1>"ポータルの利用をやめる"</h1>
            <p class="lead">"利用をやめる前に、次のことをご確認ください。"</p>
            <h2>"すぐに終わるもの"</h2>
            <ul>
                <li>"ログインIDとパスワードが使えなくなります。"</li>
                <li>"登録したメールアドレスがなくなり、お知らせのメールは届かなくなります。"</li>
                <li>"二段階認証とパスキーも終わります。"</li>
                <li>"すべての端末で、ログインが終了します。"</li>
            </ul>
            <h2>"残るもの"</h2>
            <ul>
                <li>
                    "医療費通知や健診結果などは、健康保険組合が法令などにより保存する期間が過ぎると消去します。手続きの記録は、不正な利用を確かめるため残ります。"
                </li>
                <li>"健康保険の資格は変わりません。これまでどおり医療機関にかかれます。"</li>
            </ul>
            <h2>"もう一度利用するには"</h2>
            <p>
                "健康保険組合にお電話ください。新しいハガキをお送りします。ハガキで利用登録すると、これまでの内容が引き継がれます。"
                <Telephone />
            </p>
            <p>
                <a class="button wide" href="/security/leave/confirm">"利用をやめる手続きへ"</a>
            </p>
            <ul class="inline-links">
                <li>
                    <a href="/security">"やめずに戻る"</a>
                </li>
            </ul>
        </Page>
    }
    .written()
}

/// T-3: asked a second time
#[component]
pub fn ClosingConfirmPage() -> impl IntoView {
    let Visitor::Member(member) = expect_context::<Visit>().who else {
        return go_to("/login");
    };
    view! {
        <Page title="ポータルの利用をやめる（確認）" screen="T-3" sheet=true>
            <h1>"本当に利用をやめますか"</h1>
            <p class="lead">
                "ボタンを押すと、すぐに利用できなくなります。現在のパスワードを入力してください。"
            </p>
            <CheckedForm
                form=PresentPasswordForm::default()
                action="/security/leave/confirm"
                button="利用をやめる"
            >
                <OwnId label="ログインID" login_id=member.login_id />
                <FormField
                    field=Field::CurrentPassword
                    kind=Kind::Password
                />
            </CheckedForm>
            <ul class="inline-links">
                <li>
                    <a href="/security">"やめずに戻る"</a>
                </li>
            </ul>
        </Page>
    }
    .written()
}

/// T-4: done
#[component]
pub fn ClosedPage() -> impl IntoView {
    if matches!(expect_context::<Visit>().who, Visitor::Member(_)) {
        return go_to("/security");
    }
    view! {
        <Page title="利用停止の完了" screen="T-4" sheet=true>
            <h1>"利用を停止しました"</h1>
            <p class="lead">"これまでご利用いただき、ありがとうございました。"</p>
            <p>"利用停止のお知らせを、登録されていたメールアドレスにお送りしています。"</p>
            <h2>"もう一度利用するには"</h2>
            <p>
                "健康保険組合にお電話ください。新しいハガキをお送りします。ハガキが届いたら、"
                <a href="/register">"新規利用登録"</a>
                "からお手続きください。これまでの内容が引き継がれます。" <Telephone />
            </p>
        </Page>
    }
    .written()
}

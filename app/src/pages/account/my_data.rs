//! D-1: わたしのデータ. Everything that the portal holds about a member, to take along;
//! behind the present password where that was given long ago.

use domain::{
    forms::{Field, PresentPasswordForm},
    visit::{Visit, Visitor},
};
use leptos::prelude::*;

use crate::{
    components::{
        field::{FormField, Kind, OwnId},
        form::CheckedForm,
        layout::Page,
    },
    respond::go_to,
    written::Written,
};

/// わたしのデータ
#[component]
pub fn MyDataPage() -> impl IntoView {
    let visit = expect_context::<Visit>();
    let Visitor::Member(member) = visit.who else {
        return go_to("/login");
    };
    let is_due = member.password_is_due(visit.now);
    view! {
        <Page title="わたしのデータ" screen="D-1" sheet=true>
            <h1>"わたしのデータ"</h1>
            <p class="lead">
                "このポータルがあなたについて保存している内容を、1つのファイル（ZIP）にまとめてダウンロードできます。"
            </p>
            <h2>"入っているもの"</h2>
            <ul>
                <li>"名簿の記載（氏名、生年月日、住所など）"</li>
                <li>"利用登録の内容（ログインID、ニックネーム、メールアドレス、パスキーの名前）"</li>
                <li>"健診結果、ご本人の医療費、被保険者への表示の設定"</li>
                <li>"お読みになったお知らせの件名"</li>
                <li>"ログインと手続きの記録、お送りしたメールの記録"</li>
            </ul>
            <p>
                "表計算ソフトで開けるCSVと、ほかのサービスに渡しやすいJSONの2つの形で入っています。パスワードと、ご家族のデータは入っていません。"
            </p>
            <p>
                "資格喪失後も、削除されるまでに保存している内容がすべて入っています。画面ではご覧いただけなくなったもの（加入期間外の健診結果や医療費など）も含みます。"
            </p>
            <div class="notice warn">
                <h2>"ファイルの取り扱いにご注意ください"</h2>
                <p>
                    "健診結果など、人に知られたくない内容が入っています。ご家族などと共用の端末や、職場の端末には保存しないでください。"
                </p>
            </div>
            {if is_due {
                view! { <PasswordFirst login_id=member.login_id /> }.written()
            } else {
                view! {
                    <form method="post" action="/my-data.zip">
                        <button class="button wide">"ダウンロードする"</button>
                    </form>
                }
                    .written()
            }}
            <p>
                "ダウンロードしたことは、"
                <a href="/security">"利用状況とセキュリティ"</a>
                "の記録に残ります。"
            </p>
        </Page>
    }
    .written()
}

#[component]
fn PasswordFirst(login_id: String) -> impl IntoView {
    view! {
        <p>
            "ご本人であることを確認するため、現在のパスワードを入力してください。次の画面でダウンロードできます。"
        </p>
        <CheckedForm
            form=PresentPasswordForm::default()
            action="/my-data"
            button="確認して続ける"
        >
            <OwnId label="ログインID" login_id />
            <FormField
                field=Field::CurrentPassword
                kind=Kind::Password
            />
        </CheckedForm>
        <ul class="inline-links">
            <li>
                <a href="/reissue">"パスワードを忘れた方はこちら"</a>
            </li>
        </ul>
    }
}

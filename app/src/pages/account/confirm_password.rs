//! P-4: 現在のパスワードの確認, before a change that has been waiting for it.

use domain::{
    forms::{Field, PresentPasswordForm},
    ports::{Answer, Ports},
    visit::{Member, PendingAddressChange, Visit, Visitor},
};
use leptos::prelude::*;

use crate::{
    components::{
        field::{FormField, Kind, OwnId},
        form::CheckedForm,
        layout::Page,
    },
    pages::portal::problem::trouble,
    respond::go_to,
    written::{Written, when_known},
};

/// 現在のパスワードの確認
#[component]
pub fn ConfirmPasswordPage() -> impl IntoView {
    let visit = expect_context::<Visit>();
    let Visitor::Member(member) = visit.who else {
        return go_to("/login");
    };
    let ports = expect_context::<Ports>();
    when_known(async move {
        match in_words(&ports, &member, visit.asked).await {
            Ok(what) => view! { <Confirm what login_id=member.login_id /> }.written(),
            Err(what) => trouble(&what),
        }
    })
}

/// What is about to be done, and to which address.
async fn in_words(
    ports: &Ports,
    member: &Member,
    asked: Option<PendingAddressChange>,
) -> Answer<Option<(&'static str, String)>> {
    let (what, row) = match asked {
        None => return Ok(None),
        Some(PendingAddressChange::Add(address)) => {
            let what = "次のメールアドレスを追加し、確認のメールをお送りします。";
            return Ok(Some((what, address.as_str().to_owned())));
        }
        Some(PendingAddressChange::Again(row)) => (
            "次のメールアドレスに、確認のメールをもう一度お送りします。",
            row,
        ),
        Some(PendingAddressChange::Remove(row)) => ("次のメールアドレスを削除します。", row),
    };
    let addresses = ports.addresses.of(member).await?;
    let its = addresses.into_iter().find(|address| address.id == row);
    Ok(its.map(|its| (what, its.address)))
}

#[component]
fn Confirm(what: Option<(&'static str, String)>, login_id: String) -> impl IntoView {
    view! {
        <Page title="現在のパスワードの確認" screen="P-4" sheet=true>
            <h1>"現在のパスワードの確認"</h1>
            {what
                .map(|(what, address)| {
                    view! {
                        <p class="lead">{what}</p>
                        <dl class="facts">
                            <div>
                                <dt>"メールアドレス"</dt>
                                <dd class="value">{address}</dd>
                            </div>
                        </dl>
                    }
                })}
            <p>
                "前にパスワードを入力されてから時間がたちました。ご本人であることを確認するため、現在のパスワードを入力してください。"
            </p>
            <CheckedForm
                form=PresentPasswordForm::default()
                action="/profile/confirm-password#emails"
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
                    <a href="/profile">"やめて、プロフィール設定に戻る"</a>
                </li>
                <li>
                    <a href="/reissue">"パスワードを忘れた方はこちら"</a>
                </li>
            </ul>
        </Page>
    }
}

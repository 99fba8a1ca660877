//! S-1, S-3 to S-5: パスワード再発行, from the address to the new password.

use domain::{
    forms::{AddressForm, Field, NewPasswordForm, ReissueProvisionalForm},
    ports::{OpenLink, Ports, SecondSteps},
    visit::{LetterPurpose, Reissuing, Visit, Visitor},
};
use leptos::prelude::*;

use crate::{
    api::refusal::{Begun, Refusal},
    components::{
        field::{FormField, Kind, OwnId},
        form::CheckedForm,
        layout::{Page, Steps, Telephone},
        second_steps::SecondStepList,
        signed_in_here::SignedInHere,
    },
    pages::portal::problem::{refused, refused_link, trouble},
    respond::go_to,
    written::{Written, when_known},
};

/// S-1: パスワード再発行
#[component]
pub fn ReissuePage() -> impl IntoView {
    let society = expect_context::<Ports>().society;
    // 「入力し直す」 begins with what was typed.
    let typed = expect_context::<Visit>()
        .sent
        .filter(|sent| sent.way == LetterPurpose::Reissue)
        .map(|sent| sent.address);
    view! {
        <Page title="パスワード再発行" screen="S-1" sheet=true>
            <Steps of=LetterPurpose::Reissue at=1 />
            <h1>"パスワード再発行"</h1>
            <p class="lead">"メールアドレスを入力し、送信してください。"</p>
            <CheckedForm form=AddressForm::default() action="/reissue" button="送信">
                <FormField
                    field=Field::Email
                    kind=Kind::Email
                    hint="利用登録したメールアドレスを入力し、「送信」を押してください。"
                    value=typed.unwrap_or_default()
                />
            </CheckedForm>
            <div class="notice">
                <p>
                    "ログインIDと仮パスワードを書いたメールをお送りします。パスワードを変更されるまで、今のパスワードはそのまま使えます。"
                </p>
            </div>
            <ul>
                <li>
                    "メールが届かない場合は、正しい入力か迷惑メールフォルダやドメイン設定をご確認ください。"
                </li>
                <li>
                    "迷惑メール設定をされている方は、" <strong>{society.mail_domain.clone()}</strong>
                    " を受信できるようご確認ください。"
                </li>
                <li>"尚、メールアドレスは登録後に変更も可能です。"</li>
                <li>
                    "利用登録したメールアドレス不明の場合は健康保険組合までお問い合わせください。"
                    <Telephone />
                </li>
            </ul>
            <ul class="inline-links">
                <li>
                    <a href="/login">"ログインへ戻る"</a>
                </li>
            </ul>
        </Page>
    }
}

/// S-3: 仮ログイン(パスワード再発行)
#[component]
pub fn ReissueProvisionalPage() -> impl IntoView {
    let ports = expect_context::<Ports>();
    let visit = expect_context::<Visit>();
    when_known(async move {
        let Some(token) = visit.reissue else {
            return refused(Refusal::Elsewhere(Begun::Reissue));
        };
        match ports.reissue.link(&token, visit.now).await {
            Ok(Some(link)) => view! { <WithLetter link /> }.written(),
            Ok(None) => {
                let over = Refusal::Link(Begun::Reissue);
                refused_link(&ports, Some(&token), Begun::Reissue, over).await
            }
            Err(what) => trouble(&what),
        }
    })
}

#[component]
fn WithLetter(link: OpenLink) -> impl IntoView {
    let now = expect_context::<Visit>().now;
    view! {
        <Page title="仮ログイン(パスワード再発行)" screen="S-3" sheet=true>
            <Steps of=LetterPurpose::Reissue at=2 />
            <h1>"仮ログイン" <wbr /> "(パスワード再発行)"</h1>
            <p class="lead">"メールでお知らせしたログインIDと仮パスワードでログインしてください。"</p>
            <p class="deadline">"この手続きは " {link.until.clock_seen_at(now)} " まで"</p>
            <SignedInHere />
            <CheckedForm
                form=ReissueProvisionalForm::default()
                action="/reissue/provisional"
                button="ログイン"
            >
                <FormField
                    field=Field::LoginId
                    kind=Kind::ProvisionalId
                    hint="メールに書かれているログインID。大文字・小文字はどちらでもかまいません。"
                />
                <FormField
                    field=Field::Password
                    kind=Kind::ProvisionalPassword
                    hint="メールに書かれている仮パスワード（12文字）。「-」は入力してもしなくてもかまいません。"
                />
            </CheckedForm>
            <div class="notice">
                <p>
                    "メールが見あたらないときは、"
                    <a href="/reissue">"もう一度送信"</a> "できます。"
                </p>
            </div>
        </Page>
    }
}

/// S-4: パスワード変更(パスワード再発行)
#[component]
pub fn NewPasswordPage() -> impl IntoView {
    let (ports, visit) = (expect_context::<Ports>(), expect_context::<Visit>());
    match visit.who {
        Visitor::Reissuing(reissuing) => when_known(async move {
            match ports.security.second_steps(reissuing.member).await {
                Ok(steps) => view! { <NewPassword reissuing steps /> }.written(),
                Err(what) => trouble(&what),
            }
        }),
        Visitor::Reissued => go_to("/reissue/done"),
        _ => when_known(async move {
            let over = Refusal::Over(Begun::Reissue);
            refused_link(&ports, visit.reissue.as_ref(), Begun::Reissue, over).await
        }),
    }
}

#[component]
fn NewPassword(reissuing: Reissuing, steps: SecondSteps) -> impl IntoView {
    let now = expect_context::<Visit>().now;
    view! {
        <Page title="パスワード変更(パスワード再発行)" screen="S-4" sheet=true>
            <Steps of=LetterPurpose::Reissue at=3 />
            <h1>"パスワード変更" <wbr /> "(パスワード再発行)"</h1>
            <p class="lead">"新しいパスワードに変更してください。"</p>
            <p class="deadline">"この手続きは " {reissuing.until.clock_seen_at(now)} " まで"</p>
            <CheckedForm form=NewPasswordForm::default() action="/reissue/password" button="登録">
                <OwnId label="現在のログインID" login_id=reissuing.login_id />
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
                    field=Field::LoginId
                    kind=Kind::OtherLoginId
                    hint="変えるときだけ入力してください。空欄なら今のまま使えます。7・8桁目に数字は使用できません。"
                    optional=true
                />
            </CheckedForm>
            {steps
                .is_any()
                .then(|| {
                    view! {
                        <h2>"設定されている二段階認証・パスキー"</h2>
                        <SecondStepList steps />
                        <p>
                            "パスワードを変更しても、これらは続きます。ただし、この14日間に設定されたものは、念のため解除します。お心当たりがないものがあるときは、健康保険組合にお知らせください。"
                            <Telephone />
                        </p>
                    }
                })}
        </Page>
    }
}

/// S-5: パスワード変更完了
#[component]
pub fn ReissueDonePage() -> impl IntoView {
    if !matches!(expect_context::<Visit>().who, Visitor::Reissued) {
        return go_to("/login");
    }
    view! {
        <Page title="パスワード変更完了" screen="S-5" sheet=true>
            <Steps of=LetterPurpose::Reissue at=4 />
            <h1>"パスワード変更完了"</h1>
            <p class="lead">"変更完了です！ログイン画面から、新しいパスワードでログインしてください。"</p>
            <p>"ほかの端末でのログインはすべて終了しました。変更のお知らせを、登録されているメールアドレスにお送りしています。"</p>
            <p>
                <a class="button wide" href="/login">"ログイン画面"</a>
            </p>
        </Page>
    }
    .written()
}

//! T-5: 新しい端末からのログイン. Looking at the letter's link changes nothing; the
//! button does. Works without a session, in whatever browser opens the letter.

use domain::{
    ports::{Ports, ReportedSignIn, SecondSteps},
    values::device,
    visit::Visit,
};
use leptos::prelude::*;

use crate::{
    api::refusal::{Begun, Refusal},
    components::{layout::Page, second_steps::SecondStepList},
    pages::portal::problem::{refused, refused_link, trouble},
    written::{Written, when_known},
};

/// 新しい端末からのログイン
#[component]
pub fn ReportPage() -> impl IntoView {
    let (ports, visit) = (expect_context::<Ports>(), expect_context::<Visit>());
    when_known(async move {
        let Some(token) = visit.report else {
            return refused(Refusal::Elsewhere(Begun::Report));
        };
        match ports.security.reported(&token, visit.now).await {
            Ok(Some(sign_in)) => match ports.security.second_steps_reported(&token).await {
                Ok(steps) => view! { <Report sign_in steps /> }.written(),
                Err(what) => trouble(&what),
            },
            Ok(None) => {
                let over = Refusal::Link(Begun::Report);
                refused_link(&ports, Some(&token), Begun::Report, over).await
            }
            Err(what) => trouble(&what),
        }
    })
}

#[component]
fn Report(sign_in: ReportedSignIn, steps: SecondSteps) -> impl IntoView {
    view! {
        <Page title="新しい端末からのログイン" screen="T-5" sheet=true>
            <h1>"新しい端末からのログイン"</h1>
            <p class="lead">"このログインにお心当たりがない場合は、ボタンを押してください。"</p>
            <dl class="facts">
                <div>
                    <dt>"ログイン日時"</dt>
                    <dd>{sign_in.at.full()}</dd>
                </div>
                <div>
                    <dt>"端末"</dt>
                    <dd>{device::in_words(&sign_in.from.device)}</dd>
                </div>
                <div>
                    <dt>"接続元の番号（IPアドレス）"</dt>
                    <dd>{sign_in.from.network_address}</dd>
                </div>
            </dl>
            <p>
                "ボタンを押すと、この端末のログインを終了し、パスワード再発行のメールをお送りします。届いたメールから、新しいパスワードに変更してください。"
            </p>
            {steps
                .is_any()
                .then(|| {
                    view! {
                        <h2>"設定されている二段階認証・パスキー"</h2>
                        <SecondStepList steps />
                        <p>
                            "このログイン以後に設定されたものは、ボタンを押すと解除します。"
                        </p>
                    }
                })}
            <form method="post" action="/security/report">
                <button class="button wide">"ログインを終了し、パスワードを再発行する"</button>
            </form>
            <p>"ご自身のログインであれば、この画面は閉じてください。何も変わりません。"</p>
        </Page>
    }
}

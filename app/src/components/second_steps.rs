//! The second steps of an account, listed where it matters that none is a stranger's.

use domain::ports::{Passkey, SecondSteps};
use leptos::prelude::*;

/// 二段階認証 and パスキー, in プロフィール設定.
#[component]
pub fn SecondStepSections(
    /// What there is.
    steps: SecondSteps,
) -> impl IntoView {
    view! {
        <section id="passkeys">
            <h2>"パスキー"</h2>
            <p>
                "顔や指紋、端末の暗証番号でログインできます。使うかどうかは、ご自由にお選びください。"
            </p>
            <Passkeys passkeys=steps.passkeys.clone() />
            <p>
                <a href="/profile/passkeys">"パスキーの追加・確認・削除"</a>
            </p>
        </section>
        <section id="second-steps">
            <h2>"二段階認証"</h2>
            <p>
                "パスワードに加えて、スマートフォンのアプリに表示される数字（確認コード）でログインを守る設定です。設定するかどうかは自由です。"
            </p>
            <Codes steps />
            <p>
                <a href="/profile/codes">"確認コードの設定"</a>
            </p>
        </section>
    }
}

/// What there is, and since when.
#[component]
pub fn SecondStepList(
    /// What there is.
    steps: SecondSteps,
) -> impl IntoView {
    view! {
        <Passkeys passkeys=steps.passkeys.clone() />
        <Codes steps />
    }
}

#[component]
fn Codes(steps: SecondSteps) -> impl IntoView {
    view! {
        <dl class="facts">
            <div>
                <dt>"確認コード"</dt>
                <dd>
                    {match steps.codes_since {
                        Some(since) => format!("設定しています（{}から）", since.full()),
                        None => "設定していません".to_owned(),
                    }}
                </dd>
            </div>
        </dl>
    }
}

/// Nothing where there are none.
#[component]
fn Passkeys(passkeys: Vec<Passkey>) -> impl IntoView {
    let line = |passkey: Passkey| {
        view! {
            <div>
                <dt>{passkey.name}</dt>
                <dd>{format!("{}に追加", passkey.added_at.full())}</dd>
            </div>
        }
    };
    (!passkeys.is_empty()).then(|| {
        view! { <dl class="facts">{passkeys.into_iter().map(line).collect_view()}</dl> }
    })
}

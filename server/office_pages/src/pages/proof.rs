//! O-6: whoever wants to do what cannot be taken back shows once more who they are. What
//! they typed goes on with it.

use app::written::Written;
use leptos::prelude::*;

use crate::parts::{Input, PasskeyAct, PasskeyScript, TEXT, Tried, field, passkey_form, summary};

/// Asks for password and code, or a passkey, beside the fields of the form that waits.
pub fn page(
    tried: Option<&Tried>,
    path: &str,
    waiting: &[(String, String)],
    passkey: Option<&PasskeyScript>,
) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let hidden = || {
        let field = |(name, value): &(String, String)| view! { <input type="hidden" name=name.clone() value=value.clone() /> };
        waiting.iter().map(field).collect_view()
    };
    let by_passkey = PasskeyAct {
        method: "get",
        options: "/office/login/passkey",
        field: "proof_credential",
        button: "パスキーで確認して続ける",
    };
    view! {
        <div class="sheet">
            {summary(tried)} <h1>"ご本人の確認"</h1>
            <p class="lead">
                "取り消せない操作のため、もう一度パスワードと確認コードを入力してください（10分間有効です）。"
            </p>
            <form method="post" action=path.to_owned() novalidate>
                {hidden()}
                {field(
                    &shown,
                    "proof_password",
                    "パスワード",
                    Input {
                        kind: "password",
                        autocomplete: "current-password",
                        ..TEXT
                    },
                )}
                {field(
                    &shown,
                    "proof_code",
                    "確認コード",
                    Input {
                        autocomplete: "one-time-code",
                        ..TEXT
                    },
                )} <button class="button wide">"確認して続ける"</button>
            </form>
            {passkey.map(|script| passkey_form(script, by_passkey, path, hidden().into_any()))}
            <p>
                <a href="/office">"やめる"</a>
            </p>
        </div>
    }
    .written()
}

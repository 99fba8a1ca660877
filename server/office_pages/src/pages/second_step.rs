//! O-4: 二段階認証の設定, and the recovery codes that are shown once.

use app::written::Written;
use domain::{ports::Enrolment, rules::RecoveryCode};
use leptos::prelude::*;

use crate::parts::{
    Input, PasskeyAct, PasskeyScript, TEXT, Tried, field, passkey_form, passkey_name, summary,
};

/// Turns one-time codes on.
pub fn enrol(tried: Option<&Tried>, app: &Enrolment, passkey: Option<&PasskeyScript>) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let side = app.qr.side;
    view! {
        <div class="sheet">
            {summary(tried)} <h1>"二段階認証の設定"</h1>
            <p class="lead">
                "事務局では、パスワードのほかに確認コードが必要です。スマートフォンの認証アプリ（Google Authenticator、Microsoft Authenticator など）で、次のQRコードを読み取ってください。"
            </p>
            <svg
                class="qr"
                role="img"
                aria-label="認証アプリで読み取るQRコード"
                viewBox=format!("0 0 {side} {side}")
            >
                <path class="qr-ground" d=format!("M0 0h{side}v{side}H0z") />
                <path class="qr-ink" d=app.qr.path.clone() />
            </svg>
            <p>"読み取れないときは、次の文字を認証アプリに入力してください。"</p>
            <p class="secret" id="totp-secret">
                {app.secret.clone()}
            </p>
            <p class="visually-hidden" id="totp-uri">
                {app.uri.clone()}
            </p>
            <form method="post" action="/office/second-step" novalidate>
                {field(
                    &shown,
                    "code",
                    "アプリに表示された6桁の確認コード",
                    Input {
                        autocomplete: "one-time-code",
                        inputmode: "numeric",
                        ..TEXT
                    },
                )} <button class="button wide">"設定する"</button>
            </form>
            {passkey.map(by_passkey)}
            <p>
                <a href="/office/login/code">"サーバーで発行したコードでログインする"</a>
            </p>
        </div>
    }
    .written()
}

/// The other second step, which makes the password needless.
fn by_passkey(script: &PasskeyScript) -> AnyView {
    let act = PasskeyAct {
        method: "create",
        options: "/office/second-step/passkey",
        field: "credential",
        button: "パスキーを設定する",
    };
    let inside = view! {
        <h2>"または、パスキーを設定する"</h2>
        <p>
            "アプリの代わりに、このパソコンや電話の顔・指紋・暗証番号でログインできます。"
        </p>
        {passkey_name()}
    };
    passkey_form(script, act, "/office/second-step", inside.written())
}

/// Ten recovery codes, which nobody sees again.
pub fn recovery(codes: &[RecoveryCode]) -> AnyView {
    let codes = codes
        .iter()
        .map(|code| view! { <li>{code.printed()}</li> })
        .collect_view();
    view! {
        <div class="sheet">
            <h1>"予備コード"</h1>
            <p class="lead">
                "二段階認証を設定しました。アプリが使えないときのために、次の予備コードを印刷するか書き留め、安全な場所に保管してください。それぞれ1回だけ使えます。"
                <strong>"この画面は一度しか表示されません。"</strong>
            </p>
            <ol class="recovery-codes">{codes}</ol>
            <p>
                <a class="button wide" href="/office">
                    "保管しました。次へ"
                </a>
            </p>
        </div>
    }
    .written()
}

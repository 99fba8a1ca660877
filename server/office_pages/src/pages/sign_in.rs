//! O-2, O-3, O-5: login and password, the second step, and an invitation.

use app::written::Written;
use domain::office::password::MIN_CHARS;
use leptos::prelude::*;

use crate::parts::{Input, PasskeyScript, TEXT, Tried, field, passkey_login, status, summary};

/// Why there is no session any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing is to be said.
    Nothing,
    /// ログアウト
    SignedOut,
    /// The time is over, or it was ended.
    Over,
    /// A password was chosen by a link.
    PasswordChosen,
}

/// O-2: ログイン
pub fn login(tried: Option<&Tried>, told: Told, passkey: Option<&PasskeyScript>) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let sentence = match told {
        Told::Nothing => None,
        Told::SignedOut => Some("ログアウトしました。"),
        Told::Over => Some("ログインは終了しました。もう一度ログインしてください。"),
        Told::PasswordChosen => Some("パスワードを設定しました。ログインしてください。"),
    };
    view! {
        <div class="sheet">
            {summary(tried)} {sentence.map(status)} <h1>"事務局ログイン"</h1>
            <form method="post" action="/office/login" novalidate>
                {field(
                    &shown,
                    "login_id",
                    "ログインID",
                    Input {
                        autocomplete: match passkey {
                            Some(_) => "username webauthn",
                            None => "username",
                        },
                        inputmode: "email",
                        ..TEXT
                    },
                )}
                {field(
                    &shown,
                    "password",
                    "パスワード",
                    Input {
                        kind: "password",
                        autocomplete: "current-password",
                        ..TEXT
                    },
                )} <button class="button wide">"次へ"</button>
            </form>
            {passkey.map(passkey_login)}
            <p>
                "パスワードや二段階認証をなくしたときは、管理の職員に新しいURLを依頼してください。"
            </p>
        </div>
    }
    .written()
}

/// O-3: the second step after the password.
pub fn code(
    tried: Option<&Tried>,
    has_second_step: bool,
    passkey: Option<&PasskeyScript>,
) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let lead = if has_second_step {
        "認証アプリに表示されている6桁の確認コードを入力してください。アプリが使えないときは、予備コードも使えます。"
    } else {
        "サーバーで発行したコードを入力してください。"
    };
    view! {
        <div class="sheet">
            {summary(tried)} <h1>"二段階認証"</h1> <p class="lead">{lead}</p>
            <form method="post" action="/office/login/code" novalidate>
                {field(
                    &shown,
                    "code",
                    "確認コード",
                    Input {
                        autocomplete: "one-time-code",
                        inputmode: "text",
                        ..TEXT
                    },
                )} <button class="button wide">"ログイン"</button>
            </form>
            {passkey.filter(|_| has_second_step).map(passkey_login)}
            <ul class="inline-links">
                {(!has_second_step)
                    .then(|| {
                        view! {
                            <li>
                                <a href="/office/second-step">"二段階認証を設定する"</a>
                            </li>
                        }
                    })}
                <li>
                    <a href="/office/login">"別の職員としてログインする"</a>
                </li>
            </ul>
        </div>
    }
    .written()
}

/// O-5: somebody who follows an invitation, or a link to a new password. `who` is their
/// name and login.
pub fn invite(tried: Option<&Tried>, who: Option<(&str, &str)>) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let Some((name, login)) = who else {
        return view! {
            <div class="sheet">
                {summary(tried)} <h1>"このURLは使えません"</h1>
                <p>
                    "URLの期限（24時間）が過ぎたか、すでに使われています。管理の職員に、新しいURLを依頼してください。"
                </p>
                <p>
                    <a href="/office/login">"ログイン画面へ"</a>
                </p>
            </div>
        }
        .written();
    };
    view! {
        <div class="sheet">
            {summary(tried)} <h1>"パスワードの設定"</h1>
            <p class="lead">
                {name.to_owned()}
                "さん、事務局で使うパスワードを決めてください。このあとログインし、二段階認証を設定します。"
            </p>
            <form method="post" action="/office/invite" novalidate>
                <div class="field">
                    <label for="login_id">"ログインID"</label>
                    <div class="control">
                        <input
                            id="login_id"
                            type="text"
                            value=login.to_owned()
                            readonly
                            autocomplete="username"
                        />
                    </div>
                </div>
                {field(
                    &shown,
                    "password",
                    "新しいパスワード",
                    Input {
                        kind: "password",
                        autocomplete: "new-password",
                        hint: PASSWORD_HINT,
                        ..TEXT
                    },
                )} <button class="button wide">"設定する"</button>
            </form>
        </div>
    }
    .written()
}

/// What a password has to be, in a few words.
pub const PASSWORD_HINT: &str =
    "12文字以上。ログインIDや健保組合の名前を含まない、覚えやすい長い言葉にしてください。";

const _: () = assert!(MIN_CHARS == 12, "the hint says twelve");

//! O-7: one's own password and second step.

use app::written::Written;
use domain::{office::StaffMember, ports::Passkey, values::timestamp::Timestamp};
use leptos::prelude::*;

use super::sign_in::PASSWORD_HINT;
use crate::parts::{
    Input, PasskeyAct, PasskeyScript, TEXT, Tried, field, passkey_form, passkey_name, status,
    summary,
};

/// What the page shows.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// Whose it is.
    pub staff: &'a StaffMember,
    /// Whether an app makes their codes.
    pub has_app: bool,
    /// Recovery codes that were not used.
    pub recovery_codes_left: i64,
    /// Their passkeys.
    pub passkeys: &'a [Passkey],
    /// The script for them; `None` where the portal has an IP address for a name.
    pub script: Option<&'a PasskeyScript>,
    /// The time of the request.
    pub now: Timestamp,
}

/// The page.
pub fn page(tried: Option<&Tried>, told: Option<&str>, own: &Own<'_>) -> AnyView {
    let staff = own.staff;
    let recovery_codes_left = own.recovery_codes_left;
    let shown = tried.cloned().unwrap_or_default();
    view! {
        {summary(tried)}
        {told.map(status)}
        <h1>"自分の設定"</h1>
        <dl class="facts">
            <dt>"氏名"</dt>
            <dd>{staff.name.clone()}</dd>
            <dt>"ログインID"</dt>
            <dd>{staff.login_id.as_str().to_owned()}</dd>
            <dt>"役割"</dt>
            <dd>{staff.roles.names()}</dd>
            <dt>"二段階認証"</dt>
            <dd>
                {if own.has_app {
                    format!("設定済み（認証アプリ、予備コード 残り{recovery_codes_left}個、パスキー {}個）", own.passkeys.len())
                } else if staff.has_second_step {
                    format!("設定済み（パスキー {}個）", own.passkeys.len())
                } else {
                    "設定されていません".to_owned()
                }}
            </dd>
        </dl>
        {passkeys(own)}
        {match own.has_app {
            true => new_recovery_codes(),
            false => app_to_add(),
        }}
        <section>
            <h2>"パスワードの変更"</h2>
            <form method="post" action="/office/profile" novalidate>
                <input type="hidden" name="act" value="password" />
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
                )} <button class="button">"変更する"</button>
            </form>
        </section>
    }
    .written()
}

fn new_recovery_codes() -> AnyView {
    view! {
        <section>
            <h2>"予備コードの再発行"</h2>
            <p>"新しい予備コード10個を発行します。前の予備コードは使えなくなります。"</p>
            <form method="post" action="/office/profile">
                <input type="hidden" name="act" value="recovery" />
                <button class="button">"再発行する"</button>
            </form>
        </section>
    }
    .written()
}

fn app_to_add() -> AnyView {
    view! {
        <section>
            <h2>"認証アプリ"</h2>
            <p>
                "パスキーのある端末が使えないときのために、認証アプリの確認コードと予備コードも設定できます。"
            </p>
            <p>
                <a class="button" href="/office/second-step">
                    "認証アプリを設定する"
                </a>
            </p>
        </section>
    }
    .written()
}

fn passkeys(own: &Own<'_>) -> AnyView {
    let lines = own
        .passkeys
        .iter()
        .map(|one| {
            let used = one.last_used_at.map_or_else(
                || "まだ使っていません".to_owned(),
                |at| format!("最後の使用 {}", at.clock_seen_at(own.now)),
            );
            view! {
                <li>
                    <span>{one.name.clone()}</span>
                    <small>"追加 " {one.added_at.full()} "、" {used}</small>
                    <form method="post" action="/office/profile/passkeys" class="decide">
                        <input type="hidden" name="remove" value=one.id.to_string() />
                        <label class="tick">
                            <input type="checkbox" name="confirm" value="yes" />
                            <span>"このパスキーを削除する"</span>
                        </label>
                        <button class="button small quiet">"削除"</button>
                    </form>
                </li>
            }
        })
        .collect_view();
    let add = match own.script {
        None => view! {
            <p>
                "このポータルのアドレスはIPアドレス（数字）のため、パスキーは使えません。"
            </p>
        }
        .written(),
        Some(script) => {
            const PATH: &str = "/office/profile/passkeys";
            let act = PasskeyAct {
                method: "create",
                options: PATH,
                field: "credential",
                button: "パスキーを追加する",
            };
            passkey_form(script, act, PATH, passkey_name())
        }
    };
    view! {
        <section>
            <h2>"パスキー"</h2>
            <p>
                "顔や指紋、端末の暗証番号だけでログインできます。パスワードと確認コードはいりません。"
            </p>
            <ul class="changes">{lines}</ul>
            {add}
        </section>
    }
    .written()
}

//! O-7: one's own password and second step.

use domain::office::StaffMember;
use leptos::prelude::*;

use super::sign_in::PASSWORD_HINT;
use crate::parts::{Input, TEXT, Tried, field, status, summary};

/// The page.
pub fn page(
    tried: Option<&Tried>,
    told: Option<&str>,
    staff: &StaffMember,
    recovery_codes_left: i64,
) -> AnyView {
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
                {if staff.has_second_step {
                    format!("確認コード（予備コード 残り{recovery_codes_left}個）")
                } else {
                    "設定されていません".to_owned()
                }}
            </dd>
        </dl>
        <section>
            <h2>"予備コードの再発行"</h2>
            <p>"新しい予備コード10個を発行します。前の予備コードは使えなくなります。"</p>
            <form method="post" action="/office/profile">
                <input type="hidden" name="act" value="recovery" />
                <button class="button">"再発行する"</button>
            </form>
        </section>
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
    .into_any()
}

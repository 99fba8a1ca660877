//! O-8: 職員, their roles and their ways in.

use app::written::Written;
use domain::{
    office::{
        StaffMember,
        role::{Role, Roles},
    },
    values::timestamp::Timestamp,
};
use leptos::prelude::*;
use uuid::Uuid;

use crate::parts::{Input, TEXT, Tried, field, status, summary};

/// A change to somebody, as it is shown.
#[derive(Clone, Debug)]
pub struct ChangeLine {
    /// The row.
    pub id: Uuid,
    /// What was done to whom, in words.
    pub what: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Whether this administrator may confirm it.
    pub may_confirm: bool,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct StaffPage {
    /// Everybody.
    pub everybody: Vec<StaffMember>,
    /// Who looks.
    pub own: Uuid,
    /// What waits for a second administrator.
    pub waiting: Vec<ChangeLine>,
    /// Whether a second one has to confirm what is done here.
    pub four_eyes: bool,
    /// Whether there is a second one.
    pub has_second_admin: bool,
    /// The time of the request.
    pub now: Timestamp,
}

/// The list, and the form for somebody new.
pub fn page(tried: Option<&Tried>, told: Option<&str>, page: &StaffPage) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let lines = page
        .everybody
        .iter()
        .map(|staff| line(staff, staff.id == page.own, page.now))
        .collect_view();
    view! {
        {summary(tried)}
        {told.map(status)}
        <h1>"職員"</h1>
        {page.four_eyes.then(|| four_eyes(page.has_second_admin))}
        {(!page.waiting.is_empty())
            .then(|| {
                view! {
                    <section>
                        <h2>"確認を待っている変更"</h2>
                        {change_list(&page.waiting, true)}
                    </section>
                }
            })}
        <div class="scroll" tabindex="0" role="region" aria-label="職員の一覧">
            <table class="office-table">
                <thead>
                    <tr>
                        <th scope="col">"氏名"</th>
                        <th scope="col">"ログインID"</th>
                        <th scope="col">"役割"</th>
                        <th scope="col">"二段階認証"</th>
                        <th scope="col">"最後のログイン"</th>
                        <th scope="col">"操作"</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
        <section>
            <h2>"職員を追加する"</h2>
            <form method="post" action="/office/staff" novalidate>
                {field(&shown, "name", "氏名", Input { longest: 60, ..TEXT })}
                {field(
                    &shown,
                    "login_id",
                    "ログインID",
                    Input {
                        hint: "半角の英字・数字と . _ - @ の3～64文字",
                        inputmode: "email",
                        ..TEXT
                    },
                )}
                {field(
                    &shown,
                    "person",
                    "本人の記号-番号-枝番（加入者であるとき）",
                    Input {
                        hint: "ご自分の世帯の情報は開けなくなります。例：1001-12-00",
                        ..TEXT
                    },
                )} {roles(Roles::default(), tried)} <button class="button">"追加する"</button>
            </form>
        </section>
    }
    .written()
}

fn four_eyes(has_second_admin: bool) -> AnyView {
    let sentence = if has_second_admin {
        "職員の変更は、ほかの管理者が確認すると有効になります。"
    } else {
        "職員の変更には2人目の管理者の確認が必要ですが、ほかに管理者がいません。サーバーの portal staff で登録してください。"
    };
    view! { <p class="notice">{sentence}</p> }.written()
}

fn roles(has: Roles, tried: Option<&Tried>) -> AnyView {
    let wrong = tried.and_then(|tried| tried.wrong("roles"));
    let boxes = Role::ALL
        .into_iter()
        .map(|role| {
            let name = format!("role_{}", role.as_str());
            let ticked = tried.is_some_and(|tried| tried.value(&name) == "on");
            view! {
                <label class="tick">
                    <input type="checkbox" name=name checked=has.has(role) || ticked />
                    <span>{role.name()} <small>{role.about()}</small></span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="ticks" id="roles">
            <legend>"役割"</legend>
            {boxes}
            <p class="error">{wrong}</p>
        </fieldset>
    }
    .written()
}

fn line(staff: &StaffMember, is_own: bool, now: Timestamp) -> AnyView {
    let to = |what: &str| format!("/office/staff/{}/{what}", staff.id);
    let state = match (staff.disabled_at, staff.has_password) {
        (Some(_), _) => "利用停止",
        (None, false) => "招待中",
        (None, true) if staff.has_second_step => "設定済み",
        (None, true) => "未設定",
    };
    let seen = staff
        .last_sign_in_at
        .map_or_else(|| "なし".to_owned(), |at| at.clock_seen_at(now));
    let acts = if is_own {
        view! { <a href="/office/profile">"自分の設定"</a> }.written()
    } else {
        let (what, name) = match staff.disabled_at {
            Some(_) => ("enable", "利用を再開する"),
            None => ("disable", "利用を停止する"),
        };
        view! {
            <details class="acts">
                <summary>"変更" <span class="visually-hidden">{staff.name.clone()}</span></summary>
                <form method="post" action=to("roles")>
                    {roles(staff.roles, None)} <button class="button small">"役割を変更する"</button>
                </form>
                <form method="post" action=to(what)>
                    <label class="tick">
                        <input type="checkbox" name="confirm" value="yes" />
                        <span>{name} "ことを確認しました"</span>
                    </label>
                    <button class="button small">{name}</button>
                </form>
                <form method="post" action=to("link")>
                    <label class="tick">
                        <input type="checkbox" name="confirm" value="yes" />
                        <span>"今のパスワードと二段階認証は使えなくなります"</span>
                    </label>
                    <button class="button small">"パスワード設定のURLを作る"</button>
                </form>
            </details>
        }
        .written()
    };
    view! {
        <tr>
            <th scope="row" data-label="氏名">
                {staff.name.clone()}
            </th>
            <td data-label="ログインID">{staff.login_id.as_str().to_owned()}</td>
            <td data-label="役割">{staff.roles.names()}</td>
            <td data-label="二段階認証">{state}</td>
            <td data-label="最後のログイン">{seen}</td>
            <td data-label="操作">{acts}</td>
        </tr>
    }
    .written()
}

/// What was done, or waits.
pub(crate) fn change_list(changes: &[ChangeLine], waits: bool) -> AnyView {
    let lines = changes
        .iter()
        .map(|change| {
            let decide = (waits && change.may_confirm).then(|| {
                view! {
                    <form method="post" action="/office/staff" class="decide">
                        <input type="hidden" name="change" value=change.id.to_string() />
                        <button class="button small" name="decision" value="confirm">
                            "確認する"
                        </button>
                        <button class="button small quiet" name="decision" value="refuse">
                            "取り消す"
                        </button>
                    </form>
                }
            });
            view! {
                <li>
                    <span>{change.what.clone()}</span>
                    <small>{change.by.clone()} " " {change.at.full()}</small>
                    {decide}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="changes">{lines}</ul> }.written()
}

/// A link to hand over, shown once.
pub fn link(name: &str, address: &str) -> AnyView {
    view! {
        <div class="sheet">
            <h1>"パスワード設定のURL"</h1>
            <p class="lead">
                {name.to_owned()}
                "さんに、次のURLを渡してください。24時間以内に1回だけ使えます。"
                <strong>"この画面は一度しか表示されません。"</strong>
            </p>
            <p class="handover" id="invite-link">
                {address.to_owned()}
            </p>
            <p>
                <a href="/office/staff">"職員の一覧へ"</a>
            </p>
        </div>
    }
    .written()
}

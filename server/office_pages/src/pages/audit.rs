//! O-13: 監査記録

use app::written::Written;
use domain::values::timestamp::Timestamp;
use leptos::prelude::*;

use crate::parts::{TEXT, Tried, field, status, summary};

/// An entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What happened, in words.
    pub what: String,
    /// About whom: 記号・番号・枝番.
    pub key: String,
    /// Who of the staff did it.
    pub by: String,
    /// From where.
    pub network_address: String,
    /// What the event alone does not say.
    pub detail: String,
    /// What was written of the reason.
    pub words: Option<String>,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Trail {
    /// The newest first.
    pub entries: Vec<Entry>,
    /// The rest of the address of the next page, behind `?`.
    pub next: Option<String>,
    /// What it was filtered by: the fields of the form.
    pub chosen: Vec<(&'static str, String)>,
    /// Everybody of the staff: identifier and name.
    pub staff: Vec<(String, String)>,
    /// What can happen: its name in the database, and in words.
    pub events: Vec<(&'static str, String)>,
    /// How it stands with the seals.
    pub seals: String,
    /// Who has searched very often today.
    pub many_searches: Vec<(String, i64)>,
}

/// The page. What it was filtered by stands in `tried`.
pub fn page(tried: &Tried, told: Option<&str>, trail: &Trail) -> AnyView {
    let chosen = |name: &str, value: &str| tried.value(name) == value;
    let staff = trail
        .staff
        .iter()
        .map(|(id, name)| {
            view! {
                <option value=id.clone() selected=chosen("staff", id)>
                    {name.clone()}
                </option>
            }
        })
        .collect_view();
    let events = trail
        .events
        .iter()
        .map(|(name, words)| {
            view! {
                <option value=*name selected=chosen("event", name)>
                    {words.clone()}
                </option>
            }
        })
        .collect_view();
    let many = trail
        .many_searches
        .iter()
        .map(|(name, count)| view! { <li>{name.clone()} "：" {*count} "回"</li> })
        .collect_view();
    view! {
        {summary(Some(tried))}
        {told.map(status)}
        <h1>"監査記録"</h1>
        <p>{trail.seals.clone()}</p>
        {(!trail.many_searches.is_empty())
            .then(|| {
                view! {
                    <section class="notice warn">
                        <h2>"今日200回を超えて加入者を検索した職員"</h2>
                        <ul>{many}</ul>
                    </section>
                }
            })}
        <form method="get" action="/office/audit" novalidate>
            {field(tried, "person", "加入者（記号-番号-枝番）", TEXT)}
            {field(tried, "member", "利用登録の番号（UUID）", TEXT)}
            <div class="field">
                <label for="staff">"職員"</label>
                <select id="staff" name="staff">
                    <option value="">"すべて"</option>
                    {staff}
                </select>
            </div>
            <div class="field">
                <label for="event">"できごと"</label>
                <select id="event" name="event">
                    <option value="">"すべて"</option>
                    {events}
                </select>
            </div>
            {field(tried, "day", "日（2026-11-22）", TEXT)}
            <button class="button">"絞り込む"</button>
        </form>
        {entries(&trail.entries)}
        {trail
            .next
            .as_ref()
            .map(|next| {
                view! {
                    <p>
                        <a href=format!("/office/audit?{next}")>"もっと前の記録"</a>
                    </p>
                }
            })}
        <section>
            <h2>"書き出し"</h2>
            <p>"いまの条件に合う記録をすべてCSVにします。書き出したことも記録されます。"</p>
            <form method="post" action="/office/audit.csv">
                {trail
                    .chosen
                    .iter()
                    .map(|(name, value)| {
                        view! { <input type="hidden" name=*name value=value.clone() /> }
                    })
                    .collect_view()}
                <button class="button small">"CSVをダウンロード"</button>
            </form>
        </section>
    }
    .written()
}

fn entries(entries: &[Entry]) -> AnyView {
    if entries.is_empty() {
        return view! {
            <p role="status">"条件に合う記録はありません。条件を減らしてお試しください。"</p>
        }
        .written();
    }
    let lines = entries
        .iter()
        .map(|one| {
            let words = one.words.as_ref().map(|words| {
                view! {
                    <form method="post" action="/office/audit">
                        <small>{words.clone()}</small>
                        <input type="hidden" name="entry" value=one.id.to_string() />
                        <label class="tick">
                            <input type="checkbox" name="confirm" value="yes" />
                            <span>"確認しました"</span>
                        </label>
                        <button class="link-button">"理由の記載を削除"</button>
                    </form>
                }
            });
            view! {
                <tr>
                    <td data-label="番号" class="number">
                        {one.id}
                    </td>
                    <td data-label="日時">{one.at.full()}</td>
                    <td data-label="できごと">{one.what.clone()}</td>
                    <td data-label="加入者">{one.key.clone()}</td>
                    <td data-label="職員">{one.by.clone()}</td>
                    <td data-label="接続元">{one.network_address.clone()}</td>
                    <td data-label="詳細">{one.detail.clone()} {words}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="監査記録">
            <table class="office-table">
                <thead>
                    <tr>
                        <th scope="col">"番号"</th>
                        <th scope="col">"日時"</th>
                        <th scope="col">"できごと"</th>
                        <th scope="col">"加入者"</th>
                        <th scope="col">"職員"</th>
                        <th scope="col">"接続元"</th>
                        <th scope="col">"詳細"</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
    .written()
}

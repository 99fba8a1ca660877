//! O-10: 加入者の検索, and what other clerks have asked.

use app::written::Written;
use domain::values::timestamp::Timestamp;
use leptos::prelude::*;
use uuid::Uuid;

use super::tick;
use crate::parts::{Input, TEXT, Tried, field, status, summary};

/// Somebody who was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The person.
    pub id: Uuid,
    /// 記号・番号・枝番
    pub key: String,
    /// 氏名
    pub name: String,
    /// 氏名カナ
    pub kana: String,
    /// The year of birth.
    pub born_in: i32,
    /// How it stands with the account, in a word.
    pub state: &'static str,
}

/// What another clerk has asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its row.
    pub id: Uuid,
    /// What for.
    pub what: &'static str,
    /// About whom: 記号・番号・枝番.
    pub key: String,
    /// Who asks.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// O-10: 加入者の検索. `found` is what was found, and whether there is more.
pub fn search(
    tried: Option<&Tried>,
    told: Option<&str>,
    found: Option<(&[Found], bool)>,
    asked: &[Asked],
) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    view! {
        {summary(tried)}
        {told.map(status)}
        <h1>"加入者の検索"</h1>
        <form method="post" action="/office/people" novalidate>
            {field(
                &shown,
                "q",
                "氏名・記号-番号・ログインID・メールアドレス",
                Input {
                    kind: "search",
                    hint: "氏名とカナは、姓または名の先頭から。記号-番号-枝番、ログインID、メールアドレスは、全部を入力してください。",
                    longest: 200,
                    ..TEXT
                },
            )} <button class="button">"検索"</button>
        </form>
        <p>
            <a href="/office/people/returned">"住所不明の方（ハガキの返送）"</a>
        </p>
        {found.map(|(found, is_more)| results(found, is_more))}
        {(!asked.is_empty()).then(|| questions(asked))}
    }
    .written()
}

fn results(found: &[Found], is_more: bool) -> AnyView {
    if found.is_empty() {
        return view! {
            <section>
                <h2>"検索の結果"</h2>
                <p role="status">
                    "見つかりませんでした。別の読みや、記号-番号でもお試しください。名簿にない方は、取込の担当に確認してください。"
                </p>
            </section>
        }
        .written();
    }
    let lines = found
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <td data-label="氏名">
                        <a href=format!("/office/people/{}", one.id)>{one.name.clone()}</a>
                    </td>
                    <td data-label="カナ">{one.kana.clone()}</td>
                    <td data-label="生まれ年" class="number">
                        {one.born_in}
                        "年"
                    </td>
                    <td data-label="記号-番号-枝番">{one.key.clone()}</td>
                    <td data-label="利用登録">{one.state}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2 id="found">"検索の結果"</h2>
            <p role="status">
                {found.len()}
                {if is_more {
                    "件を表示しています。ほかにもあります。条件を詳しくしてください。"
                } else {
                    "件見つかりました。"
                }}
            </p>
            <table class="office-table" aria-labelledby="found">
                <thead>
                    <tr>
                        <th scope="col">"氏名"</th>
                        <th scope="col">"カナ"</th>
                        <th scope="col">"生まれ年"</th>
                        <th scope="col">"記号-番号-枝番"</th>
                        <th scope="col">"利用登録"</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </section>
    }
    .written()
}

fn questions(asked: &[Asked]) -> AnyView {
    let lines = asked
        .iter()
        .map(|one| {
            let button = format!("{}の{}に同意する", one.key, one.what);
            view! {
                <li>
                    {one.key.clone()} "：" {one.what} <small>{one.by.clone()} "さん " {one.at.full()}</small>
                    <form method="post" action="/office/people">
                        <input type="hidden" name="agree" value=one.id.to_string() />
                        {tick()} <button class="button small">{button}</button>
                    </form>
                </li>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2>"ほかの職員の確認を待っているもの"</h2>
            <p>"理由を本人に聞いたうえで、必要なものだけに同意してください。24時間で消えます。"</p>
            <ul class="changes">{lines}</ul>
        </section>
    }
    .written()
}

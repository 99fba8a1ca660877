//! O-14: 住所不明.

use app::written::Written;
use domain::values::timestamp::Timestamp;
use leptos::prelude::*;
use uuid::Uuid;

/// Somebody whose postcard came back.
#[derive(Clone, Debug)]
pub struct Unreached {
    /// The person.
    pub id: Uuid,
    /// 記号-番号-枝番
    pub key: String,
    /// 氏名
    pub name: String,
    /// 事業所名
    pub employer: String,
    /// Since when the address is unknown.
    pub since: Timestamp,
}

/// O-14: 住所不明.
pub fn returned(people: &[Unreached]) -> AnyView {
    let lines = people
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row" data-label="氏名">
                        <a href=format!("/office/people/{}", one.id)>{one.name.clone()}</a>
                    </th>
                    <td data-label="記号-番号-枝番">{one.key.clone()}</td>
                    <td data-label="事業所">{one.employer.clone()}</td>
                    <td data-label="返送">{one.since.full()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h1>"住所不明"</h1>
        <p>
            "ハガキが返送された方です。名簿の住所が変わると、この一覧から外れ、ハガキを発行できるようになります。"
        </p>
        {if people.is_empty() {
            view! {
                <p>
                    "住所不明の方はいません。ハガキが返送されたら、"
                    <a href="/office/people">"加入者を検索して"</a> "、その方の画面で「ハガキが返送された」を選んでください。"
                </p>
            }
                .written()
        } else {
            view! {
                <table class="office-table" aria-label="住所不明の方">
                    <thead>
                        <tr>
                            <th scope="col">"氏名"</th>
                            <th scope="col">"記号-番号-枝番"</th>
                            <th scope="col">"事業所"</th>
                            <th scope="col">"返送"</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
                <p>"正しい住所は事業所に確認し、名簿で取り込んでください。"</p>
            }
                .written()
        }}
        <p>
            <a href="/office/people">"加入者の検索へ"</a>
        </p>
    }
    .written()
}

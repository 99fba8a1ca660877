//! O-30: what there is.

use app::written::Written;
use domain::{office::notice::NoticeState, values::timestamp::Timestamp};
use leptos::prelude::*;
use time::Date;
use uuid::Uuid;

use super::{days, lacks_another, tag};
use crate::parts::status;

/// A line of the list.
#[derive(Clone, Debug)]
pub struct Line {
    /// The row.
    pub id: Uuid,
    /// Where it stands.
    pub state: NoticeState,
    /// 種類
    pub kind: &'static str,
    /// 件名
    pub title: String,
    /// 分類
    pub category: String,
    /// 重要度
    pub important: bool,
    /// The first day on view, and the last.
    pub days: (Date, Option<Date>),
    /// How many letters were queued.
    pub letters: i64,
    /// Who changed it last, and when.
    pub changed: Option<(String, Timestamp)>,
}

/// The list.
#[derive(Clone, Debug)]
pub struct List {
    /// A page of it.
    pub lines: Vec<Line>,
    /// Those that are over, in place of the present ones.
    pub is_past: bool,
    /// From 1.
    pub page: i64,
    /// Whether there is another page.
    pub goes_on: bool,
    /// Nobody else could agree to letters, and somebody has to.
    pub lacks_another: bool,
}

/// お知らせの一覧
pub fn list(list: &List, told: Option<&str>) -> AnyView {
    let show = if list.is_past { "past" } else { "current" };
    let to = |page: i64| format!("/office/notices?show={show}&page={page}");
    let rows = list
        .lines
        .iter()
        .map(|line| {
            let changed = line.changed.clone();
            view! {
                <tr data-state=line.state.as_str()>
                    <td data-label="状態">{tag(line.state)}</td>
                    <th scope="row" data-label="件名">
                        <span>
                            {line.important.then(|| view! { <span class="tag is-waiting">"重要"</span> })}
                            <a href=format!("/office/notices/{}", line.id)>{line.title.clone()}</a>
                        </span>
                    </th>
                    <td data-label="種類・分類">{line.kind} " " {line.category.clone()}</td>
                    <td data-label="公開日～終了日">{days(line.days)}</td>
                    <td class="number" data-label="メール（通）">
                        {line.letters}
                    </td>
                    <td data-label="最後の変更">
                        {match changed {
                            Some((name, at)) => format!("{name} {}", at.full()),
                            None => "ファイルの取込".to_owned(),
                        }}
                    </td>
                </tr>
            }
        })
        .collect_view();
    let table = match (list.lines.is_empty(), list.is_past) {
        (true, false) => view! {
            <p>
                "公開中・予約・下書きのお知らせはありません。「お知らせを書く」から始めてください。"
            </p>
        }
        .written(),
        (true, true) => view! {
            <p>"終了または取り下げたお知らせはありません。"</p>
        }
        .written(),
        (false, _) => view! {
            <table class="office-table" aria-labelledby="notices">
                <thead>
                    <tr>
                        <th scope="col">"状態"</th>
                        <th scope="col">"件名"</th>
                        <th scope="col">"種類・分類"</th>
                        <th scope="col">"公開日～終了日"</th>
                        <th scope="col">"メール（通）"</th>
                        <th scope="col">"最後の変更"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .written(),
    };
    let newer =
        (list.page > 1).then(|| view! { <li><a href=to(list.page - 1)>"新しいもの"</a></li> });
    let older = list
        .goes_on
        .then(|| view! { <li><a href=to(list.page + 1)>"もっと前のもの"</a></li> });
    let is_more = newer.is_some() || older.is_some();
    let current = |is_so: bool| is_so.then_some("true");
    view! {
        <h1 id="notices">"お知らせ・健康情報"</h1>
        {told.map(status)}
        {lacks_another(list.lacks_another)}
        <p>
            <a class="button" href="/office/notices/new">
                "お知らせを書く"
            </a>
        </p>
        <ul class="inline-links">
            <li>
                <a href="/office/notices" aria-current=current(!list.is_past)>
                    "下書き・予約・公開中"
                </a>
            </li>
            <li>
                <a href="/office/notices?show=past" aria-current=current(list.is_past)>
                    "公開終了・取り下げ"
                </a>
            </li>
        </ul>
        {table}
        {is_more.then(|| view! { <ul class="inline-links">{newer} {older}</ul> })}
    }
    .written()
}

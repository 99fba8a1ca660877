//! T-1: 利用状況とセキュリティ. What is open, what has happened, and who looked.

use domain::{
    ports::{Answer, History, HistoryEntry, OpenSession, Ports},
    values::{device, timestamp::day_in_words},
    visit::{Member, RequestOrigin, Visit, Visitor},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    components::layout::{Page, Telephone},
    pages::portal::problem::trouble,
    respond::go_to,
    written::{Written, when_known},
};

/// 利用状況とセキュリティ
#[component]
pub fn SecurityPage() -> impl IntoView {
    let (ports, visit) = (expect_context::<Ports>(), expect_context::<Visit>());
    let Visitor::Member(member) = visit.who.clone() else {
        return go_to("/login");
    };
    let page = use_query_map().read_untracked().get("page");
    let page = page.and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
    when_known(async move {
        match look(&ports, &visit, &member, page).await {
            Ok((sessions, history)) => {
                view! { <Security member sessions history page /> }.written()
            }
            Err(what) => trouble(&what),
        }
    })
}

async fn look(
    ports: &Ports,
    visit: &Visit,
    member: &Member,
    page: u32,
) -> Answer<(Vec<OpenSession>, History)> {
    let sessions = ports.security.sessions(member, visit.now).await?;
    let history = ports.security.history(member, page, visit.now).await?;
    Ok((sessions, history))
}

#[component]
fn Security(
    member: Member,
    sessions: Vec<OpenSession>,
    history: History,
    page: u32,
) -> impl IntoView {
    view! {
        <Page title="利用状況とセキュリティ" screen="T-1">
            <h1>"利用状況とセキュリティ"</h1>
            // The pages of older entries are about those alone.
            {(page == 1).then(|| view! { <Sessions this=member.session sessions /> })}
            <Past history page />
            {(page == 1).then(|| view! { <Advice /> })}
        </Page>
    }
}

/// ログイン中の端末
#[component]
fn Sessions(this: uuid::Uuid, sessions: Vec<OpenSession>) -> impl IntoView {
    let others = sessions.iter().filter(|session| session.id != this).count();
    let rows = sessions.into_iter().map(|session| {
        view! { <Session is_this=session.id == this session /> }
    });
    view! {
        <section>
            <h2 id="sessions">"ログイン中の端末"</h2>
            <p>
                "お心当たりのない端末があれば、ログインを終了し、"
                <a href="/reissue">"パスワードを再発行"</a>"してください。"
            </p>
            <table aria-labelledby="sessions">
                <thead>
                    <tr>
                        <th scope="col">"端末"</th>
                        <th scope="col">"接続元"</th>
                        <th scope="col">"ログイン"</th>
                        <th scope="col">"最後の操作"</th>
                        <th scope="col">"操作"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            {if others == 0 {
                view! { <p>"ほかにログイン中の端末はありません。"</p> }.written()
            } else {
                view! {
                    <form method="post" action="/security/end-others">
                        <button class="button quiet">"ほかの端末をすべて終了する"</button>
                    </form>
                }
                    .written()
            }}
        </section>
    }
}

#[component]
fn Session(session: OpenSession, is_this: bool) -> impl IntoView {
    let device = device::in_words(&session.from.device);
    let end = (!is_this).then(|| {
        let which = format!("{device}（{}）の", session.started_at.full());
        view! {
            <form method="post" action="/security/end">
                <input type="hidden" name="session" value=session.id.to_string() />
                <button class="link-button">
                    <span class="visually-hidden">{which}</span>
                    "ログインを終了する"
                </button>
            </form>
        }
    });
    view! {
        <tr>
            <td data-label="端末">{device.clone()}</td>
            <td data-label="接続元">{session.from.network_address}</td>
            <td data-label="ログイン">{session.started_at.full()}</td>
            <td data-label="最後の操作">{session.last_seen_at.full()}</td>
            <td>
                {match end {
                    None => view! { <span class="tag">"この端末"</span> }.written(),
                    Some(end) => end.written(),
                }}
            </td>
        </tr>
    }
}

/// これまでの記録
#[component]
fn Past(history: History, page: u32) -> impl IntoView {
    let table = if history.entries.is_empty() {
        view! { <p>"記録はありません。"</p> }.written()
    } else {
        view! {
            <p>
                "ログイン、手続き、お送りしたメール、職員による閲覧の記録です（全"
                {history.total} "件）。新しいものから順に並んでいます。続けて起きたログインの失敗などは、1行にまとめています。"
            </p>
            <table aria-labelledby="history">
                <thead>
                    <tr>
                        <th scope="col">"日時"</th>
                        <th scope="col">"内容"</th>
                        <th scope="col">"端末・接続元"</th>
                    </tr>
                </thead>
                <tbody>{history.entries.into_iter().map(entry).collect_view()}</tbody>
            </table>
        }
        .written()
    };
    let older = history.goes_on.then(|| {
        let path = format!("/security?page={}", page.saturating_add(1));
        view! {
            <li>
                <a href=path>"もっと前の記録"</a>
            </li>
        }
    });
    let newest = (page > 1).then(|| {
        view! {
            <li>
                <a href="/security">"最新の記録へ戻る"</a>
            </li>
        }
    });
    let links = older.is_some() || newest.is_some();
    view! {
        <section>
            <h2 id="history">"これまでの記録"</h2>
            {table}
            {links.then(|| view! { <ul class="inline-links">{older} {newest}</ul> })}
        </section>
    }
}

fn entry(entry: HistoryEntry) -> impl IntoView {
    let from = |from: RequestOrigin| {
        let device = device::in_words(&from.device);
        view! { <span class="device">{device} <br /> {from.network_address}</span> }
    };
    let when = match entry.is_of_a_day {
        true => day_in_words(entry.at.in_japan().date()),
        false => entry.at.full(),
    };
    view! {
        <tr>
            <td data-label="日時">
                <time>{when}</time>
            </td>
            <td data-label="内容">{entry.what}</td>
            <td data-label="端末">{entry.from.map(from)}</td>
        </tr>
    }
}

#[component]
fn Advice() -> impl IntoView {
    view! {
        <section>
            <h2>"お困りのときは"</h2>
            <p>
                "お心当たりのない記録があるときは、パスワードを再発行し、健康保険組合までご連絡ください。"
                <Telephone />
            </p>
            <ul class="inline-links">
                <li>
                    <a href="/my-data">"わたしのデータをダウンロードする"</a>
                </li>
                <li>
                    <a href="/security/leave">"ポータルの利用をやめる"</a>
                </li>
            </ul>
        </section>
    }
}

//! H-1: the member's first page: what is new, and the three doors.

use domain::{
    ports::{ExpenseFront, Front, LeftToRead, Ports},
    rules::nickname::honorific,
    text,
    values::month::Month,
    visit::{Member, Visit, Visitor},
};
use leptos::prelude::*;

use crate::{
    components::{
        after_disqualification::ReadUntil, layout::Page, notice_list::Lines, sharing::Undecided,
    },
    pages::portal::problem::trouble,
    respond::go_to,
    written::{Written, when_known},
};

/// ホーム
#[component]
pub fn HomePage() -> impl IntoView {
    let (ports, visit) = (expect_context::<Ports>(), expect_context::<Visit>());
    let Visitor::Member(member) = visit.who else {
        return go_to("/login");
    };
    when_known(async move {
        let front = match ports.notices.front(&member, visit.now).await {
            Ok(front) => front,
            Err(what) => return trouble(&what),
        };
        // The page has more to say than this; where the answer is missing, so is
        // what would be said of it.
        let expenses = ports.expenses.front(&member, visit.now).await;
        let expenses = expenses.unwrap_or_default();
        view! { <Home member front expenses /> }.written()
    })
}

#[component]
fn Home(member: Member, front: Front, expenses: ExpenseFront) -> impl IntoView {
    let is_first = member.previous_sign_in.is_none();
    view! {
        <Page title="ホーム" screen="H-1">
            <h1>{format!("{0}{1}、こんにちは", member.nickname, honorific(&member.nickname))}</h1>
            <p class="lead">
                {match member.previous_sign_in {
                    Some(at) => format!("前回のログインは {} です。", at.full()),
                    None => "はじめてのログインです。ようこそ。".to_owned(),
                }}
            </p>
            {front.leaving.map(after_disqualification)}
            {expenses.sharing.map(|sharing| view! { <Undecided sharing /> })}
            <Doors
                unread=front.unread
                new_articles=front.new_articles
                last_month=expenses.last_month
                is_first
            />
            <News front />
            <p>
                "お心当たりのないログインがないか、"
                <a href="/security">"利用状況とセキュリティ"</a> "でご確認いただけます。"
            </p>
        </Page>
    }
}

/// What a member who has left has to know before anything else.
fn after_disqualification(left: LeftToRead) -> AnyView {
    match left {
        LeftToRead::Until(until) => view! {
            <ReadUntil what="加入されていた期間の内容" until>
                "その後は見られなくなり、ポータルのご利用も終わります。"
            </ReadUntil>
        }
        .written(),
        LeftToRead::Over => view! {
            <div class="notice warn">
                <h2>"資格喪失後の閲覧について"</h2>
                <p>{text::OVER}</p>
            </div>
        }
        .written(),
    }
}

/// The three doors of the manual, and the one to the own results.
#[component]
fn Doors(
    unread: i64,
    new_articles: i64,
    last_month: Option<Month>,
    is_first: bool,
) -> impl IntoView {
    let notices = match unread {
        0 => "未読はありません".to_owned(),
        n => format!("未読 {n}件"),
    };
    // To somebody who has never been here everything is new.
    let articles = match new_articles {
        n if n > 0 && !is_first => format!("前回のログインから、新しい記事が{n}件あります"),
        _ => "血圧、食事、運動、歯の健康など".to_owned(),
    };
    let expenses = match last_month {
        Some(month) => format!(
            "{}診療分まで。明細と、医療費控除のための集計",
            month.label()
        ),
        None => "医療費の明細と、医療費控除のための集計".to_owned(),
    };
    view! {
        <ul class="doors">
            <li>
                <a href="/notices">
                    <b>"健保からのお知らせ"</b>
                    {notices}
                </a>
            </li>
            <li>
                <a href="/health">
                    <b>"各種健康情報の閲覧"</b>
                    {articles}
                </a>
            </li>
            <li>
                <a href="/expenses">
                    <b>"医療費通知の確認"</b>
                    {expenses}
                </a>
            </li>
            <li>
                <a href="/checkups">
                    <b>"健診結果"</b>
                    "検査の値と、これまでの推移"
                </a>
            </li>
        </ul>
    }
}

/// What is new since the last visit.
#[component]
fn News(front: Front) -> impl IntoView {
    let shown = i64::try_from(front.news.len()).unwrap_or_default();
    let others = front.news_in_all - shown;
    let all = match others {
        n if n > 0 => format!("ほか{n}件を含む、すべてのお知らせを見る"),
        _ => "すべてのお知らせを見る".to_owned(),
    };
    let news = match shown {
        0 => view! { <p>"前回のログインから、新しいお知らせはありません。"</p> }.written(),
        _ => view! { <Lines lines=front.news /> }.written(),
    };
    view! {
        <section>
            <h2>"新しいお知らせ"</h2>
            {news}
            <p>
                <a href="/notices">{all}</a>
            </p>
        </section>
    }
}

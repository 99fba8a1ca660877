//! N-1 and N-2: 健保からのお知らせ.

use domain::{
    ports::{Notice, NoticeList, NoticeLook, NoticeWish, Ports},
    visit::{Visit, Visitor},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    components::{
        after_disqualification::{OverPage, ReadUntil},
        layout::Page,
        notice_list::Lines,
        notice_text::NoticeText,
    },
    pages::portal::problem::{NotFoundPage, trouble},
    respond::go_to,
    written::{Written, when_known},
};

/// What is typed to search is cut here: no title is longer.
const SEARCH_CHARS: usize = 60;

/// お知らせの一覧
#[component]
pub fn NoticesPage() -> impl IntoView {
    let (ports, visit) = (expect_context::<Ports>(), expect_context::<Visit>());
    let Visitor::Member(member) = visit.who else {
        return go_to("/login");
    };
    let wish = wish();
    when_known(async move {
        match ports.notices.list(&member, &wish, visit.now).await {
            Ok(NoticeLook::Shown(list)) => view! { <Found wish list /> }.written(),
            Ok(NoticeLook::NotTheirs) => view! { <NotFoundPage /> }.written(),
            Ok(NoticeLook::Over) => over(),
            Err(what) => trouble(&what),
        }
    })
}

fn over() -> AnyView {
    view! { <OverPage title="健保からのお知らせ" screen="N-1" /> }.written()
}

/// What the address asks for.
fn wish() -> NoticeWish {
    let query = use_query_map().read_untracked().clone();
    let get = |key: &str| -> String {
        let value = query.get(key).unwrap_or_default();
        value.chars().take(SEARCH_CHARS).collect()
    };
    NoticeWish {
        search: get("q").trim().to_owned(),
        category: get("category"),
        unread: get("unread") == "1",
        page: get("page").parse().unwrap_or(1).max(1),
    }
}

/// The address of such a list.
fn address(wish: &NoticeWish) -> String {
    let page = if wish.page > 1 {
        wish.page.to_string()
    } else {
        String::new()
    };
    let unread = if wish.unread { "1" } else { "" };
    let pairs = [
        ("q", wish.search.as_str()),
        ("category", wish.category.as_str()),
        ("unread", unread),
        ("page", page.as_str()),
    ];
    let query: Vec<_> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{key}={}", leptos_router::location::Url::escape(value)))
        .collect();
    match query.is_empty() {
        true => "/notices".to_owned(),
        false => format!("/notices?{}", query.join("&")),
    }
}

#[component]
fn Found(wish: NoticeWish, list: NoticeList) -> impl IntoView {
    let is_asked = !wish.search.is_empty() || !wish.category.is_empty() || wish.unread;
    let result = match (list.lines.is_empty(), is_asked || wish.page > 1) {
        (true, false) => view! { <p>"いまお読みいただけるお知らせはありません。"</p> }.written(),
        (true, true) => view! {
            <p role="status">"この条件に当てはまるお知らせはありません。"</p>
            <p>
                <a href="/notices">"すべてのお知らせを見る"</a>
            </p>
        }
        .written(),
        (false, _) => view! {
            <p role="status">
                {list.found} "件" {(list.unread > 0).then(|| format!("（未読は全部で{}件）", list.unread))}
            </p>
            <Lines lines=list.lines />
        }
        .written(),
    };
    let newer = (wish.page > 1).then(|| {
        let page = wish.page - 1;
        let path = address(&NoticeWish {
            page,
            ..wish.clone()
        });
        view! {
            <li>
                <a href=path>"新しいお知らせ"</a>
            </li>
        }
    });
    let older = list.goes_on.then(|| {
        let page = wish.page.saturating_add(1);
        let path = address(&NoticeWish {
            page,
            ..wish.clone()
        });
        view! {
            <li>
                <a href=path>"もっと前のお知らせ"</a>
            </li>
        }
    });
    let more = newer.is_some() || older.is_some();
    view! {
        <Page title="健保からのお知らせ" screen="N-1">
            <h1>"健保からのお知らせ"</h1>
            {list
                .until
                .map(|until| {
                    view! {
                        <ReadUntil what="加入されていた期間に公開されたお知らせ" until>
                            "新しいお知らせは届きません。"
                        </ReadUntil>
                    }
                })}
            <Search wish=wish.clone() />
            <Choices wish categories=list.categories />
            {result}
            {more.then(|| view! { <ul class="inline-links">{newer} {older}</ul> })}
        </Page>
    }
}

/// さがす: a plain form, which works by its address.
#[component]
fn Search(wish: NoticeWish) -> impl IntoView {
    let category = (!wish.category.is_empty())
        .then(|| view! { <input type="hidden" name="category" value=wish.category /> });
    let unread = wish
        .unread
        .then(|| view! { <input type="hidden" name="unread" value="1" /> });
    view! {
        <form class="search" role="search" action="/notices">
            {category} {unread} <label for="q">"件名や本文の言葉でさがす"</label>
            <div class="control">
                <input id="q" name="q" type="search" maxlength=SEARCH_CHARS value=wish.search />
                <button class="button quiet">"さがす"</button>
            </div>
        </form>
    }
}

/// 分類 and 未読: each a link, so that one touch is enough.
#[component]
fn Choices(wish: NoticeWish, categories: Vec<String>) -> impl IntoView {
    let any = NoticeWish {
        search: wish.search.clone(),
        page: 1,
        ..NoticeWish::default()
    };
    let choice = |name: String, to: NoticeWish| {
        let is_this = to.category == wish.category && to.unread == wish.unread;
        view! {
            <li>
                <a href=address(&to) aria-current=is_this.then_some("true")>
                    {name}
                </a>
            </li>
        }
    };
    let all = choice("すべて".to_owned(), any.clone());
    let unread = choice(
        "未読だけ".to_owned(),
        NoticeWish {
            unread: true,
            ..any.clone()
        },
    );
    let each = categories.into_iter().map(|category| {
        let to = NoticeWish {
            category: category.clone(),
            ..any.clone()
        };
        choice(category, to)
    });
    view! {
        <nav aria-label="お知らせの絞り込み">
            <ul class="choices">{all} {unread} {each.collect_view()}</ul>
        </nav>
    }
}

/// お知らせ
#[component]
pub fn NoticePage() -> impl IntoView {
    let (ports, visit) = (expect_context::<Ports>(), expect_context::<Visit>());
    let Visitor::Member(member) = visit.who else {
        return go_to("/login");
    };
    let id = use_params_map().read_untracked().get("id");
    let Some(id) = id.and_then(|id| uuid::Uuid::parse_str(&id).ok()) else {
        return view! { <NotFoundPage /> }.written();
    };
    // HEAD shows nobody anything.
    let shown = expect_context::<http::request::Parts>().method == http::Method::GET;
    when_known(async move {
        let notice = ports
            .notices
            .open(&member, id, shown, &visit.origin, visit.now);
        match notice.await {
            Ok(NoticeLook::Shown(notice)) => view! { <Whole notice /> }.written(),
            Ok(NoticeLook::NotTheirs) => view! { <NotFoundPage /> }.written(),
            Ok(NoticeLook::Over) => over(),
            Err(what) => trouble(&what),
        }
    })
}

#[component]
fn Whole(notice: Notice) -> impl IntoView {
    view! {
        <Page title=notice.title.clone() screen="N-2">
            <NoticeText notice />
            <ul class="inline-links">
                <li>
                    <a href="/notices">"お知らせの一覧へ"</a>
                </li>
            </ul>
        </Page>
    }
}

//! J-1 and J-2: 健康情報, to be read on the screen and on paper.

use domain::{
    ports::{Article, ArticleList, NoticeLook, Ports},
    visit::{Visit, Visitor},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    components::{
        after_disqualification::{OverPage, ReadUntil},
        layout::Page,
        notice_text::ArticleText,
    },
    pages::portal::problem::{NotFoundPage, trouble},
    respond::go_to,
    written::{Written, when_known},
};

/// 健康情報の一覧
#[component]
pub fn HealthPage() -> impl IntoView {
    let (ports, visit) = (expect_context::<Ports>(), expect_context::<Visit>());
    let Visitor::Member(member) = visit.who else {
        return go_to("/login");
    };
    when_known(async move {
        match ports.notices.articles(&member, visit.now).await {
            Ok(NoticeLook::Shown(articles)) => view! { <Topics articles /> }.written(),
            Ok(NoticeLook::NotTheirs) => view! { <NotFoundPage /> }.written(),
            Ok(NoticeLook::Over) => over(),
            Err(what) => trouble(&what),
        }
    })
}

fn over() -> AnyView {
    view! { <OverPage title="各種健康情報" screen="J-1" /> }.written()
}

/// The articles come by topic.
#[component]
fn Topics(articles: ArticleList) -> impl IntoView {
    let topics = articles
        .lines
        .chunk_by(|one, next| one.category == next.category)
        .map(|topic| {
            let lines = topic.iter().map(|article| {
                view! {
                    <li>
                        <a href=format!("/health/{}", article.slug)>{article.title.clone()}</a>
                    </li>
                }
            });
            view! {
                <section>
                    <h2>{topic.first().map(|article| article.category.clone())}</h2>
                    <ul class="inline-links">{lines.collect_view()}</ul>
                </section>
            }
        });
    let topics = topics.collect_view();
    view! {
        <Page title="各種健康情報" screen="J-1">
            <h1>"各種健康情報"</h1>
            {articles
                .until
                .map(|until| {
                    view! {
                        <ReadUntil what="加入されていた期間に公開された健康情報" until>
                            "必要な方は、印刷してください。"
                        </ReadUntil>
                    }
                })}
            <p class="lead">
                "毎日の健康づくりに役立つ読み物です。それぞれのページは印刷してお手元に置いていただけます。"
            </p>
            {if topics.is_empty() {
                view! { <p>"いまお読みいただける健康情報はありません。"</p> }.written()
            } else {
                view! { <div class="columns">{topics}</div> }.written()
            }}
        </Page>
    }
}

/// 健康情報
#[component]
pub fn ArticlePage() -> impl IntoView {
    let (ports, visit) = (expect_context::<Ports>(), expect_context::<Visit>());
    let Visitor::Member(member) = visit.who else {
        return go_to("/login");
    };
    let slug = use_params_map()
        .read_untracked()
        .get("slug")
        .unwrap_or_default();
    when_known(async move {
        let article = ports
            .notices
            .article(&member, &slug, &visit.origin, visit.now);
        match article.await {
            Ok(NoticeLook::Shown(article)) => view! { <Whole article /> }.written(),
            Ok(NoticeLook::NotTheirs) => view! { <NotFoundPage /> }.written(),
            Ok(NoticeLook::Over) => over(),
            Err(what) => trouble(&what),
        }
    })
}

#[component]
fn Whole(article: Article) -> impl IntoView {
    view! {
        <Page title=article.title.clone() screen="J-2">
            <ArticleText article />
            <ul class="inline-links">
                <li>
                    <a href="/health">"健康情報の一覧へ"</a>
                </li>
            </ul>
        </Page>
    }
}

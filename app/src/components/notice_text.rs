//! A notice and an article as they are read: on the members' page, and in the office's
//! preview, which is the same.

use domain::{
    ports::{Article, Notice},
    values::timestamp::day_in_words,
};
use leptos::prelude::*;

use super::notice_list::AttachmentBox;

/// お知らせ
#[component]
pub fn NoticeText(
    /// What it says.
    notice: Notice,
) -> impl IntoView {
    view! {
        <article class="prose">
            <h1>{notice.title}</h1>
            <p class="about">
                {notice.important.then(|| view! { <span class="tag is-waiting">"重要"</span> })}
                <time datetime=notice.published_on.to_string()>
                    {day_in_words(notice.published_on)}
                </time> <span class="category">{notice.category}</span>
            </p>
            <div inner_html=notice.html></div>
            {notice.attachment.map(|attachment| view! { <AttachmentBox attachment /> })}
            {notice
                .ends_on
                .map(|last| {
                    view! {
                        <p class="about">
                            "このお知らせは " {day_in_words(last)} " まで掲載しています。"
                        </p>
                    }
                })}
        </article>
    }
}

/// 健康情報
#[component]
pub fn ArticleText(
    /// What it says.
    article: Article,
) -> impl IntoView {
    view! {
        <article class="prose">
            <h1>{article.title}</h1>
            <p class="about">
                <span class="category">{article.category}</span>
                <time datetime=article.published_on.to_string()>
                    {day_in_words(article.published_on)} "掲載"
                </time>
            </p>
            <div inner_html=article.html></div>
            {article.attachment.map(|attachment| view! { <AttachmentBox attachment /> })}
            <p class="about">
                "一般的な健康情報です。診断ではありません。気になる症状のある方、治療中の方は、医師にご相談ください。"
            </p>
        </article>
    }
}

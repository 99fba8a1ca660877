//! O-32: as members see it.

use app::components::notice_text::{ArticleText, NoticeText};
use app::written::Written;
use domain::ports::{Article, Notice};
use leptos::prelude::*;

/// What a preview shows.
#[derive(Clone, Debug)]
pub enum Shown {
    /// お知らせ
    Notice(Notice),
    /// 健康情報
    Article(Article),
}

/// The members' page, in the office's frame. `fields` is what was typed and not kept yet,
/// which goes on from here; nothing where the preview is of what is kept.
pub fn preview(shown: Shown, path: &str, fields: &[(String, String)]) -> AnyView {
    let hidden = fields
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.clone() value=value.clone() /> }
        })
        .collect_view();
    let on = match fields.is_empty() {
        true => view! {
            <p>
                <a href=path.to_owned()>"書く画面へ戻る"</a>
            </p>
        }
        .written(),
        false => view! {
            <form method="post" action=path.to_owned() class="actions">
                {hidden}
                <button class="button">"この内容で保存する"</button>
                <button class="button quiet" name="act" value="edit">
                    "書く画面へ戻る"
                </button>
            </form>
        }
        .written(),
    };
    view! {
        <p class="notice" role="note">
            "プレビューです。下の枠の中が、会員に表示される内容です。"
        </p>
        {on}
        <div class="preview">
            {match shown {
                Shown::Notice(notice) => view! { <NoticeText notice /> }.written(),
                Shown::Article(article) => view! { <ArticleText article /> }.written(),
            }}
        </div>
    }
    .written()
}

//! O-9: what went wrong, in a sentence, with the way on.

use app::written::Written;
use leptos::prelude::*;

/// The page for it.
pub fn page(title: &'static str, sentence: &str, reference: Option<&str>) -> AnyView {
    view! {
        <div class="sheet">
            <h1>{title}</h1>
            <p class="lead">{sentence.to_owned()}</p>
            {reference
                .map(|reference| view! { <p>"お問い合わせ番号：" {reference.to_owned()}</p> })}
            <p>
                <a href="/office">"ダッシュボードへ"</a>
            </p>
        </div>
    }
    .written()
}

/// The same address once more, from a page of ours: a strict cookie is not sent when
/// somebody comes from another site.
pub fn once_more(address: &str) -> AnyView {
    view! {
        <!DOCTYPE html>
        <html lang="ja">
            <head>
                <meta charset="utf-8" />
                <meta http-equiv="refresh" content=format!("0;url={address}") />
                <title>"事務局"</title>
            </head>
            <body>
                <p>
                    <a href=address.to_owned()>"続ける"</a>
                </p>
            </body>
        </html>
    }
    .written()
}

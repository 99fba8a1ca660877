//! Notices as they stand in a list, and what hangs on one.

use domain::{
    ports::{AttachmentLink, NoticeLine},
    values::timestamp::day_in_words,
};
use leptos::prelude::*;

/// Lines of notices, each with its day and what makes it stand out.
#[component]
pub fn Lines(
    /// The notices.
    lines: Vec<NoticeLine>,
) -> impl IntoView {
    let line = |notice: NoticeLine| {
        view! {
            <li>
                <time datetime=notice.published_on.to_string()>
                    {day_in_words(notice.published_on)}
                </time>
                <span>
                    {notice.important.then(|| view! { <span class="tag is-waiting">"重要"</span> })}
                    {notice.unread.then(|| view! { <span class="tag">"未読"</span> })}
                    <a href=format!("/notices/{}", notice.id)>{notice.title}</a>
                    <span class="category">{notice.category}</span>
                </span>
            </li>
        }
    };
    view! { <ul class="list">{lines.into_iter().map(line).collect_view()}</ul> }
}

/// An attachment, with what it is before it is fetched.
#[component]
pub fn AttachmentBox(
    /// The attachment.
    attachment: AttachmentLink,
) -> impl IntoView {
    let ending = attachment.name.rsplit('.').next().unwrap_or_default();
    let size = size_in_words(attachment.bytes);
    let kind = format!("（{}、{size}）", ending.to_uppercase());
    view! {
        <p class="attachment">
            "添付ファイル："
            <a href=format!("/files/{}", attachment.id) download="">
                {attachment.name}
                {kind}
            </a>
        </p>
    }
}

/// `12KB`, `1.5MB`: rounded up, so that nothing is larger than it says.
fn size_in_words(bytes: i64) -> String {
    if bytes < 1_000_000 {
        format!("{}KB", (bytes + 999) / 1_000)
    } else {
        let tenths = (bytes + 99_999) / 100_000;
        format!("{}.{}MB", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_rounded_up() {
        for (bytes, words) in [
            (1, "1KB"),
            (12_345, "13KB"),
            (999_999, "1000KB"),
            (1_000_000, "1.0MB"),
            (10_485_760, "10.5MB"),
        ] {
            assert_eq!(size_in_words(bytes), words);
        }
    }
}

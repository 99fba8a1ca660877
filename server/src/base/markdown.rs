//! 本文: Markdown in, and out of it HTML that can do nothing but be read.
//!
//! No sanitizer runs over the result: only what these events name is ever written,
//! each by us or escaped. Raw HTML and images are left out while the text is still
//! Markdown, so there is nothing to clean up afterwards.

use pulldown_cmark::{
    Alignment, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html,
};
use unicode_normalization::UnicodeNormalization;
use url::Url;

fn events(markdown: &str) -> Parser<'_> {
    Parser::new_ext(
        markdown,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
    )
}

/// The HTML of a text. The page has the one `h1`; a line break in the text is one on
/// the page, since Japanese has no blank to put there.
pub fn html(markdown: &str) -> String {
    let mut ends = Vec::new();
    let events = events(markdown).filter_map(|event| match event {
        Event::Html(_) | Event::InlineHtml(_) => None,
        Event::Start(Tag::HtmlBlock | Tag::Image { .. })
        | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => None,
        Event::SoftBreak => Some(Event::HardBreak),
        // Aligned cells would be written with inline styles, which no page of ours has.
        Event::Start(Tag::Table(columns)) => Some(Event::Start(Tag::Table(vec![
            Alignment::None;
            columns.len()
        ]))),
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: below_the_title(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => {
            Some(Event::End(TagEnd::Heading(below_the_title(level))))
        }
        Event::Start(Tag::Link { dest_url, .. }) => {
            let (begin, end) = link(&dest_url);
            ends.push(end);
            Some(Event::InlineHtml(begin))
        }
        Event::End(TagEnd::Link) => ends
            .pop()
            .map(|end| Event::InlineHtml(CowStr::Borrowed(end))),
        other => Some(other),
    });
    let mut html = String::with_capacity(markdown.len() * 2);
    push_html(&mut html, events);
    html
}

fn below_the_title(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        _ => HeadingLevel::H4,
    }
}

/// What stands before and behind the words of a link. Where it leads nowhere that we
/// let anybody go, the words stand alone.
fn link(to: &str) -> (CowStr<'static>, &'static str) {
    const OURS: &str = "</a>";
    const ELSEWHERE: &str = "<span class=\"elsewhere\">（別のサイト）</span></a>";
    // No browser reads a backslash or a second slash as part of our own path's name.
    if to.starts_with('/') && !to.starts_with("//") && !to.contains('\\') {
        return (format!("<a href=\"{}\">", escaped(to)).into(), OURS);
    }
    let Ok(url) = Url::parse(to) else {
        return ("".into(), "");
    };
    let href = escaped(url.as_str());
    match url.scheme() {
        "tel" | "mailto" => (format!("<a href=\"{href}\">").into(), OURS),
        // A name before the host is there to be taken for the host.
        "https" | "http" if url.username().is_empty() => (
            format!("<a href=\"{href}\" target=\"_blank\" rel=\"noopener noreferrer\">").into(),
            ELSEWHERE,
        ),
        _ => ("".into(), ""),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The words of a text alone.
pub fn words(markdown: &str) -> String {
    let mut words = String::new();
    for event in events(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak | Event::End(_) => words.push(' '),
            _ => {}
        }
    }
    words
}

/// A text as it is searched: without regard to case and width, on both sides.
pub fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is written, no element of it is one that acts.
        #[test]
        fn nothing_that_acts_comes_out(
            text in "(<|>|script|img|src=x|onerror=|!?\\[a\\]\\(|javascript:|data:|\\)|\"|'|\n| |#|https://a.jp/|\\\\|&lt;|`|\\|){0,30}"
        ) {
            let html = html(&text);
            let tags = html.split('<').skip(1);
            for tag in tags {
                let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next();
                let known = ["p", "br", "h2", "h3", "h4", "a", "span", "ul", "ol", "li", "blockquote",
                    "pre", "code", "hr", "em", "strong", "del", "table", "thead", "tbody", "tr", "th", "td"];
                prop_assert!(known.contains(&name.unwrap_or_default()), "<{tag}");
                prop_assert!(!tag.split('>').next().unwrap_or_default().contains(" on"), "<{tag}");
            }
            prop_assert!(!html.contains("href=\"javascript") && !html.contains("href=\"data"), "{html}");
        }
    }

    #[test]
    fn markdown_becomes_a_text_below_the_page_s_title() {
        assert_eq!(
            html(
                "# 対象\n**20歳以上**の方は\n[申込書](/files/1)へ。\n\n| 日 | 所 |\n|--|--|\n| 1 | 東 |"
            ),
            "<h2>対象</h2>\n<p><strong>20歳以上</strong>の方は<br />\n<a href=\"/files/1\">申込書</a>へ。</p>\n\
             <table><thead><tr><th>日</th><th>所</th></tr></thead><tbody>\n<tr><td>1</td><td>東</td></tr>\n</tbody></table>\n"
        );
    }

    #[test]
    fn raw_html_images_and_foreign_protocols_are_left_out() {
        for (markdown, left) in [
            ("<script>alert(1)</script>\n\n後", "<p>後</p>\n"),
            ("前<b onclick=\"x()\">中</b>後", "<p>前中後</p>\n"),
            ("![猫](https://example.jp/cat.png)", "<p>猫</p>\n"),
            ("[押す](javascript:alert(1))", "<p>押す</p>\n"),
            ("[押す](data:text/html,x)", "<p>押す</p>\n"),
            ("[押す](//evil.example/)", "<p>押す</p>\n"),
            ("[押す](/\\evil.example/)", "<p>押す</p>\n"),
            ("[押す](https://kenpo.jp@evil.example/)", "<p>押す</p>\n"),
            ("[押す](x.html)", "<p>押す</p>\n"),
            (
                "[電話](tel:03-6219-8877)",
                "<p><a href=\"tel:03-6219-8877\">電話</a></p>\n",
            ),
        ] {
            assert_eq!(html(markdown), left, "{markdown}");
        }
    }

    #[test]
    fn a_link_to_elsewhere_says_so() {
        assert_eq!(
            html("[厚生労働省](https://www.mhlw.go.jp/?a=1&b=\"2\")"),
            "<p><a href=\"https://www.mhlw.go.jp/?a=1&amp;b=%222%22\" target=\"_blank\" \
             rel=\"noopener noreferrer\">厚生労働省<span class=\"elsewhere\">（別のサイト）</span></a></p>\n"
        );
    }

    #[test]
    fn what_is_searched_knows_no_width_and_no_case() {
        assert_eq!(
            folded("ｲﾝﾌﾙｴﾝｻﾞ Ｗｅｂ ＡＢＣ １２"),
            "インフルエンザ web abc 12"
        );
        assert_eq!(
            words("# 題\n本文 **強く**\n[先](https://a.jp)"),
            "題 本文 強く  先  "
        );
    }
}

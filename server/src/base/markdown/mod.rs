//! 本文: Markdown in, and out of it HTML that can do nothing but be read.
//!
//! No sanitizer runs over the result: only what these events name is ever written,
//! each by us or escaped. What a clerk writes appears: of Markdown only what the README
//! lists means something ([`source`]), and what would be left out stands there as it was
//! written. Addresses and telephone numbers are links ([`bare`]).

mod bare;
mod source;

use std::ops::Range;

use pulldown_cmark::{
    Alignment, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html,
};
use unicode_normalization::UnicodeNormalization;
use url::Url;

use self::bare::Part;
use super::html::escaped;

/// The HTML of a text. The page has the one `h1`; a line break in the text is one on
/// the page, since Japanese has no blank to put there.
pub fn to_html(markdown: &str) -> String {
    let mut html = String::with_capacity(markdown.len() * 2);
    push_html(&mut html, written(&source::prepared(markdown)).into_iter());
    html
}

/// What is written, in order.
fn written(source: &str) -> Vec<Event<'static>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut writer = Writer::default();
    for (event, at) in Parser::new_ext(source, options).into_offset_iter() {
        writer.write(event, at, source);
    }
    writer.flush();
    writer.events
}

#[derive(Default)]
struct Writer {
    events: Vec<Event<'static>>,
    /// Words that stand side by side: Markdown gives them in pieces.
    words: String,
    /// What stands before them in the same paragraph.
    before: String,
    /// The links and images that are open.
    open: Vec<Open>,
    /// The numbers of the lists that are open, each as the next one would be counted.
    lists: Vec<Option<u64>>,
}

/// How a link or an image ends.
enum Open {
    /// A link, with what stands behind its words.
    Link(&'static str),
    /// It leads nowhere that we let anybody go, or is an image: it stands there as it was
    /// written, and its words end here.
    AsWritten(usize),
}

impl Writer {
    fn write(&mut self, event: Event<'_>, at: Range<usize>, source: &str) {
        if let Some(Open::AsWritten(end)) = self.open.last_mut()
            && !matches!(event, Event::End(TagEnd::Link | TagEnd::Image))
        {
            *end = at.end;
        }
        let event = match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.words += &source::restored(&text);
                return;
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let begin = link(&source::restored(&dest_url));
                self.begin(begin, "[", &at);
                return;
            }
            Event::Start(Tag::Image { .. }) => {
                self.begin(None, "![", &at);
                return;
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if matches!(self.open.last(), Some(Open::Link(_))) {
                    self.flush();
                }
                match self.open.pop() {
                    Some(Open::Link(end)) => {
                        self.events.push(Event::InlineHtml(end.into()));
                    }
                    Some(Open::AsWritten(end)) => {
                        self.words +=
                            &source::restored(source.get(end..at.end).unwrap_or_default());
                    }
                    None => {}
                }
                return;
            }
            Event::SoftBreak | Event::HardBreak => Event::HardBreak,
            // Aligned cells would be written with inline styles, which no page of ours has.
            Event::Start(Tag::Table(columns)) => {
                Event::Start(Tag::Table(vec![Alignment::None; columns.len()]))
            }
            Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
                level: below_the_title(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            }),
            Event::End(TagEnd::Heading(level)) => {
                Event::End(TagEnd::Heading(below_the_title(level)))
            }
            // Nobody who indents a line within a list means another kind of text.
            Event::Start(Tag::CodeBlock(_)) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::CodeBlock) => Event::End(TagEnd::Paragraph),
            Event::Start(Tag::List(first)) => {
                self.lists.push(first);
                Event::Start(Tag::List(first))
            }
            Event::End(TagEnd::List(ordered)) => {
                self.lists.pop();
                Event::End(TagEnd::List(ordered))
            }
            Event::Start(Tag::Item) => self.item(source.get(at.start..).unwrap_or_default()),
            other => other.into_static(),
        };
        self.flush();
        if !matches!(
            event,
            Event::HardBreak
                | Event::Start(Tag::Strong | Tag::Emphasis)
                | Event::End(TagEnd::Strong | TagEnd::Emphasis)
        ) {
            self.before.clear();
        }
        self.events.push(event);
    }

    fn begin(&mut self, link: Option<(String, &'static str)>, as_written: &str, at: &Range<usize>) {
        match link {
            Some((begin, end)) => {
                self.flush();
                self.events.push(Event::InlineHtml(begin.into()));
                self.open.push(Open::Link(end));
            }
            None => {
                self.words += as_written;
                self.open.push(Open::AsWritten(at.start + as_written.len()));
            }
        }
    }

    /// A line of a list has the number that was written before it.
    fn item(&mut self, source: &str) -> Event<'static> {
        let digits: String = source.chars().take_while(char::is_ascii_digit).collect();
        let (Some(Some(expected)), Ok(number)) = (self.lists.last_mut(), digits.parse::<u64>())
        else {
            return Event::Start(Tag::Item);
        };
        let event = if *expected == number {
            Event::Start(Tag::Item)
        } else {
            Event::Html(format!("<li value=\"{number}\">").into())
        };
        *expected = number.saturating_add(1);
        event
    }

    /// Writes the words that wait, and links what can be touched, where no link is yet.
    fn flush(&mut self) {
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return;
        }
        if self.open.iter().any(|open| matches!(open, Open::Link(_))) {
            self.events.push(Event::Text(words.into()));
            return;
        }
        for part in bare::parts(&words, &self.before) {
            let (Part::Words(words) | Part::Address(words) | Part::Telephone(words)) = part;
            let text = Event::Text(words.to_owned().into());
            let link = match part {
                Part::Words(_) => None,
                Part::Address(address) => link(address),
                Part::Telephone(number) => link(&format!("tel:{}", bare::to_dial(number))),
            };
            match link {
                Some((begin, end)) => self.events.extend([
                    Event::InlineHtml(begin.into()),
                    text,
                    Event::InlineHtml(end.into()),
                ]),
                None => self.events.push(text),
            }
        }
        self.before += &words;
    }
}

fn below_the_title(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        _ => HeadingLevel::H4,
    }
}

/// What stands before and behind the words of a link; `None` where it leads nowhere that
/// we let anybody go.
fn link(to: &str) -> Option<(String, &'static str)> {
    const OURS: &str = "</a>";
    const ELSEWHERE: &str = "<span class=\"elsewhere\">（別のサイト）</span></a>";
    // No browser reads a backslash or a second slash as part of our own path's name.
    // Browsers leave tabs and line breaks out of an address before they read it.
    let plain = !to.contains(|c: char| c == '\\' || c.is_control());
    if to.starts_with('/') && !to.starts_with("//") && plain {
        return Some((format!("<a href=\"{}\">", escaped(to)), OURS));
    }
    let url = Url::parse(to).ok()?;
    let href = escaped(url.as_str());
    match url.scheme() {
        "tel" | "mailto" => Some((format!("<a href=\"{href}\">"), OURS)),
        // A name before the host is there to be taken for the host.
        "https" | "http" if url.username().is_empty() => Some((
            format!("<a href=\"{href}\" target=\"_blank\" rel=\"noopener noreferrer\">"),
            ELSEWHERE,
        )),
        _ => None,
    }
}

/// The words of a text alone.
pub fn to_text(markdown: &str) -> String {
    let mut words = String::new();
    for event in written(&source::prepared(markdown)) {
        match event {
            Event::Text(text) => words.push_str(&text),
            Event::HardBreak | Event::End(_) => words.push(' '),
            Event::InlineHtml(html) if html.ends_with("</a>") => words.push(' '),
            _ => {}
        }
    }
    words
}

/// A text as it is searched: without regard to case and width, on both sides.
pub fn search_key(text: &str) -> String {
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
            let html = to_html(&text);
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

    proptest! {
        /// Of what is no mark of Markdown, everything is on the page, in its order.
        #[test]
        fn no_text_is_lost(
            text in "(あ|い|１|2|a|：|「|」|（|）|、|<|>|&|_|=|\\*|\\*\\*|~|~~|`|\\[|\\]|\\(|\\)|!|:|\\.|-|#|\\+|\\|| |　|\n|\t|\\\\|https://a\\.jp/|03-6219-8877){0,40}"
        ) {
            let words = |text: &str| -> String {
                text.chars().filter(|c| c.is_alphanumeric() || "：「」（）、<&_=`".contains(*c)).collect()
            };
            let counted = text.lines().any(|line| {
                let number = line.trim_start_matches(|c: char| !c.is_ascii_digit());
                number.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(". ")
            });
            prop_assume!(!counted);
            prop_assert_eq!(words(&to_text(&text)), words(&text));
        }
    }

    #[test]
    fn markdown_becomes_a_text_below_the_page_s_title() {
        assert_eq!(
            to_html(
                "# 対象\n**20歳以上**の方は\n[申込書](/files/1)へ。\n\n| 日 | 所 |\n|--|--|\n| 1 | 東 |"
            ),
            "<h2>対象</h2>\n<p><strong>20歳以上</strong>の方は<br />\n<a href=\"/files/1\">申込書</a>へ。</p>\n\
             <table><thead><tr><th>日</th><th>所</th></tr></thead><tbody>\n<tr><td>1</td><td>東</td></tr>\n</tbody></table>\n"
        );
    }

    #[test]
    fn what_a_clerk_writes_appears() {
        for (markdown, html) in [
            ("<FAX>03-6219-8878", "<p>&lt;FAX&gt;03-6219-8878</p>\n"),
            (
                "<FAX>\n03-6219-8878",
                "<p>&lt;FAX&gt;<br />\n03-6219-8878</p>\n",
            ),
            (
                "<div>\n**強く**\n</div>",
                "<p>&lt;div&gt;<br />\n<strong>強く</strong><br />\n&lt;/div&gt;</p>\n",
            ),
            (
                "<script>alert(1)</script>\n\n後",
                "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n<p>後</p>\n",
            ),
            (
                "前<b onclick=\"x()\">中</b>後",
                "<p>前&lt;b onclick=\"x()\"&gt;中&lt;/b&gt;後</p>\n",
            ),
            (
                "<!-- 注 -->と<?php?>",
                "<p>&lt;!-- 注 --&gt;と&lt;?php?&gt;</p>\n",
            ),
            (
                "A&B、&copy; &amp; &#12354;",
                "<p>A&amp;B、&amp;copy; &amp;amp; &amp;#12354;</p>\n",
            ),
            ("[注]: 申込書", "<p>[注]: 申込書</p>\n"),
            (
                "[注]\n\n[注]: https://a.jp",
                "<p>[注]</p>\n<p>[注]: <a href=\"https://a.jp/\" target=\"_blank\" rel=\"noopener noreferrer\">https://a.jp<span class=\"elsewhere\">（別のサイト）</span></a></p>\n",
            ),
            ("[1](注)", "<p>[1](注)</p>\n"),
            ("**[1](注)**", "<p><strong>[1](注)</strong></p>\n"),
            ("![猫](cat.png \"題\")", "<p>![猫](cat.png \"題\")</p>\n"),
            (
                "[![猫](cat.png)](/health/cat)",
                "<p><a href=\"/health/cat\">![猫](cat.png)</a></p>\n",
            ),
            (
                "[押す](javascript:alert(1))",
                "<p>[押す](javascript:alert(1))</p>\n",
            ),
            (
                "[押す](data:text/html,x)",
                "<p>[押す](data:text/html,x)</p>\n",
            ),
            (
                "[押す](//evil.example/)",
                "<p>[押す](//evil.example/)</p>\n",
            ),
            (
                "[押す](/\\evil.example/)",
                "<p>[押す](/\\evil.example/)</p>\n",
            ),
            (
                "[押す](</&Tab;/evil.example>)",
                "<p>[押す](&lt;/&amp;Tab;/evil.example&gt;)</p>\n",
            ),
            (
                "[押す](https://kenpo.jp@evil.example/)",
                "<p>[押す](https://kenpo.jp@evil.example/)</p>\n",
            ),
            ("[押す](x.html)", "<p>[押す](x.html)</p>\n"),
            ("9時~12時、13時~17時", "<p>9時~12時、13時~17時</p>\n"),
            ("10~~20、30~~40", "<p>10~~20、30~~40</p>\n"),
            ("~~~~~~\n本文", "<p>~~~~~~<br />\n本文</p>\n"),
            ("```\n本文", "<p>```<br />\n本文</p>\n"),
            ("`A`", "<p>`A`</p>\n"),
            ("氏名____________", "<p>氏名____________</p>\n"),
            ("________", "<p>________</p>\n"),
            ("_a_ __b__ a_b_c.pdf", "<p>_a_ __b__ a_b_c.pdf</p>\n"),
            ("2,000円*1、実費*2", "<p>2,000円*1、実費*2</p>\n"),
            ("*1 税込\n*2 実費", "<p>*1 税込<br />\n*2 実費</p>\n"),
            ("料金*（税込）、送料*は", "<p>料金*（税込）、送料*は</p>\n"),
            ("3*4*5、A*B*C", "<p>3*4*5、A*B*C</p>\n"),
            ("1234-****-****-5678", "<p>1234-****-****-5678</p>\n"),
            ("**********", "<p>**********</p>\n"),
            (
                "合計 \\-、\\1,000、C:\\案内",
                "<p>合計 \\-、\\1,000、C:\\案内</p>\n",
            ),
            ("\\\\server\\a", "<p>\\\\server\\a</p>\n"),
            ("行\\\n次", "<p>行\\<br />\n次</p>\n"),
            ("\\- 項目\n1\\. 項目", "<p>- 項目<br />\n1. 項目</p>\n"),
            ("\\*\\*強く\\*\\*", "<p>**強く**</p>\n"),
            (
                "    四つ下げた行\n        次",
                "<p>四つ下げた行<br />\n次</p>\n",
            ),
            ("\t下げた行", "<p>下げた行</p>\n"),
            ("　字下げ", "<p>　字下げ</p>\n"),
            (
                "お知らせ\n-----\n本文",
                "<p>お知らせ</p>\n<hr />\n<p>本文</p>\n",
            ),
            (
                "お知らせ\n=====\n本文",
                "<p>お知らせ<br />\n=====<br />\n本文</p>\n",
            ),
            (
                "お知らせ\n-\n本文",
                "<p>お知らせ<br />\n-<br />\n本文</p>\n",
            ),
            (">>詳しくは", "<p>&gt;&gt;詳しくは</p>\n"),
            (">詳しくは", "<p>&gt;詳しくは</p>\n"),
            ("> 引用", "<blockquote>\n<p>引用</p>\n</blockquote>\n"),
            ("#7119", "<p>#7119</p>\n"),
            ("# 電話 #", "<h2>電話 #</h2>\n"),
            ("#", "<p>#</p>\n"),
            ("+ 消費税\n+500円", "<p>+ 消費税<br />\n+500円</p>\n"),
            ("-5℃", "<p>-5℃</p>\n"),
            ("1) 申込\n2) 受付", "<p>1) 申込<br />\n2) 受付</p>\n"),
            ("2026. 11. 3 開催", "<p>2026. 11. 3 開催</p>\n"),
            ("01. 申込", "<p>01. 申込</p>\n"),
            ("10.5点", "<p>10.5点</p>\n"),
            (
                "1. 一\n3. 三",
                "<ol>\n<li>一</li>\n<li value=\"3\">三</li>\n</ol>\n",
            ),
            (
                "3. 三\n4. 四",
                "<ol start=\"3\">\n<li>三</li>\n<li>四</li>\n</ol>\n",
            ),
            (
                "- 一\n  - 二\n\n      三",
                "<ul>\n<li>一\n<ul>\n<li>\n<p>二</p>\n<p>三</p>\n</li>\n</ul>\n</li>\n</ul>\n",
            ),
            ("時間\n:-:", "<p>時間<br />\n:-:</p>\n"),
            ("a|b", "<p>a|b</p>\n"),
            (
                "|日|所|\n|--|--|\n|1|東|余り|",
                "<table><thead><tr><th>日</th><th>所</th><th></th></tr></thead><tbody>\n\
                 <tr><td>1</td><td>東</td><td>余り</td></tr>\n</tbody></table>\n",
            ),
            (
                "日|所\n--|--\n1|東|余り",
                "<table><thead><tr><th>日</th><th>所</th><th></th></tr></thead><tbody>\n\
                 <tr><td>1</td><td>東</td><td>余り</td></tr>\n</tbody></table>\n",
            ),
            (
                "|a|\n|--|--|\n|1|",
                "<p>|a|<br />\n|--|--|<br />\n|1|</p>\n",
            ),
        ] {
            assert_eq!(to_html(markdown), html, "{markdown}");
        }
    }

    #[test]
    fn emphasis_stands_beside_punctuation() {
        for (markdown, html) in [
            ("**対象：**40歳以上", "<strong>対象：</strong>40歳以上"),
            ("**対象**：40歳以上", "<strong>対象</strong>：40歳以上"),
            (
                "これは**「重要」**です。",
                "これは<strong>「重要」</strong>です。",
            ),
            (
                "これは**（重要）**です。",
                "これは<strong>（重要）</strong>です。",
            ),
            (
                "これは**(重要)**です。",
                "これは<strong>(重要)</strong>です。",
            ),
            ("「**重要**」です", "「<strong>重要</strong>」です"),
            (
                "料金は**1,000円（税込）**です",
                "料金は<strong>1,000円（税込）</strong>です",
            ),
            ("**10%**引き", "<strong>10%</strong>引き"),
            ("**ご注意！**必ず", "<strong>ご注意！</strong>必ず"),
            ("**締切。**次に", "<strong>締切。</strong>次に"),
            ("必ず**※印**を", "必ず<strong>※印</strong>を"),
            (
                "**【必須】**氏名と**【任意】**住所",
                "<strong>【必須】</strong>氏名と<strong>【任意】</strong>住所",
            ),
            ("**対象者　**40歳", "<strong>対象者　</strong>40歳"),
            (
                "**🎉おめでとう🎉**です",
                "<strong>🎉おめでとう🎉</strong>です",
            ),
            ("**～65歳～**まで", "<strong>～65歳～</strong>まで"),
            (
                "A**「B」**C**「D」**E",
                "A<strong>「B」</strong>C<strong>「D」</strong>E",
            ),
            (
                "***「重要」***です",
                "<em><strong>「重要」</strong></em>です",
            ),
            ("*「重要」*です", "<em>「重要」</em>です"),
            ("*重要*です", "<em>重要</em>です"),
            ("~~12月1日（月）~~は中止", "<del>12月1日（月）</del>は中止"),
            (
                "**[申込書](/files/1)**です",
                "<strong><a href=\"/files/1\">申込書</a></strong>です",
            ),
            (
                "[**申込書**](/files/1)",
                "<a href=\"/files/1\"><strong>申込書</strong></a>",
            ),
            ("**<必須>**です", "<strong>&lt;必須&gt;</strong>です"),
            ("**閉じない", "**閉じない"),
        ] {
            assert_eq!(to_html(markdown), format!("<p>{html}</p>\n"), "{markdown}");
        }
        assert_eq!(
            to_html("|**項目**|**「額」**|\n|--|--|\n|**1**|2|"),
            "<table><thead><tr><th><strong>項目</strong></th><th><strong>「額」</strong></th></tr></thead>\
             <tbody>\n<tr><td><strong>1</strong></td><td>2</td></tr>\n</tbody></table>\n"
        );
        assert_eq!(
            to_html("- **対象：**40歳\n- 期間"),
            "<ul>\n<li><strong>対象：</strong>40歳</li>\n<li>期間</li>\n</ul>\n"
        );
    }

    #[test]
    fn addresses_and_telephone_numbers_are_links_once() {
        for (markdown, html) in [
            (
                "<TEL>03-6219-8877へ",
                "&lt;TEL&gt;<a href=\"tel:03-6219-8877\">03-6219-8877</a>へ",
            ),
            (
                "**０３（６２１９）８８７７**",
                "<strong><a href=\"tel:03-6219-8877\">０３（６２１９）８８７７</a></strong>",
            ),
            (
                "[電話](tel:03-6219-8877)",
                "<a href=\"tel:03-6219-8877\">電話</a>",
            ),
            (
                "[03-6219-8877](/help)",
                "<a href=\"/help\">03-6219-8877</a>",
            ),
            ("FAX\n03-6219-8878", "FAX<br />\n03-6219-8878"),
            (
                "https://a.jp/a_b?c=1&d=~x*y。",
                "<a href=\"https://a.jp/a_b?c=1&amp;d=~x*y\" target=\"_blank\" rel=\"noopener noreferrer\">\
                 https://a.jp/a_b?c=1&amp;d=~x*y<span class=\"elsewhere\">（別のサイト）</span></a>。",
            ),
            (
                "https://kenpo.jp@evil.example/",
                "https://kenpo.jp@evil.example/",
            ),
        ] {
            assert_eq!(to_html(markdown), format!("<p>{html}</p>\n"), "{markdown}");
        }
    }

    #[test]
    fn a_link_to_elsewhere_says_so() {
        assert_eq!(
            to_html("[厚生労働省](https://www.mhlw.go.jp/?a=1&b=\"2\")"),
            "<p><a href=\"https://www.mhlw.go.jp/?a=1&amp;b=%222%22\" target=\"_blank\" \
             rel=\"noopener noreferrer\">厚生労働省<span class=\"elsewhere\">（別のサイト）</span></a></p>\n"
        );
    }

    #[test]
    fn a_japanese_domain_is_one_name_however_it_is_typed() {
        for typed in ["健保.jp", "健保。ｊｐ", "xn--ruqtm.jp", "XN--RUQTM.JP"] {
            let html = to_html(&format!("[先](https://{typed}/)"));
            assert!(html.contains("href=\"https://xn--ruqtm.jp/\""), "{html}");
        }
        // Its second letter is Cyrillic: another name, and seen to be one.
        let html = to_html("[先](https://kеnpo.jp/)");
        assert!(html.contains("href=\"https://xn--knpo-v4d.jp/\""), "{html}");
    }

    #[test]
    fn what_is_searched_knows_no_width_and_no_case() {
        assert_eq!(
            search_key("ｲﾝﾌﾙｴﾝｻﾞ Ｗｅｂ ＡＢＣ １２"),
            "インフルエンザ web abc 12"
        );
        assert_eq!(
            to_text("# 題\n本文 **強く**\n[先](https://a.jp)"),
            "題 本文 強く  先  "
        );
    }
}

//! What a notice may be, by whichever door it comes: a line of a file, or the form in the
//! browser.

use std::fmt;

use domain::audience::AudienceProblem;
use store::notice::Kind;
use time::Date;

use super::attachment::AttachmentProblem;
use crate::base::markdown;

/// A title stands in a letter's line and on a phone.
pub const TITLE_CHARS: usize = 60;
/// 分類
pub const CATEGORY_CHARS: usize = 20;
/// 対象, as it is written.
pub const AUDIENCE_CHARS: usize = 200;
/// 本文, in Markdown.
pub const BODY_CHARS: usize = 15_000;
/// アドレス名
pub const SLUG_CHARS: usize = 60;

/// What is wrong with a notice, by the rules of notices.
#[derive(Debug)]
pub enum NoticeProblem {
    /// Neither kind.
    Kind,
    /// Neither 重要 nor 通常.
    Importance,
    /// 対象 names nobody.
    Audience(AudienceProblem),
    /// It ends before it begins.
    EndsBeforeItBegins,
    /// The attachment is not taken.
    Attachment(AttachmentProblem),
    /// No name for an address.
    Slug,
    /// An article without one.
    SlugMissing,
    /// A notice with one.
    SlugOfANotice,
}

impl fmt::Display for NoticeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind => f.write_str("「お知らせ」「健康情報」のどちらでもありません"),
            Self::Importance => f.write_str("「重要」「通常」のどちらでもありません"),
            Self::Audience(problem) => problem.fmt(f),
            Self::EndsBeforeItBegins => f.write_str("公開終了日が公開日より前です"),
            Self::Attachment(problem) => problem.fmt(f),
            Self::Slug => {
                f.write_str("半角の英小文字、数字、ハイフンで書いてください（例: blood-pressure）")
            }
            Self::SlugMissing => f.write_str("健康情報にはアドレス名が必要です"),
            Self::SlugOfANotice => f.write_str("お知らせにはアドレス名を書けません"),
        }
    }
}

/// 重要度: whether it is 重要; 通常 where nothing is said.
///
/// # Errors
/// Another word.
pub fn is_important(written: &str) -> Result<bool, NoticeProblem> {
    match written {
        "重要" => Ok(true),
        "通常" | "" => Ok(false),
        _ => Err(NoticeProblem::Importance),
    }
}

/// The days on view, of which the last may be left open.
///
/// # Errors
/// The last lies before the first.
pub fn in_order(first: Date, last: Option<Date>) -> Result<(), NoticeProblem> {
    match last {
        Some(last) if last < first => Err(NoticeProblem::EndsBeforeItBegins),
        _ => Ok(()),
    }
}

/// アドレス名, which an article has and a notice has not.
///
/// # Errors
/// It is missing, too many, or no name.
pub fn slug_fits(kind: Kind, slug: &str) -> Result<(), NoticeProblem> {
    match kind {
        Kind::Article if slug.is_empty() => Err(NoticeProblem::SlugMissing),
        Kind::Article if !is_slug(slug) => Err(NoticeProblem::Slug),
        Kind::Notice if !slug.is_empty() => Err(NoticeProblem::SlugOfANotice),
        _ => Ok(()),
    }
}

fn is_slug(text: &str) -> bool {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    text.bytes().all(good) && !text.starts_with('-') && !text.ends_with('-')
}

/// Title, category and words, as they are searched.
pub fn folded(title: &str, category: &str, body: &str) -> String {
    markdown::search_key(&[title, category, &markdown::to_text(body)].join(" "))
}

//! 健保からのお知らせ and 健康情報.

use futures_core::future::BoxFuture;
use time::Date;

use super::Answer;
use crate::{
    values::timestamp::Timestamp,
    visit::{Member, RequestOrigin},
};

/// 健保からのお知らせ and 健康情報: only what is meant for the member and on view.
pub trait Notices: Send + Sync {
    /// What the member's first page says of them.
    fn front<'a>(&'a self, member: &'a Member, now: Timestamp) -> BoxFuture<'a, Answer<Front>>;

    /// The notices that are asked for, the newest first.
    fn list<'a>(
        &'a self,
        member: &'a Member,
        wish: &'a NoticeWish,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<NoticeLook<NoticeList>>>;

    /// A notice. `shown`: it counts as read from now on.
    fn open<'a>(
        &'a self,
        member: &'a Member,
        id: uuid::Uuid,
        shown: bool,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<NoticeLook<Notice>>>;

    /// The articles, by topic.
    fn articles<'a>(
        &'a self,
        member: &'a Member,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<NoticeLook<ArticleList>>>;

    /// An article.
    fn article<'a>(
        &'a self,
        member: &'a Member,
        slug: &'a str,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<NoticeLook<Article>>>;

    /// An attachment; `NotTheirs` unless a notice or article that this member can read
    /// has it.
    fn file<'a>(
        &'a self,
        member: &'a Member,
        id: uuid::Uuid,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<NoticeLook<Attachment>>>;
}

/// What a look at notices or articles came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeLook<T> {
    /// This.
    Shown(T),
    /// There is none for this member: 404, whatever is there.
    NotTheirs,
    /// The months after 資格喪失 are over.
    Over,
}

/// What is left to read after 資格喪失.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftToRead {
    /// What belongs to the time of membership, up to and with this day.
    Until(Date),
    /// Nothing any more.
    Over,
}

/// What the member's first page says of notices and articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Front {
    /// New since the last visit, the important first; a few of them.
    pub news: Vec<NoticeLine>,
    /// How many are new.
    pub news_in_all: i64,
    /// How many notices are unread.
    pub unread: i64,
    /// How many articles are new.
    pub new_articles: i64,
    /// Of a member who has left: what is left to read.
    pub leaving: Option<LeftToRead>,
}

/// A notice in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeLine {
    /// Its row.
    pub id: uuid::Uuid,
    /// 件名
    pub title: String,
    /// 分類
    pub category: String,
    /// 重要
    pub important: bool,
    /// 公開日
    pub published_on: Date,
    /// Not read yet.
    pub unread: bool,
}

/// Which notices, and which page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeWish {
    /// Words that stand in title or text; empty: any.
    pub search: String,
    /// 分類; empty: any.
    pub category: String,
    /// Unread ones only.
    pub unread: bool,
    /// From 1.
    pub page: u32,
}

/// A page of notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeList {
    /// The notices.
    pub lines: Vec<NoticeLine>,
    /// How many there are on all pages.
    pub found: i64,
    /// There is another page.
    pub goes_on: bool,
    /// How many notices are unread, whatever was asked for.
    pub unread: i64,
    /// The categories there are.
    pub categories: Vec<String>,
    /// Of a member who has left: the last day on which they can be read.
    pub until: Option<Date>,
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// 件名
    pub title: String,
    /// 分類
    pub category: String,
    /// 重要
    pub important: bool,
    /// 公開日
    pub published_on: Date,
    /// 公開終了日
    pub ends_on: Option<Date>,
    /// 本文: nothing in it acts.
    pub html: String,
    /// 添付ファイル
    pub attachment: Option<AttachmentLink>,
}

/// An attachment that can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentLink {
    /// Its row.
    pub id: uuid::Uuid,
    /// What it is called.
    pub name: String,
    /// Its size.
    pub bytes: i64,
}

/// An attachment.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub media_type: &'static str,
    /// What is in it.
    pub content: Vec<u8>,
}

/// The health articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleList {
    /// They, by topic.
    pub lines: Vec<ArticleLine>,
    /// Of a member who has left: the last day on which they can be read.
    pub until: Option<Date>,
}

/// A health article in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleLine {
    /// What its address ends in.
    pub slug: String,
    /// 件名
    pub title: String,
    /// The topic.
    pub category: String,
}

/// A health article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// 件名
    pub title: String,
    /// The topic.
    pub category: String,
    /// 公開日
    pub published_on: Date,
    /// 本文: nothing in it acts.
    pub html: String,
    /// 添付ファイル
    pub attachment: Option<AttachmentLink>,
}

//! The use cases of home, notices and health information.

use std::sync::Arc;

use domain::{
    membership::Membership,
    ports::{
        Answer, Article, ArticleList, Attachment, AttachmentLink, Front, LeftToRead, Notice,
        NoticeList, NoticeLook, NoticeWish, Notices,
    },
    values::{society::Society, timestamp::Timestamp},
    visit::{Member, RequestOrigin},
};
use futures::future::BoxFuture;
use store::{
    Db,
    audit::Event,
    notice::{self, Found, Name, Reader},
};
use time::Date;
use uuid::Uuid;

use crate::base::{fault::InternalError, markdown, media_type::media_type, tally};

/// Lines on a page of the list.
const PAGE: u32 = 20;

/// Lines on the member's first page.
const NEWS: i64 = 5;

/// The use cases of home, notices and health information.
#[derive(Clone)]
pub struct NoticeService {
    /// The database.
    pub db: Db,
    /// Says for how long notices can be read after 資格喪失.
    pub society: Arc<Society>,
}

impl Notices for NoticeService {
    fn front<'a>(&'a self, member: &'a Member, now: Timestamp) -> BoxFuture<'a, Answer<Front>> {
        Box::pin(async move {
            self.front_page(member, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn list<'a>(
        &'a self,
        member: &'a Member,
        wish: &'a NoticeWish,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<NoticeLook<NoticeList>>> {
        Box::pin(async move {
            self.search(member, wish, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn open<'a>(
        &'a self,
        member: &'a Member,
        id: Uuid,
        shown: bool,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<NoticeLook<Notice>>> {
        Box::pin(async move {
            self.notice(member, id, shown, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn articles<'a>(
        &'a self,
        member: &'a Member,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<NoticeLook<ArticleList>>> {
        Box::pin(async move {
            self.all_articles(member, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn article<'a>(
        &'a self,
        member: &'a Member,
        slug: &'a str,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<NoticeLook<Article>>> {
        Box::pin(async move {
            let found = self.find(member, Name::Slug(slug), origin, now).await;
            Ok(match found.map_err(InternalError::report)? {
                NoticeLook::Shown(found) => NoticeLook::Shown(Article {
                    html: markdown::to_html(&found.body),
                    attachment: attachment(&found),
                    title: found.title,
                    category: found.category,
                    published_on: found.published_on,
                }),
                NoticeLook::NotTheirs => NoticeLook::NotTheirs,
                NoticeLook::Over => NoticeLook::Over,
            })
        })
    }

    fn file<'a>(
        &'a self,
        member: &'a Member,
        id: Uuid,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<NoticeLook<Attachment>>> {
        Box::pin(async move {
            self.attachment(member, id, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }
}

impl NoticeService {
    /// The member as a reader, and of one who has left the last day of reading;
    /// `None` when that is over.
    async fn reader(
        &self,
        member: &Member,
        now: Timestamp,
    ) -> Result<Option<(Reader, Option<Date>)>, InternalError> {
        let reader = Reader::of(&self.db, member, now).await?;
        let months = self.society.months_after_leaving;
        Ok(
            match Membership::on(reader.today, reader.disqualified_on, months) {
                Membership::Current => Some((reader, None)),
                Membership::Disqualified { until, .. } => Some((reader, Some(until))),
                Membership::Over => None,
            },
        )
    }

    async fn front_page(&self, member: &Member, now: Timestamp) -> Result<Front, InternalError> {
        let Some((reader, until)) = self.reader(member, now).await? else {
            return Ok(Front {
                news: Vec::new(),
                news_in_all: 0,
                unread: 0,
                new_articles: 0,
                leaving: Some(LeftToRead::Over),
            });
        };
        // Whoever is here for the first time has seen nothing yet.
        let since = member.previous_sign_in.unwrap_or(Timestamp(0));
        let news = notice::news(&self.db, &reader, since, NEWS).await?;
        let (unread, new_articles) = notice::counts(&self.db, &reader, since).await?;
        Ok(Front {
            news: news.lines,
            news_in_all: news.total,
            unread,
            new_articles,
            leaving: until.map(LeftToRead::Until),
        })
    }

    async fn all_articles(
        &self,
        member: &Member,
        now: Timestamp,
    ) -> Result<NoticeLook<ArticleList>, InternalError> {
        let Some((reader, until)) = self.reader(member, now).await? else {
            return Ok(NoticeLook::Over);
        };
        let lines = notice::articles(&self.db, &reader).await?;
        Ok(NoticeLook::Shown(ArticleList { lines, until }))
    }

    async fn search(
        &self,
        member: &Member,
        wish: &NoticeWish,
        now: Timestamp,
    ) -> Result<NoticeLook<NoticeList>, InternalError> {
        let Some((reader, until)) = self.reader(member, now).await? else {
            return Ok(NoticeLook::Over);
        };
        // Who types more words than four means the rest as one.
        let folded = markdown::search_key(&wish.search);
        let mut typed = folded.trim().splitn(4, char::is_whitespace);
        let words: [String; 4] =
            std::array::from_fn(|_| typed.next().unwrap_or_default().trim().to_owned());
        let skip = i64::from(wish.page.saturating_sub(1)) * i64::from(PAGE);
        let found = notice::list(&self.db, &reader, wish, &words, skip, i64::from(PAGE)).await?;
        let categories = notice::categories(&self.db, &reader).await?;
        Ok(NoticeLook::Shown(NoticeList {
            lines: found.lines,
            found: found.total,
            goes_on: skip + i64::from(PAGE) < found.total,
            unread: categories.iter().map(|(_, unread)| unread).sum(),
            categories: categories.into_iter().map(|(name, _)| name).collect(),
            until,
        }))
    }

    async fn notice(
        &self,
        member: &Member,
        id: Uuid,
        shown: bool,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<NoticeLook<Notice>, InternalError> {
        let found = match self.find(member, Name::Id(id), origin, now).await? {
            NoticeLook::Shown(found) => found,
            NoticeLook::NotTheirs => return Ok(NoticeLook::NotTheirs),
            NoticeLook::Over => return Ok(NoticeLook::Over),
        };
        // Whoever can read it does, also while this cannot be noted.
        if shown
            && !found.was_read
            && let Err(error) = self.mark_read(member, found.id, now).await
        {
            tally::warn("that a notice was read was not noted", store::told(&error));
        }
        Ok(NoticeLook::Shown(Notice {
            html: markdown::to_html(&found.body),
            attachment: attachment(&found),
            title: found.title,
            category: found.category,
            important: found.important,
            published_on: found.published_on,
            ends_on: found.ends_on,
        }))
    }

    /// Where somebody else is writing, the notice stays a new one until the next look.
    async fn mark_read(&self, member: &Member, id: Uuid, now: Timestamp) -> store::Result<()> {
        let Some(mut tx) = self.db.write_now().await? else {
            return Ok(());
        };
        notice::mark_read(&mut tx, member.id, id, now).await?;
        tx.commit().await
    }

    /// What is meant for the member and on view. That somebody else's was asked for
    /// goes into the history.
    async fn find(
        &self,
        member: &Member,
        name: Name<'_>,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<NoticeLook<Found>, InternalError> {
        let Some((reader, _)) = self.reader(member, now).await? else {
            return Ok(NoticeLook::Over);
        };
        let Some(found) = notice::find(&self.db, &reader, name).await? else {
            return Ok(NoticeLook::NotTheirs);
        };
        if !found.is_meant {
            self.not_theirs(member, origin, now).await?;
        }
        Ok(match found.is_meant && found.is_on_view {
            true => NoticeLook::Shown(found),
            false => NoticeLook::NotTheirs,
        })
    }

    async fn attachment(
        &self,
        member: &Member,
        id: Uuid,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<NoticeLook<Attachment>, InternalError> {
        let Some((reader, _)) = self.reader(member, now).await? else {
            return Ok(NoticeLook::Over);
        };
        let Some(found) = notice::find_file(&self.db, &reader, id).await? else {
            return Ok(NoticeLook::NotTheirs);
        };
        if !found.is_meant {
            self.not_theirs(member, origin, now).await?;
        }
        if !(found.is_meant && found.is_on_view) {
            return Ok(NoticeLook::NotTheirs);
        }
        let Some(content) = notice::content(&self.db, id).await? else {
            return Ok(NoticeLook::NotTheirs);
        };
        Ok(NoticeLook::Shown(Attachment {
            media_type: media_type(&found.file_name).unwrap_or("application/octet-stream"),
            name: found.file_name,
            content,
        }))
    }

    async fn not_theirs(
        &self,
        member: &Member,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        let mut tx = self.db.write().await?;
        Event::NotTheirs
            .by(origin, now)
            .of_person(member.person)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

fn attachment(found: &Found) -> Option<AttachmentLink> {
    Some(AttachmentLink {
        id: found.file_id?,
        name: found.file_name.clone(),
        bytes: found.file_size?,
    })
}

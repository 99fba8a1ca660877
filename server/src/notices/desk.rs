//! The use cases of home, notices and health information.

use app::{
    ports::{
        Answer, Article, ArticleLine, Attachment, AttachmentLink, Front, Notice, NoticeList,
        NoticeWish, Notices,
    },
    timestamp::Timestamp,
    visit::{Asker, Member},
};
use async_trait::async_trait;
use uuid::Uuid;

use super::{media_type, prose};
use crate::{
    fault::Fault,
    store::{
        Db,
        audit::Event,
        notice::{self, Found, Name, Reader},
    },
};

/// Lines on a page of the list.
const PAGE: u32 = 20;

/// Lines on the member's first page.
const NEWS: i64 = 5;

/// The use cases of home, notices and health information.
#[derive(Clone)]
pub struct NoticeDesk {
    /// The database.
    pub db: Db,
}

#[async_trait]
impl Notices for NoticeDesk {
    async fn front(&self, member: &Member, now: Timestamp) -> Answer<Front> {
        self.front_page(member, now).await.map_err(Fault::report)
    }

    async fn list(&self, member: &Member, wish: &NoticeWish, now: Timestamp) -> Answer<NoticeList> {
        self.search(member, wish, now).await.map_err(Fault::report)
    }

    async fn open(
        &self,
        member: &Member,
        id: Uuid,
        shown: bool,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Option<Notice>> {
        self.notice(member, id, shown, asker, now)
            .await
            .map_err(Fault::report)
    }

    async fn articles(&self, member: &Member, now: Timestamp) -> Answer<Vec<ArticleLine>> {
        let articles = async {
            let reader = Reader::of(&self.db, member, now).await?;
            notice::articles(&self.db, &reader).await
        };
        articles.await.map_err(|error| Fault::from(error).report())
    }

    async fn article(
        &self,
        member: &Member,
        slug: &str,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Option<Article>> {
        let found = self.find(member, Name::Slug(slug), asker, now).await;
        Ok(found.map_err(Fault::report)?.map(|found| Article {
            html: prose::html(&found.body),
            attachment: attachment(&found),
            title: found.title,
            category: found.category,
            published_on: found.published_on,
        }))
    }

    async fn file(
        &self,
        member: &Member,
        id: Uuid,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Option<Attachment>> {
        self.attachment(member, id, asker, now)
            .await
            .map_err(Fault::report)
    }
}

impl NoticeDesk {
    async fn front_page(&self, member: &Member, now: Timestamp) -> Result<Front, Fault> {
        let reader = Reader::of(&self.db, member, now).await?;
        // Whoever is here for the first time has seen nothing yet.
        let since = member.previous_sign_in.unwrap_or(Timestamp(0));
        let news = notice::news(&self.db, &reader, since, NEWS).await?;
        let (unread, new_articles) = notice::counts(&self.db, &reader, since).await?;
        Ok(Front {
            news: news.lines,
            news_in_all: news.total,
            unread,
            new_articles,
        })
    }

    async fn search(
        &self,
        member: &Member,
        wish: &NoticeWish,
        now: Timestamp,
    ) -> Result<NoticeList, Fault> {
        let reader = Reader::of(&self.db, member, now).await?;
        // Who types more words than four means the rest as one.
        let folded = prose::folded(&wish.search);
        let mut typed = folded.trim().splitn(4, char::is_whitespace);
        let words: [String; 4] =
            std::array::from_fn(|_| typed.next().unwrap_or_default().trim().to_owned());
        let skip = i64::from(wish.page.saturating_sub(1)) * i64::from(PAGE);
        let found = notice::list(&self.db, &reader, wish, &words, skip, i64::from(PAGE)).await?;
        let categories = notice::categories(&self.db, &reader).await?;
        Ok(NoticeList {
            lines: found.lines,
            found: found.total,
            goes_on: skip + i64::from(PAGE) < found.total,
            unread: categories.iter().map(|(_, unread)| unread).sum(),
            categories: categories.into_iter().map(|(name, _)| name).collect(),
        })
    }

    async fn notice(
        &self,
        member: &Member,
        id: Uuid,
        shown: bool,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<Option<Notice>, Fault> {
        let Some(found) = self.find(member, Name::Id(id), asker, now).await? else {
            return Ok(None);
        };
        // Whoever can read it does, also while this cannot be noted.
        if shown
            && !found.was_read
            && let Err(error) = self.mark_read(member, found.id, now).await
        {
            tracing::warn!(%error, "that a notice was read was not noted");
        }
        Ok(Some(Notice {
            html: prose::html(&found.body),
            attachment: attachment(&found),
            title: found.title,
            category: found.category,
            important: found.important,
            published_on: found.published_on,
            ends_on: found.ends_on,
        }))
    }

    async fn mark_read(
        &self,
        member: &Member,
        id: Uuid,
        now: Timestamp,
    ) -> crate::store::Result<()> {
        let mut tx = self.db.write().await?;
        notice::mark_read(&mut tx, member.id, id, now).await?;
        tx.commit().await
    }

    /// What is meant for the member and on view. That somebody else's was asked for
    /// goes into the history.
    async fn find(
        &self,
        member: &Member,
        name: Name<'_>,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<Option<Found>, Fault> {
        let reader = Reader::of(&self.db, member, now).await?;
        let Some(found) = notice::find(&self.db, &reader, name).await? else {
            return Ok(None);
        };
        if !found.is_meant {
            self.not_theirs(member, asker, now).await?;
        }
        Ok(Some(found).filter(|found| found.is_meant && found.is_on_view))
    }

    async fn attachment(
        &self,
        member: &Member,
        id: Uuid,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<Option<Attachment>, Fault> {
        let reader = Reader::of(&self.db, member, now).await?;
        let Some(found) = notice::find_file(&self.db, &reader, id).await? else {
            return Ok(None);
        };
        if !found.is_meant {
            self.not_theirs(member, asker, now).await?;
        }
        if !(found.is_meant && found.is_on_view) {
            return Ok(None);
        }
        let content = notice::content(&self.db, id).await?;
        Ok(content.map(|content| Attachment {
            media_type: media_type(&found.file_name).unwrap_or("application/octet-stream"),
            name: found.file_name,
            content,
        }))
    }

    async fn not_theirs(
        &self,
        member: &Member,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let mut tx = self.db.write().await?;
        Event::NotTheirs
            .by(asker, now)
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

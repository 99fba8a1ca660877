//! わたしのデータ: a member takes along everything that is held about them.

use std::sync::Arc;

use domain::{
    ports::{Answer, Download, MyData},
    values::{society::Society, timestamp::Timestamp},
    visit::{Member, RequestOrigin},
};
use futures::future::BoxFuture;
use store::{Db, audit::Event, member};

use crate::{account::my_data, base::fault::InternalError};

/// The use case of taking one's data.
#[derive(Clone)]
pub struct MyDataService {
    /// The database.
    pub db: Db,
    /// Who holds them.
    pub society: Arc<Society>,
}

impl MyData for MyDataService {
    fn take<'a>(
        &'a self,
        member: &'a Member,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Download>> {
        Box::pin(async move {
            self.collect(member, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }
}

impl MyDataService {
    async fn collect(
        &self,
        member: &Member,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Download, InternalError> {
        if member.password_is_due(now) {
            return Ok(Download::PasswordDue);
        }
        let whose = (member.person, Some(member.id));
        let zip = my_data::packed(&self.db, &self.society, whose, now).await?;

        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, member.id, member.session).await? {
            return Ok(Download::Over);
        }
        Event::DataTaken
            .by(origin, now)
            .of_person(member.person)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(Download::Done(zip))
    }
}

//! 利用状況とセキュリティ: what a member sees of the use of the account, and can end
//! of it.

use std::sync::Arc;

use domain::{
    ports::{
        Answer, Disowning, Ending, History, OpenSession, ReportedSignIn, SecondSteps, Security,
    },
    rules::EmailAddress,
    values::timestamp::Timestamp,
    visit::{LinkToken, Member, RequestOrigin},
};
use futures::future::BoxFuture;
use store::{
    Db,
    audit::Event,
    device,
    history::{self},
    link, member,
    second_step::{self, Holder},
    session,
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    account::{
        history::history_entry,
        reissue_letter::{Asker, ReissueLetter},
        way_back,
    },
    base::{
        fault::InternalError,
        secrets::{Secrets, token_hash},
    },
};

/// Lines of the history on one page.
const PAGE: u32 = 50;

/// The use cases of the security page.
#[derive(Clone)]
pub struct SessionService {
    /// The database.
    pub db: Db,
    /// The server's key.
    pub secrets: Arc<Secrets>,
    /// Wakes the worker that sends letters.
    pub wake_mail: Arc<Notify>,
}

impl Security for SessionService {
    fn sessions<'a>(
        &'a self,
        member: &'a Member,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Vec<OpenSession>>> {
        Box::pin(async move {
            session::open_of(&self.db, member.id, now)
                .await
                .map_err(|error| InternalError::from(error).report())
        })
    }

    fn history<'a>(
        &'a self,
        member: &'a Member,
        page: u32,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<History>> {
        Box::pin(async move {
            let skip = i64::from(page.saturating_sub(1)) * i64::from(PAGE);
            let rows = history::folded(&self.db, member.id, (skip, i64::from(PAGE)), now)
                .await
                .map_err(|error| InternalError::from(error).report())?;
            let total = rows.first().map_or(0, |row| row.total);
            Ok(History {
                entries: rows.into_iter().filter_map(history_entry).collect(),
                total,
                goes_on: skip + i64::from(PAGE) < total,
            })
        })
    }

    fn end_session<'a>(
        &'a self,
        member: &'a Member,
        session: Uuid,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Ending>> {
        Box::pin(async move {
            self.end_one(member, session, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn end_others<'a>(
        &'a self,
        member: &'a Member,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<bool>> {
        Box::pin(async move {
            self.end_all_others(member, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn reported<'a>(
        &'a self,
        token: &'a LinkToken,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Option<ReportedSignIn>>> {
        Box::pin(async move {
            link::device::reported_sign_in(&self.db, &token_hash(&token.0), now)
                .await
                .map_err(|error| InternalError::from(error).report())
        })
    }

    fn second_steps(&self, member: Uuid) -> BoxFuture<'_, Answer<SecondSteps>> {
        Box::pin(async move {
            second_step::of(&self.db, Holder::Member(member))
                .await
                .map_err(|error| InternalError::from(error).report())
        })
    }

    fn second_steps_reported<'a>(
        &'a self,
        token: &'a LinkToken,
    ) -> BoxFuture<'a, Answer<SecondSteps>> {
        Box::pin(async move {
            let look = async {
                match link::device::member(&self.db, &token_hash(&token.0)).await? {
                    Some(member) => second_step::of(&self.db, Holder::Member(member)).await,
                    None => Ok(SecondSteps::default()),
                }
            };
            look.await
                .map_err(|error: store::Error| InternalError::from(error).report())
        })
    }

    fn disown<'a>(
        &'a self,
        token: &'a LinkToken,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Disowning>> {
        Box::pin(async move {
            self.disown_sign_in(token, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }
}

impl SessionService {
    async fn end_one(
        &self,
        member: &Member,
        session: Uuid,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Ending, InternalError> {
        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, member.id, member.session).await? {
            return Ok(Ending::Over);
        }
        let (event, ending) = if session::is_theirs(&mut tx, session, member.id).await? {
            session::end(&mut tx, session, now).await?;
            (Event::SessionEnded, Ending::Done)
        } else {
            (Event::NotTheirs, Ending::NotTheirs)
        };
        event
            .by(origin, now)
            .of_person(member.person)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(ending)
    }

    async fn end_all_others(
        &self,
        member: &Member,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<bool, InternalError> {
        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, member.id, member.session).await? {
            return Ok(false);
        }
        session::end_others(&mut tx, member.id, member.session, now).await?;
        Event::OthersEnded
            .by(origin, now)
            .of_person(member.person)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn disown_sign_in(
        &self,
        token: &LinkToken,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Disowning, InternalError> {
        let hash = token_hash(&token.0);
        let mut tx = self.db.write().await?;
        member::lock_by_link(&mut tx, &hash).await?;
        let Some(disowned) = link::device::use_up(&mut tx, &hash, now).await? else {
            drop(tx);
            return Ok(if link::device::is_used(&self.db, &hash).await? {
                Disowning::Already
            } else {
                Disowning::Over
            });
        };
        let address = EmailAddress::parse(&disowned.address)
            .map_err(|_| InternalError::Other("a link has an address that is none".to_owned()))?;
        session::end_since(&mut tx, disowned.member_id, disowned.session_id, now).await?;
        device::forget(&mut tx, disowned.session_id).await?;
        let holder = Holder::Member(disowned.member_id);
        let began_at = Timestamp(disowned.started_at);
        let removed = second_step::remove_since(&mut tx, holder, began_at).await?;
        way_back::tell(&mut tx, disowned.member_id, removed, origin, now).await?;
        Event::SignInDisowned
            .by(origin, now)
            .of_member(disowned.member_id)
            .record(&mut tx)
            .await?;
        // Only here is it known where the letter goes. The link that offered it is
        // good once, so no cap is needed: a stranger may have used it up.
        let asker = Asker::Disowning {
            member: disowned.member_id,
            session: disowned.session_id,
        };
        let sent = ReissueLetter::to(&self.secrets, address)
            .ask(&mut tx, asker, origin, now)
            .await?;
        tx.commit().await?;
        self.wake_mail.notify_one();
        Ok(Disowning::Done(sent))
    }
}

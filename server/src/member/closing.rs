//! 利用停止: a member ends the use of the portal.
//!
//! What identifies and lets in ends at once and is free for others. The person, the
//! history and the data stay until they are purged; a new postcard opens the same
//! account again.

use std::sync::Arc;

use domain::{
    ports::{AccountClosing, Answer, Closed},
    rules::SignInPassword,
    values::timestamp::Timestamp,
    visit::{Member, RequestOrigin},
};
use futures::future::BoxFuture;
use store::{
    Db,
    audit::Event,
    letter::{self, LetterKind, NewLetter},
    member, session,
};
use tokio::sync::Notify;

use crate::{
    account::closing,
    base::{fault::InternalError, hash::Hasher},
    member::password_check,
};

/// The use case of leaving.
#[derive(Clone)]
pub struct AccountClosingService {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// Wakes the worker that sends letters.
    pub wake_mail: Arc<Notify>,
}

impl AccountClosing for AccountClosingService {
    fn leave<'a>(
        &'a self,
        member: &'a Member,
        current: SignInPassword,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Closed>> {
        Box::pin(async move {
            self.close(member, &current, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }
}

impl AccountClosingService {
    async fn close(
        &self,
        leaving: &Member,
        current: &SignInPassword,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Closed, InternalError> {
        let keys = (&self.db, &self.hasher);
        let right = password_check::verify_current(keys, leaving, current, origin, now).await?;
        let account = leaving.id;
        let mut tx = self.db.write().await?;
        if !right || !member::lock_with_session(&mut tx, account, leaving.session).await? {
            drop(tx);
            return Ok(if member::is_closed(&self.db, account).await? {
                // A double click: the other post was quicker.
                Closed::Done
            } else if right {
                Closed::Over
            } else {
                Closed::WrongPassword
            });
        }
        session::end_others(&mut tx, account, leaving.session, now).await?;
        session::end(&mut tx, leaving.session, now).await?;
        let told = closing::close(&mut tx, account, self.hasher.decoy(), now).await?;
        for (address, address_key) in &told {
            letter::queue(
                &mut tx,
                NewLetter {
                    kind: LetterKind::Left,
                    address,
                    address_key,
                    link: None,
                    member: Some(account),
                    about: "",
                    asked_at: now,
                },
            )
            .await?;
        }
        Event::Left
            .by(origin, now)
            .of_person(leaving.person)
            .of_member(account)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        self.wake_mail.notify_one();
        Ok(Closed::Done)
    }
}

//! 利用停止: a member ends the use of the portal.
//!
//! What identifies and lets in ends at once and is free for others. The person, the
//! history and the data stay until they are purged; a new postcard opens the same
//! account again.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    ports::{Answer, Leave, Leaving},
    rules::SignInPassword,
    values::timestamp::Timestamp,
    visit::{Asker, Member},
};
use store::{
    Db,
    audit::Event,
    letter::{self, LetterKind, NewLetter},
    member, session,
};
use tokio::sync::Notify;

use crate::{
    account::closing,
    base::{fault::Fault, hash::Hasher},
    member::password_check,
};

/// The use case of leaving.
#[derive(Clone)]
pub struct LeavingDesk {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// Wakes the postman.
    pub post: Arc<Notify>,
}

#[async_trait]
impl Leaving for LeavingDesk {
    async fn leave(
        &self,
        member: &Member,
        current: SignInPassword,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Leave> {
        self.close(member, &current, asker, now)
            .await
            .map_err(Fault::report)
    }
}

impl LeavingDesk {
    async fn close(
        &self,
        leaving: &Member,
        current: &SignInPassword,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<Leave, Fault> {
        let keys = (&self.db, &self.hasher);
        let right = password_check::is_right(keys, leaving, current, asker, now).await?;
        let account = leaving.id;
        let mut tx = self.db.write().await?;
        if !right || !member::hold(&mut tx, account, leaving.session).await? {
            drop(tx);
            return Ok(if member::has_left(&self.db, account).await? {
                // A double click: the other post was quicker.
                Leave::Done
            } else if right {
                Leave::Over
            } else {
                Leave::WrongPassword
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
            .by(asker, now)
            .of_person(leaving.person)
            .of_member(account)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        self.post.notify_one();
        Ok(Leave::Done)
    }
}

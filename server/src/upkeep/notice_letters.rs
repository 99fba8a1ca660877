//! Queues the letters about notices that have come on view.

use std::{sync::Arc, time::Duration};

use domain::values::timestamp::Timestamp;
use store::{self, Db, notice};
use tokio::sync::{Notify, watch};

use crate::base::clock::Clock;

/// Letters go out from nine in the morning of the first day, and until nine in the
/// evening: nobody's telephone rings at night, whenever a list was imported.
const MORNING: Duration = Duration::from_secs(9 * 3600);
const EVENING: Duration = Duration::from_secs(21 * 3600);

/// How often to look.
const ROUND: Duration = Duration::from_secs(60);

/// Tells members of what is new for them.
#[derive(Clone, Debug)]
pub struct NoticeMailer {
    /// Where notices and queue are.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// Told when something was queued.
    pub wake_mail: Arc<Notify>,
    /// At night, too: letters that go into a folder wake nobody.
    pub at_night: bool,
}

impl NoticeMailer {
    /// Works until `stop` holds `true` (or its sender is gone).
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let now = self.clock.now();
            let queued = if self.at_night {
                queue_due(&self.db, now).await
            } else {
                queue_letters(&self.db, now).await
            };
            match queued {
                Ok(0) => {}
                Ok(letters) => {
                    tracing::info!(letters, "letters about notices were queued");
                    self.wake_mail.notify_one();
                }
                Err(error) => {
                    tracing::error!(
                        error = store::told(&error),
                        "notices could not be announced"
                    );
                }
            }
            tokio::select! {
                () = tokio::time::sleep(ROUND) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }
}

/// Queues the letters about every notice that is due, each notice in a transaction of
/// its own, and answers how many: none at night.
///
/// # Errors
/// Whatever the database answers; a notice that was not told is due the next time.
pub async fn queue_letters(db: &Db, now: Timestamp) -> store::Result<u64> {
    let midnight = now.midnight_before();
    if now < midnight.plus(MORNING) || now >= midnight.plus(EVENING) {
        return Ok(0);
    }
    queue_due(db, now).await
}

async fn queue_due(db: &Db, now: Timestamp) -> store::Result<u64> {
    let today = now.in_japan().date();
    let mut letters = 0;
    loop {
        let mut tx = db.write().await?;
        let due = notice::take_due(&mut tx, today, now.minus(MORNING), now).await?;
        let Some(due) = due else { return Ok(letters) };
        letters += notice::tell(&mut tx, &due, today, now).await?;
        tx.commit().await?;
    }
}

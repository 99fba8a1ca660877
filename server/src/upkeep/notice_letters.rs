//! Queues the letters about notices that have come on view.

use std::{sync::Arc, time::Duration};

use domain::values::timestamp::Timestamp;
use store::{self, Db, notice};
use tokio::sync::{Notify, watch};

use crate::base::clock::Clock;

/// Letters go out at nine in the morning of the first day: nobody's telephone rings
/// at midnight.
const AFTER_OPENING: Duration = Duration::from_secs(9 * 3600);

/// How often to look.
const ROUND: Duration = Duration::from_secs(60);

/// Tells members of what is new for them.
#[derive(Debug)]
pub struct Herald {
    /// Where notices and queue are.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// Told when something was queued.
    pub post: Arc<Notify>,
}

impl Herald {
    /// Works until `stop` holds `true` (or its sender is gone).
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match announce(&self.db, self.clock.now()).await {
                Ok(0) => {}
                Ok(letters) => {
                    tracing::info!(letters, "letters about notices were queued");
                    self.post.notify_one();
                }
                Err(error) => tracing::error!(%error, "notices could not be announced"),
            }
            tokio::select! {
                () = tokio::time::sleep(ROUND) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }
}

/// Queues the letters about every notice that is due, each notice in a transaction of
/// its own, and answers how many.
///
/// # Errors
/// Whatever the database answers; a notice that was not told is due the next time.
pub async fn announce(db: &Db, now: Timestamp) -> store::Result<u64> {
    let today = now.in_japan().date();
    let mut letters = 0;
    loop {
        let mut tx = db.write().await?;
        let due = notice::take_due(&mut tx, today, now.minus(AFTER_OPENING), now).await?;
        let Some(due) = due else { return Ok(letters) };
        letters += notice::tell(&mut tx, &due, today, now).await?;
        tx.commit().await?;
    }
}

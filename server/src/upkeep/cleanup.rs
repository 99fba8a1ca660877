//! Removes what nobody needs any more, every hour. What members read about it in
//! その他の情報開示 stands in `app/src/pages/about.rs`.

use std::time::{Duration, Instant};

use store::{self, Db, device, expired, import_batch};
use tokio::sync::watch;

use crate::base::{
    clock::Clock,
    periodic::{give_way, run_every},
};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// After its end a link only tells a late visitor what every void link tells.
const LINKS: Duration = DAY;
/// A session's device and network address, for questions about a sign-in.
const SESSIONS: Duration = Duration::from_secs(30 * DAY.as_secs());
/// The member's history shows letters for as long.
const LETTERS: Duration = Duration::from_secs(90 * DAY.as_secs());
/// The same for what was refused: it grows with every stranger's try.
const REFUSED_TRIES: Duration = LETTERS;
/// The caps on letters look back one day.
const ASKED_ADDRESSES: Duration = Duration::from_secs(2 * DAY.as_secs());
/// For so long whoever has a used postcard is told that it was used.
const POSTCARDS: Duration = Duration::from_secs(30 * DAY.as_secs());

/// After its five minutes an answered challenge is as void as one that was not; two clocks
/// may differ.
const CHALLENGES: Duration = HOUR;

/// Rows in one statement, and statements of a kind in one run: the rest is left
/// for the next.
const BATCH: i64 = 200;
const BATCHES: usize = 200;

/// Keeps the tables small.
#[derive(Clone, Debug)]
pub struct Cleanup {
    /// Where they are.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
}

/// What one run has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Links in letters.
    pub links: u64,
    /// Sessions.
    pub sessions: u64,
    /// Letters sent or given up.
    pub letters: u64,
    /// Devices that a member has signed in from.
    pub devices: u64,
    /// Lines that an import has replaced.
    pub replaced: u64,
    /// Addresses that letters were asked for.
    pub asked_addresses: u64,
    /// Password hashes of postcards that are over.
    pub postcards: u64,
    /// Sessions, links and codes of the office's people.
    pub staff: u64,
    /// Hours in which something was refused.
    pub refused_tries: u64,
    /// Challenges that a passkey has answered.
    pub challenges: u64,
}

impl Cleanup {
    /// Works every hour until `stop` holds `true`.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        run_every(HOUR, stop, || async {
            match self.remove_expired().await {
                Ok(removed) if removed == Removed::default() => {}
                Ok(removed) => tracing::info!(?removed, "what is over was removed"),
                Err(error) => {
                    tracing::error!(
                        error = store::told(&error),
                        "what is over cannot be removed"
                    );
                }
            }
        })
        .await;
    }

    /// One run.
    ///
    /// # Errors
    /// Whatever the database answers; what was removed until then stays so.
    pub async fn remove_expired(&self) -> store::Result<Removed> {
        let (db, now) = (&self.db, self.clock.now());
        let mut removed = Removed::default();
        // Links first: a session would take its letter's link with it, and that the
        // letter. And once more: those on which only what went since has leaned.
        let (before, gone) = (now.minus(LINKS), &mut removed.links);
        batches(gone, || expired::remove_links(db, before, BATCH)).await?;
        let (before, gone) = (now.minus(SESSIONS), &mut removed.sessions);
        batches(gone, || expired::remove_sessions(db, before, BATCH)).await?;
        let (before, gone) = (now.minus(LETTERS), &mut removed.letters);
        batches(gone, || expired::remove_letters(db, before, BATCH)).await?;
        let (before, gone) = (now.minus(LINKS), &mut removed.links);
        batches(gone, || expired::remove_links(db, before, BATCH)).await?;
        let (before, gone) = (now.minus(device::REMEMBERED), &mut removed.devices);
        batches(gone, || expired::remove_devices(db, before, BATCH)).await?;
        let (before, gone) = (now.minus(ASKED_ADDRESSES), &mut removed.asked_addresses);
        batches(gone, || expired::remove_asked_addresses(db, before, BATCH)).await?;
        let (before, gone) = (now.minus(POSTCARDS), &mut removed.postcards);
        batches(gone, || expired::forget_postcards(db, before, BATCH)).await?;
        let (before, gone) = (now.minus(SESSIONS), &mut removed.staff);
        batches(gone, || expired::remove_ways_in_of_staff(db, before, BATCH)).await?;
        let (before, gone) = (now.minus(REFUSED_TRIES), &mut removed.refused_tries);
        batches(gone, || expired::remove_refused_tries(db, before, BATCH)).await?;
        let (before, gone) = (now.minus(CHALLENGES), &mut removed.challenges);
        batches(gone, || expired::remove_challenges(db, before, BATCH)).await?;
        let (before, gone) = (now.minus(import_batch::KEPT), &mut removed.replaced);
        batches(gone, || import_batch::remove_replaced(db, before, BATCH)).await?;
        Ok(removed)
    }
}

/// One batch after another, until there is nothing left or it was enough for now.
async fn batches<F: Future<Output = store::Result<u64>>>(
    removed: &mut u64,
    remove: impl Fn() -> F,
) -> store::Result<()> {
    for _ in 0..BATCHES {
        let begun = Instant::now();
        match remove().await? {
            0 => break,
            rows => *removed += rows,
        }
        give_way(begun.elapsed()).await;
    }
    Ok(())
}

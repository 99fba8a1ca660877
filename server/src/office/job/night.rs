//! A list of many lines is one change, and SQLite has one writer: sign-ins and everything else
//! that is written waits until it is in. So such a list can wait for the night.

use domain::values::timestamp::Timestamp;
use std::time::Duration;
use store::{
    Db,
    job::{Job, LIFE},
};

/// 2:00 in Japan.
const AT: Duration = Duration::from_secs(2 * 3600);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The next night, if a job may wait for it: on SQLite alone, since PostgreSQL locks rows and
/// not everything; and while its file is kept for as long.
pub fn offered(db: &Db, job: &Job, now: Timestamp) -> Option<Timestamp> {
    let night = next(now);
    let is_kept = night < job.started_at.plus(LIFE);
    (matches!(db, Db::Sqlite(_)) && is_kept).then_some(night)
}

/// The next 2:00 in Japan.
fn next(now: Timestamp) -> Timestamp {
    let today = now.midnight_before().plus(AT);
    if now < today { today } else { today.plus(DAY) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_night_is_ahead_and_within_a_day() {
        // 2026-11-22 10:00 in Japan.
        let morning = Timestamp(1_795_309_200_000);
        assert_eq!(next(morning).full(), "2026年11月23日 2:00");
        let evening = morning.plus(Duration::from_secs(14 * 3600 - 1));
        assert_eq!(next(evening).full(), "2026年11月23日 2:00");
        let midnight = morning.plus(Duration::from_secs(14 * 3600));
        assert_eq!(next(midnight).full(), "2026年11月23日 2:00");
        let two = next(morning);
        assert_eq!(next(two).full(), "2026年11月24日 2:00");
    }
}

//! How wrong tries slow down further ones: three are free, then a pause of one
//! second doubles up to a quarter of an hour. There is no daily lock, so nobody
//! can lock another out for longer than that; and whoever is known from before has a
//! count that nobody else touches.

use std::time::Duration;

use crate::values::timestamp::Timestamp;

/// Tries that cost nothing.
pub const FREE: i64 = 3;
/// The first pause.
const FIRST: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The tries that are counted together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Throttle {
    /// Tries since the last right one.
    pub tries: i64,
    /// The present or last pause.
    pub pause: Duration,
    /// No try counts for right before this instant.
    pub paused_until: Timestamp,
}

impl Throttle {
    /// Counts one more try, before anybody knows whether it is right, and says
    /// whether it may be. A try during a pause is counted but does not make
    /// the pause longer: the right one has its chance when the pause is over. An
    /// end further ahead than the pause is long was set by a clock that was wrong.
    #[must_use]
    pub fn after_try(self, now: Timestamp) -> (Self, bool) {
        let tries = self.tries.saturating_add(1);
        if now < self.paused_until && self.paused_until <= now.plus(self.pause) {
            return (Self { tries, ..self }, false);
        }
        let pause = if tries < FREE {
            Duration::ZERO
        } else if self.pause.is_zero() {
            FIRST
        } else {
            LONGEST.min(self.pause * 2)
        };
        (
            Self {
                tries,
                pause,
                paused_until: now.plus(pause),
            },
            true,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries as soon as each pause is over, and tells how long each was.
    fn pauses(tries: usize) -> Vec<u64> {
        let mut now = Timestamp(1_000_000);
        let mut throttle = Throttle::default();
        let mut seen = Vec::new();
        for _ in 0..tries {
            let (next, admitted) = throttle.after_try(now);
            assert!(admitted, "a try after the pause is judged");
            seen.push(next.pause.as_secs());
            now = next.paused_until;
            throttle = next;
        }
        seen
    }

    #[test]
    fn three_tries_are_free_and_pauses_double_up_to_a_quarter_of_an_hour() {
        assert_eq!(
            pauses(15),
            [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
        );
    }

    #[test]
    fn an_end_beyond_the_pause_itself_is_not_believed() {
        let now = Timestamp(5_000);
        let ahead = now.plus(Duration::from_secs(4 * 3600));
        let (typing_error, _) = Throttle::default().after_try(ahead);
        let (after, admitted) = typing_error.after_try(now);
        assert!(admitted, "one error is no pause, whatever the clock said");
        assert_eq!((after.tries, after.pause), (2, Duration::ZERO));
        let paused = Throttle {
            tries: 12,
            pause: LONGEST,
            paused_until: ahead.plus(LONGEST),
        };
        let (after, admitted) = paused.after_try(now);
        assert!(admitted);
        assert_eq!(
            after.paused_until,
            now.plus(LONGEST),
            "the pause stays long"
        );
    }

    #[test]
    fn a_try_during_a_pause_is_counted_and_does_not_lengthen_it() {
        let now = Timestamp(5_000);
        let paused = Throttle {
            tries: 3,
            pause: FIRST,
            paused_until: now.plus(FIRST),
        };
        let (after, admitted) = paused.after_try(now);
        assert!(!admitted);
        assert_eq!(after, Throttle { tries: 4, ..paused });
        let (_, admitted) = after.after_try(paused.paused_until);
        assert!(
            admitted,
            "the right password works as soon as the pause is over"
        );
    }
}

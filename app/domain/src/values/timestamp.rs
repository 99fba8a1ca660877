//! Instants, and how a member reads them: always in Japan's time, whatever
//! the server's zone.

use std::time::Duration;

use time::{Date, OffsetDateTime, UtcOffset, macros::offset};

/// By how much two clocks that are right may differ. What lies further ahead was written
/// by one that was wrong.
const SKEW: Duration = Duration::from_secs(60);

/// Japan has had one zone and no summer time since 1952.
const JAPAN: UtcOffset = offset!(+9);

/// An instant: milliseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The midnight in Japan with which a day begins.
    pub fn start_of(day: Date) -> Self {
        Self(day.midnight().assume_offset(JAPAN).unix_timestamp() * 1000)
    }

    /// The instant `span` later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    /// The instant `span` earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }

    /// Whether this lies less than `span` before `now`. An instant ahead of it is not
    /// believed: the clock was ahead that wrote it.
    pub fn is_within(self, span: Duration, now: Self) -> bool {
        self <= now.plus(SKEW) && now < self.plus(span)
    }

    /// Whether this end is still to come at `now`. One that lies further ahead than
    /// `longest`, which it is set to at most, is not believed either.
    pub fn is_to_come(self, longest: Duration, now: Self) -> bool {
        now < self && self <= now.latest_end(longest)
    }

    /// The latest end of what lasts for `longest` at most and has begun by now.
    #[must_use]
    pub fn latest_end(self, longest: Duration) -> Self {
        self.plus(longest).plus(SKEW)
    }

    /// Date and time of day in Japan.
    pub fn in_japan(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .to_offset(JAPAN)
    }

    /// The midnight in Japan with which the day of this instant began.
    #[must_use]
    pub fn midnight_before(self) -> Self {
        let midnight = self.in_japan().replace_time(time::Time::MIDNIGHT);
        Self(midnight.unix_timestamp() * 1000)
    }

    /// `今日 17:42`, `明日 0:10`, or `11月24日 9:05`, as seen at `now`.
    pub fn clock_seen_at(self, now: Self) -> String {
        let (there, here) = (self.in_japan(), now.in_japan());
        let day = match (there.date() - here.date()).whole_days() {
            0 => "今日".to_owned(),
            1 => "明日".to_owned(),
            _ => format!("{}月{}日", u8::from(there.month()), there.day()),
        };
        format!("{day} {}:{:02}", there.hour(), there.minute())
    }

    /// `2026年11月22日 17:42`.
    pub fn full(self) -> String {
        let t = self.in_japan();
        format!(
            "{}年{}月{}日 {}:{:02}",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute()
        )
    }
}

/// `2026年11月22日`.
pub fn day_in_words(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), u8::from(day.month()), day.day())
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_member_reads_the_clock_of_japan() {
        // 2026-11-22 23:10 in Japan, 14:10 in Greenwich.
        let now = Timestamp(1_795_356_600_000);
        assert_eq!(now.full(), "2026年11月22日 23:10");
        assert_eq!(now.midnight_before().full(), "2026年11月22日 0:00");
        assert_eq!(now.clock_seen_at(now), "今日 23:10");
        assert_eq!(now.plus(HOUR).clock_seen_at(now), "明日 0:10");
        let today = now.in_japan().date();
        assert_eq!(Timestamp::start_of(today).full(), "2026年11月22日 0:00");
        assert_eq!(day_in_words(today), "2026年11月22日");
        assert_eq!(now.plus(26 * HOUR).clock_seen_at(now), "11月24日 1:10");
    }
}

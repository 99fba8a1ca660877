//! Counts hourly what the office's first page tells.

use std::time::Duration;

use domain::{age, values::timestamp::Timestamp};
use store::{self, Db, office_figure, person::Eligible};
use tokio::sync::watch;

use crate::base::{clock::Clock, periodic::run_every};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Sign-ins a day and letters given up are told for so many days, today among them.
const DAYS: u32 = 30;
/// Registrations a month for about so many.
const MONTHS: u32 = 12;

/// Counts.
#[derive(Clone, Debug)]
pub struct OfficeFigures {
    /// Where everything is.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// The age from which a dependent may register.
    pub registration_age: u8,
}

impl OfficeFigures {
    /// Works every hour until `stop` holds `true`.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        run_every(HOUR, stop, || async {
            if let Err(error) = self.count().await {
                tracing::error!(
                    error = store::told(&error),
                    "the office's figures were not counted"
                );
            }
        })
        .await;
    }

    /// Once.
    ///
    /// # Errors
    /// Whatever the database answers; what was counted before then stays.
    pub async fn count(&self) -> store::Result<()> {
        let now = self.clock.now();
        let today = now.in_japan().date();
        let who = Eligible {
            today,
            born_by: age::born_by(today, self.registration_age),
        };
        let days = now.midnight_before().minus(DAY * (DAYS - 1));
        let month = now.midnight_before().minus(DAY * 31 * (MONTHS - 1));
        let month = month.in_japan().date();
        let months = Timestamp::start_of(month.replace_day(1).unwrap_or(month));
        office_figure::count(&self.db, who, (days, months), now).await
    }
}

//! What one network address may post, and what may be posted by everybody together.
//! These limits are there for floods, and generous: a carrier puts thousands of phones
//! behind one address. Accounts and mailboxes have limits of their own, which know no
//! address.
//!
//! Three kinds of posts are counted: all of them; those that have a letter sent, which
//! cost the mail server and a stranger's mailbox more than they cost us; and wrong tries
//! at names and passwords, so that one password cannot be tried on every ID there is.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Request, State as FromState},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{values::timestamp::Timestamp, visit::network::network};

use tower_http::timeout::TimeoutBody;

use super::{State, client::client};

/// Posts that have a letter sent to whatever address is typed.
const LETTERS: [&str; 2] = ["/register", "/reissue"];

/// Posts that try a name and a password, a code, or a passkey.
const TRIES: [&str; 8] = [
    "/login",
    "/login/code",
    "/login/passkey",
    "/register/provisional",
    "/reissue/provisional",
    "/office/login",
    "/office/login/code",
    "/office/login/passkey",
];

/// No request takes longer than this, and no upload waits longer for its next byte.
const PATIENCE: Duration = Duration::from_secs(30);

/// An upload takes no longer than this.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Below which addresses files are taken.
const UPLOADS: [&str; 2] = ["/office/files/new", "/office/notices/"];

/// Below so many entries a table is not worth looking through.
const SMALL: usize = 1024;

/// How much is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitSetting {
    /// At once.
    pub at_once: u32,
    /// In the long run, one in this time.
    pub then_every: Duration,
}

/// What is allowed of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Posts of one network address.
    pub posts: RateLimitSetting,
    /// Posts of one network address that have a letter sent.
    pub letters: RateLimitSetting,
    /// Posts of everybody together that have a letter sent.
    pub all_letters: RateLimitSetting,
    /// Wrong tries of one network address.
    pub wrong_tries: RateLimitSetting,
}

impl Default for Limits {
    /// For a society of 100,000 members on the day of the postcards, and no flood.
    fn default() -> Self {
        let an_hour = |times: u32| Duration::from_secs(3600) / times;
        Self {
            posts: RateLimitSetting {
                at_once: 1200,
                then_every: Duration::from_millis(50),
            },
            // A company has one address for hundreds of members, who register within
            // days of each other.
            letters: RateLimitSetting {
                at_once: 300,
                then_every: an_hour(720),
            },
            // A sixth of the members within an hour; less than a mail server takes, so
            // the queue never becomes longer than a link lives.
            all_letters: RateLimitSetting {
                at_once: 6000,
                then_every: an_hour(18_000),
            },
            wrong_tries: RateLimitSetting {
                at_once: 500,
                then_every: an_hour(600),
            },
        }
    }
}

/// Counts by `K`: a bucket each, which fills again as time goes by.
#[derive(Debug)]
struct Buckets<K> {
    setting: RateLimitSetting,
    table: Mutex<Table<K>>,
}

#[derive(Debug)]
struct Table<K> {
    /// When each bucket will be full again, in Unix microseconds; a full one needs no
    /// entry.
    full_at: HashMap<K, i64>,
    /// With so many entries those that are not needed any more are removed.
    look_through_at: usize,
}

impl<K: Hash + Eq> Buckets<K> {
    fn new(setting: RateLimitSetting) -> Self {
        Self {
            setting,
            table: Mutex::new(Table {
                full_at: HashMap::new(),
                look_through_at: SMALL,
            }),
        }
    }

    fn every(&self) -> i64 {
        i64::try_from(self.setting.then_every.as_micros()).unwrap_or(i64::MAX / 4)
    }

    fn size(&self) -> i64 {
        self.every().saturating_mul(i64::from(self.setting.at_once))
    }

    /// Takes one, or says how long to wait for it.
    fn take(&self, key: K, now: Timestamp) -> Result<(), Duration> {
        let now = now.0.saturating_mul(1000);
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.full_at.len() >= table.look_through_at {
            table.full_at.retain(|_, full_at| *full_at > now);
            table.look_through_at = SMALL.max(2 * table.full_at.len());
            let needed = table.look_through_at;
            table.full_at.shrink_to(needed);
        }
        // What would be full later than an empty bucket was counted by a clock that was
        // ahead, and counts for nothing.
        let latest = now.saturating_add(self.size());
        let full_at = table.full_at.get(&key).copied();
        let full_at = full_at.filter(|at| (now..=latest).contains(at));
        let then = full_at.unwrap_or(now).saturating_add(self.every());
        if then > latest {
            return Err(Duration::from_micros((then - latest).unsigned_abs()));
        }
        table.full_at.insert(key, then);
        Ok(())
    }

    /// Puts one back.
    fn give_back(&self, key: &K) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(full_at) = table.full_at.get_mut(key) {
            *full_at = full_at.saturating_sub(self.every());
        }
    }
}

/// Counts what is posted.
#[derive(Debug)]
pub struct RateLimits {
    posts: Buckets<IpAddr>,
    letters: Buckets<IpAddr>,
    all_letters: Buckets<()>,
    wrong_tries: Buckets<IpAddr>,
}

impl RateLimits {
    /// Nothing is counted yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            posts: Buckets::new(limits.posts),
            letters: Buckets::new(limits.letters),
            all_letters: Buckets::new(limits.all_letters),
            wrong_tries: Buckets::new(limits.wrong_tries),
        }
    }
}

/// Lets a post through, or tells its sender to wait. Only posts: a page costs less than
/// counting who asks for it would save.
pub(super) async fn check(
    FromState(state): FromState<State>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let Some(client) = client(&request, &state.trusted_proxies) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let (limits, network, now) = (&state.limits, network(client), state.clock.now());
    let path = request.uri().path();
    let (sends_a_letter, tries) = (LETTERS.contains(&path), TRIES.contains(&path));
    if let Err(wait) = limits.posts.take(network, now) {
        return refuse(StatusCode::TOO_MANY_REQUESTS, wait);
    }
    if sends_a_letter {
        if let Err(wait) = limits.letters.take(network, now) {
            return refuse(StatusCode::TOO_MANY_REQUESTS, wait);
        }
        if let Err(wait) = limits.all_letters.take((), now) {
            limits.letters.give_back(&network);
            return refuse(StatusCode::SERVICE_UNAVAILABLE, wait);
        }
    }
    // Taken before it is known whether the try is right, so that many at once count.
    if tries && let Err(wait) = limits.wrong_tries.take(network, now) {
        return refuse(StatusCode::TOO_MANY_REQUESTS, wait);
    }
    let response = next.run(request).await;
    if tries && response.status().is_redirection() {
        limits.wrong_tries.give_back(&network);
    }
    response
}

/// Ends what takes too long. An upload may take long, as long as it goes on.
pub(super) async fn patience(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_upload = request.method() == Method::POST
        && is_multipart(request.headers())
        && UPLOADS.iter().any(|place| path.starts_with(place));
    let (request, most) = match is_upload {
        true => {
            let goes_on = |body| Body::new(TimeoutBody::new(PATIENCE, body));
            (request.map(goes_on), UPLOAD_PATIENCE)
        }
        false => (request, PATIENCE),
    };
    let answered = tokio::time::timeout(most, next.run(request)).await;
    answered.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

/// Whether a request brings a form with files.
pub(super) fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("multipart/form-data"))
}

fn refuse(status: StatusCode, wait: Duration) -> Response {
    // Whole seconds, rounded up: the next try is not in vain.
    let wait = HeaderValue::from(wait.as_micros().div_ceil(1_000_000).max(1) as u64);
    (status, [(header::RETRY_AFTER, wait)]).into_response()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const NOW: Timestamp = Timestamp(1_795_326_120_000);

    #[test]
    fn a_bucket_fills_again_one_by_one() {
        let buckets = Buckets::new(RateLimitSetting {
            at_once: 3,
            then_every: 10 * SECOND,
        });
        for _ in 0..3 {
            buckets.take("a", NOW).unwrap();
        }
        assert_eq!(buckets.take("a", NOW), Err(10 * SECOND));
        buckets.take("b", NOW).unwrap();
        let almost = NOW.plus(10 * SECOND - Duration::from_millis(1));
        assert_eq!(buckets.take("a", almost), Err(Duration::from_millis(1)));
        buckets.take("a", NOW.plus(10 * SECOND)).unwrap();
        assert!(buckets.take("a", NOW.plus(10 * SECOND)).is_err());
        buckets.give_back(&"a");
        buckets.take("a", NOW.plus(10 * SECOND)).unwrap();
        for _ in 0..3 {
            buckets.take("a", NOW.plus(3600 * SECOND)).unwrap();
        }
        // The clock was an hour ahead: what it counted counts for nothing.
        for _ in 0..3 {
            buckets.take("a", NOW).unwrap();
        }
        assert_eq!(buckets.take("a", NOW), Err(10 * SECOND));
    }

    #[test]
    fn addresses_that_may_post_freely_again_are_forgotten() {
        let buckets = Buckets::new(RateLimitSetting {
            at_once: 1,
            then_every: SECOND,
        });
        for n in 0..100_000_u32 {
            let now = NOW.plus(n / 100 * SECOND);
            buckets.take(n, now).unwrap();
        }
        assert!(buckets.table.lock().unwrap().full_at.len() <= 2 * SMALL);
    }
}

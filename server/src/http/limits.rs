//! The outer limit: how many forms one network address may post. It is there for
//! floods, and generous: a carrier puts thousands of phones behind one address.
//! Accounts and mailboxes have limits of their own, which know no address.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderValue, Method, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use governor::middleware::NoOpMiddleware;
use tokio::sync::watch;
use tower_governor::{
    GovernorError, GovernorLayer,
    governor::{GovernorConfig, GovernorConfigBuilder},
    key_extractor::KeyExtractor,
};

use super::client::client;
use crate::base::periodic::every;

/// How often addresses that may post freely again are forgotten.
const ROUND: Duration = Duration::from_secs(60);

/// What one network address may post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// At once.
    pub at_once: u32,
    /// In the long run, one in this time.
    pub then_every: Duration,
}

impl Default for Allowance {
    /// A society's members behind one address on the day of the postcards, and no flood.
    fn default() -> Self {
        Self {
            at_once: 1200,
            then_every: Duration::from_millis(50),
        }
    }
}

/// Counts posts by network address.
#[derive(Clone)]
pub struct OuterLimit(Arc<GovernorConfig<ByNetwork, NoOpMiddleware>>);

impl OuterLimit {
    /// `None` where either is zero.
    pub fn new(allowance: Allowance, trusted_proxies: Arc<[IpAddr]>) -> Option<Self> {
        GovernorConfigBuilder::default()
            .key_extractor(ByNetwork(trusted_proxies))
            // Pages cost less than counting who asks for them would save.
            .methods(vec![Method::POST])
            .period(allowance.then_every)
            .burst_size(allowance.at_once)
            .finish()
            .map(|config| Self(Arc::new(config)))
    }

    /// Forgets addresses every minute until `stop` holds `true`: the table holds
    /// those of the last minute and no more.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        every(ROUND, stop, || async {
            self.0.limiter().retain_recent();
            self.0.limiter().shrink_to_fit();
        })
        .await;
    }

    pub(super) fn layer(&self) -> GovernorLayer<ByNetwork, NoOpMiddleware, Body> {
        GovernorLayer::new(self.0.clone()).error_handler(refuse)
    }
}

fn refuse(why: GovernorError) -> Response {
    let GovernorError::TooManyRequests { wait_time, .. } = why else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // Whole seconds, rounded down: one more, and the next try is not in vain.
    let wait = HeaderValue::from(wait_time + 1);
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, wait)]).into_response()
}

/// Tells posts apart by where they come from.
#[derive(Clone, Debug)]
pub(super) struct ByNetwork(Arc<[IpAddr]>);

impl KeyExtractor for ByNetwork {
    type Key = IpAddr;

    fn extract<B>(&self, request: &Request<B>) -> Result<IpAddr, GovernorError> {
        client(request, &self.0)
            .map(network)
            .ok_or(GovernorError::UnableToExtractKey)
    }
}

/// A household or a phone has a /64 of its own, with 2⁶⁴ addresses to change
/// between; of the old kind everybody has one address at most.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        old => old,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn one_connection_is_one_network_whatever_address_it_takes() {
        let seen = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(seen("203.0.113.7"), "203.0.113.7");
        assert_eq!(seen("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(seen("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(seen("2001:db8:1:2:ffff::1"), "2001:db8:1:2::");
        assert_eq!(seen("2001:db8:1:3::1"), "2001:db8:1:3::");
    }

    #[test]
    fn addresses_that_may_post_freely_again_are_forgotten() {
        let allowance = Allowance {
            at_once: 1,
            then_every: Duration::from_millis(1),
        };
        let limit = OuterLimit::new(allowance, [].into()).unwrap();
        let limiter = limit.0.limiter();
        for n in 0..1_000_u32 {
            limiter.check_key(&IpAddr::from(n.to_be_bytes())).unwrap();
        }
        while !limiter.is_empty() {
            limiter.retain_recent();
        }
    }
}

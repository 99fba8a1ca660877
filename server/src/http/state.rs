//! What the handlers share.

use std::{net::IpAddr, sync::Arc};

use axum::extract::FromRef;
use domain::ports::Ports;
use store::Db;

use super::{
    assets::Bundle, cookies::Cookies, limits::RateLimits, office::Office, page_cache::PageCache,
};
use crate::base::clock::Clock;

/// What the handlers share.
#[derive(Clone)]
pub struct State {
    /// For the visitor's session and for readiness.
    pub db: Db,
    /// The time of each visit.
    pub clock: Clock,
    /// What the pages may ask for.
    pub ports: Ports,
    /// Our cookies.
    pub cookies: Cookies,
    /// The client bundle.
    pub bundle: Bundle,
    /// Pages rendered for nobody in particular.
    pub kept: PageCache,
    /// Proxies whose word about the client counts.
    pub trusted_proxies: Arc<[IpAddr]>,
    /// The society's office.
    pub office: Office,
    /// What has been posted from where.
    pub limits: Arc<RateLimits>,
}

impl FromRef<State> for Bundle {
    fn from_ref(state: &State) -> Self {
        state.bundle.clone()
    }
}

//! What the browser of somebody of the office carries.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::{CookieJar, SameSite};
use domain::values::timestamp::Timestamp;
use store::{device::REMEMBERED, staff::LINK_LIFE};

use super::{
    super::cookies::{Cookies, TOLD_LIFE, span},
    answer::OfficePath,
};
use crate::office::staff::sign_in::Begun;

const SESSION: &str = "office";
const DEVICE: &str = "office-device";
const INVITATION: &str = "office-invite";
const TOLD: &str = "office-told";
const WANTED: &str = "office-wanted";

/// Whoever needs longer for the sign-in begins at the dashboard.
const WANTED_LIFE: Duration = Duration::from_secs(15 * 60);

/// No page of ours has a longer address, and a cookie has little room.
const WANTED_BYTES: usize = 1000;

impl Cookies {
    /// The session's token.
    pub(super) fn office_session(&self, headers: &HeaderMap) -> Option<String> {
        let jar = CookieJar::from_headers(headers);
        jar.get(&self.name(SESSION))
            .map(|cookie| cookie.value().to_owned())
    }

    /// Carries a session; no other site has it sent.
    pub(super) fn keep_office_session(&self, begun: &Begun, now: Timestamp) -> Vec<HeaderValue> {
        let mut cookie = self.cookie(SESSION, begun.token.clone(), span(now, begun.until));
        cookie.set_same_site(SameSite::Strict);
        self.header(cookie).into_iter().collect()
    }

    /// ログアウト
    pub(super) fn forget_office_session(&self) -> Option<HeaderValue> {
        self.forget(SESSION)
    }

    /// By what the browser is known from an earlier sign-in.
    pub(super) fn office_device(&self, headers: &HeaderMap) -> Option<String> {
        self.read(headers, DEVICE)
    }

    /// Carries that on.
    pub(super) fn keep_office_device(&self, device: &str) -> Option<HeaderValue> {
        self.encrypted(DEVICE, device.to_owned(), REMEMBERED)
    }

    /// The invitation that was opened in this browser.
    pub(super) fn invitation(&self, headers: &HeaderMap) -> Option<String> {
        self.read(headers, INVITATION)
    }

    /// Carries it, for as long as it works.
    pub(super) fn open_invitation(&self, token: &str) -> Option<HeaderValue> {
        self.encrypted(INVITATION, token.to_owned(), LINK_LIFE)
    }

    /// It was used.
    pub(super) fn forget_invitation(&self) -> Option<HeaderValue> {
        self.forget(INVITATION)
    }

    /// The page that led to the sign-in.
    pub(super) fn wanted_office(&self, headers: &HeaderMap) -> Option<OfficePath> {
        let address = self.read(headers, WANTED)?;
        address.parse().ok().as_ref().map(OfficePath::wanted)
    }

    /// Carries it; it may name a person, and so is encrypted as everything here.
    pub(super) fn want_office(&self, page: &OfficePath) -> Option<HeaderValue> {
        let address = page.as_str();
        (address.len() <= WANTED_BYTES)
            .then(|| self.encrypted(WANTED, address.to_owned(), WANTED_LIFE))
            .flatten()
    }

    /// It was come back to.
    pub(super) fn forget_wanted(&self) -> Option<HeaderValue> {
        self.forget(WANTED)
    }

    /// What the step before has come to, in a word.
    pub(super) fn office_told(&self, headers: &HeaderMap) -> Option<String> {
        self.read(headers, TOLD)
    }

    /// Tells the next page.
    pub(super) fn tell_office(&self, word: &str) -> Option<HeaderValue> {
        self.encrypted(TOLD, word.to_owned(), TOLD_LIFE)
    }
}

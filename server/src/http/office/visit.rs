//! One request at the office.

use domain::{
    values::timestamp::Timestamp,
    visit::{Challenge, RequestOrigin},
};

use super::path::OfficePath;
use crate::office::access::StaffVisit;

/// One request at the office.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// The one instant of this request.
    pub(super) now: Timestamp,
    /// From where.
    pub(super) origin: RequestOrigin,
    /// Who is asking; at least their password was right.
    pub(super) staff: Option<StaffVisit>,
    /// Whether the browser still carries a session that is over.
    pub(super) lapsed: bool,
    /// By what the browser is known, or will be.
    pub(super) device: String,
    /// What a passkey was asked to sign for a sign-in or a proof.
    pub(super) challenge: Option<Challenge>,
    /// The page that led to the sign-in.
    pub(super) wanted: Option<OfficePath>,
}

//! How long what somebody is let in by lasts at most.

use std::time::Duration;

/// How long a link works: at 2:59:59 it does, at 3:00:00 it does not.
pub const LINK: Duration = Duration::from_secs(3 * 3600);

/// A member has to sign in again after this long, whatever they do.
pub const SESSION: Duration = Duration::from_secs(12 * 3600);

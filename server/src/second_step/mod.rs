//! What is asked for besides a password, or in its place: the same for members and for the
//! office's people. Who may change it, who is told and what is noted is the caller's own.

pub mod codes;
mod one_time;
pub mod passkeys;
mod recovery;

use one_time::OneTimeSecret;

//! The machinery below the use cases.

pub mod clock;
pub mod fault;
pub mod hash;
pub mod hex;
pub mod html;
pub mod markdown;
pub mod media_type;
pub mod periodic;
pub mod qr;
pub mod secrets;
pub mod spreadsheet;
pub(crate) mod tally;

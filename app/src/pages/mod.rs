//! One file a screen, in the manual's words: the way in, the member's account, what is
//! read, and what the portal says of itself.

pub mod account;
pub mod entry;
pub mod portal;
pub mod reading;

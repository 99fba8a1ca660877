//! What the portal says of itself, and what went wrong.

pub mod about;
pub mod help;
pub mod mailbox;
pub mod problem;
pub mod unsubscribe;

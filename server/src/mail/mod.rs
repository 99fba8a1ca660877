//! Letters: what they say, and how they leave.
//!
//! A use case queues a row (`store::letter`) in the transaction of the change it
//! tells of. The [`worker`] claims it, has the letter written by [`letters`], put
//! into its envelope by [`outgoing`] and handed over by [`transport`].

pub mod delivery;
pub mod layout;
pub mod letters;
pub mod mailbox;
pub mod outgoing;
pub mod send_error;
pub mod setting;
pub mod smtp;
pub mod transport;
pub mod worker;

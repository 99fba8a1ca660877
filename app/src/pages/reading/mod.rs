//! What members come for.

pub mod chart;
pub mod checkups;
pub mod expenses;
pub mod health;
pub mod home;
pub mod notices;

//! One file a screen.

pub mod home;
pub mod problem;
pub mod profile;
pub mod proof;
pub mod second_step;
pub mod sign_in;
pub mod staff;

//! One file a screen.

pub mod audit;
pub mod figures;
pub mod files;
pub mod home;
pub mod notices;
pub mod people;
pub mod postcard_sheet;
pub mod postcards;
pub mod problem;
pub mod profile;
pub mod proof;
mod reason_fields;
pub mod second_step;
pub mod sign_in;
pub mod staff;

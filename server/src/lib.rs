//! Everything that only the server does. `build` makes the whole from a
//! configuration; `main` and the tests use the same.

pub mod addresses;
pub mod asking;
pub mod audit_seal;
pub mod build;
pub mod checkups;
mod chores;
pub mod clock;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod expenses;
pub mod fault;
pub mod hash;
pub mod household;
pub mod housekeeping;
pub mod http;
pub mod import;
pub mod leaving;
pub mod mail;
pub mod my_data;
pub mod new_device;
pub mod notices;
pub mod postcards;
pub mod present_password;
pub mod profile;
pub mod purge;
pub mod registration;
pub mod reissue;
pub mod roster;
pub mod secrets;
pub mod security;
pub mod sign_in;
pub mod spreadsheet;
pub mod store;

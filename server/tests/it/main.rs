//! Stories on both databases, in one binary: a link step is dear.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[macro_use]
mod fresh;
mod addresses;
mod browser;
mod checkups;
mod faults;
mod input;
mod leaving;
mod links;
mod mail;
mod my_data;
mod own_addresses;
mod postcards;
mod profile;
mod provisional;
mod registration;
mod reissue;
mod roster;
mod security;
mod session;
mod sign_in;
mod test_app;
mod web;

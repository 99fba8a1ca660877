//! Stories on both databases, in one binary: a link step is dear.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[macro_use]
mod fresh;
mod addresses;
mod audit;
mod browser;
mod checkups;
mod equal_answers;
mod expense_import;
mod expense_totals;
mod expenses;
mod faults;
mod housekeeping;
mod input;
mod leaving;
mod limits;
mod links;
mod log;
mod mail;
mod my_data;
mod notices;
mod own_addresses;
mod postcards;
mod profile;
mod provisional;
mod queries;
mod registration;
mod reissue;
mod roster;
mod roster_moves;
mod security;
mod session;
mod sign_in;
mod test_app;
mod upgrade;
mod web;
